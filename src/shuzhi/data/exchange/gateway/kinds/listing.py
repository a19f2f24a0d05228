"""The records that fit some filters (列表查询), a page at a time, masked for their reader.

A page ends with `next`, the place after which the following page begins; it is null on the last page. Records
that come or go between two pages are neither repeated nor do they shift the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.filters import read_filters, whole_number
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.masked import decided, masked_fields, masked_names
from shuzhi.data.exchange.gateway.scopes import ADMITS, GIVEN, SCOPE
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.pillars.security.subjects import ENTITY

LIMIT, AFTER = "limit", "after"
LONGEST_PLACE = 40

HEAVY, WRITING = True, False

# One record more than asked for: it says whether there is a next page.
STATEMENT = """
SELECT w.place, e.id, e.golden::text
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::int[])
     AS w (place, register, filters, after, most)
CROSS JOIN LATERAL (
    SELECT e.id, e.golden FROM registers_entity e
    WHERE e.register = w.register AND e.retired_at IS NULL AND e.golden @> w.filters::jsonb AND e.id > w.after
    ORDER BY e.id LIMIT w.most + 1
) e
ORDER BY w.place, e.id
"""
SCOPED: str | None = f"""
SELECT w.place, e.id, e.golden::text
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::int[], %s::text[])
     AS w (place, register, filters, after, most, scope)
{SCOPE}
CROSS JOIN LATERAL (
    SELECT e.id, {GIVEN} AS golden FROM registers_entity e
    WHERE e.register = w.register AND e.retired_at IS NULL AND e.golden @> w.filters::jsonb AND e.id > w.after
      AND {ADMITS} AND (s.consent IS NULL OR {GIVEN} @> w.filters::jsonb)
    ORDER BY e.id LIMIT w.most + 1
) e
ORDER BY w.place, e.id
"""  # noqa: S608 - of constants only


class Asked(NamedTuple):
    """Which page of which records."""

    filters: str
    after: str
    limit: int


def read(given: Mapping[str, str], grant: Grant) -> Asked:
    """Filters, `limit` and `after`."""
    filters = read_filters(given, grant, reserved=(LIMIT, AFTER))
    after = given.get(AFTER, "")
    if len(after) > LONGEST_PLACE:
        raise refusals.ParameterRefused(
            name=AFTER, reason="is no place in the list", reason_zh="不是列表中的位置"
        )
    size = grant.terms.page_size
    limit = whole_number(given, LIMIT, default=size, most=size)
    return Asked(msgspec.json.encode(filters).decode(), after, limit)


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Places, registers, filters, the place after which to begin, and how many at most."""
    asked: list[Asked] = [question.parameters for question in questions]
    return [
        list(range(len(questions))),
        [question.grant.terms.register for question in questions],
        [one.filters for one in asked],
        [one.after for one in asked],
        [one.limit for one in asked],
    ]


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The page, and where the next one begins."""
    grant, limit = question.grant, question.parameters.limit
    page = rows[:limit]
    last = page[-1][0] if len(rows) > limit else None
    decision, held = decided(question), [(entity, msgspec.json.decode(golden)) for entity, golden in page]
    if decision is not None:
        asked = msgspec.json.decode(question.parameters.filters)
        known = all(decision.is_clear(name) for name in asked)
        held = [(entity, golden) for entity, golden in held if known and decision.rows.admits(golden)]
    records = [masked_fields(golden, grant, key=masking_key, decision=decision) for _, golden in held]
    entities, masked = [entity for entity, _ in held], masked_names(grant, decision)
    content: dict[str, object] = {
        "data": records,
        "masked": masked,
        "next": last,
    }
    if grant.consented:
        content["needs_consent"] = list(grant.consented)
    noted: dict[str, object] = {"entities": entities, "fields": list(grant.fields), "masked": masked}
    return Answer(content, noted, tuple((ENTITY, entity) for entity in entities))
