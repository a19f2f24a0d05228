"""The courier (投递员): pushes all streams at once, each at its own pace.

A stream has one push on its way at most, so its events keep their order; streams know nothing of one another, so a
receiver that is dead or slow holds up nobody but itself. The database is asked by one thread beside the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import httpx
import structlog
from django.db import Error, connection, connections

from shuzhi.data.exchange import streams
from shuzhi.data.exchange.errors import EndpointRefused
from shuzhi.data.exchange.pushing import endpoints, taking
from shuzhi.data.exchange.pushing.endpoints import Endpoint, Resolve, Rules
from shuzhi.data.exchange.pushing.taking import Fault, Outcome, Push

SECONDS = 10.0  # for one push, from the look-up of its host to the head of the answer
LOOK_AGAIN = 0.5
FEED_AGAIN = 2.0
MOST_AT_ONCE = 1_000
RESOLVERS = 32
LOCK = 7_207_021  # one courier a database
REFUSED_EVENTS = frozenset(
    {400, 409, 413, 415, 422}
)  # the receiver's word on these events, not on its own health

T = TypeVar("T")
log = structlog.get_logger(__name__)


class NoLongerGranted(Exception):
    """The subscription ended while the connection was being made; nothing was sent."""


class Courier:
    """Pushes whatever is due until nothing is, and nothing is on its way."""

    def __init__(
        self,
        *,
        rules: Rules,
        clock: Callable[[], datetime],
        resolve: Resolve = endpoints.resolve,
        seconds: float = SECONDS,
        trust: ssl.SSLContext | bool = True,
    ) -> None:
        """Push by these rules; `trust` says whose certificates are believed."""
        self._rules, self._clock, self._resolve = rules, clock, resolve
        self._seconds, self._trust = seconds, trust
        self._desk = ThreadPoolExecutor(1, "exchange-courier")
        self._names = ThreadPoolExecutor(RESOLVERS, "exchange-names")
        self._away: dict[int, asyncio.Task[None]] = {}

    async def work(self) -> int:
        """Push; returns how many pushes were taken, None of them if another courier is at work."""
        self._taken = 0
        try:
            if await self._ask(_is_alone):
                await self._push_all()
        finally:
            for task in self._away.values():
                task.cancel()
            await asyncio.gather(*self._away.values(), return_exceptions=True)
            await self._ask(_leave)
            self._desk.shutdown()
            self._names.shutdown(wait=False)
        return self._taken

    async def _push_all(self) -> None:
        loop = asyncio.get_running_loop()
        # No connection is used twice: the next host at the same address has a certificate of its own to show.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with httpx.AsyncClient(
            verify=self._trust, trust_env=False, follow_redirects=False, limits=limits, timeout=self._seconds
        ) as client:
            fed = -FEED_AGAIN
            while True:
                if loop.time() - fed >= FEED_AGAIN:
                    await self._ask(lambda: streams.feed_streams(at=self._clock()))
                    fed = loop.time()
                await self._send_out(client)
                if not self._away:
                    return
                await asyncio.wait(
                    self._away.values(), timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
                )

    async def _send_out(self, client: httpx.AsyncClient) -> None:
        """Set out for every stream that has something due and nothing on its way."""
        for number in await self._ask(lambda: taking.due_streams(at=self._clock())):
            if number not in self._away and len(self._away) < MOST_AT_ONCE:
                task = asyncio.create_task(self._serve(client, number))
                self._away[number] = task
                task.add_done_callback(partial(self._back, number))

    def _back(self, number: int, task: asyncio.Task[None]) -> None:
        del task
        self._away.pop(number, None)

    async def _serve(self, client: httpx.AsyncClient, number: int) -> None:
        try:
            while await self._push_next(client, number):
                self._taken += 1
        except NoLongerGranted:
            return
        except Exception:  # whatever it is: the other subscribers must not suffer from it
            log.exception("exchange.push_broke", subscription=number)
            await self._ask(lambda: taking.rest(number, at=self._clock()))

    async def _push_next(self, client: httpx.AsyncClient, number: int) -> bool:
        """Make the stream's next push; whether it was taken."""
        push = await self._ask(lambda: taking.take_push(number, at=self._clock()))
        if push is None:
            return False
        outcome = await self._outcome(client, push)
        await self._ask(lambda: taking.settle_push(push, outcome, at=self._clock()))
        return outcome.fault is Fault.NONE

    async def _outcome(self, client: httpx.AsyncClient, push: Push) -> Outcome:
        """What became of one attempt; bounded in time however the receiver behaves."""
        try:
            async with asyncio.timeout(self._seconds):
                status = await self._send(client, push)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(Fault.ENDPOINT, f"no answer within {self._seconds:g} s")
        except EndpointRefused as refusal:
            return Outcome(Fault.ENDPOINT, str(refusal))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Outcome(Fault.ENDPOINT, type(error).__name__)
        if 200 <= status < 300:  # noqa: PLR2004 - what HTTP calls success
            return Outcome(Fault.NONE)
        return Outcome(Fault.EVENT if status in REFUSED_EVENTS else Fault.ENDPOINT, f"answered {status}")

    async def _send(self, client: httpx.AsyncClient, push: Push) -> int:
        endpoint = endpoints.read_endpoint(push.endpoint, self._rules)
        address = await self._address(endpoint)
        host = f"[{address}]" if ":" in address else address
        headers = push.headers(endpoint.target, at=self._clock())
        request = client.build_request(
            "POST",
            f"{endpoint.scheme}://{host}:{endpoint.port}{endpoint.target}",
            headers=headers | {"host": endpoint.authority, "content-length": str(len(push.body))},
            content=self._body(push),
            extensions={"sni_hostname": endpoint.host},
        )
        response = await client.send(request, stream=True)
        await response.aclose()  # only the status counts: what the receiver writes is not read
        return response.status_code

    async def _body(self, push: Push) -> AsyncIterator[bytes]:
        """What is sent, once the connection stands and the subscription still holds."""
        if not await self._ask(lambda: taking.may_leave(push.subscription, at=self._clock())):
            raise NoLongerGranted
        yield push.body

    async def _address(self, endpoint: Endpoint) -> str:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._names, self._resolve, endpoint.host, endpoint.port)
        return endpoints.allowed_addresses(endpoint, found, self._rules)[0]

    async def _ask(self, question: Callable[[], T]) -> T:
        """Ask the database, in the one thread that does."""
        return await asyncio.get_running_loop().run_in_executor(self._desk, question)


def _is_alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


def _leave() -> None:
    """The lock goes with the connection when the worker is killed; else it is given back."""
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    connections.close_all()


async def push_events(**given: Any) -> int:
    """Push what is due (推送变更)."""
    return await Courier(**given).work()
