"""Orders, refunds and statements as rooms and pages see them; the events of payments. Amounts are fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shuzhi.foundation.words import Words


class Kind(StrEnum):
    """Which way the money goes."""

    CHARGE = "charge"  # 缴费
    PAYOUT = "payout"  # 拨付


KIND_TITLES = {Kind.CHARGE: Words(zh="缴费", en="Payment"), Kind.PAYOUT: Words(zh="拨付", en="Payout")}


class OrderState(StrEnum):
    """Where an order stands. Of one that is `sent` only the gateway can say what became of it.

    `returned` is a payout that had arrived and that the payee's bank sent back later.
    """

    OPEN = "open"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"
    FAILED = "failed"
    CLOSED = "closed"


STATE_TITLES = {
    OrderState.OPEN: Words(zh="待支付", en="to be paid"),
    OrderState.SENT: Words(zh="处理中", en="under way"),
    OrderState.PAID: Words(zh="已支付", en="paid"),
    OrderState.RETURNED: Words(zh="已退汇", en="sent back"),
    OrderState.FAILED: Words(zh="未付成", en="failed"),
    OrderState.CLOSED: Words(zh="已关闭", en="closed"),
}
LIVE = (OrderState.OPEN, OrderState.SENT)


class RefundState(StrEnum):
    """Where a refund stands."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


REFUND_TITLES = {
    RefundState.WAITING: Words(zh="待退", en="To be refunded"),
    RefundState.SENT: Words(zh="退款中", en="Under way"),
    RefundState.DONE: Words(zh="已退", en="Refunded"),
    RefundState.FAILED: Words(zh="未退成", en="Failed"),
}


@dataclass(frozen=True)
class Order:
    """One order. `received` is what came in or went out and stayed, `refunding` what of it was or is being given back."""

    number: str
    kind: Kind
    key: str
    subject: str
    party: str
    amount: int
    currency: str
    reason: Words
    office: str
    state: OrderState
    account_tail: str
    account_name: str
    received: int
    refunding: int
    refunded: int
    problem: str
    receipt: str
    made_at: datetime
    expires_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    returned_at: datetime | None = None

    @property
    def payer(self) -> str:
        """Who pays, or for a payout is paid."""
        return self.party

    @property
    def may_go_again(self) -> bool:
        """Whether it is a payout that has not arrived, or did not stay: it may be paid again, once."""
        return self.kind is Kind.PAYOUT and self.state in (OrderState.RETURNED, OrderState.FAILED)

    @property
    def refundable(self) -> int:
        """What can still be given back."""
        return self.received - self.refunding if self.kind is Kind.CHARGE else 0


@dataclass(frozen=True)
class Refund:
    """Something given back of an order."""

    key: str
    order: str
    amount: int
    reason: str
    state: RefundState
    problem: str
    asked_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Posting:
    """A line of the ledger: `fen` go from the credited account to the debited one."""

    key: str
    debit: str
    credit: str
    fen: int
    order: str
    said: str
    at: datetime


@dataclass(frozen=True)
class Difference:
    """Where the gateway's statement and our orders say different things."""

    key: str
    kind: str  # unknown | missing | amount | state
    ours: str
    theirs: str
    dossier: int | None = None


DIFFERENCE_TITLES = {
    "unknown": Words(zh="通道有、平台无", en="Unknown to us"),
    "missing": Words(zh="平台有、通道无", en="Unknown to the gateway"),
    "amount": Words(zh="金额不符", en="The amounts differ"),
    "state": Words(zh="状态不符", en="The states differ"),
}


@dataclass(frozen=True)
class Reconciliation:
    """A day's statement held against our orders."""

    day: date
    lines: int
    matched: int
    booked: int
    came: int
    went: int
    differences: tuple[Difference, ...]
    at: datetime

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same."""
        return not self.differences


@dataclass(frozen=True)
class Figures:
    """How orders stand, by kind and state: how many, and how many fen; `returned` payouts wait for somebody."""

    counts: dict[tuple[str, str], tuple[int, int]]
    refunded: int
    differences: tuple[str, ...]
    returned: int = 0


@dataclass(frozen=True)
class OrderPaid:
    """An order was paid, or a payout arrived."""

    order: str
    subject: str
    at: datetime


@dataclass(frozen=True)
class OrderClosed:
    """An order was closed unpaid, or a payout failed."""

    order: str
    subject: str
    state: str
    at: datetime


@dataclass(frozen=True)
class PayoutReturned:
    """A payout that had arrived was sent back by the payee's bank."""

    order: str
    subject: str
    fen: int
    problem: str
    at: datetime


@dataclass(frozen=True)
class OrderRefunded:
    """A part of an order, or all of it, was given back."""

    order: str
    subject: str
    fen: int
    at: datetime
