"""A golden record by its key (按键查询), masked for its reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds import golden
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.masked import decided, masked_fields, masked_names, require_consent
from shuzhi.data.exchange.gateway.kinds.parameters import comparable_parameters
from shuzhi.foundation.clock import day_of

HEAVY, WRITING = False, False
STATEMENT = golden.STATEMENT
SCOPED: str | None = golden.SCOPED
read = comparable_parameters
values = golden.values


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The granted fields of the record.

    Raises:
        RecordNotFound: the register knows none of this key.
        ConsentMissing: nothing may be told of this key without consent, and there is none, or no record.
    """
    grant = question.grant
    if not rows:
        require_consent(grant, {})
        raise refusals.RecordNotFound
    entity, golden_text, provenance = rows[0]
    golden_values, decision = msgspec.json.decode(golden_text), decided(question)
    if decision is not None and not decision.rows.admits(golden_values):
        require_consent(grant, {})
        raise refusals.RecordNotFound
    data = masked_fields(golden_values, grant, key=masking_key, decision=decision)
    require_consent(grant, data)
    masked = masked_names(grant, decision)
    content: dict[str, object] = {"data": data, "masked": masked}
    if grant.consented:
        content["needs_consent"] = list(grant.consented)
    if grant.terms.provenance:
        content["provenance"] = _origins(msgspec.json.decode(provenance), data)
    noted = {"entity": entity, "fields": list(data), "masked": masked}
    return Answer(content, noted, golden.about(question, entity))


def _origins(
    provenance: Mapping[str, Mapping[str, Any]], data: Mapping[str, object]
) -> list[dict[str, object]]:
    """Which data set, batch and day the fields come from; fields of one origin together."""
    groups: dict[tuple[str, str, str | None], list[str]] = defaultdict(list)
    for name, value in data.items():
        origin = provenance.get(name)
        if origin is not None and value is not None:
            groups[origin["dataset"], origin["batch"], _day(origin.get("at"))].append(name)
    return [
        {"dataset": dataset, "batch": batch, "day": day, "fields": names}
        for (dataset, batch, day), names in groups.items()
    ]


def _day(at: str | None) -> str | None:
    return day_of(datetime.fromisoformat(at)).isoformat() if at else None
