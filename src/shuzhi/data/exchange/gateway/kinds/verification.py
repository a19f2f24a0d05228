"""Whether what the caller says is what the register knows (核验): yes or no, and nothing else."""

from __future__ import annotations

import msgspec

from shuzhi.data.exchange.gateway.kinds import golden
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.parameters import comparable_parameters
from shuzhi.data.linkage.resolution import comparable

STATEMENT = golden.STATEMENT
read = comparable_parameters
values = golden.values


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """Yes or no: the answer must not tell a wrong name from a firm that does not exist, so both go one way."""
    del masking_key
    known = msgspec.json.decode(rows[0][1]) if rows else {}
    same = [
        comparable(_text(known.get(parameter.id)), parameter.compare) == question.parameters[parameter.id]
        for parameter in question.grant.terms.parameters[1:]
    ]
    said = {"answer": "yes" if rows and all(same) else "no"}
    return Answer(content=dict(said), noted=dict(said))


def _text(value: object) -> str | None:
    return None if value is None else str(value)
