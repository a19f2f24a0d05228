"""The port to whoever moves the money (支付通道), and the driver that is in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Result(StrEnum):
    """What became of a transfer."""

    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"


@dataclass(frozen=True)
class Transfer:
    """What the bank is asked to do. The same key again is the same transfer."""

    key: str
    amount: int
    account: str
    account_name: str


@dataclass(frozen=True)
class Outcome:
    """What the bank says became of it, and why."""

    result: Result
    problem: str = ""


@dataclass(frozen=True)
class Line:
    """A line of the bank's statement."""

    key: str
    amount: int
    outcome: Outcome


class Driver(Protocol):
    """A way to pay. Each call may fail or time out; `pay` with a known key does nothing again."""

    def pay(self, transfer: Transfer, *, at: datetime) -> Outcome:
        """Carry a transfer out.

        Raises:
            DriverTimedOut: no answer came; it may have been carried out.
        """

    def status(self, key: str) -> Outcome | None:
        """What became of a transfer; nothing where the bank never heard of it."""

    def statement(self) -> Iterator[Line]:
        """Every transfer that the bank knows, by key."""


def driver() -> Driver:
    """The driver in use: the sandbox inside the platform."""
    from shuzhi.business.benefits.drivers.sandbox import SandboxBank

    return SandboxBank()
