"""Golden records by one of their identifiers: the look-up that several kinds share."""

from __future__ import annotations

from collections.abc import Sequence

from shuzhi.data.exchange.gateway.kinds.kind import Question

# One row for each place: id, golden record, where its fields come from.
STATEMENT = """
SELECT w.place, e.id, e.golden::text, e.provenance::text
FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[]) AS w (place, register, scheme, value)
CROSS JOIN LATERAL (
    SELECT e.id, e.golden, e.provenance
    FROM registers_identifier r JOIN registers_entity e ON e.id = r.entity_id
    WHERE r.register = w.register AND r.scheme = w.scheme AND r.value = w.value
      AND e.register = w.register AND e.retired_at IS NULL
    ORDER BY e.id LIMIT 1
) e
"""


def values(questions: Sequence[Question]) -> Sequence[object]:
    """Places, registers, schemes and values; the interface's first parameter is the identifier."""
    schemes = [question.grant.terms.parameters[0].id for question in questions]
    return [
        list(range(len(questions))),
        [question.grant.terms.register for question in questions],
        schemes,
        [question.parameters[scheme] for question, scheme in zip(questions, schemes, strict=True)],
    ]
