"""A stored trace read back (还原): what `Trace.as_dict` gave, so that it can be put into words again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import FailedRow, HitRow, Problem, Step, TableTrace, Trace, Why
from shuzhi.support.decisions.types import Basis, Period

Document = Mapping[str, Any]


def trace_of(document: Document) -> Trace:
    """The trace of a document; places of problems and the counts that only sorting needs are not in it."""
    as_of = document.get("as_of")
    return Trace(
        document["decision"],
        document["rules"],
        date.fromisoformat(as_of) if as_of else None,
        tuple(_step(each) for each in document["steps"]),
    )


def _step(document: Document) -> Step:
    return Step(
        document["decision"],
        _value(document["value"]),
        tuple((name, _value(each)) for name, each in document.get("inputs", {}).items()),
        tuple(_table(each) for each in document.get("tables", ())),
        tuple(document.get("missing", ())),
        _bases(document),
        _period(document),
        tuple(_problem(each) for each in document.get("problems", ())),
        document.get("given", False),
    )


def _table(document: Document) -> TableTrace:
    failed = tuple(_failed(each) for each in document["failed"])
    return TableTrace(
        document["policy"],
        document["rows"],
        document.get("valid", document["rows"]),
        tuple(_hit(each) for each in document["hit"]),
        failed,
        document.get("failed_count", len(failed)),
        document.get("default", False),
    )


def _hit(document: Document) -> HitRow:
    return HitRow(
        document["row"],
        tuple(document["conditions"].items()),
        tuple(document.get("annotations", {}).items()),
        _bases(document),
        _period(document),
    )


def _failed(document: Document) -> FailedRow:
    why = Why(document["why"])
    return FailedRow(document["row"], document["column"], document["test"], _value(document["found"]), why, 0)


def _problem(document: Document) -> Problem:
    return Problem(document["code"], Words(**document["message"]), None, document.get("input", ""))


def _bases(document: Document) -> tuple[Basis, ...]:
    return tuple(Basis(each) for each in document.get("basis", ()))


def _period(document: Document) -> Period | None:
    valid = document.get("valid")
    if not isinstance(valid, Mapping):
        return None
    since, until = (date.fromisoformat(valid[each]) if each in valid else None for each in ("from", "until"))
    return Period(since, until)


def _value(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return Decimal(repr(value))
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    return value
