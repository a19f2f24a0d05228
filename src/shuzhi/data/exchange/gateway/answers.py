"""What goes out: a golden record masked for its reader, or a bare yes or no."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.terms import Field, Grant
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.data.linkage.resolution import comparable
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.masking import as_seen, readable
from shuzhi.pillars.security.types import Grade


@dataclass(frozen=True, slots=True)
class Record:
    """A golden record as the register keeps it."""

    entity: str
    golden: Mapping[str, Any]
    provenance: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of an answer, and what the audit log notes of it."""

    content: dict[str, object]
    noted: dict[str, object]


def answer(grant: Grant, record: Record | None, given: Mapping[str, str], *, masking_key: bytes) -> Answer:
    """The answer to a call that passed every rule.

    Raises:
        RecordNotFound: a record was asked for and there is none; a verification answers no instead.
    """
    if grant.terms.kind is InterfaceKind.VERIFICATION:
        return _verification(grant, record, given)
    if record is None:
        raise refusals.RecordNotFound
    return _record(grant, record, masking_key)


def clearance_of(grant: Grant) -> Grade:
    """Up to which grade the caller reads in clear: never more than the interface allows today."""
    return min(grant.clearance, grant.terms.clearance)


def _verification(grant: Grant, record: Record | None, given: Mapping[str, str]) -> Answer:
    # One way for all cases: the answer must not tell a wrong name from a firm that does not exist.
    golden = record.golden if record else {}
    same = [
        comparable(_text(golden.get(parameter.id)), parameter.compare) == given[parameter.id]
        for parameter in grant.terms.parameters[1:]
    ]
    yes = record is not None and all(same)
    noted: dict[str, object] = {"answer": "yes" if yes else "no"}
    return Answer(content={"answer": "yes" if yes else "no"}, noted=noted)


def _record(grant: Grant, record: Record, masking_key: bytes) -> Answer:
    clearance = clearance_of(grant)
    fields = [field for field in grant.terms.fields if field.id in grant.fields]
    data = {field.id: _seen(field, record, clearance, masking_key) for field in fields}
    masked = [field.id for field in fields if not readable(grade=field.grade, clearance=clearance)]
    content: dict[str, object] = {"data": data, "masked": masked}
    if grant.terms.provenance:
        content["provenance"] = _origins(record, data)
    return Answer(content, {"entity": record.entity, "fields": list(data), "masked": masked})


def _seen(field: Field, record: Record, clearance: Grade, key: bytes) -> object:
    value = record.golden.get(field.id)
    return as_seen(value, grade=field.grade, mask=field.mask, clearance=clearance, key=key)


def _origins(record: Record, data: Mapping[str, object]) -> list[dict[str, object]]:
    """Which data set, batch and day the fields come from; fields of one origin together."""
    groups: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)
    for name, value in data.items():
        origin = record.provenance.get(name)
        if origin is not None and value is not None:
            groups[origin["dataset"], origin["batch"], _day(origin.get("at"))].append(name)
    return [
        {"dataset": dataset, "batch": batch, "day": day, "fields": names}
        for (dataset, batch, day), names in groups.items()
    ]


def _day(at: str | None) -> str | None:
    return day_of(datetime.fromisoformat(at)).isoformat() if at else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
