"""From the text of a cell to a typed value (取值): empty, repaired, fit, or unfit with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, NamedTuple

from shuzhi.data.catalog.types import FieldDeclaration, FieldType
from shuzhi.pillars.standards.validators import (
    VALIDATORS,
    check_amount,
    full_to_half,
    parse_date,
    parse_datetime,
)
from shuzhi.pillars.standards.validators.dates import CHINA
from shuzhi.pillars.standards.validators.text import without_spaces

LARGEST_INTEGER = 2**63 - 1
DECIMAL_PLACES, DECIMAL_DIGITS = 10, 28
MOST_REMEMBERED = 50_000
GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)

_LAST_PLACE, _WIDE = Decimal(1).scaleb(-DECIMAL_PLACES), Context(prec=60, rounding=ROUND_HALF_EVEN)
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?([eE][+-]?\d{1,2})?")
_BOOLEANS = {
    **dict.fromkeys(("是", "有", "真", "true", "t", "yes", "y", "1", "1.0"), True),
    **dict.fromkeys(("否", "无", "假", "false", "f", "no", "n", "0", "0.0"), False),
}


class Cell(NamedTuple):
    """A read cell. `written` is the value in one fixed form, for comparing rows; `unfit` the reason to refuse it."""

    value: Any = None
    written: str | None = None
    unfit: str | None = None
    repaired: bool = False


EMPTY = Cell()
Read = Callable[[str], Cell]


class CellReader:
    """Reads the cells of one column; the same text is read once."""

    def __init__(self, field: FieldDeclaration, *, required: bool) -> None:
        self._nulls = frozenset(field.nulls)
        self._prefix = f"{field.id}="
        self._empty = Cell(unfit="required") if required else EMPTY
        self._read = _reader_for(field, required=required)
        self._known: dict[str | None, Cell] = {None: self._empty}

    def __call__(self, text: str | None) -> Cell:
        """The cell of this text."""
        cell = self._known.get(text)
        if cell is None:
            cell = self._fresh(text or "")
            if len(self._known) > MOST_REMEMBERED:
                self._known = {None: self._empty}
            self._known[text] = cell
        return cell

    def _fresh(self, text: str) -> Cell:
        stripped = text.strip().strip("\ufeff\u200b")
        if not stripped or stripped in self._nulls:
            return self._empty
        if "\0" in stripped:
            return Cell(unfit="nul_byte")
        cell = self._read(stripped)
        if cell.unfit:
            return cell
        if cell.value is None:
            return self._empty
        return cell._replace(
            written=self._prefix + str(cell.written or cell.value).replace("\x1f", "\x1f\x1f")
        )


def _reader_for(field: FieldDeclaration, *, required: bool) -> Read:
    if field.type is FieldType.TEXT:
        return _text_reader(field.standard, required=required)
    return _READERS[field.type]


def _text_reader(standard: str | None, *, required: bool) -> Read:
    """A standard binds where the field is required or a key; elsewhere a rule of quality reports it."""
    accepts = VALIDATORS.get(standard or "")
    if accepts is None:
        return Cell

    def read(text: str) -> Cell:
        if accepts(text):
            return Cell(text)
        written = without_spaces(full_to_half(text)).upper()
        if accepts(written):
            return Cell(written, repaired=True)
        return Cell(unfit="not_standard") if required else Cell(text)

    return read


def _integer(text: str) -> Cell:
    number = _number(text)
    if number is None or number != number.to_integral_value():
        return Cell(unfit="not_integer")
    return Cell(int(number)) if abs(number) <= LARGEST_INTEGER else Cell(unfit="too_large")


def _decimal(text: str) -> Cell:
    number = _number(text)
    return Cell(unfit="not_decimal") if number is None else _fitted(number)


def _number(text: str) -> Decimal | None:
    written = full_to_half(text).replace(" ", "")
    if _NUMBER.fullmatch(written) is None:
        return None
    return Decimal(written.replace(",", ""))


def _fitted(number: Decimal) -> Cell:
    """The number at the lake's ten places, half-even; digits that rounding drops are counted as repaired."""
    if number and number.adjusted() >= DECIMAL_DIGITS:
        return Cell(unfit="too_large")
    # Exactly: the usual context would round to 28 digits without a word.
    plain = number.normalize(Context(prec=len(number.as_tuple().digits) or 1))
    repaired = -int(plain.as_tuple().exponent) > DECIMAL_PLACES
    if repaired:
        plain = plain.quantize(_LAST_PLACE, context=_WIDE).normalize(_WIDE)
        if plain and plain.adjusted() >= DECIMAL_DIGITS:
            return Cell(unfit="too_large")
    return Cell(plain or Decimal(0), written=f"{plain:f}" if plain else "0", repaired=repaired)


def _amount(text: str) -> Cell:
    found = check_amount(text)
    if found.amount is None:
        return EMPTY if found.reason == "missing" else Cell(unfit="not_amount")
    fitted = _fitted(found.amount.value)
    if fitted.unfit:
        return fitted
    return Cell(
        (fitted.value, found.amount.currency, text),
        written=f"{fitted.written} {found.amount.currency}",
        repaired=fitted.repaired,
    )


def _date(text: str) -> Cell:
    day = parse_date(text)
    return Cell(day) if day is not None else Cell(unfit="not_date")


def _datetime(text: str) -> Cell:
    """A moment. A day alone is read as its first moment in China and counted as repaired.

    Workbooks drop the time of day when it is midnight, so that a day is what is left of such a moment.
    """
    moment, day = parse_datetime(text), None
    if moment is None and (day := parse_date(text)) is not None:
        moment = datetime.combine(day, time(), tzinfo=CHINA)
    try:
        return (
            Cell(unfit="not_datetime")
            if moment is None
            else Cell(moment.astimezone(UTC), repaired=day is not None)
        )
    except OverflowError:  # the first day of year 1 in China began in year 0
        return Cell(unfit="not_datetime")


def _boolean(text: str) -> Cell:
    found = _BOOLEANS.get(full_to_half(text).casefold())
    return Cell(found) if found is not None else Cell(unfit="not_boolean")


def _geometry(text: str) -> Cell:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Cell(unfit="not_geometry")
    if not isinstance(found, dict) or found.get("type") not in GEOMETRIES:
        return Cell(unfit="not_geometry")
    return Cell(json.dumps(found, ensure_ascii=False, separators=(",", ":")))


_READERS: dict[FieldType, Read] = {
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.AMOUNT: _amount,
    FieldType.DATE: _date,
    FieldType.DATETIME: _datetime,
    FieldType.BOOLEAN: _boolean,
    FieldType.GEOMETRY: _geometry,
}
