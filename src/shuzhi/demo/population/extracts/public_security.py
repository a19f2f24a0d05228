"""Public security (公安局): the register of residents, as UTF-16 TSV."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import Weighted
from shuzhi.demo.population.damage import damage_id, is_blocking, other_date
from shuzhi.demo.population.firms import draw_phone
from shuzhi.demo.population.names import mishear
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Person
from shuzhi.demo.population.writers import DelimitedWriter

COLUMNS = ("姓名", "公民身份号码", "性别", "出生日期", "住址", "联系电话", "数据性质")
RESIDENTS = Shape("residents", "public-security/residents.tsv", "tsv", "utf-16")

_ROW_ERRORS = Weighted(
    {
        "": 0.9, "date_format": 0.04, "birth_mismatch": 0.004, "sex_mismatch": 0.004, "name_spaces": 0.01,
        "name_missing": 0.002, "division_former": 0.03, "phone_wrong": 0.01,
    }
)  # fmt: skip
_REPEATS = Weighted({"": 0.985, "duplicate_exact": 0.006, "duplicate_near": 0.009})
_NOT_YET_REGISTERED = timedelta(days=45)


def open_residents(folder: Path, truth: TruthWriter) -> Sink:
    """The file, ready to take rows."""
    writer = DelimitedWriter(
        folder / RESIDENTS.path,
        title=f"杭州市公安局常住人口登记信息【{LABEL}】",
        columns=COLUMNS,
        encoding=RESIDENTS.encoding,
        delimiter="\t",
        newline="\r\n",
    )
    return Sink(RESIDENTS, writer, truth)


def write_resident(sink: Sink, chance: Random, person: Person, today: date) -> None:
    """One person's row, and now and then the row again; newborn children are not registered yet."""
    if today - person.born < _NOT_YET_REGISTERED:
        return
    cells, fact = _row(chance, person)
    row = sink.add(cells, fact)
    repeat = "" if fact.blocking else _REPEATS.draw(chance)
    if repeat == "duplicate_exact":
        sink.repeat_later(cells, fact, row=row, error=repeat)
    elif repeat == "duplicate_near":
        other = replace(person, name=mishear(person.name), phone=draw_phone(chance))
        made = ("name_homophone",) if other.name != person.name else ()
        near = Fact(entity=person.entity, key=person.number, errors=made)
        sink.repeat_later(_clean(other), near, row=row, error=repeat)


def _row(chance: Random, person: Person) -> tuple[tuple[str, ...], Fact]:
    number, id_error = damage_id(chance, person.number)
    name, _, sex, born, address, phone, label = _clean(person)
    made = [id_error]
    match error := _ROW_ERRORS.draw(chance):
        case "date_format":
            born = other_date(chance, person.born)
        case "birth_mismatch":
            born = (person.born + timedelta(days=1 + int(chance.random() * 300))).isoformat()
        case "sex_mismatch":
            sex = "女" if sex == "男" else "男"
        case "name_spaces":
            name = f"{name[0]} {name[1:]}"
        case "name_missing":
            name = ""
        case "division_former" if person.address.town.former_district:
            former = person.address.town.former_district
            address = person.address.text(city="" if former.endswith("市") else "杭州市", district=former)
        case "phone_wrong" if phone:
            phone = phone[:-1]
        case _:
            error = ""
    errors = tuple(kind for kind in (*made, error) if kind)
    fact = Fact(entity=person.entity, key=person.number, errors=errors, blocking=is_blocking(errors))
    return (name, number, sex, born, address, phone, label), fact


def _clean(person: Person) -> tuple[str, str, str, str, str, str, str]:
    return (
        person.name,
        person.number,
        person.sex,
        person.born.isoformat(),
        person.address.text(),
        person.phone,
        LABEL,
    )
