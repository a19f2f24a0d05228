"""Calling webhooks (回调投递): all at once, each at its own pace, in order, signed; one that is dead or slow holds up no other."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import httpx
import structlog
from django.db import connections, transaction
from django.db.models import Q

from shuzhi.business.market import models
from shuzhi.business.market.govstack.hooks import secret_of
from shuzhi.business.market.revising import serialize
from shuzhi.data.exchange.errors import EndpointRefused
from shuzhi.data.exchange.pushing import endpoints
from shuzhi.data.exchange.pushing.endpoints import Resolve, Rules
from shuzhi.data.exchange.pushing.taking import wait_after
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import system

SECONDS = 10.0
LOOK_AGAIN = 0.5
MOST_ATTEMPTS = 12
BY = system("market")
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Call:
    """One delivery on its way."""

    delivery: int
    webhook: str
    url: str
    body: bytes
    headers: dict[str, str]


class Caller:
    """Calls whatever is due until nothing is."""

    def __init__(
        self,
        *,
        rules: Rules,
        clock: Callable[[], datetime],
        resolve: Resolve = endpoints.resolve,
        seconds: float = SECONDS,
        trust: ssl.SSLContext | bool = True,
    ) -> None:
        """Call by the operator's rules for pushed events."""
        self._rules, self._clock, self._resolve, self._seconds, self._trust = (
            rules,
            clock,
            resolve,
            seconds,
            trust,
        )
        self._desk = ThreadPoolExecutor(1, "market-caller")

    async def work(self) -> int:
        """Call; returns how many calls were taken."""
        away: dict[str, asyncio.Task[int]] = {}
        taken = 0
        try:
            async with httpx.AsyncClient(
                verify=self._trust, trust_env=False, follow_redirects=False, timeout=self._seconds
            ) as client:
                while True:
                    for hook in await self._ask(lambda: due(at=self._clock())):
                        if hook not in away:
                            away[hook] = asyncio.create_task(self._serve(client, hook))
                    if not away:
                        return taken
                    await asyncio.wait(away.values(), timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED)
                    for hook in [name for name, task in away.items() if task.done()]:
                        taken += away.pop(hook).result()
        finally:
            for task in away.values():
                task.cancel()
            await self._ask(connections.close_all)
            self._desk.shutdown()

    async def _serve(self, client: httpx.AsyncClient, hook: str) -> int:
        taken = 0
        while (call := await self._ask(lambda: take(hook, at=self._clock()))) is not None:
            status, problem = await self._send(client, call)
            is_taken = status is not None and 200 <= status < 300  # noqa: PLR2004 - what HTTP calls success
            await self._ask(lambda: settle(call, status, problem, is_taken=is_taken, at=self._clock()))  # noqa: B023
            if not is_taken:
                break
            taken += 1
        return taken

    async def _send(self, client: httpx.AsyncClient, call: Call) -> tuple[int | None, str]:
        try:
            async with asyncio.timeout(self._seconds):
                endpoint = endpoints.read_endpoint(call.url, self._rules)
                found = await asyncio.to_thread(self._resolve, endpoint.host, endpoint.port)
                address = endpoints.allowed_addresses(endpoint, found, self._rules)[0]
                host = f"[{address}]" if ":" in address else address
                request = client.build_request(
                    "POST", f"{endpoint.scheme}://{host}:{endpoint.port}{endpoint.target}", content=call.body,
                    headers=call.headers | {"host": endpoint.authority}, extensions={"sni_hostname": endpoint.host},
                )  # fmt: skip
                response = await client.send(request, stream=True)
                await response.aclose()  # only the status counts
                return response.status_code, f"answered {response.status_code}"
        except (TimeoutError, httpx.TimeoutException):
            return None, f"no answer within {self._seconds:g} s"
        except EndpointRefused as refusal:
            return None, str(refusal)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return None, type(error).__name__

    async def _ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._desk, question)


def due(*, at: datetime) -> list[str]:
    """The webhooks that have something to be told now."""
    rows = models.Webhook.objects.filter(
        Q(not_before=None) | Q(not_before__lte=at),
        is_deleted=False,
        is_disabled=False,
        deliveries__state="waiting",
    )
    return list(rows.order_by("id").values_list("id", flat=True).distinct())


@transaction.atomic
def take(hook: str, *, at: datetime) -> Call | None:
    """The next delivery of a webhook, signed, with its attempt counted and in the log before anything leaves."""
    row = models.Webhook.objects.select_for_update(skip_locked=True).filter(id=hook).first()
    if (
        row is None
        or row.is_deleted
        or row.is_disabled
        or (row.not_before is not None and row.not_before > at)
    ):
        return None
    next_one = row.deliveries.filter(state="waiting").order_by("id").first()
    if next_one is None:
        return None
    next_one.attempts += 1
    next_one.save(update_fields=["attempts"])
    told = next_one.payload | {
        "id": str(next_one.pk),
        "webhookId": row.id,
        "timestamp": next_one.at.isoformat(),
    }
    body = serialize(told).encode()
    mac = hmac.new(secret_of(row), body, hashlib.sha256).hexdigest()
    headers = {"content-type": row.content["contentType"], "x-hub-signature-256": f"sha256={mac}"}
    headers |= {"x-shuzhi-delivery": str(next_one.pk), "x-shuzhi-event": next_one.event}
    audit.record(
        "market.webhook_called", target=f"webhook/{row.id}", by=BY, at=at, outcome="sent", delivery=next_one.pk,
        event=next_one.event, receiver=row.office,
    )  # fmt: skip
    return Call(next_one.pk, row.id, row.content["payloadUrl"], body, headers)


@transaction.atomic
def settle(call: Call, status: int | None, problem: str, *, is_taken: bool, at: datetime) -> None:
    """Note what became of a call: taken, to be repeated later, or given up after twelve attempts."""
    row = models.Webhook.objects.select_for_update().get(id=call.webhook)
    one = models.WebhookDelivery.objects.get(id=call.delivery)
    one.status, one.problem = status, "" if is_taken else problem[:300]
    if is_taken:
        one.state, one.ended_at, row.failures, row.not_before = "delivered", at, 0, None
    else:
        row.failures += 1
        row.not_before = at + wait_after(row.failures)
        if one.attempts >= MOST_ATTEMPTS:
            one.state, one.ended_at = "dead", at
            log.warning("market.webhook_dead", webhook=row.id, delivery=one.pk)
    one.save()
    row.save(update_fields=["failures", "not_before"])
