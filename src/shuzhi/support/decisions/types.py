"""Values that the whole room speaks of: places, faults, days and laws; FEEL's own are passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.feel.scope import Limits, Problem

__all__ = [
    "DEFAULT_LIMITS",
    "Basis",
    "Fault",
    "FileLimits",
    "InstalledRules",
    "Limits",
    "Period",
    "Place",
    "Problem",
    "Replay",
    "ReplayOrder",
    "ReplayState",
    "RulesDeclaration",
]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A spot in a rule file; for a cell of a table also its decision, row (from 1) and column's heading."""

    file: str
    line: int = 0
    column: int = 0
    decision: str = ""
    row: int | None = None
    heading: str = ""

    def said(self, language: str) -> str:
        """`file:12:7 决定“贴息” 第 3 行 列“注册月数”`."""
        zh = language.startswith("zh")
        parts = [f"{self.file}:{self.line}:{self.column}" if self.line else self.file]
        if self.decision:
            parts.append(f"决策“{self.decision}”" if zh else f"decision “{self.decision}”")
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.heading:
            parts.append(f"列“{self.heading}”" if zh else f"column “{self.heading}”")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rule file: where, and what was expected."""

    code: str
    place: Place
    message: Words

    def as_dict(self) -> dict[str, object]:
        """The fault as JSON."""
        place = {
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "decision": self.place.decision or None,
            "row": self.place.row,
            "heading": self.place.heading or None,
        }
        return {"code": self.code, **place, "message": self.message.model_dump()}


@dataclass(frozen=True, slots=True)
class Period:
    """The days on which something is valid, both ends included; an end left open is None."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies within."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def meets(self, other: Period) -> bool:
        """Whether the two have a day in common."""
        return (self.since or date.min) <= (other.until or date.max) and (other.since or date.min) <= (
            self.until or date.max
        )


@dataclass(frozen=True, slots=True)
class Basis:
    """The law or notice that a rule stands on (依据)."""

    title: str
    article: str = ""

    def __str__(self) -> str:
        """Title and article as one text."""
        return f"{self.title} {self.article}".strip()


@dataclass(frozen=True, slots=True)
class InstalledRules:
    """A version of rules that a pack brought: in force, or kept for what was decided by it."""

    rules: str
    digest: str
    pack: str
    installed_at: datetime
    current: bool


class ReplayState(StrEnum):
    """Where a replay stands."""

    WAITING = "waiting"
    PREPARING = "preparing"  # the population's rows are gathered
    DECIDING = "deciding"  # both versions are asked of every row
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReplayOrder:
    """What is replayed: two versions of a decision, each on its day, over which population.

    `bound` says for each input where its value comes from: `column:<name>`, `value:<text>`, or nothing: not known.
    """

    decision: str
    population: str  # kind/name, as `populations` offers them
    old_day: date
    new_day: date
    cost: str = ""
    output: str = ""
    digest: str = (
        ""  # an installed version to compare with; empty: the uploaded file, or the same rules on another day
    )
    rows: int = 0  # how many, where the population is made up
    bound: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay as pages show it; the result is `Comparison.as_dict` with masked identities."""

    number: int
    rules: str
    order: ReplayOrder
    file_name: str
    by: str
    office: str
    asked_at: datetime
    state: ReplayState
    rows: int
    result: Mapping[str, Any] | None
    problem: Words | None
    done_at: datetime | None


class RulesDeclaration(BaseModel):
    """Rule files as a pack has them: the digest of all, and name and content of each, the own file first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: str
    digest: str
    files: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large a rule file may be before it is refused unread."""

    size: int = 32 * 1024 * 1024  # bytes
    depth: int = 128  # elements within elements
    elements: int = 2_000_000
    faults: int = 10_000


DEFAULT_LIMITS = FileLimits()
