"""What scenarios look at in the standards: working days, codes, and whether a value keeps a standard."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.codelists import shipped_code_lists
from shuzhi.pillars.standards.validators import VALIDATORS


class Term(BaseModel):
    """A number of working days from a day."""

    model_config = ConfigDict(extra="forbid")

    start: date = Field(alias="from")
    working_days: int


class OfCode(BaseModel):
    """A code of a list, as of one of its versions; `to` asks for what became of it in another."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    codelist: str
    code: str
    version: str | None = None
    to: str | None = None


class OfValue(BaseModel):
    """A value and the standard it should keep."""

    model_config = ConfigDict(extra="forbid")

    standard: str
    value: str


def due(said: Term, stage: Stage) -> date:
    """The day on which the term ends."""
    del stage
    return calendars.due_on(said.start, said.working_days)


def code(said: OfCode, stage: Stage) -> dict[str, Any] | None:
    """The code's names, and its codes in another version; nothing where the list has no such code."""
    del stage
    found = shipped_code_lists()[said.codelist]
    version = found.version(said.version) if said.version else found.latest
    if said.code not in version.codes:
        return None
    one = version.codes[said.code]
    became = found.crosswalk(version.version, said.to, said.code) if said.to else []
    return {"code": one.code, "zh": one.zh, "en": one.en, "became": became}


def keeps(said: OfValue, stage: Stage) -> bool:
    """Whether a value keeps a standard."""
    del stage
    return VALIDATORS[said.standard](said.value)


VERBS = (
    Verb("working days", Words(zh="推算工作日", en="count working days"), Term, due, looks=True),
    Verb(
        "code",
        Words(zh="查询代码", en="look a code up"),
        OfCode,
        code,
        looks=True,
        names={"codelist": "codelists"},
    ),
    Verb("standard", Words(zh="按标准校验", en="test a value"), OfValue, keeps, looks=True),
)
