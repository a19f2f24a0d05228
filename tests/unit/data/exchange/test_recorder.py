"""The recorder: whose answer waits for its entry, and what happens to it when the entry can't be written."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from tests.unit.data.exchange.world import AT

from shuzhi.data.exchange.gateway.recorder import Page, Recorder


class Log:
    """Stands for the wire: keeps what was committed, and fails when told to."""

    def __init__(self) -> None:
        self.blocks: list[list[bytes]] = []
        self.broken = False
        self.may_go = asyncio.Event()
        self.may_go.set()

    async def run(self, *statements) -> None:
        await self.may_go.wait()
        if self.broken:
            raise psycopg.OperationalError
        self.blocks.append([line for _, (_, _, lines) in statements for line in lines.split(b"\n")])

    async def close(self) -> None:
        pass


async def _until(true) -> None:
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.001)


@pytest.fixture
def told() -> dict[str, bool]:
    return {}


def _tell(told: dict[str, bool], who: str):
    return lambda is_written: told.__setitem__(who, is_written)


def _work(story) -> None:
    async def play() -> None:
        log = Log()
        recorder = Recorder(log, clock=lambda: AT)  # type: ignore[arg-type]
        work = asyncio.create_task(recorder.work())
        try:
            await story(log, recorder)
        finally:
            work.cancel()

    asyncio.run(play())


def test_answers_leave_when_their_entries_are_on_disk_and_not_before(told):
    async def story(log, recorder):
        log.may_go.clear()
        recorder.note(Page([b"1"]), _tell(told, "first"))
        await asyncio.sleep(0.01)
        recorder.note(Page([b"2", b"3"]), _tell(told, "second"))
        recorder.note(Page([b"4"]), _tell(told, "third"))
        await asyncio.sleep(0.01)
        assert told == {}
        log.may_go.set()
        await _until(lambda: len(told) == 3)
        assert log.blocks == [[b"1"], [b"2", b"3", b"4"]]  # who waited meanwhile goes together
        assert told == {"first": True, "second": True, "third": True}

    _work(story)


def test_whose_entry_is_lost_is_told_and_later_calls_go_on(told):
    async def story(log, recorder):
        log.broken = True
        recorder.note(Page([b"1"]), _tell(told, "first"))
        await _until(lambda: told == {"first": False})
        log.broken = False
        recorder.note(Page([b"2"]), _tell(told, "second"))
        await _until(lambda: told == {"first": False, "second": True})
        assert log.blocks == [[b"2"]]

    _work(story)


def test_entries_whose_answers_have_left_are_kept_until_they_are_written(told):
    async def story(log, recorder):
        log.broken = True
        recorder.note(Page([b"1"]))
        recorder.note(Page([b"2"]), _tell(told, "waits"))
        await _until(lambda: told == {"waits": False})
        log.broken = False
        await _until(lambda: log.blocks)
        assert log.blocks == [[b"1"]]
        assert told == {"waits": False}

    _work(story)


def test_nothing_to_write_delays_nobody(told):
    async def story(log, recorder):
        recorder.note(Page([]), _tell(told, "nobody's"))
        await _until(lambda: told == {"nobody's": True})
        assert log.blocks == []

    _work(story)
