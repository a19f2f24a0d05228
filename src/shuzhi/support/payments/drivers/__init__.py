"""The port to whoever moves the money (支付通道), and the driver that is in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class What(StrEnum):
    """What the gateway is asked to do."""

    CHARGE = "charge"
    REFUND = "refund"
    PAYOUT = "payout"
    RETURN = "return"  # never asked for: a payout that the payee's bank sends back


class Result(StrEnum):
    """What the gateway says became of it. `open` and `pending` are not the end; a payout that is done may be returned."""

    OPEN = "open"
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    CLOSED = "closed"
    RETURNED = "returned"


@dataclass(frozen=True)
class Ask:
    """What is asked. The same key again is the same ask; `of` is the charge that a refund gives back."""

    key: str
    what: What
    amount: int
    title: str = ""
    of: str = ""
    account: str = ""
    account_name: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the gateway says: the state, why, how much, and on which day of its books it was done."""

    key: str
    result: Result
    amount: int
    problem: str = ""
    settled_on: date | None = None


@dataclass(frozen=True)
class Line:
    """A line of a day's statement. A payout that came back stands under its key, on the day on which it did."""

    key: str
    what: What
    amount: int
    problem: str = ""


class Driver(Protocol):
    """A way to move money. Every call may time out (`GatewayTimedOut`): then nobody knows, and it is asked again."""

    def ask(self, told: Ask, *, at: datetime) -> Outcome:
        """Open a charge, or begin a refund or payout; a known key does nothing again.

        Raises:
            GatewayTimedOut: no answer came.
            GatewayRefused: it was not taken at all.
        """

    def close(self, key: str, *, at: datetime) -> Outcome:
        """Let a charge not be paid any more; one that was paid stays paid, and is said so."""

    def status(self, key: str, *, at: datetime) -> Outcome | None:
        """What became of something; nothing where the gateway never heard of it."""

    def statement(self, day: date, *, at: datetime) -> Sequence[Line]:
        """All that was done on a day.

        Raises:
            StatementNotReady: the day is not over.
        """


def driver() -> Driver:
    """The driver in use: the gateway at `payments_url`, else the sandbox under the home folder."""
    from shuzhi.foundation.settings import settings
    from shuzhi.support.payments.drivers.gateway import GatewayDriver, over_http, within
    from shuzhi.support.payments.sandbox import home_book, shared_secret

    chosen = settings()
    secret = shared_secret(chosen.home)
    if chosen.payments_url:
        return GatewayDriver(over_http(chosen.payments_url), secret)
    return GatewayDriver(within(home_book(chosen.home)), secret)
