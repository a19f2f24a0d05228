"""Sending calls on (转发): to the node that serves them, and its signed answer back to the caller.

The call left the audit log's door before it leaves this node: its entry `exchange.sent` has committed. What came of it
is a second entry of the same call, written together with what the other node signed, before the caller is answered.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import msgspec
import psycopg
import structlog

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway import refusals, store
from shuzhi.data.exchange.gateway.cases import Case, origin_of
from shuzhi.data.exchange.gateway.kinds.kind import Answer
from shuzhi.data.exchange.gateway.terms import Route
from shuzhi.data.exchange.gateway.wire import Statement, Wire
from shuzhi.data.exchange.routing.breaker import Breaker
from shuzhi.data.exchange.routing.keys import is_signed_by_any
from shuzhi.data.exchange.routing.messages import (
    MOST_HOPS,
    Onward,
    SignedAnswer,
    read_answer,
    request_digest,
)
from shuzhi.pillars.security.crypto.signing import SigningKey

MOST_UNDER_WAY = 200
MOST_ANSWER = 4_000_000
NAMES = {"ed25519": signing.ED25519, "sm2": signing.SM2}
KEEP = """
INSERT INTO exchange_routedcall
    (call, subscription_id, node, status, request_digest, answer_digest, far_request, signed, answered_at)
VALUES ($1, $2::bigint, $3, $4::int, $5, $6, $7, $8::jsonb, $9::timestamptz)
"""

log = structlog.get_logger(__name__)


class Forwarder:
    """Sends calls on to other nodes."""

    def __init__(self, url: str, *, key: SigningKey, clock: Callable[[], datetime], seconds: float) -> None:
        """Sign with this node's key, keep what comes in the database; wait this long for an answer."""
        self._wire, self._turn = Wire(url), asyncio.Lock()
        self._key, self._clock, self._seconds = key, clock, seconds
        self._lines: dict[str, httpx.AsyncClient] = {}
        self._breakers: dict[str, Breaker] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, case: Case) -> None:
        """Have a case sent on; `case.finished` hears when it has come back and is logged."""
        if len(self._tasks) >= MOST_UNDER_WAY:
            case.refusal, case.answer = refusals.Unavailable(), None
            case.finished(case)
            return
        task = asyncio.get_running_loop().create_task(self._go(case))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let what is under way come back, then end."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for line in self._lines.values():
            await line.aclose()
        await self._wire.close()

    async def _go(self, case: Case) -> None:
        route = case.grant.terms.route
        assert route is not None
        case.answer, case.noted = None, {"node": route.node}
        kept: tuple[Statement, ...] = ()
        try:
            answer = await self._ask(case, route)
        except refusals.Refusal as refusal:
            case.refusal = refusal
        except Exception:  # whatever it is: the caller is answered
            log.exception("gateway.forwarding_failed", node=route.node)
            case.refusal = refusals.NodeDown(**_names(route), reason="internal")
        else:
            kept = (_keeping(case, answer, self._clock()),)
            _take_over(case, answer, route)
        await self._write(case, kept)
        case.finished(case)

    async def _ask(self, case: Case, route: Route) -> SignedAnswer:
        breaker = self._breakers.setdefault(route.address, Breaker())
        now = asyncio.get_running_loop().time
        if not breaker.lets_through(now()):
            raise refusals.NodeDown(**_names(route), reason="down lately / 近期无应答")
        request = onward_request(case, route, key=self._key, at=self._clock())
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._line(route).send(request)
        except (httpx.HTTPError, TimeoutError, ssl.SSLError) as error:
            breaker.note_failure(now())
            raise refusals.NodeDown(**_names(route), reason=type(error).__name__) from error
        breaker.note_success()
        return proven_answer(response.content, case, route)

    def _line(self, route: Route) -> httpx.AsyncClient:
        name = f"{route.address} {route.authority or ''}"
        if name not in self._lines:
            self._lines[name] = httpx.AsyncClient(
                verify=ssl.create_default_context(cadata=route.authority or None),
                timeout=self._seconds,
                trust_env=False,
                follow_redirects=False,
            )
        return self._lines[name]

    async def _write(self, case: Case, kept: tuple[Statement, ...]) -> None:
        case.at = self._clock()
        entries = store.write_audit(case.at, [case.entry().canonical])
        try:
            async with self._turn:
                await self._wire.run(*kept, *entries)
        except psycopg.Error as error:
            log.warning("gateway.answer_not_logged", error=type(error).__name__)
            case.refusal, case.answer = refusals.Unavailable(), None


def onward_request(case: Case, route: Route, *, key: SigningKey, at: datetime) -> httpx.Request:
    """The call as it is sent on, signed by this node.

    Raises:
        LoopRefused: it has passed that node before, or too many.
    """
    onward = _onward(case, route)
    body = msgspec.json.encode(onward)
    path = f"/v1/forwarded/{route.interface}"
    headers = node_headers(key, key_id=route.key_id, path=path, body=body, at=at, nonce=onward.call)
    return httpx.Request("POST", route.address + path, content=body, headers=headers)


def node_headers(
    key: SigningKey, *, key_id: str, path: str, body: bytes, at: datetime, nonce: str
) -> dict[str, str]:
    """The headers of a request that this node signs."""
    timestamp = int(at.timestamp())
    message = signing.canonical_lines("POST", path, "", body, timestamp=timestamp, nonce=nonce)
    return {
        signing.KEY: key_id,
        signing.TIMESTAMP: str(timestamp),
        signing.NONCE: nonce,
        signing.SIGNATURE: f"{NAMES[key.algorithm]} {key.sign(message).hex()}",
        "content-type": "application/json",
    }


def proven_answer(body: bytes, case: Case, route: Route) -> SignedAnswer:
    """The answer, if the node that serves the interface signed it, and for this very call.

    Raises:
        AnswerUnproven: it did not.
    """
    origin = origin_of(case.read_call)
    asked = (origin.mark, request_digest(origin.signed), route.node)
    if len(body) > MOST_ANSWER:
        raise refusals.AnswerUnproven(**_names(route))
    try:
        answer = read_answer(body)
        signature = bytes.fromhex(answer.signature)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise refusals.AnswerUnproven(**_names(route)) from None
    if (answer.call, answer.request_digest, answer.node) != asked:
        raise refusals.AnswerUnproven(**_names(route))
    if not is_signed_by_any(route.keys, answer.lines, signature):
        raise refusals.AnswerUnproven(**_names(route))
    return answer


def _onward(case: Case, route: Route) -> Onward:
    call, grant = case.read_call, case.grant
    before = call.onward
    hops = (*(before.hops if before else ()), route.self)
    if route.node in hops or len(hops) > MOST_HOPS or len(set(hops)) < len(hops):
        raise refusals.LoopRefused(hops=" → ".join((*hops, route.node)))
    if before is not None:
        return msgspec.structs.replace(before, hops=hops)
    assert case.sent is not None
    method, target, sent = case.sent
    return Onward(
        call=call.mark,
        hops=hops,
        office=grant.office,
        purpose=grant.purpose,
        basis=grant.basis,
        method=method,
        target=target,
        body=sent.decode(),
        key_id=call.key_id,
        timestamp=str(call.timestamp),
        nonce=call.nonce,
        signature=f"{call.algorithm} {call.signature}",
        public_key=grant.public_key,
    )


def _take_over(case: Case, answer: SignedAnswer, route: Route) -> None:
    """The node's answer or refusal as this node gives it, with what proves it."""
    case.noted = {
        "node": route.node,
        "far_request": answer.request_id,
        "answer_digest": answer.answer_digest,
    }
    if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's good answers
        refused = refusals.FAR_REFUSALS.get(answer.status, refusals.FarRefused)
        case.refusal = refused(
            node=route.node,
            far_rule=str(answer.content.get("rule", "?"))[:40],
            reason=str(answer.content.get("message", ""))[:300],
            reason_zh=str(answer.content.get("message_zh", ""))[:300],
        )
        return
    proof: dict[str, Any] = {
        "node": answer.node,
        "call": answer.call,
        "request_id": answer.request_id,
        "request_digest": answer.request_digest,
        "answer_digest": answer.answer_digest,
        "status": answer.status,
        "at": answer.at,
        "signature": answer.signature,
    }
    if answer.through:
        proof["through"] = answer.through
    case.answer = Answer(answer.content, {}, status=answer.status, proof=proof)


def _keeping(case: Case, answer: SignedAnswer, at: datetime) -> Statement:
    values = [
        answer.call,
        case.grant.subscription,
        answer.node,
        answer.status,
        answer.request_digest,
        answer.answer_digest,
        answer.request_id[:64],
        msgspec.json.encode(msgspec.structs.replace(answer, content={})).decode(),
        at,
    ]
    return KEEP, values


def _names(route: Route) -> dict[str, str]:
    return {"node": route.node, "title": route.title, "title_zh": route.title_zh}
