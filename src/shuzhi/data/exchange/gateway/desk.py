"""The desk: takes cases in batches through the decision, and lets none leave before its audit entry is durable.

Calls that arrive while a transaction is under way leave together in the next one. Nothing waits for a timer,
so a lone call is not delayed, and under load one commit carries many calls.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import psycopg
import psycopg_pool
import structlog

from shuzhi.data.exchange.gateway import refusals, rules
from shuzhi.data.exchange.gateway.cases import Case, by_kind, waiting
from shuzhi.data.exchange.gateway.kinds import KINDS
from shuzhi.data.exchange.gateway.kinds.kind import Question, Rows
from shuzhi.data.exchange.gateway.ledger import Ledger
from shuzhi.data.exchange.gateway.rate import Buckets
from shuzhi.data.exchange.gateway.store import Store, Unit
from shuzhi.data.exchange.vault import Vault
from shuzhi.foundation.clock import day_of

CLERKS = 2
MOST_AT_ONCE = 200
MOST_WAITING = 5_000
LEDGER_SECONDS = 15

log = structlog.get_logger(__name__)
_Ticket = tuple[Case, "asyncio.Future[None]"]


class Desk:
    """Decides cases."""

    def __init__(
        self, *, store: Store, vault: Vault, masking_key: bytes, clock: Callable[[], datetime]
    ) -> None:
        """Prepare; `open` begins the work."""
        self._store, self._vault, self._masking_key, self._clock = store, vault, masking_key, clock
        self._buckets, self._ledger = Buckets(), Ledger()
        self._queue: asyncio.Queue[_Ticket] = asyncio.Queue(MOST_WAITING)
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin to work."""
        await self._store.open()
        self._tasks = [asyncio.create_task(self._clerk()) for _ in range(CLERKS)]
        self._tasks.append(asyncio.create_task(self._keep_ledger()))

    async def close(self) -> None:
        """Write what the ledger still counts, and stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._write_ledger(at_once=True)
        await self._store.close()

    async def ping(self) -> None:
        """Raise unless cases can be decided."""
        await self._store.ping()

    async def decide(self, case: Case) -> None:
        """Decide one case; returns when the decision is in the audit log.

        Raises:
            Unavailable: it could not be decided or not be logged, so nothing may be answered.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._queue.put_nowait((case, done))
        except asyncio.QueueFull:
            raise refusals.Unavailable from None
        await done

    async def _clerk(self) -> None:
        while True:
            tickets = [await self._queue.get()]
            while len(tickets) < MOST_AT_ONCE and not self._queue.empty():
                tickets.append(self._queue.get_nowait())
            await self._serve(tickets)

    async def _serve(self, tickets: list[_Ticket]) -> None:
        try:
            await self._decide_together([case for case, _ in tickets])
        except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as error:
            log.warning("gateway.database_unavailable", error=type(error).__name__)
            _fail(tickets)
        except Exception:  # whatever it is: the other callers must not suffer from it
            log.exception("gateway.batch_failed", calls=len(tickets))
            await self._serve_singly(tickets)
        else:
            for _, done in tickets:
                if not done.done():
                    done.set_result(None)

    async def _serve_singly(self, tickets: list[_Ticket]) -> None:
        if len(tickets) == 1:
            _fail(tickets)
            return
        for case, done in tickets:
            fresh = case.call is not None
            case.refusal, case.answer, case.grant = (None if fresh else case.refusal), None, None
            await self._serve([(case, done)])

    async def _decide_together(self, cases: list[Case]) -> None:
        at = self._clock()
        async with self._store.transaction() as unit:
            await self._authenticate(unit, cases, at)
            await self._refuse_replays(unit, cases, at)
            for case in waiting(cases):
                case.attempt(lambda case=case: rules.entitle(case.read_call, case.signed_grant, at=at))  # type: ignore[misc]
            await self._keep_to_quota(unit, cases, at)
            await self._answer(unit, cases)
            entries = [case.entry() for case in cases if self._is_entered(case, at)]
            await unit.write_audit([*self._ledger.close_minute(at), *entries])

    async def _authenticate(self, unit: Unit, cases: list[Case], at: datetime) -> None:
        grants = await unit.grants({case.read_call.key_id for case in waiting(cases)})
        for case in waiting(cases):
            case.grant = grants.get(case.read_call.key_id)
            case.attempt(
                lambda case=case: rules.authenticate(case.read_call, case.grant, vault=self._vault, at=at)  # type: ignore[misc]
            )

    async def _refuse_replays(self, unit: Unit, cases: list[Case], at: datetime) -> None:
        first: dict[tuple[str, str], Case] = {}
        for case in waiting(cases):
            # Two calls of one batch with one nonce: the second is the replay.
            if first.setdefault((case.read_call.key_id, case.read_call.nonce), case) is not case:
                case.refusal = refusals.Replayed()
        fresh = await unit.claim_nonces(first, at) if first else set()
        for nonce, case in first.items():
            if nonce not in fresh:
                case.refusal = refusals.Replayed()

    async def _keep_to_quota(self, unit: Unit, cases: list[Case], at: datetime) -> None:
        for case in waiting(cases):
            if not self._buckets.take(case.signed_grant, at):
                case.refusal = refusals.TooFast(per_second=f"{case.signed_grant.terms.per_second:g}")
        counts = Counter(case.signed_grant.subscription for case in waiting(cases))
        quotas = {case.signed_grant.subscription: case.signed_grant.daily_quota for case in waiting(cases)}
        if not counts:
            return
        wanted = {number: (quotas[number], counts[number]) for number in counts}
        allowed = await unit.take_quota(wanted, day_of(at))
        for case in waiting(cases):
            number = case.signed_grant.subscription
            allowed[number] = allowed.get(number, 0) - 1
            if allowed[number] < 0:
                case.refusal = refusals.QuotaUsedUp(quota=case.signed_grant.daily_quota, day=day_of(at))

    async def _answer(self, unit: Unit, cases: list[Case]) -> None:
        for case in waiting(cases):
            case.attempt(lambda case=case: _ask(case))  # type: ignore[misc]
        for kind, asking in by_kind(waiting(cases)).items():
            questions = [case.asked for case in asking]
            found = await unit.look_up(KINDS[kind], questions)
            for case, rows in zip(asking, found, strict=True):
                case.attempt(lambda case=case, rows=rows: self._answer_from(case, rows))  # type: ignore[misc]

    def _answer_from(self, case: Case, rows: Rows) -> None:
        kind = KINDS[case.signed_grant.terms.kind]
        case.answer = kind.answer(case.asked, rows, masking_key=self._masking_key)

    def _is_entered(self, case: Case, at: datetime) -> bool:
        if case.refusal is None or case.refusal.counted:
            return True
        return self._ledger.admits(case.refusal.rule, case.actor, at)

    async def _keep_ledger(self) -> None:
        while True:
            await asyncio.sleep(LEDGER_SECONDS)
            await self._write_ledger()

    async def _write_ledger(self, *, at_once: bool = False) -> None:
        entries = self._ledger.close_minute(self._clock(), at_once=at_once)
        if not entries:
            return
        try:
            async with self._store.transaction() as unit:
                await unit.write_audit(entries)
        except (psycopg.Error, psycopg_pool.PoolTimeout):
            log.exception("gateway.refusals_not_written", entries=len(entries))


def _ask(case: Case) -> None:
    grant = case.signed_grant
    case.question = Question(grant, KINDS[grant.terms.kind].read(case.read_call.parameters, grant))


def _fail(tickets: list[_Ticket]) -> None:
    for _, done in tickets:
        if not done.done():
            done.set_exception(refusals.Unavailable())
