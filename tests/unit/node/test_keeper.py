"""When a program is started again, and when it is given up."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shuzhi.foundation.processes import spawn
from shuzhi.foundation.processes.children import has_ended
from shuzhi.foundation.settings import Settings
from shuzhi.node.supervisor import keeper
from shuzhi.node.supervisor.errors import UnknownProgram
from shuzhi.node.supervisor.keeper import Keeper, State
from shuzhi.node.supervisor.programs import programs

SLEEPS = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"


class Snippet:
    """A program that is a line of Python."""

    name = "snippet"
    stop_signal = signal.SIGTERM
    stop_seconds = 0.3

    def __init__(self, code: str = "") -> None:
        self.code = code

    def start(self) -> subprocess.Popen[bytes]:
        return spawn(
            [sys.executable, "-c", self.code],
            environ={},
            cwd=Path("/"),
            output=subprocess.PIPE,
        )


def dies(kept: Keeper, *, started: float, at: float) -> None:
    kept.start(now=started)
    assert kept.child
    deadline = time.monotonic() + 10
    while not has_ended(kept.child) and time.monotonic() < deadline:
        time.sleep(0.01)
    kept.child.stdout.close()
    assert kept.died(now=at)


class TestRestarting:
    def test_waits_longer_each_time_and_then_gives_up(self):
        kept, now, waits = Keeper(Snippet()), 0.0, []
        while kept.state != State.GIVEN_UP:
            dies(kept, started=now, at=now + 1)
            due = now + 1
            while kept.state == State.WAITING and not kept.is_due(now=due):
                due += 0.05
            waits.append(round(due - now - 1, 1))
            now = due
        assert len(waits) == keeper.QUICK_DEATHS
        assert waits[:-1] == sorted(waits[:-1])
        assert waits[0] < 0.3
        assert max(waits) <= keeper.LONGEST_DELAY + 0.1

    def test_a_long_life_makes_a_new_beginning(self):
        kept = Keeper(Snippet())
        for _ in range(keeper.QUICK_DEATHS - 1):
            dies(kept, started=0, at=1)
        dies(kept, started=0, at=keeper.LONG_LIFE + 1)
        assert kept.state == State.WAITING

    def test_the_exit_code_is_remembered(self):
        kept = Keeper(Snippet("raise SystemExit(3)"))
        dies(kept, started=0, at=1)
        assert kept.kept().last_exit == 3


class TestEnding:
    def test_a_program_that_listens_ends_by_its_signal(self):
        kept = Keeper(Snippet(SLEEPS))
        kept.start(now=0)
        child = kept.child
        kept.end(seconds=10)
        assert child
        child.stdout.close()
        assert (kept.state, kept.last_exit) == (State.STOPPED, -signal.SIGTERM)

    def test_one_that_does_not_is_killed(self):
        kept = Keeper(Snippet(STUBBORN))
        kept.start(now=0)
        child = kept.child
        assert child
        child.stdout.read(1)
        kept.end()
        child.stdout.close()
        assert kept.last_exit == -signal.SIGKILL


class TestPrograms:
    def test_the_database_comes_first(self):
        assert [p.name for p in programs(Settings())] == ["database", "web", "gateway", "worker"]

    def test_a_database_of_others_is_not_ours_to_run(self):
        names = [p.name for p in programs(Settings(database_url="postgresql://x/y"))]
        assert names == ["web", "gateway", "worker"]

    def test_an_unknown_name_is_refused(self):
        with pytest.raises(UnknownProgram):
            programs(Settings(), only=("broker",))
