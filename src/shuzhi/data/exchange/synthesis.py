"""Made-up rows for sandbox keys (沙箱数据): of a register's shape, and impossible in reality as far as that can be.

They follow from the declaration and a number alone: nothing here can read a row. Codes have right check digits, but name
division 999999, a birth in 2199 or a number range that nobody was given; texts say what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shuzhi.data.catalog.types import FieldType
from shuzhi.pillars.standards.validators.organisation_code import organisation_check_character
from shuzhi.pillars.standards.validators.resident_id import resident_id_check_character
from shuzhi.pillars.standards.validators.uscc import uscc_check_character

NOWHERE = "999999"  # a division code that no place has had
FAR = date(2199, 1, 1)
GROUPS = 4  # values of a field that records are filtered or grouped by


@dataclass(frozen=True)
class Shape:
    """One field as it is declared: `grouped` when records are found or counted by its values, `added` when it is summed."""

    id: str
    title: str
    type: FieldType
    standard: str | None
    identifier: bool = False
    grouped: bool = False
    added: bool = False


def made_up_rows(shapes: list[Shape], *, count: int, seed: int) -> Iterator[dict[str, str]]:
    """So many rows; the same ones for the same shapes and seed."""
    for number in range(count):
        yield {shape.id: _value(shape, number, seed) for shape in shapes}


def _value(shape: Shape, number: int, seed: int) -> str:
    told = number % GROUPS if shape.grouped and not shape.identifier else number
    if shape.standard in _BY_STANDARD:
        return _BY_STANDARD[shape.standard](told, seed)
    if shape.added:
        return str(told + 1)
    return _BY_TYPE.get(shape.type, _text)(told, shape)


def _uscc(number: int, seed: int) -> str:
    body = f"91{NOWHERE}{seed % 1000:03d}{number:06d}"
    return body + uscc_check_character(body)


def _organisation(number: int, seed: int) -> str:
    body = f"ZZ{seed % 100:02d}{number % 10_000:04d}"
    return f"{body}-{organisation_check_character(body)}"


def _resident(number: int, seed: int) -> str:
    born = FAR + timedelta(days=(number + seed) % 360)
    body = f"{NOWHERE}{born:%Y%m%d}{number % 1000:03d}"
    return body + resident_id_check_character(body)


def _mobile(number: int, seed: int) -> str:
    return f"169{seed % 100:02d}{number:06d}"  # a range that no carrier was given


def _division(number: int, seed: int) -> str:
    del seed
    return f"8299{95 + number % 5:02d}"  # of a province that has no such places


def _text(number: int, shape: Shape) -> str:
    return f"沙箱{shape.title}{number + 1}"


def _day(number: int, shape: Shape) -> str:
    del shape
    return (FAR + timedelta(days=number)).isoformat()


def _moment(number: int, shape: Shape) -> str:
    return f"{_day(number, shape)}T00:00:00+08:00"


def _whole(number: int, shape: Shape) -> str:
    del shape
    return str(number + 1)


def _fraction(number: int, shape: Shape) -> str:
    return f"{_whole(number, shape)}.99"


def _truth(number: int, shape: Shape) -> str:
    del shape
    return "true" if number % 2 else "false"


def _amount(number: int, shape: Shape) -> str:
    return f"{_whole(number, shape)}.99元"


def _point(number: int, shape: Shape) -> str:
    del shape
    return f'{{"type":"Point","coordinates":[0.0,-89.{number:06d}]}}'


_BY_STANDARD: Mapping[str | None, Callable[[int, int], str]] = {
    "uscc": _uscc,
    "organisation_code": _organisation,
    "resident_id": _resident,
    "phone": _mobile,
    "mobile": _mobile,
    "division_code": _division,
    "postal_code": lambda number, _: f"09{9000 + number % 1000}",
    "email": lambda number, _: f"sandbox{number}@example.invalid",
    "url": lambda number, _: f"https://example.invalid/{number}",
    "longitude": lambda number, _: f"0.{number:06d}",
    "latitude": lambda number, _: f"-89.{number:06d}",
}
_BY_TYPE: Mapping[FieldType, Callable[[int, Shape], str]] = {
    FieldType.TEXT: _text,
    FieldType.INTEGER: _whole,
    FieldType.DECIMAL: _fraction,
    FieldType.DATE: _day,
    FieldType.DATETIME: _moment,
    FieldType.BOOLEAN: _truth,
    FieldType.AMOUNT: _amount,
    FieldType.GEOMETRY: _point,
}
