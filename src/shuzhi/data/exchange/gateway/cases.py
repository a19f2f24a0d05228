"""A case: one call on its way through the decision, with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from shuzhi.data.exchange.gateway.calls import RECEIPTS, Call
from shuzhi.data.exchange.gateway.claims.claim import Claimed
from shuzhi.data.exchange.gateway.kinds.kind import Answer, Question, Rows
from shuzhi.data.exchange.gateway.ledger import UNKNOWN
from shuzhi.data.exchange.gateway.refusals import Refusal
from shuzhi.data.exchange.gateway.standings import Standing
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.routing.messages import digest_of, request_digest
from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.pillars.security.canonical import Content
from shuzhi.pillars.security.subjects import node_reference

NEVER = datetime.min.replace(tzinfo=UTC)


def _nobody(case: Case) -> None:
    """Nobody waits for the case."""


@dataclass(slots=True)
class Case:
    """One call. It waits until it is either refused or answered; `finished` then hears of it.

    `at` is when it was decided, `claimed` what it was given that is to be written with its entry, `certificate` the fingerprint of the caller's, where it showed one, `noted` what
    the log keeps of the node that answered, `sent` the request as it came: method, target, body. An objection becomes the refusal once the nonce has been claimed: replays are refused before it;
    misread parameters do after rate and quota.
    """

    request_id: str
    at: datetime = NEVER
    call: Call | None = None
    standing: Standing | None = None
    objection: Refusal | None = None
    misread: Refusal | None = None
    question: Question | None = None
    found: Rows | None = None
    refusal: Refusal | None = None
    answer: Answer | None = None
    finished: Callable[[Case], None] = _nobody
    claimed: Claimed | None = None
    certificate: str | None = None
    noted: dict[str, object] | None = None
    sent: tuple[str, str, bytes] | None = None
    begun: float = field(default_factory=perf_counter)

    @property
    def waits(self) -> bool:
        """Whether nothing has been decided yet."""
        return self.refusal is None and self.answer is None

    def attempt(self, step: Callable[..., Any], *values: Any) -> None:
        """Take one step of the decision; a refusal ends the case."""
        try:
            step(self, *values)
        except Refusal as refusal:
            self.refusal = untraced(refusal)

    def begin_anew(self) -> None:
        """Forget what was decided; a call that could not be read stays refused, and what was claimed stays claimed."""
        if self.call is not None:
            self.standing = self.objection = self.misread = self.question = self.found = None
            self.refusal = self.answer = None

    @property
    def grant(self) -> Grant:
        """The grant; only asked for after the key was found."""
        assert self.standing is not None
        return self.standing.grant

    @property
    def asked(self) -> Question:
        """The question; only asked for after the parameters were read."""
        assert self.question is not None
        return self.question

    @property
    def read_call(self) -> Call:
        """The call; only asked for when it could be read."""
        assert self.call is not None
        return self.call

    @property
    def kind(self) -> InterfaceKind:
        """What is asked: the interface's kind, or receipts of its calls."""
        return InterfaceKind.RECEIPT if self.read_call.errand == RECEIPTS else self.grant.terms.kind

    @property
    def told(self) -> tuple[int, dict[str, object]]:
        """Status and content as the caller is told them, but for the names of this call."""
        if self.refusal is not None:
            return self.refusal.http_status, refusal_content(self.refusal)
        assert self.answer is not None
        return self.answer.status, self.answer.content

    @property
    def goes_on(self) -> bool:
        """Whether the call goes on to another node."""
        return self.refusal is None and self.answer is not None and self.answer.is_onward

    @property
    def actor(self) -> str:
        """Who called, as the audit log names it; a key that nobody knows is not repeated."""
        return f"subscription/{self.standing.grant.subscription}" if self.standing else UNKNOWN

    def _on_the_way(self, call: Call) -> dict[str, Any]:
        """What both nodes' logs say alike of a call that went from one to the other, and whence it came."""
        origin, onward = origin_of(call), call.onward
        facts: dict[str, Any] = {"call": origin.mark, "request_digest": request_digest(origin.signed)}
        if onward is not None:
            facts |= {"hops": list(onward.hops), "for_office": onward.office, "for_purpose": onward.purpose}
        if not self.goes_on:
            facts["answer_digest"] = digest_of(self.told[1])
        return facts | (self.noted or {})

    def entry(self) -> Content:
        """The case in the audit log. All of it is in its stored form: it comes from the database or was read strictly."""
        took = int((perf_counter() - self.begun) * 1_000_000)  # until it is written, in microseconds
        facts: dict[str, Any] = {"request": self.request_id, "took": took}
        call, refusal, answer = self.call, self.refusal, self.answer
        if answer is not None:
            facts.update(answer.noted)
        if refusal is not None:
            facts["rule"], facts["code"] = refusal.rule, refusal.code
        goes_on = self.goes_on
        if call is not None and (goes_on or self.noted is not None or call.is_nodes):
            facts.update(self._on_the_way(call))
        grant = self.standing.grant if self.standing else None
        if grant is not None:
            facts["key"], facts["owner"] = grant.key_id, grant.owner
            if grant.sandbox:
                facts["sandbox"] = True
        return Content(
            self.at,
            "exchange.refused" if refusal else "exchange.sent" if goes_on else "exchange.called",
            f"interface/{call.interface}" if call else "gateway/refusals",
            self.actor,
            grant.office if grant else None,
            grant.purpose if grant else None,
            grant.basis if grant else None,
            "refused" if refusal else "sent" if goes_on else "answered",
            facts,
            tuple([node_reference(*one) for one in answer.about]) if answer else (),
        )


def origin_of(call: Call) -> Call:
    """The caller's own call, wherever it was made."""
    return call.origin or call


def refusal_content(refusal: Refusal) -> dict[str, object]:
    """A refusal as JSON: which rule refused, in both languages."""
    return {
        "code": refusal.code,
        "message": str(refusal),
        "message_zh": refusal.message_zh,
        "rule": refusal.rule,
    }


def untraced(refusal: Refusal) -> Refusal:
    """The refusal without the way it came: that leads back to its case and to the whole batch, which would then stay
    in memory until the next search for such rings.
    """
    refusal.__traceback__ = refusal.__context__ = refusal.__cause__ = None
    return refusal


def waiting(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases that are still to be decided."""
    return (case for case in cases if case.refusal is None and case.answer is None)


def by_kind(cases: Iterable[Case]) -> dict[tuple[InterfaceKind, bool], list[Case]]:
    """The cases by the kind of their interface and whether they have a scope, in their order."""
    found: dict[tuple[InterfaceKind, bool], list[Case]] = {}
    for case in cases:
        grant = case.grant
        found.setdefault((case.kind, grant.scope is None), []).append(case)
    return found
