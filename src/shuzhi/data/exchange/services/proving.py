"""Receipts of routed calls (跨节点回执): made here for other nodes, fetched from them, checked and kept.

A signed answer binds the node that gave it at once. The receipt shows besides that its audit log holds the call: it is
ordered a moment later, fifty calls at once, and checked against the log's key that the node's declaration names.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import structlog
from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import NoSuchPeer
from shuzhi.data.exchange.gateway.kinds.receipt import MOST
from shuzhi.data.exchange.gateway.terms import Route, read_terms
from shuzhi.data.exchange.routing.forwarding import node_headers
from shuzhi.data.exchange.routing.keys import node_key
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.errors import NoSuchEntry
from shuzhi.pillars.security.log import receipts, verify_audit
from shuzhi.pillars.security.types import Actor

KEPT = timedelta(days=1)  # for whom ordered receipts
PROVEN, DISPUTED = "proven", "disputed"
SECONDS = 10.0

log = structlog.get_logger(__name__)
Post = Callable[[Route, Mapping[str, str]], dict[str, Any]]


def make_receipts(row: models.Job, *, at: datetime) -> list[dict[str, Any]]:
    """The receipts of a subscription's own calls; of a call that is not its own there is none."""
    office = Actor(f"subscription/{row.subscription_id}", office=row.subscription.office)
    found = []
    for request in row.asked["requests"]:
        try:
            told = json.loads(receipts.as_json(receipts.receipt(request, by=office, at=at)))
        except NoSuchEntry:
            continue
        if json.loads(told["content"])["actor"] == office.name:
            found.append({"request": request} | told)
    return found


def collect_receipts(*, by: Actor, at: datetime, post: Post | None = None) -> tuple[int, int]:
    """Order, fetch and check what other nodes have not yet proven; returns how many are proven and how many disputed."""
    send, counted = post or _post, [0, 0]
    waiting = models.RoutedCall.objects.filter(state="answered").select_related("subscription__interface")
    lots: dict[tuple[str, int | None], list[models.RoutedCall]] = {}
    for row in waiting.order_by("answered_at", "call")[:2_000]:
        lots.setdefault((row.subscription.interface_id, row.order), []).append(row)
    for (_, order), rows in lots.items():
        try:
            result = _lot(rows[:MOST] if order is None else rows, order, send, by=by, at=at)
        except (httpx.HTTPError, ValueError, KeyError, NoSuchPeer) as error:
            log.warning("exchange.receipts_wait", node=rows[0].node, error=type(error).__name__)
            continue
        counted = [have + more for have, more in zip(counted, result, strict=True)]
    return counted[0], counted[1]


def _lot(
    rows: Sequence[models.RoutedCall], order: int | None, send: Post, *, by: Actor, at: datetime
) -> tuple[int, int]:
    route = read_terms(json.dumps(rows[0].subscription.interface.terms)).route
    if route is None or not route.keys:
        return 0, 0
    if order is None:
        told = send(route, {f"r{place:02d}": row.far_request for place, row in enumerate(rows)})
        numbers = [row.call for row in rows]
        models.RoutedCall.objects.filter(call__in=numbers).update(order=int(told["job"]))
        return 0, 0
    told = send(route, {"job": str(order)})
    if told.get("state") in {"waiting", "working"}:
        return 0, 0
    if "receipts" not in told:  # it was not fetched in time: order again
        models.RoutedCall.objects.filter(call__in=[row.call for row in rows]).update(order=None)
        return 0, 0
    held = {one["request"]: one for one in told.get("receipts") or ()}
    results = [_settle(row, held.get(row.far_request), by=by, at=at) for row in rows]
    return results.count(PROVEN), results.count(DISPUTED)


@transaction.atomic
def _settle(row: models.RoutedCall, told: dict[str, Any] | None, *, by: Actor, at: datetime) -> str:
    """Keep a receipt that proves the call; a log that does not hold it, or otherwise, is a dispute."""
    problem = _problem(row, told)
    row.state, row.receipt = (DISPUTED if problem else PROVEN), told
    row.save(update_fields=["state", "receipt"])
    audit.record(
        f"exchange.call_{row.state}",
        target=f"node/{row.node}",
        by=by,
        at=at,
        outcome="failed" if problem else "done",
        call=row.call,
        far_request=row.far_request,
        answer_digest=row.answer_digest,
        owner=row.subscription.office,
        problem=problem,
    )
    return row.state


def _problem(row: models.RoutedCall, told: dict[str, Any] | None) -> str | None:
    if told is None:
        return "the log has no such call"
    try:
        verify_audit.check_receipt(told, [_log_key(row.node)], None)  # type: ignore[no-untyped-call]
        facts = json.loads(told["content"])["facts"]
    except (verify_audit.Wrong, ValueError, KeyError, TypeError, IndexError) as error:
        return str(error)[:300] or type(error).__name__
    said = tuple(facts.get(name) for name in ("call", "request_digest", "answer_digest", "request"))
    if said != (row.call, row.request_digest, row.answer_digest, row.far_request):
        return "the log says otherwise"
    return None


def _log_key(node: str) -> str:
    return queries.peer(node).declaration.log_key


def _post(route: Route, parameters: Mapping[str, str]) -> dict[str, Any]:
    from shuzhi.foundation.clock import now

    path, body = f"/v1/receipts/{route.interface}", json.dumps(dict(parameters)).encode()
    key = node_key(settings().home, route.algorithm)
    headers = node_headers(
        key, key_id=route.key_id, path=path, body=body, at=now(), nonce=secrets.token_hex(16)
    )
    answer = httpx.post(
        route.address + path,
        content=body,
        headers=headers,
        timeout=SECONDS,
        trust_env=False,
        verify=_context(route),
    )
    answer.raise_for_status()
    return dict(answer.json())


def _context(route: Route) -> Any:
    import ssl

    return ssl.create_default_context(cadata=route.authority or None)
