"""What an evaluation answers (答复): a value, or why there is none; and the trace that explains it.

A trace is small enough to be stored with a case: rows that failed early are counted, not listed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.types import Basis, Period, Place

EXACT = Decimal(2**53)  # whole numbers up to here are exact in every JSON reader


class Status(StrEnum):
    """What kind of answer it is."""

    VALUE = "value"
    NOT_EVALUABLE = "not_evaluable"  # an input is missing or of the wrong type
    ERROR = "error"  # the rule itself is wrong


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something became null: the input's fault (`input` names it) or the rule's (`place` says where)."""

    code: str
    message: Words
    place: Place | None = None
    input: str = ""
    kind: str = "rule"  # missing, ill-typed (of an input), rule

    def as_dict(self) -> dict[str, Any]:
        """The problem as JSON."""
        facts: dict[str, Any] = {"code": self.code, "message": self.message.model_dump()}
        if self.input:
            facts["input"] = self.input
        if self.place is not None:
            facts["place"] = self.place.said("en")
        return facts


class Why(StrEnum):
    """Why a row's condition did not hold."""

    FALSE = "false"
    MISSING = "missing"  # the value is not there
    UNKNOWN = "unknown"  # the test gave null: a value of another type


class FailedRow(NamedTuple):
    """A row that was tried: the first condition that failed, what was asked and what was found."""

    row: int
    heading: str
    test: str
    found: Any
    why: Why
    passed: int  # how many of its conditions hold
    name: str = ""  # the variable that is tested, where the column tests no more than one

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        return {
            "row": self.row,
            "column": self.heading,
            "test": self.test,
            "found": plain(self.found),
            "why": self.why.value,
        }


@dataclass(frozen=True, slots=True)
class HitRow:
    """A row whose conditions all hold: they, its annotations, its period and the laws it stands on."""

    row: int
    conditions: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...] = ()
    bases: tuple[Basis, ...] = ()
    period: Period | None = None

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        facts: dict[str, Any] = {"row": self.row, "conditions": dict(self.conditions)}
        if self.annotations:
            facts["annotations"] = dict(self.annotations)
        if self.bases:
            facts["basis"] = [str(each) for each in self.bases]
        if self.period:
            facts["valid"] = _days(self.period)
        return facts


@dataclass(frozen=True, slots=True)
class TableTrace:
    """What a table did: the policy, the rows that hit, the nearest that did not, and how many there were."""

    policy: str
    rows: int
    valid: int
    hits: tuple[HitRow, ...]
    failed: tuple[FailedRow, ...]
    failed_count: int
    default: bool = False

    def as_dict(self) -> dict[str, Any]:
        """The table's part of a trace as JSON."""
        facts: dict[str, Any] = {"policy": self.policy, "rows": self.rows}
        if self.valid != self.rows:
            facts["valid"] = self.valid
        facts["hit"] = [each.as_dict() for each in self.hits]
        facts["failed"] = [each.as_dict() for each in self.failed]
        if self.failed_count > len(self.failed):
            facts["failed_count"] = self.failed_count
        if self.default:
            facts["default"] = True
        return facts


@dataclass(frozen=True, slots=True)
class Step:
    """One decision on the way to the answer."""

    decision: str
    value: Any
    inputs: tuple[tuple[str, Any], ...] = ()
    tables: tuple[TableTrace, ...] = ()
    missing: tuple[str, ...] = ()
    bases: tuple[Basis, ...] = ()
    period: Period | None = None
    problems: tuple[Problem, ...] = ()
    given: bool = False  # handed in, not computed

    def as_dict(self) -> dict[str, Any]:
        """The step as JSON; what is empty is left out."""
        facts: dict[str, Any] = {"decision": self.decision, "value": plain(self.value)}
        if self.inputs:
            facts["inputs"] = plain(dict(self.inputs))
        if self.tables:
            facts["tables"] = [each.as_dict() for each in self.tables]
        if self.missing:
            facts["missing"] = list(self.missing)
        if self.bases:
            facts["basis"] = [str(each) for each in self.bases]
        if self.period:
            facts["valid"] = _days(self.period)
        if self.problems:
            facts["problems"] = [each.as_dict() for each in self.problems]
        if self.given:
            facts["given"] = True
        return facts


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about: the decisions in the order in which they were made, the asked one last."""

    decision: str
    rules: str  # digest of the rule files
    as_of: date | None
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        """The trace as JSON."""
        facts: dict[str, Any] = {"decision": self.decision, "rules": self.rules}
        if self.as_of:
            facts["as_of"] = self.as_of.isoformat()
        facts["steps"] = [each.as_dict() for each in self.steps]
        return facts


@dataclass(frozen=True, slots=True)
class Answer:
    """A value, or why there is none. Values are text, Decimal, bool, None, lists and dicts."""

    decision: str
    status: Status
    value: Any
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    trace: Trace | None = field(default=None, compare=False)

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON."""
        facts: dict[str, Any] = {
            "decision": self.decision,
            "status": self.status.value,
            "value": plain(self.value),
        }
        if self.missing:
            facts["missing"] = list(self.missing)
        if self.problems:
            facts["problems"] = [each.as_dict() for each in self.problems]
        if self.trace:
            facts["trace"] = self.trace.as_dict()
        return facts


def plain(value: Any) -> Any:
    """A value as JSON has it: a number that neither an integer nor a double can hold exactly is a text."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < EXACT:
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    return value


def _days(period: Period) -> dict[str, str]:
    days = {"from": period.since, "until": period.until}
    return {name: day.isoformat() for name, day in days.items() if day}
