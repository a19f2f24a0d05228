"""What changed in the register (变更订阅), for subscribers who ask instead of being pushed to, or who missed something.

Every event has a number of its subscription; they follow one another without a gap. Whoever asks says after which
number to begin. Values are those of the moment of the change, masked by the terms of the moment of asking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.filters import whole_number
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.masked import decided, masked_fields, masked_names
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.registers.types import ChangeKind
from shuzhi.pillars.security.data_policy import Decision
from shuzhi.pillars.security.subjects import ENTITY

LIMIT, AFTER = "limit", "after"
MOST_NUMBER = 10**15

HEAVY, WRITING = True, False
SCOPED: str | None = None  # an interface of events has no rows of a caller's own

# One event more than asked for: it says whether there are more. A change that was forgotten has no values any more.
STATEMENT = """
SELECT w.place, e.seq, e.kind, e.entity, e.at, to_json(e.changed)::text, c.golden::text
FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::int[]) AS w (place, subscription, after, most)
CROSS JOIN LATERAL (
    SELECT * FROM exchange_event x WHERE x.subscription_id = w.subscription AND x.seq > w.after
    ORDER BY x.seq LIMIT w.most + 1
) e
LEFT JOIN registers_change c ON c.id = e.change
ORDER BY w.place, e.seq
"""


class Asked(NamedTuple):
    """Which events: those after a number, so many at most."""

    after: int
    limit: int


class Told(NamedTuple):
    """One event with the values of its change."""

    seq: int
    kind: str
    entity: str
    at: datetime
    changed: Sequence[str]
    golden: Mapping[str, Any] | None


def read(given: Mapping[str, str], grant: Grant) -> Asked:
    """`after` and `limit`."""
    for name in given:
        if name not in (AFTER, LIMIT):
            raise refusals.ParameterRefused(name=name, reason="is not known", reason_zh="不存在")
    after = 0 if given.get(AFTER, "0") == "0" else whole_number(given, AFTER, default=0, most=MOST_NUMBER)
    size = grant.terms.page_size
    return Asked(after, whole_number(given, LIMIT, default=size, most=size))


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Places, subscriptions, the numbers after which to begin, and how many at most."""
    asked: list[Asked] = [question.parameters for question in questions]
    return [
        list(range(len(questions))),
        [question.grant.subscription for question in questions],
        [one.after for one in asked],
        [one.limit for one in asked],
    ]


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The events, the number after which to go on, and whether there are more."""
    if question.grant.hidden:
        raise refusals.ConsentMissing
    limit, decision = question.parameters.limit, decided(question)
    told = [
        Told(seq, kind, entity, at, msgspec.json.decode(changed), golden and msgspec.json.decode(golden))
        for seq, kind, entity, at, changed, golden in rows[:limit]
    ]
    content = content_of(told, question.grant, key=masking_key, decision=decision)
    after = told[-1].seq if told else question.parameters.after
    noted = noted_of(told, question.grant, decision)
    about = tuple((ENTITY, one.entity) for one in told)
    return Answer(content | {"next": after, "more": len(rows) > limit}, noted, about)


def content_of(
    told: Sequence[Told], grant: Grant, *, key: bytes, decision: Decision | None
) -> dict[str, object]:
    """Events as a subscriber gets them, pushed or asked for."""
    events = [_event(one, grant, key=key, decision=decision) for one in told]
    return {"events": events, "masked": masked_names(grant, decision)}


def noted_of(told: Sequence[Told], grant: Grant, decision: Decision | None) -> dict[str, object]:
    """What the audit log notes of them."""
    return {
        "entities": [one.entity for one in told],
        "first": told[0].seq if told else 0,
        "last": told[-1].seq if told else 0,
        "fields": list(grant.fields),
        "masked": masked_names(grant, decision),
    }


def _event(one: Told, grant: Grant, *, key: bytes, decision: Decision | None) -> dict[str, object]:
    golden = None if one.kind == ChangeKind.DELETED else one.golden
    if golden is not None and decision is not None and not decision.rows.admits(golden):
        golden = None
    data = None if golden is None else masked_fields(golden, grant, key=key, decision=decision)
    return {
        "seq": one.seq,
        "kind": one.kind,
        "entity": one.entity,
        "at": one.at.isoformat(),
        "changed": [name for name in one.changed if name in grant.fields and name not in grant.terms.topics],
        "data": data,
    }
