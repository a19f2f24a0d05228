"""The desk: takes cases in batches through the decision, and lets none leave before its audit entry is safe.

Calls that arrive while a batch is under way leave together in the next one. Nothing waits for a timer, so a lone
call is not delayed, and under load one commit carries many calls.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial

import psycopg
import structlog

from shuzhi.data.exchange.gateway import refusals, store
from shuzhi.data.exchange.gateway.cases import Case
from shuzhi.data.exchange.gateway.claims import sql
from shuzhi.data.exchange.gateway.claims.claim import Claims, Crowded, Superseded
from shuzhi.data.exchange.gateway.decision import Decision
from shuzhi.data.exchange.gateway.kinds import HEAVY
from shuzhi.data.exchange.gateway.lanes import Lane, Turn
from shuzhi.data.exchange.gateway.ledger import Ledger
from shuzhi.data.exchange.gateway.recorder import PAUSE, Page, Recorder, write_pages
from shuzhi.data.exchange.gateway.standings import Standings
from shuzhi.data.exchange.gateway.wire import Wire
from shuzhi.data.exchange.routing.forwarding import Forwarder
from shuzhi.data.exchange.vault import Vault
from shuzhi.foundation.clock import day_of

CLERKS = 2
MOST_AT_ONCE = 150
MOST_WAITING = 5_000
HEAVY_CLERKS = 2
MOST_HEAVY_AT_ONCE = 4
MOST_HEAVY_WAITING = 500
LEDGER_SECONDS = 15
COUNT_SECONDS = 1
PING_SECONDS = 2
ONE_GATEWAY = (
    "another gateway has begun on this database; run one, or all with SHUZHI_GATEWAY_CLAIMS=database"
)

log = structlog.get_logger(__name__)


class AuditMode(StrEnum):
    """When an answer may leave: after its entry is on disk, or up to 20 ms before (`recorder`)."""

    DURABLE = "durable"
    FAST = "fast"


class Desk:
    """Decides cases."""

    def __init__(
        self,
        *,
        url: str,
        vault: Vault,
        masking_key: bytes,
        clock: Callable[[], datetime],
        claims: Claims,
        mode: AuditMode = AuditMode.DURABLE,
        forwarder: Forwarder | None = None,
        clerks: int = CLERKS,
    ) -> None:
        """Prepare; `open` begins the work. `forwarder` sends calls on that other nodes serve.

        `clerks` take turns with quick calls: one is enough where another process works while it waits.
        """
        self._forwarder = forwarder
        self._masking_key, self._clock, self._mode = masking_key, clock, mode
        self._standings, self._claims, self._ledger = Standings(vault), claims, Ledger()
        self._quick = Lane(most_waiting=MOST_WAITING, most_at_once=MOST_AT_ONCE)
        self._heavy = Lane(most_waiting=MOST_HEAVY_WAITING, most_at_once=MOST_HEAVY_AT_ONCE)
        self._wires = [
            *((Wire(url, store.QUICK), self._quick) for _ in range(clerks)),
            *((Wire(url, store.HEAVY), self._heavy) for _ in range(HEAVY_CLERKS)),
        ]
        self._side_wire, self._side = Wire(url), asyncio.Lock()
        is_fast = mode is AuditMode.FAST
        self._recorder = Recorder(Wire(url), clock=clock, pause=PAUSE if is_fast else 0, keeper=claims.keeper)
        self._tasks: list[asyncio.Task[None]] = []
        self._is_superseded = False

    async def open(self) -> None:
        """Begin to work."""
        work = [self._clerk(wire, lane) for wire, lane in self._wires]
        self._tasks = [
            asyncio.create_task(one)
            for one in (*work, self._recorder.work(), self._keep_ledger(), self._keep_counts())
        ]

    async def close(self) -> None:
        """Write what is still to be written, and stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._write_ledger(at_once=True)
        await self._write_last_entries()
        if self._claims.keeper is not None:
            await self._count()
        if self._forwarder is not None:
            await self._forwarder.close()
        for wire in (*(wire for wire, _ in self._wires), self._side_wire):
            await wire.close()

    async def ping(self) -> None:
        """Raise unless cases can be decided."""
        async with asyncio.timeout(PING_SECONDS), self._side:
            if not self._claims.is_ready:
                await self._side_wire.run(("SELECT 1", ()))
                return
            ((_, keeper),) = (await self._side_wire.run(sql.STATE))[0]
        self._claims.check(keeper)

    def submit(self, case: Case) -> None:
        """Have a case decided; `case.finished` hears when that is done and logged."""
        self._enter(self._quick, case)

    def _enter(self, lane: Lane, case: Case) -> None:
        if not lane.add(case):
            _fail([case])

    async def _clerk(self, wire: Wire, lane: Lane) -> None:
        while True:
            turn = await lane.turn()
            cases: Sequence[Case] = ()
            try:
                cases = await lane.next()
                await self._serve(wire, lane, cases, turn)
            except asyncio.CancelledError:
                _fail(cases)
                raise
            finally:
                turn.end()

    async def _serve(self, wire: Wire, lane: Lane, cases: Sequence[Case], turn: Turn) -> None:
        decision = self._decision(wire, lane, cases, turn)
        try:
            await decision.decide()
            await self._record(decision)
        except psycopg.OperationalError as error:
            log.warning("gateway.database_unavailable", error=type(error).__name__)
            _fail(cases)
        except Superseded:
            if not self._is_superseded:
                log.error("gateway.superseded", advice=ONE_GATEWAY)  # noqa: TRY400 - nothing failed here
            self._is_superseded = True
            _fail(cases)
        except Exception:  # whatever it is: the other callers must not suffer from it
            log.exception("gateway.batch_failed", calls=len(cases))
            self._claims.doubt()
            if decision.has_ended:
                _fail(cases)  # their nonces are used
            else:
                await self._serve_singly(wire, lane, cases, turn)
        else:
            for case in cases:
                if case.waits:  # set aside
                    self._enter(self._heavy, case)

    async def _record(self, decision: Decision) -> None:
        """Have the entries written, and let the answers leave when they may."""
        cases, page = decision.cases, self._page(decision.cases, decision.at)
        if not decision.has_ended:
            await decision.commit(*write_pages(decision.at, [page], keeper=self._claims.keeper))
        elif self._mode is AuditMode.DURABLE:
            self._recorder.note(page, then=partial(self._let_go_if, cases))
            return
        else:
            self._recorder.note(page)
            await self._recorder.catch_up()
        self._let_go(cases)

    def _page(self, cases: Sequence[Case], at: datetime) -> Page:
        if minute := self._ledger.close_minute(at):
            self._recorder.note(Page([entry.canonical for entry in minute]))
        return Page(
            [case.entry().canonical for case in cases if self._is_entered(case, at)],
            day_of(at),
            [case.claimed for case in cases if case.claimed is not None],
        )

    def _let_go_if(self, cases: Sequence[Case], is_written: bool) -> None:  # noqa: FBT001 - the recorder says it
        if is_written:
            self._let_go(cases)
        else:
            _fail(cases)

    def _let_go(self, cases: Sequence[Case]) -> None:
        for case in cases:
            if case.goes_on:
                self._send_on(case)
            else:
                _finish(case)

    def _send_on(self, case: Case) -> None:
        if self._forwarder is None:
            case.refusal = refusals.NoRoute()
            case.finished(case)
        else:
            self._forwarder.send(case)

    async def _serve_singly(self, wire: Wire, lane: Lane, cases: Sequence[Case], turn: Turn) -> None:
        if len(cases) == 1:
            _fail(cases)
            return
        for case in cases:
            case.begin_anew()
            await self._serve(wire, lane, [case], turn)

    def _decision(self, wire: Wire, lane: Lane, cases: Sequence[Case], turn: Turn) -> Decision:
        at, is_heavy = self._clock(), lane is self._heavy
        for case in cases:
            case.at = at
        return Decision(
            cases=cases,
            wire=wire,
            turn=turn,
            standings=self._standings,
            claims=self._claims,
            masking_key=self._masking_key,
            at=at,
            sets_aside=frozenset() if is_heavy else HEAVY,
        )

    def _is_entered(self, case: Case, at: datetime) -> bool:
        if case.refusal is None or case.refusal.counted:
            return True
        return self._ledger.admits(case.refusal.rule, case.actor, at)

    async def _keep_ledger(self) -> None:
        while True:
            await asyncio.sleep(LEDGER_SECONDS)
            await self._write_ledger()

    async def _write_ledger(self, *, at_once: bool = False) -> None:
        at = self._clock()
        entries = self._ledger.close_minute(at, at_once=at_once)
        if not entries:
            return
        try:
            async with self._side:
                await self._side_wire.run(*store.write_audit(at, [entry.canonical for entry in entries]))
        except psycopg.Error:
            log.exception("gateway.refusals_not_written", entries=len(entries))

    async def _keep_counts(self) -> None:
        await self._prepare()
        while self._claims.keeper is not None:
            await asyncio.sleep(COUNT_SECONDS)
            await self._count()

    async def _prepare(self) -> None:
        """Have claims ready before the first call needs one."""
        try:
            async with self._side:
                await self._claims.prepare(self._side_wire, self._clock())
        except (psycopg.Error, Crowded) as error:
            log.warning("gateway.claims_not_ready", error=type(error).__name__)

    async def _count(self) -> None:
        """Have the days' counts, which pages show, take in what was claimed."""
        try:
            async with self._side:
                await self._side_wire.run(sql.COUNT)
        except psycopg.Error as error:
            log.warning("gateway.not_counted", error=type(error).__name__)

    async def _write_last_entries(self) -> None:
        try:
            await self._recorder.close()
        except psycopg.Error:
            log.exception("gateway.entries_not_written")


def _finish(case: Case) -> None:
    try:
        case.finished(case)
    except Exception:  # an answer that can't be told is this caller's loss alone
        log.exception("gateway.answer_failed")
        _fail([case])


def _fail(cases: Sequence[Case]) -> None:
    """Nothing could be decided or nothing be logged, so nothing is answered."""
    for case in cases:
        case.refusal, case.answer = refusals.Unavailable(), None
        case.finished(case)
