"""How many records of which kind (统计查询), without any record: groups below the minimum are not shown.

A group that is too small is left out whole. Where only one was left out, its size would follow from a total known
elsewhere, so the next smallest goes with it. Filters choose among the groups of the one table of the interface,
after the small ones have gone: asking in many ways never shows what asking once hides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from shuzhi.data.exchange.gateway.kinds.filters import read_filters
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.masked import decided
from shuzhi.data.exchange.gateway.scopes import ADMITS, SCOPE
from shuzhi.data.exchange.gateway.terms import Grant

HEAVY, WRITING = True, False

# A row for each group, and one more for each of its sums: labels, which sum, how many records, the sum.
_STATEMENT = """
SELECT w.place, g.labels::text, g.measure, g.records, g.total
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]{column}) AS w (place, register, groups, sums{name})
{joined}CROSS JOIN LATERAL (
    SELECT (SELECT jsonb_agg(e.golden -> l.field ORDER BY l.place)
            FROM jsonb_array_elements_text(w.groups::jsonb) WITH ORDINALITY AS l (field, place)) AS labels,
           m.field AS measure, count(*) AS records,
           sum(CASE WHEN e.golden ->> m.field ~ '^-?[0-9]{{1,30}}([.][0-9]{{1,10}})?$'
                    THEN (e.golden ->> m.field)::numeric END) AS total
    FROM registers_entity e
    CROSS JOIN (SELECT NULL UNION ALL SELECT jsonb_array_elements_text(w.sums::jsonb)) AS m (field)
    WHERE e.register = w.register AND e.retired_at IS NULL{admits}
    GROUP BY 1, 2
) g
ORDER BY w.place, g.labels::text, g.measure NULLS FIRST
"""
STATEMENT = _STATEMENT.format(column="", name="", joined="", admits="")
# Of the caller's rows alone; what is too small among them is not shown.
SCOPED: str | None = _STATEMENT.format(
    column=", %s::text[]", name=", scope", joined=SCOPE, admits=f" AND {ADMITS}"
)


class Group(NamedTuple):
    """Records that are alike: their labels, their number, and the sums over them."""

    labels: tuple[Any, ...]
    records: int
    sums: dict[str, str | None]


def read(given: Mapping[str, str], grant: Grant) -> dict[str, str]:
    """The filters."""
    return read_filters(given, grant)


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Places, registers, the fields to group by and those to add up."""
    terms = [question.grant.terms for question in questions]
    return [
        list(range(len(questions))),
        [one.register for one in terms],
        [msgspec.json.encode(one.group_by).decode() for one in terms],
        [msgspec.json.encode(one.sums).decode() for one in terms],
    ]


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """The groups that are large enough, and how many groups are not shown."""
    del masking_key
    terms = question.grant.terms
    decision = decided(question)
    told = (*terms.group_by, *terms.sums)
    if decision is not None and not (decision.rows.whole and all(map(decision.is_clear, told))):
        rows = ()  # the table is of all rows and tells these fields; the caller gets not all of that
    groups = _groups(rows)
    shown = large_enough(groups, minimum=terms.minimum_group)
    labelled = [(dict(zip(terms.group_by, group.labels, strict=True)), group) for group in shown]
    chosen = [
        labels | {"records": group.records, "sums": group.sums}
        for labels, group in labelled
        if question.parameters.items() <= labels.items()
    ]
    content: dict[str, object] = {
        "data": chosen,
        "minimum_group": terms.minimum_group,
        "groups_not_shown": len(groups) - len(shown),
    }
    return Answer(content, {"groups": len(chosen)})


def large_enough(groups: Sequence[Group], *, minimum: int) -> list[Group]:
    """The groups that may be shown, the largest first."""
    ordered = sorted(groups, key=lambda group: (-group.records, str(group.labels)))
    shown = [group for group in ordered if group.records >= minimum]
    if len(ordered) - len(shown) == 1 and shown:
        shown.pop()
    return shown


def _groups(rows: Rows) -> list[Group]:
    found: dict[str, Group] = {}
    for labels, measure, records, total in rows:
        if measure is None:
            found[labels] = Group(tuple(msgspec.json.decode(labels or "[]")), records, {})
        else:
            found[labels].sums[measure] = _text(total)
    return list(found.values())


def _text(total: Decimal | None) -> str | None:
    return None if total is None else format(total.normalize(), "f")
