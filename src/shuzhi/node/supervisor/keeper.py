"""One program under watch (守护): running, waiting before a restart, or given up."""

from __future__ import annotations

import subprocess
from enum import StrEnum

import msgspec

from shuzhi.foundation.processes import ending
from shuzhi.foundation.processes.children import has_ended, reap
from shuzhi.node.supervisor.programs import Program

# A program that lives this long has started well: its next death is a new story.
LONG_LIFE = 20.0
QUICK_DEATHS = 6
FIRST_DELAY = 0.1
LONGEST_DELAY = 10.0


class State(StrEnum):
    """What a program is doing."""

    RUNNING = "running"
    WAITING = "waiting"
    GIVEN_UP = "given-up"
    STOPPED = "stopped"


class Kept(msgspec.Struct, kw_only=True, frozen=True):
    """How a kept program stands, for status."""

    name: str
    state: State
    restarts: int
    last_exit: int | None
    reason: str


class Keeper:
    """Keeps one program running. All times are seconds of a clock that the caller reads."""

    def __init__(self, program: Program) -> None:
        """Watch a program that has not been started yet."""
        self.program = program
        self.child: subprocess.Popen[bytes] | None = None
        self.state = State.STOPPED
        self.restarts = 0
        self.last_exit: int | None = None
        self.reason = ""
        self._started = 0.0
        self._due = 0.0
        self._quick = 0

    def start(self, *, now: float) -> None:
        """Start the program.

        Raises:
            PlatformError: it can't start; the message says why.
        """
        self.child = self.program.start()
        self._started = now
        self.state = State.RUNNING

    def died(self, *, now: float) -> bool:
        """Whether the program has just died; then its group is gone and its restart is planned."""
        if self.state != State.RUNNING or self.child is None or not has_ended(self.child):
            return False
        self.last_exit = reap(self.child)
        self.plan_restart(now=now, reason=f"exit code {self.last_exit}")
        return True

    def plan_restart(self, *, now: float, reason: str) -> None:
        """Restart at once after a long life, later and later after short ones, then not at all."""
        self.child, self.reason = None, reason
        self._quick = 1 if now - self._started > LONG_LIFE else self._quick + 1
        if self._quick >= QUICK_DEATHS:
            self.state = State.GIVEN_UP
            return
        self.state = State.WAITING
        self._due = now + min(FIRST_DELAY * 4 ** (self._quick - 1), LONGEST_DELAY)

    def is_due(self, *, now: float) -> bool:
        """Whether the program should be started again now."""
        return self.state == State.WAITING and now >= self._due

    def is_running(self) -> bool:
        """Whether the program's process lives."""
        return self.child is not None and not has_ended(self.child)

    def ask_to_end(self) -> None:
        """Ask the program to end; doesn't wait."""
        if self.child is not None and self.is_running():
            self.child.send_signal(self.program.stop_signal)

    def end(self, *, seconds: float | None = None) -> None:
        """End the program and everything it started."""
        if self.child is not None:
            patience = self.program.stop_seconds if seconds is None else seconds
            self.last_exit = ending(self.child, first=self.program.stop_signal, seconds=patience)
            self.child = None
        self.state = State.STOPPED

    def kept(self) -> Kept:
        """How the program stands."""
        return Kept(
            name=self.program.name,
            state=self.state,
            restarts=self.restarts,
            last_exit=self.last_exit,
            reason=self.reason,
        )
