"""Writes audit entries a moment after their answers (fast mode): never more than `MOST_SECONDS` of them at stake.

A block is written every few milliseconds, and its commit waits for the disk; with it everything that was committed
before goes to disk. As soon as the oldest entry that is not there yet is too old, answers wait for the disk too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

import psycopg
import structlog

from shuzhi.data.exchange.gateway import store
from shuzhi.data.exchange.gateway.wire import Wire
from shuzhi.pillars.security.canonical import Content

MOST_SECONDS = 0.020
PAUSE = 0.005
RETRY = 0.2

log = structlog.get_logger(__name__)


class Recorder:
    """Keeps entries until they are on disk."""

    def __init__(self, wire: Wire, *, clock: Callable[[], datetime]) -> None:
        """Write over this wire."""
        self._wire, self._clock = wire, clock
        self._entries: list[Content] = []
        self._some = asyncio.Event()
        self._written = asyncio.Event()
        self._oldest: float | None = None

    def note(self, entries: Sequence[Content]) -> None:
        """Take entries that are to be written."""
        if entries:
            self._oldest = self._oldest or asyncio.get_running_loop().time()
            self._entries.extend(entries)
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
            await asyncio.sleep(PAUSE)
            try:
                await self.write()
            except psycopg.Error as error:
                log.warning("gateway.entries_wait", error=type(error).__name__, entries=len(self._entries))
                await asyncio.sleep(RETRY)

    async def close(self) -> None:
        """Write what there is, and let the connection go."""
        if self._entries:
            await self.write()
        await self._wire.close()

    async def write(self) -> None:
        """Write what there is.

        Raises:
            psycopg.Error: it could not be written; it is kept.
        """
        begun, count = asyncio.get_running_loop().time(), len(self._entries)
        await self._wire.run(*store.write_audit(self._clock(), self._entries[:count]))
        del self._entries[:count]
        self._oldest = begun if self._entries else None
        if not self._entries:
            self._some.clear()
        self._written.set()  # for those who wait now, and for nobody later
        self._written.clear()
