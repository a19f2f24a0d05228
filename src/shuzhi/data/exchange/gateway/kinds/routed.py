"""An interface that another node serves (跨节点接口): decided here, and sent on once its entry is safe.

No statement of this kind reads any record; what the other node answers comes later, by `routing.forwarding`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.terms import Grant

HEAVY, WRITING = False, True  # in every mode the entry that it was sent stands before it is sent
STATEMENT = "SELECT w.place FROM unnest(%s::int[]) AS w (place)"
SCOPED: str | None = None


def read(given: Mapping[str, str], grant: Grant) -> Mapping[str, str]:
    """The parameters as they are: the other node knows which there are.

    Raises:
        NoRoute: no way is open to that node.
    """
    if grant.sandbox or grant.terms.route is None or not grant.terms.route.keys:
        raise refusals.NoRoute
    return given


def values(questions: Sequence[Question]) -> Sequence[object]:
    """The places alone."""
    return [list(range(len(questions)))]


def answer(question: Question, rows: Rows, *, masking_key: bytes) -> Answer:
    """Nothing yet: it goes on."""
    del rows, masking_key
    route = question.grant.terms.route
    return Answer({}, {"node": route.node if route else ""}, is_onward=True)
