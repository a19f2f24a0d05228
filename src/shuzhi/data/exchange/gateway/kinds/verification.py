"""Whether what the caller says is what the register knows (核验): yes, no, or (where the interface tells) unknown."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from shuzhi.data.exchange.gateway.kinds import golden
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.kinds.masked import decided, require_consent
from shuzhi.data.exchange.gateway.kinds.parameters import comparable_parameters
from shuzhi.data.linkage.resolution import comparable

HEAVY, WRITING = False, False
STATEMENT = golden.STATEMENT
SCOPED: str | None = golden.SCOPED
read = comparable_parameters
values = golden.values


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """Yes, no or unknown, and nothing else.

    Raises:
        ConsentMissing: nothing may be told of this key without consent, and there is none, or no record.
    """
    del masking_key
    terms = question.grant.terms
    known = msgspec.json.decode(rows[0][1]) if rows else {}
    decision = decided(question)
    if decision is not None:
        clear = all(decision.is_clear(one.id) for one in terms.parameters)
        rows = rows if clear and decision.rows.admits(known) else ()
        known = known if rows else {}
    if not rows:
        require_consent(question.grant, {})
    held = {one.id: comparable(_text(known.get(one.id)), one.compare) for one in terms.parameters[1:]}
    said = {"answer": _said(held, question.parameters, exists=bool(rows), tells_unknown=terms.tells_unknown)}
    about = golden.about(question, rows[0][0] if rows else None)
    return Answer(content=dict(said), noted=dict(said), about=about)


def _said(
    held: Mapping[str, str | None], given: Mapping[str, str], *, exists: bool, tells_unknown: bool
) -> str:
    """A wrong value says no before a missing one says unknown.

    An interface that does not tell what is unknown says no to all of it: a wrong name and a firm that does not
    exist are then one answer.
    """
    if exists and all(value == given[name] for name, value in held.items()):
        return "yes"
    contradicted = any(value is not None and value != given[name] for name, value in held.items())
    return "unknown" if tells_unknown and not contradicted else "no"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
