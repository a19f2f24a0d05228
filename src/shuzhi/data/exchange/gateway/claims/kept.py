"""Claims in the memory of one gateway, which go to disk with the audit entries of their calls.

No answer leaves before its block is on disk (or, in the fast mode, up to 20 ms before), so a crash forgets no claim of
an answered call: whoever starts next reads the blocks. Only one gateway a database may do so. It says so in
`exchange_version`, every batch looks whether it still stands there, and no block is written under another's number.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from shuzhi.data.exchange.gateway.claims import sql
from shuzhi.data.exchange.gateway.claims.claim import COUNTED_BY_OTHERS, Claim, Crowded, Superseded, Wanted
from shuzhi.data.exchange.gateway.claims.memory import MINUTE, Memory
from shuzhi.data.exchange.gateway.claims.rows import RowClaims
from shuzhi.data.exchange.gateway.kinds.kind import Rows
from shuzhi.data.exchange.gateway.rules import WINDOW_SECONDS
from shuzhi.data.exchange.gateway.store import BEGIN, COMMIT, ROLLBACK
from shuzhi.data.exchange.gateway.wire import Statement, Wire

NONCE = struct.Struct(">16sI")
STEP = timedelta(minutes=1)
IN_ROWS = "the memory has no room for more calls or subscriptions; SHUZHI_GATEWAY_CLAIMS=database has"

log = structlog.get_logger(__name__)


class KeptClaims:
    """Claims in memory."""

    def __init__(self, memory: Memory) -> None:
        """Of this memory, which other processes may share."""
        self._memory, self._rows = memory, RowClaims()
        self._minute = self._told = 0

    @property
    def keeper(self) -> int:
        """As whom the claims are written."""
        return self._memory.keeper

    @property
    def is_ready(self) -> bool:
        """Whether this gateway keeps the claims, or did until another began."""
        return self._memory.is_kept

    async def prepare(self, wire: Wire, at: datetime) -> None:
        """Take over, once: what was given before, by whomever, is known afterwards."""
        if self.is_ready:
            return
        *_, ((_, keeper),) = await wire.run(BEGIN, sql.LOCK, sql.STATE)
        if self.is_ready or keeper == self.keeper:  # another process of this gateway has just done so
            await wire.run(ROLLBACK)
            self._memory.keep()
            return
        try:
            *_, rows = await wire.run(*sql.take_over(self.keeper), (sql.NONCES, [at - sql.REPLAYABLE]))
            self._fill(_nonces_of_rows(rows))
            first, last = at - sql.REPLAYABLE, at + sql.REPLAYABLE
            while first < last:  # a minute at a time, since there may be millions
                (rows,) = await wire.run((sql.BLOCKS, [first, first + STEP]))
                self._fill(nonce for (block,) in rows for nonce in _nonces_of_block(block))
                first += STEP
        except Crowded:
            await wire.run(ROLLBACK)
            raise
        await wire.run(COMMIT)
        self._memory.keep()

    def _fill(self, nonces: Iterable[tuple[str, int]]) -> None:
        with self._memory.alone():
            for mark, stamp in nonces:
                self._memory.use(mark, stamp)

    def check(self, keeper: int) -> None:
        """Claims may still be given here.

        Raises:
            Superseded: another gateway has taken over.
        """
        if self.is_ready and keeper != self.keeper:
            raise Superseded

    def ask(self, wanted: Wanted) -> list[Statement]:
        """Who keeps the claims, and what those subscriptions have used that are not known yet."""
        wanted.others = _counted_by_others(wanted)
        own = wanted.limits.keys() - (wanted.others.limits if wanted.others else ())
        wanted.opened = {number for number in own if not self._memory.knows(number, wanted.day)}
        return [
            sql.STATE,
            *([sql.counts(wanted.day, wanted.opened)] if wanted.opened else ()),
            *(self._rows.ask(wanted.others) if wanted.others else ()),
        ]

    def read(self, wanted: Wanted, found: Sequence[Rows]) -> Claim:
        """Give what there is.

        Raises:
            Superseded: another gateway has taken over.
        """
        version, keeper = found[0][0]
        self.check(keeper)
        if version != wanted.version:
            return Claim(version)
        by_others = self._rows.read(wanted.others, found) if wanted.others else Claim(version)
        with self._memory.alone():
            self._forget_once_a_minute(wanted.at)
            if wanted.opened:
                self._learn(wanted, found[1])
            return self._give(wanted, by_others)

    def _forget_once_a_minute(self, at: datetime) -> None:
        minute = int(at.timestamp()) // MINUTE
        if minute != self._minute:
            self._minute = minute
            self._memory.forget(at.timestamp())

    def _learn(self, wanted: Wanted, rows: Rows) -> None:
        used = {number: (calls, busy) for number, calls, busy in rows}
        for number in wanted.opened:
            calls, busy = used.get(number, (0, 0.0))
            with suppress(Crowded):  # its calls find out
                self._memory.learn(number, wanted.day, calls=calls, busy=busy)

    def _give(self, wanted: Wanted, by_others: Claim) -> Claim:
        replayed, crowded, calls = set(by_others.replayed), set(), Counter[int]()
        given = by_others.met
        for mark, number in wanted.nonces.items():
            try:
                if not self._memory.use(mark, wanted.stamps[mark]):
                    replayed.add(mark)
                elif number is not None and number not in given:
                    calls[number] += 1
            except Crowded:
                crowded.add(mark)
        met, taken, moment = dict(given), dict(by_others.taken), wanted.at.timestamp()
        for number, count in calls.items():
            grant = wanted.limits[number]
            pace = grant.terms.per_second, grant.terms.burst
            try:
                met[number], taken[number] = self._memory.take(
                    number, wanted.day, calls=count, quota=grant.daily_quota, pace=pace, moment=moment
                )
            except Crowded:
                crowded |= {mark for mark, counted in wanted.nonces.items() if counted == number}
        if crowded and self._told != self._minute:
            self._told = self._minute
            log.error("gateway.claims_full", refused=len(crowded), advice=IN_ROWS)
        return Claim(wanted.version, replayed, met, taken, crowded)

    def stand(self, wanted: Wanted) -> None:
        """What others count as well stands."""
        if wanted.others:
            self._rows.stand(wanted.others)

    def doubt(self) -> None:
        """What others count as well may not."""
        self._rows.doubt()


def _counted_by_others(wanted: Wanted) -> Wanted | None:
    """The part of a batch that is counted in rows."""
    limits = {
        number: grant for number, grant in wanted.limits.items() if grant.terms.kind in COUNTED_BY_OTHERS
    }
    if not limits:
        return None
    nonces = {mark: number for mark, number in wanted.nonces.items() if number in limits}
    return replace(wanted, nonces=nonces, limits=limits)


def _nonces_of_block(block: bytes) -> Iterator[tuple[str, int]]:
    return ((mark.hex(), stamp) for mark, stamp in NONCE.iter_unpack(block))


def _nonces_of_rows(rows: Rows) -> Iterator[tuple[str, int]]:
    """Rows do not say the timestamp: it was at most so late."""
    return ((mark.replace("-", ""), int(seen_at.timestamp()) + WINDOW_SECONDS) for mark, seen_at in rows)
