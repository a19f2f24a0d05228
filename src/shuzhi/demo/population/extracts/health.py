"""Health (卫健委): birth certificates, in the department's own SQLite database."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import happens, pick
from shuzhi.demo.population.damage import is_blocking
from shuzhi.demo.population.extracts.civil_affairs import type_person
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Household, Person
from shuzhi.demo.population.writers import SqliteWriter

COLUMNS = (
    "cert_no", "child_name", "child_sex", "born_at", "weight_g", "hospital", "mother_name", "mother_id", "father_name",
    "father_id", "issued_on", "data_nature",
)  # fmt: skip
BIRTHS = Shape("births", "health/births.sqlite", "sqlite")
TABLE = "births"

_FIRST_YEAR = 2005
_HERE, _FATHER_UNKNOWN = 0.85, 0.03
_HOSPITALS = ("演示市妇产科医院", "演示市第一人民医院", "演示市中医院", "演示区妇幼保健院")


def open_births(folder: Path, truth: TruthWriter) -> Sink:
    """The database, ready to take rows."""
    title = f"杭州市卫生健康委员会出生医学证明【{LABEL}】"
    return Sink(BIRTHS, SqliteWriter(folder / BIRTHS.path, title=title, table=TABLE, columns=COLUMNS), truth)


def write_births(sink: Sink, chance: Random, household: Household, number: int) -> None:
    """The certificates of one household's children born here since the database began."""
    couple = household.of_role("head") + household.of_role("spouse")
    for place, child in enumerate(household.of_role("child")):
        if child.born.year >= _FIRST_YEAR and happens(chance, _HERE):
            _write_birth(sink, chance, child, couple, f"P33{number:06d}{place}")


def _write_birth(sink: Sink, chance: Random, child: Person, couple: list[Person], certificate: str) -> None:
    father, mother = sorted(couple, key=lambda person: person.sex == "女")
    mother_name, mother_number, errors = type_person(chance, mother)
    father_name = father_number = None
    others = [mother.entity]
    if not happens(chance, _FATHER_UNKNOWN):
        father_name, father_number, more = type_person(chance, father)
        errors, others = (*errors, *more), [*others, father.entity]
    hour, minute = int(chance.random() * 24), int(chance.random() * 60)
    weight = int(min(max(chance.gauss(3300, 420), 1800), 4800))
    cells = (
        certificate, child.name, child.sex, f"{child.born} {hour:02d}:{minute:02d}:00", weight, pick(chance, _HOSPITALS),
        mother_name, mother_number, father_name, father_number, child.born + timedelta(days=3), LABEL,
    )  # fmt: skip
    fact = Fact(child.entity, certificate, others=tuple(others), errors=errors, blocking=is_blocking(errors))
    sink.add(cells, fact)
