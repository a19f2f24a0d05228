"""Writes the audit entries of all clerks together: one commit, and one wait for the disk, for many batches of calls.

A call's answer waits for its entry (`then`), or leaves before it (fast mode): then never more than `MOST_SECONDS` of
entries are at stake, and as soon as the oldest that is not on disk is older, answers wait too. A block's commit takes
to disk whatever was committed before it, so also what the calls had claimed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

import psycopg
import structlog

from shuzhi.data.exchange.gateway import store
from shuzhi.data.exchange.gateway.claims import sql as claims
from shuzhi.data.exchange.gateway.claims.claim import Claimed
from shuzhi.data.exchange.gateway.wire import Statement, Wire

MOST_SECONDS = 0.020
PAUSE = 0.010
RETRY = 0.2

Then = Callable[[bool], None]

log = structlog.get_logger(__name__)


class Page(NamedTuple):
    """Entries of cases that were decided together, each as its canonical bytes, and what they claimed on that day."""

    lines: Sequence[bytes]
    day: date = date.min
    claimed: Sequence[Claimed] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write."""
        return not self.lines and not self.claimed


class _Noted(NamedTuple):
    """A page; `then` hears whether it is on disk, and it is kept until it is if nobody asks."""

    page: Page
    then: Then | None


class Recorder:
    """Keeps entries until they are on disk."""

    def __init__(
        self, wire: Wire, *, clock: Callable[[], datetime], pause: float = 0, keeper: int | None = None
    ) -> None:
        """Write over this wire; `pause` seconds after the first entry that waits, so that more come along.

        `keeper` is as whom claims are written (`claims.kept`).
        """
        self._wire, self._clock, self._pause, self._keeper = wire, clock, pause, keeper
        self._noted: list[_Noted] = []
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._oldest: float | None = None

    def note(self, page: Page, then: Then | None = None) -> None:
        """Take a page. With `then` it is written now or never."""
        if page.is_empty and then is None:
            return
        self._oldest = self._oldest or asyncio.get_running_loop().time()
        self._noted.append(_Noted(page, then))
        self._some.set()

    @property
    def is_late(self) -> bool:
        """Whether answering now could put more at stake than was promised."""
        return self._oldest is not None and asyncio.get_running_loop().time() - self._oldest > MOST_SECONDS

    async def catch_up(self) -> None:
        """Wait until what is at stake is young enough; what others note meanwhile is not waited for."""
        while self.is_late:
            await self._written.wait()

    async def work(self) -> None:
        """Write until cancelled."""
        while True:
            await self._some.wait()
            await self._wait_for_more()
            try:
                await self.write()
            except psycopg.Error as error:
                log.warning("gateway.entries_not_written", error=type(error).__name__)
            except Exception:  # whoever waits has been told; those after them are written all the same
                log.exception("gateway.entries_not_written")
            else:
                continue
            if self._noted:
                await asyncio.sleep(RETRY)

    async def _wait_for_more(self) -> None:
        """What waited while others were written has waited already."""
        if self._pause and self._oldest is not None:
            rest = self._oldest + self._pause - asyncio.get_running_loop().time()
            if rest > 0:
                await asyncio.sleep(rest)

    async def close(self) -> None:
        """Write what there is, and let the connection go."""
        if self._noted:
            await self.write()
        await self._wire.close()

    async def write(self) -> None:
        """Write what there is.

        Raises:
            psycopg.Error: it could not be written; what nobody waits for is kept.
        """
        begun, noted = asyncio.get_running_loop().time(), self._noted[:]
        try:
            statements = write_pages(self._clock(), [one.page for one in noted], keeper=self._keeper)
            if statements:
                await self._wire.run(*statements)
        except Exception as error:
            kept = [one for one in noted if one.then is None]
            if isinstance(
                error, psycopg.errors.NotNullViolation
            ):  # another gateway keeps the claims: entries stand
                kept = [_Noted(Page(one.page.lines), None) for one in kept]
            self._settle(len(noted), kept, self._oldest)
            _tell(noted, is_written=False)
            raise
        self._settle(len(noted), [], begun)
        _tell(noted, is_written=True)

    def _settle(self, count: int, kept: list[_Noted], oldest: float | None) -> None:
        self._noted[:count] = kept
        self._oldest = oldest if self._noted else None
        if not self._noted:
            self._some.clear()
        self._written.set()  # for those who wait now, and for nobody later
        self._written.clear()


def write_pages(at: datetime, pages: Sequence[Page], *, keeper: int | None) -> list[Statement]:
    """Write pages: the claims of their cases, where a keeper has them, and their entries."""
    claiming = () if keeper is None else claims.write(keeper, at, [(one.day, one.claimed) for one in pages])
    return [*claiming, *store.write_audit(at, [line for page in pages for line in page.lines])]


def _tell(noted: Sequence[_Noted], *, is_written: bool) -> None:
    for one in noted:
        if one.then is not None:
            one.then(is_written)
