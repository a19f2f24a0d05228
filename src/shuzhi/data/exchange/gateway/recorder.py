"""Writes the audit entries of all clerks together: one commit, and one wait for the disk, for many batches of calls.

A call's answer waits for its entry (`then`), or leaves before it (fast mode): then never more than `MOST_SECONDS` of
entries are at stake, and as soon as the oldest that is not on disk is older, answers wait too. A block's commit takes
to disk whatever was committed before it, so also what the calls had claimed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

import psycopg
import structlog

from shuzhi.data.exchange.gateway import store
from shuzhi.data.exchange.gateway.wire import Wire

MOST_SECONDS = 0.020
PAUSE = 0.010
RETRY = 0.2

Then = Callable[[bool], None]

log = structlog.get_logger(__name__)


class _Page(NamedTuple):
    """Entries that were noted together; `then` hears whether they are on disk, and they are kept until they are if
    nobody asks.
    """

    lines: Sequence[bytes]
    then: Then | None


class Recorder:
    """Keeps entries until they are on disk."""

    def __init__(self, wire: Wire, *, clock: Callable[[], datetime], pause: float = 0) -> None:
        """Write over this wire; `pause` seconds after the first entry that waits, so that more come along."""
        self._wire, self._clock, self._pause = wire, clock, pause
        self._pages: list[_Page] = []
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._oldest: float | None = None

    def note(self, lines: Sequence[bytes], then: Then | None = None) -> None:
        """Take entries, each as its canonical bytes. With `then` they are written now or never."""
        if not lines and then is None:
            return
        self._oldest = self._oldest or asyncio.get_running_loop().time()
        self._pages.append(_Page(lines, then))
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
            if self._pages:
                await asyncio.sleep(RETRY)

    async def _wait_for_more(self) -> None:
        """What waited while others were written has waited already."""
        if self._pause and self._oldest is not None:
            rest = self._oldest + self._pause - asyncio.get_running_loop().time()
            if rest > 0:
                await asyncio.sleep(rest)

    async def close(self) -> None:
        """Write what there is, and let the connection go."""
        if self._pages:
            await self.write()
        await self._wire.close()

    async def write(self) -> None:
        """Write what there is.

        Raises:
            psycopg.Error: it could not be written; what nobody waits for is kept.
        """
        begun, pages = asyncio.get_running_loop().time(), self._pages[:]
        lines = [line for page in pages for line in page.lines]
        try:
            if lines:
                await self._wire.run(*store.write_audit(self._clock(), lines))
        except Exception:
            kept = [page for page in pages if page.then is None]
            self._settle(len(pages), kept, self._oldest)
            _tell(pages, is_written=False)
            raise
        self._settle(len(pages), [], begun)
        _tell(pages, is_written=True)

    def _settle(self, count: int, kept: list[_Page], oldest: float | None) -> None:
        self._pages[:count] = kept
        self._oldest = oldest if self._pages else None
        if not self._pages:
            self._some.clear()
        self._written.set()  # for those who wait now, and for nobody later
        self._written.clear()


def _tell(pages: Sequence[_Page], *, is_written: bool) -> None:
    for page in pages:
        if page.then is not None:
            page.then(is_written)
