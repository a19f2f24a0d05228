"""Handing over to another node (跨节点交办), and taking over what one hands over.

This node calls in its own name: signed with its key, at a place of the other gateway where nodes alone call. What is given is
stored there before it is answered, under a reference: the same again is the same, so whoever heard no answer asks again.
A room above takes it, as `ports` says, and tells later what became of it; the reference alone asks for that.
"""

from __future__ import annotations

import json
import re
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import msgspec
import structlog
from django.db import transaction

from shuzhi.data.exchange import models, ports, signing
from shuzhi.data.exchange.errors import HandingRefused, NodeSilent, NodeUnproven, NoWay
from shuzhi.data.exchange.gateway.calls import DOCUMENT, Call
from shuzhi.data.exchange.gateway.kinds.write_back import REFERENCE, emptied
from shuzhi.data.exchange.gateway.terms import Route, read_terms
from shuzhi.data.exchange.ports import Handed
from shuzhi.data.exchange.routing.forwarding import MOST_ANSWER, NAMES, node_headers
from shuzhi.data.exchange.routing.keys import is_signed_by_any, node_key
from shuzhi.data.exchange.routing.messages import SignedAnswer, read_answer, request_digest
from shuzhi.data.exchange.services import pieces
from shuzhi.data.exchange.types import InterfaceStatus, JobState
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor

HANDED = {"subscription__interface__terms__has_key": "port"}
GOOD = range(200, 300)
# JSON leaves these as they are, and the gateway takes none of them.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
Post = Callable[[Route, str, bytes, dict[str, str]], bytes]
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Told:
    """What the other node says of something handed over: received, settled with an outcome, or failed with a problem."""

    node: str
    state: str
    outcome: dict[str, Any] | None = None
    problem: dict[str, str] | None = None


def hand_over(
    *,
    interface: str,
    reference: str,
    document: Mapping[str, Any] | None,
    by: Actor,
    at: datetime,
    post: Post | None = None,
) -> Told:
    """Hand something over, with entries in the log before it leaves and after; or ask by its reference what became of it.

    Raises:
        NoWay: no node serves the interface, or none that is trusted and knows this one.
        NodeSilent, NodeUnproven: no answer, or none with the node's signature; it may have come all the same: ask again.
        HandingRefused: the other node's gateway refuses, by the rule that it names.
    """
    route = _route(interface)
    said = {REFERENCE: reference} | ({DOCUMENT: _text(document)} if document is not None else {})
    path, body = f"/v1/handed/{route.interface}", json.dumps(said, ensure_ascii=False).encode()
    key, nonce = node_key(settings().home, route.algorithm), secrets.token_hex(16)
    headers = node_headers(key, key_id=route.key_id, path=path, body=body, at=at, nonce=nonce)
    call = _call(route, path, body, headers)
    facts = {
        "node": route.node,
        "call": call.mark,
        "request_digest": request_digest(call.signed),
        "reference": reference,
    }
    note = partial(_note, interface, facts, by=by, at=at) if document is not None else _unnoted
    note("exchange.sent", "sent")
    try:
        answer = _proven((post or _post)(route, path, body, headers), route, call)
    except PlatformError as problem:
        note("exchange.refused", "refused", code=problem.code)
        raise
    facts |= {"far_request": answer.request_id, "answer_digest": answer.answer_digest}
    if answer.status not in GOOD:
        rule = str(answer.content.get("rule", "?"))[:40]
        note("exchange.refused", "refused", rule=rule)
        raise HandingRefused(
            node=route.title, node_zh=route.title_zh, rule=rule, reason=str(answer.content.get("message", ""))[:300],
            reason_zh=str(answer.content.get("message_zh", ""))[:300], status=answer.status,
        )  # fmt: skip
    note("exchange.called", "answered")
    told = answer.content
    return Told(route.node, str(told.get("state")), told.get("outcome"), told.get("problem"))


@transaction.atomic
def take_over(number: int, *, by: Actor, at: datetime) -> bool:
    """Give what another node handed over to the room that takes it, once; what that refuses ends with its reason.

    A piece of a file waits for the document that names it. What was taken is the room's: here its digest stays.
    """
    row = (
        models.Job.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("subscription__interface")
        .filter(id=number, state__in=[JobState.WAITING.value, JobState.WORKING.value])
        .first()
    )
    if row is None:
        return False
    read: list[str] = []
    handed = _handed(row, read)
    row.done_at, row.state = at, JobState.READY.value
    if pieces.is_piece(handed.document):
        row.outcome = {"kept": True}
        row.save(update_fields=["state", "done_at", "outcome"])
        return True
    try:
        with transaction.atomic():
            row.outcome = ports.take((row.subscription.interface.terms or {}).get("port", ""), handed, at)
    except PlatformError as problem:
        row.state = JobState.FAILED.value
        row.problem = {"code": problem.code, "message": str(problem), "message_zh": problem.message_zh}
    except Exception:  # a fault of this node: it is tried again, and holds up nothing else
        log.exception("exchange.handing_waits", job=row.id)
        return False
    row.asked = emptied(row.asked)
    row.save(update_fields=["asked", "state", "done_at", "outcome", "problem"])
    pieces.empty(row, read)
    failed = row.state == JobState.FAILED.value
    audit.record(
        "exchange.taken_over", target=f"interface/{row.subscription.interface_id}", by=by, at=at,
        outcome="failed" if failed else "done", job=row.id, node=handed.node, reference=handed.reference,
        code=(row.problem or {}).get("code"),
    )  # fmt: skip
    return True


@transaction.atomic
def tell_outcome(*, job: int, outcome: dict[str, Any]) -> None:
    """Say what has become of something that was taken over; the other node hears it when it asks."""
    models.Job.objects.filter(id=job).update(outcome=outcome)


def _handed(row: models.Job, read: list[str]) -> Handed:
    """What came, and the way to its pieces; `read` learns which were read."""

    def piece(reference: str) -> bytes:
        read.append(reference)
        return pieces.piece(row, reference)

    key = row.subscription.credentials.exclude(node=None).order_by("-issued_at").first()
    return Handed(
        job=row.id,
        node=str(key.node["node"]) if key is not None and key.node else "",
        office=row.subscription.office,
        reference=row.asked["reference"],
        document=json.loads(row.asked["values"][DOCUMENT]),
        piece=piece,
    )


def _route(interface: str) -> Route:
    row = models.Interface.objects.filter(id=interface).first()
    if row is None or row.status != InterfaceStatus.PUBLISHED.value or not (row.terms or {}).get("port"):
        raise NoWay(interface=interface)
    route = read_terms(json.dumps(row.terms)).route
    if route is None or not route.keys:
        raise NoWay(interface=interface)
    return route


def _text(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _call(route: Route, path: str, body: bytes, headers: Mapping[str, str]) -> Call:
    """The call as the other node will read it: by its mark and its signed lines both logs know it."""
    seconds, nonce = int(headers[signing.TIMESTAMP]), headers[signing.NONCE]
    lines = signing.canonical_lines("POST", path, "", body, timestamp=seconds, nonce=nonce)
    return Call(route.interface, route.key_id, seconds, nonce, NAMES[route.algorithm], "", lines, {}, None)


def _proven(body: bytes, route: Route, call: Call) -> SignedAnswer:
    """The answer, if that node signed it, and for this very call."""
    try:
        answer = read_answer(body)
        signature = bytes.fromhex(answer.signature)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise NodeUnproven(node=route.title, node_zh=route.title_zh) from None
    asked = (call.mark, request_digest(call.signed), route.node)
    if (answer.call, answer.request_digest, answer.node) != asked or not is_signed_by_any(
        route.keys, answer.lines, signature
    ):
        raise NodeUnproven(node=route.title, node_zh=route.title_zh)
    return answer


def _post(route: Route, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    try:
        with httpx.stream(
            "POST", route.address + path, content=body, headers=headers, trust_env=False,
            timeout=settings().gateway_forward_seconds, verify=ssl.create_default_context(cadata=route.authority or None),
        ) as response:  # fmt: skip
            found = b""
            for piece in response.iter_bytes():
                found += piece
                if len(found) > MOST_ANSWER:
                    raise NodeUnproven(node=route.title, node_zh=route.title_zh)
            return found
    except (httpx.HTTPError, ssl.SSLError) as error:
        raise NodeSilent(node=route.title, node_zh=route.title_zh, why=type(error).__name__) from error


@transaction.atomic
def _note(
    interface: str,
    facts: Mapping[str, Any],
    action: str,
    outcome: str,
    *,
    by: Actor,
    at: datetime,
    **more: Any,
) -> None:
    audit.record(action, target=f"interface/{interface}", by=by, at=at, outcome=outcome, **facts, **more)


def _unnoted(action: str, outcome: str, **facts: Any) -> None:
    """Whoever only asks changes nothing; the other node's log holds that it was asked."""
