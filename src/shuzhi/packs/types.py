"""A pack's manifest and grade, and what loading a pack yields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.parts import Declaration
from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis

PACK_ID = r"^[a-z0-9-]+/[a-z0-9-]+$"
NEED = r"[a-z][a-z0-9-]*|[a-z0-9-]+/[a-z0-9-]+( >=[0-9]+(\.[0-9]+)*)?"


class PackGrade(StrEnum):
    """How far a pack is proven; a draft claims nothing."""

    DRAFT = "draft"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"

    def reaches(self, other: PackGrade) -> bool:
        """Whether this grade claims what the other does."""
        order = list(PackGrade)
        return order.index(self) >= order.index(other)


class GradeRule(StrEnum):
    """What is asked of a pack, the grade's own rules after those of the grade below."""

    INSTALLS = "installs"
    SCENARIOS = "scenarios"
    REFUSALS = "refusals"
    DEADLINES = "deadlines"
    LANGUAGES = "languages"
    ACCESS = "access"
    LOAD = "load"
    COCKPIT = "cockpit"


GRADE_RULES = {
    PackGrade.DRAFT: (),
    PackGrade.BRONZE: (GradeRule.INSTALLS, GradeRule.SCENARIOS),
    PackGrade.SILVER: (GradeRule.REFUSALS, GradeRule.DEADLINES, GradeRule.LANGUAGES),
    PackGrade.GOLD: (GradeRule.ACCESS, GradeRule.LOAD, GradeRule.COCKPIT),
}


def rules_of(grade: PackGrade) -> tuple[GradeRule, ...]:
    """Everything that a grade asks for."""
    return tuple(rule for each, rules in GRADE_RULES.items() if grade.reaches(each) for rule in rules)


class Need(NamedTuple):
    """Another pack that a pack needs, at this version or a later one."""

    pack: str
    least: str


class Manifest(BaseModel):
    """`pack.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str = Field(pattern=PACK_ID)
    title: Words
    summary: Words | None = None
    systems: tuple[str, ...] = ()
    owner: str
    basis: tuple[Basis, ...] = ()
    # Rooms by name, packs by id: `workflow`, `platform/standards`, `market/firms >=2`.
    needs: tuple[str, ...] = ()
    grade: PackGrade = PackGrade.DRAFT
    version: str = Field(default="1", pattern=r"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}$")
    synthetic: bool = False

    @property
    def needed_packs(self) -> tuple[Need, ...]:
        """The packs among its needs."""
        return tuple(need_of(each) for each in self.needs if "/" in each)

    @property
    def needed_rooms(self) -> tuple[str, ...]:
        """The rooms among its needs."""
        return tuple(each for each in self.needs if "/" not in each)


def need_of(written: str) -> Need:
    """A need as it is written: `field/name` or `field/name >=1.2`."""
    pack, _, least = written.partition(" >=")
    return Need(pack, least or "0")


def is_at_least(version: str, least: str) -> bool:
    """Whether a version is another one or later, number by number."""
    return _numbers(version) >= _numbers(least)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in version.split(".") if re.fullmatch(r"\d+", part))
    while numbers and not numbers[-1]:
        numbers = numbers[:-1]  # 1.0 is 1
    return numbers


class GradeAnswer(BaseModel):
    """What a pack says to one rule: the scenario that proves it, or why the rule does not touch it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: GradeRule
    proof: str | None = None
    exempt: Words | None = None

    @model_validator(mode="after")
    def _one_answer(self) -> GradeAnswer:
        if (self.proof is None) == (self.exempt is None):
            raise ValueError("either proof or exempt, and not both")
        return self


class GradeDeclaration(BaseModel):
    """`grade.yaml`: the claimed grade, answered rule by rule."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: PackGrade
    answers: tuple[GradeAnswer, ...] = ()


@dataclass(frozen=True)
class Pack:
    """A loaded pack: its manifest and its declarations by folder."""

    manifest: Manifest
    folder: Path
    declarations: dict[str, tuple[Declaration[BaseModel], ...]]
    grading: GradeDeclaration | None = None

    @property
    def id(self) -> str:
        """Field and name."""
        return self.manifest.pack
