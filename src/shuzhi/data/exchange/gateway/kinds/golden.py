"""Golden records by one of their identifiers: the look-up that several kinds share."""

from __future__ import annotations

from collections.abc import Sequence

from shuzhi.data.exchange.gateway.arrays import plain, texts
from shuzhi.data.exchange.gateway.kinds.kind import Question
from shuzhi.data.exchange.gateway.scopes import ADMITS, GIVEN, SCOPE
from shuzhi.pillars.security.subjects import ENTITY

# One row for each place: id, golden record, and where its fields come from if the interface tells.
STATEMENT = """
SELECT w.place, e.id, e.golden::text, CASE WHEN w.told THEN e.provenance::text END
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::bool[]) AS w (place, register, scheme, value, told)
CROSS JOIN LATERAL (
    SELECT e.id, e.golden, e.provenance
    FROM registers_identifier r JOIN registers_entity e ON e.id = r.entity_id
    WHERE r.register = w.register AND r.scheme = w.scheme AND r.value = w.value
      AND e.register = w.register AND e.retired_at IS NULL
    ORDER BY e.id LIMIT 1
) e
"""
# Where nobody has the value, another record of the register is judged and then left out: to say no takes as long for a
# row that is not there as for one that is not the caller's (tests/attacks/test_existence_timing.py).
SCOPED = f"""
SELECT w.place, e.id, ({GIVEN})::text, CASE WHEN w.told THEN e.provenance::text END
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::text[])
     AS w (place, register, scheme, value, told, scope)
{SCOPE}
CROSS JOIN LATERAL (
    SELECT * FROM (
        (SELECT e.id, e.golden, e.provenance, true AS is_asked
         FROM registers_identifier r JOIN registers_entity e ON e.id = r.entity_id
         WHERE r.register = w.register AND r.scheme = w.scheme AND r.value = w.value
           AND e.register = w.register AND e.retired_at IS NULL
         ORDER BY e.id LIMIT 1)
        UNION ALL
        (SELECT e.id, e.golden, e.provenance, false
         FROM registers_entity e WHERE e.register = w.register AND e.retired_at IS NULL
         ORDER BY e.label_sort, e.id LIMIT 1)
    ) both_of_them ORDER BY is_asked DESC LIMIT 1
) e
WHERE CASE WHEN {ADMITS} THEN e.is_asked ELSE false END
"""  # noqa: S608 - of constants only


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Places, registers, schemes, values, and whether origins are told; the first parameter is the identifier."""
    schemes = [question.grant.terms.parameters[0].id for question in questions]
    return [
        plain(range(len(questions))),
        texts(question.grant.terms.register for question in questions),
        texts(schemes),
        texts(question.parameters[scheme] for question, scheme in zip(questions, schemes, strict=True)),
        plain(question.grant.terms.provenance for question in questions),
    ]


def about(question: Question, entity: str | None) -> tuple[tuple[str, str], ...]:
    """Whom the question is about: by the identifier asked for, and as an entity where there is one."""
    scheme = question.grant.terms.parameters[0].id
    asked = (scheme, question.parameters[scheme])
    return (asked,) if entity is None else (asked, (ENTITY, entity))
