"""Civil affairs (民政局): marriages, as XML."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from shuzhi.demo.population.chance import day_between, happens
from shuzhi.demo.population.damage import damage_id, is_blocking, other_date
from shuzhi.demo.population.names import mishear
from shuzhi.demo.population.sink import Shape, Sink
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, Fact, Household, Person
from shuzhi.demo.population.writers import XmlWriter

COLUMNS = (
    "登记证号",
    "登记日期",
    "登记机关",
    "男方姓名",
    "男方身份证件号",
    "女方姓名",
    "女方身份证件号",
    "数据性质",
)
MARRIAGES = Shape("marriages", "civil-affairs/marriages.xml", "xml")

_HERE, _HOMOPHONE, _DATE_FORMAT = 0.7, 0.02, 0.06
_MARRIAGEABLE = timedelta(days=int(22 * 365.25) + 1)


def open_marriages(folder: Path, truth: TruthWriter) -> Sink:
    """The document, ready to take records."""
    title = f"杭州市民政局婚姻登记信息【{LABEL}】"
    writer = XmlWriter(folder / MARRIAGES.path, title=title, root="婚姻登记", record="登记", columns=COLUMNS)
    return Sink(MARRIAGES, writer, truth)


def write_marriage(sink: Sink, chance: Random, household: Household, number: int, today: date) -> None:
    """The couple of one household, if they married in this city."""
    couple = household.of_role("head") + household.of_role("spouse")
    if len(couple) == 1 or not happens(chance, _HERE):
        return
    man, woman = sorted(couple, key=lambda person: person.sex == "女")
    first = max(man.born, woman.born) + _MARRIAGEABLE
    day = day_between(chance, first, min(first + timedelta(days=2_000), today)) if first < today else today
    text, date_error = (
        (other_date(chance, day), "date_format") if happens(chance, _DATE_FORMAT) else (day.isoformat(), "")
    )
    man_name, man_number, man_errors = type_person(chance, man)
    woman_name, woman_number, woman_errors = type_person(chance, woman)
    office = f"杭州市{man.address.town.district_name}民政局婚姻登记处"
    certificate = f"J{man.address.town.district}-{day.year}-{number:07d}"
    errors = (*((date_error,) if date_error else ()), *man_errors, *woman_errors)
    sink.add(
        (certificate, text, office, man_name, man_number, woman_name, woman_number, LABEL),
        Fact(man.entity, certificate, others=(woman.entity,), errors=errors, blocking=is_blocking(errors)),
    )


def type_person(chance: Random, person: Person) -> tuple[str, str, tuple[str, ...]]:
    """A person's name and number as another department types them, and the errors made."""
    number, error = damage_id(chance, person.number)
    errors = (error,) if error else ()
    name = mishear(person.name) if happens(chance, _HOMOPHONE) else person.name
    return name, number, (("name_homophone", *errors) if name != person.name else errors)
