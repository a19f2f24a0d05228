"""Policies as packs declare them, and what rooms and pages see of findings, budgets, orders and runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis

SLUG = r"^[a-z][a-z0-9-]*$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class How(StrEnum):
    """How a benefit is taken."""

    TAP = "tap"  # 一键确认
    DEEMED = "deemed"  # 到期视为确认


class Who(_Declared):
    """Over whom the rules run: a register, the identifier that names a recipient, and the fields of a payment."""

    register_: str = Field(alias="register", pattern=SLUG)
    scheme: str
    name: str
    account: str
    account_name: str


class RuleOf(_Declared):
    """The decision that answers, by the names of its outputs; its inputs by the register's fields."""

    rules: str = Field(pattern=SLUG)
    decision: str
    eligible: str
    amount: str
    because: str
    inputs: dict[str, str] = Field(min_length=1)


class Period(_Declared):
    """When the policy holds. Nobody gets it twice in one period."""

    id: str = Field(pattern=r"^[0-9a-z][0-9a-z-]*$", max_length=20)
    since: date
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.until < self.since:
            raise ValueError("a period ends after it begins")
        return self


class Confirm(_Declared):
    """By one tap, or deemed once `working_days` have passed since the recipient was told."""

    how: How = How.TAP
    working_days: int = Field(default=0, ge=0, le=250)


class Priority(_Declared):
    """Who comes first when the budget is short: by an input of the rule that is a number or a day."""

    input: str
    order: str = Field(default="rising", pattern="^(rising|falling)$")


class Tell(StrEnum):
    """What a recipient is told by a message."""

    FOUND = "found"
    WAITING = "waiting"
    PAID = "paid"
    RETURNED = "returned"
    APPEAL = "appeal"


TOLD_FACTS = {
    **dict.fromkeys(
        (Tell.FOUND, Tell.WAITING, Tell.PAID, Tell.RETURNED),
        frozenset({"policy", "name", "amount", "reason"}),
    ),
    Tell.APPEAL: frozenset({"policy", "decision", "reason", "dossier"}),
}
"""The facts that a template for each may speak of."""


class PolicyDeclaration(_Declared):
    """A benefit as a pack declares it: `policies/<id>.yaml`. Amounts are in yuan."""

    policy: str = Field(pattern=SLUG, max_length=60)
    title: Words
    summary: Words
    office: str
    basis: tuple[Basis, ...] = Field(min_length=1)
    notices: tuple[Words, ...] = ()
    who: Who
    rule: RuleOf
    period: Period
    budget: Decimal = Field(gt=0, max_digits=14, decimal_places=2)
    cap: Decimal = Field(gt=0, max_digits=12, decimal_places=2)
    confirm: Confirm = Confirm()
    priority: tuple[Priority, ...] = ()
    appeal_working_days: int = Field(default=10, ge=1, le=60)
    paid_within_days: int = Field(default=30, ge=1, le=365)
    facts: dict[str, Words] = Field(default_factory=dict)
    tells: dict[Tell, str] = Field(default_factory=dict, exclude_if=lambda said: not said)


class State(StrEnum):
    """Where a finding stands."""

    WAITING = "waiting"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PAID = "paid"
    RETURNED = "returned"
    DECLINED = "declined"
    LAPSED = "lapsed"
    RECOVERING = "recovering"
    RECOVERED = "recovered"


STATE_TITLES = {
    State.WAITING: Words(zh="候补", en="On the waiting list"),
    State.RESERVED: Words(zh="待确认", en="To be confirmed"),
    State.CONFIRMED: Words(zh="待拨付", en="To be paid"),
    State.PAID: Words(zh="已到账", en="Paid"),
    State.RETURNED: Words(zh="款项退回", en="Payment returned"),
    State.DECLINED: Words(zh="已放弃", en="Declined"),
    State.LAPSED: Words(zh="不再符合", en="No longer entitled"),
    State.RECOVERING: Words(zh="追回中", en="Being recovered"),
    State.RECOVERED: Words(zh="已追回", en="Recovered"),
}
HOLDS_RESERVE = (State.RESERVED, State.CONFIRMED, State.RETURNED)
"""States in which money is set aside and has not arrived."""
HAS_ARRIVED = (State.PAID, State.RECOVERING, State.RECOVERED)


class OrderState(StrEnum):
    """Where a payment order stands. One that is `sent` may have been carried out: only the bank can say."""

    WAITING = "waiting"
    SENT = "sent"
    SETTLED = "settled"
    FAILED = "failed"
    RETURNED = "returned"


class RunState(StrEnum):
    """Where a run stands."""

    WAITING = "waiting"
    GATHERING = "gathering"
    DECIDING = "deciding"
    KEEPING = "keeping"
    ALLOTTING = "allotting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Policy:
    """A policy in force, or one that a pack no longer declares."""

    declared: PolicyDeclaration
    is_active: bool

    @property
    def id(self) -> str:
        """Its id."""
        return self.declared.policy


@dataclass(frozen=True)
class Budget:
    """A period's money, in fen: `total` = `reserved` + `paid` + `left`."""

    policy: str
    period: str
    total: int
    reserved: int
    paid: int

    @property
    def left(self) -> int:
        """What is neither reserved nor paid."""
        return self.total - self.reserved - self.paid


@dataclass(frozen=True)
class Finding:
    """Somebody who is entitled: how much, why, and how far it has come. Amounts in fen."""

    id: int
    policy: str
    period: str
    recipient: str
    name: str
    amount: int
    facts: Mapping[str, Any]
    because: str
    rules: str
    state: State
    account_tail: str
    account_name: str
    reason: str
    found_at: datetime
    told_at: datetime | None
    confirmed_at: datetime | None
    paid_at: datetime | None
    repaid: int
    is_doubted: bool
    version: int


@dataclass(frozen=True)
class Order:
    """One attempt to pay a finding. The key is what the bank knows it by."""

    key: str
    finding: int
    amount: int
    account_tail: str
    state: OrderState
    problem: str
    made_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class Posting:
    """A line of the ledger: `fen` go from the credited account to the debited one."""

    key: str
    debit: str
    credit: str
    fen: int
    said: str
    at: datetime


@dataclass(frozen=True)
class Run:
    """One run of a policy over its register."""

    id: int
    policy: str
    period: str
    state: RunState
    asked_at: datetime
    by: str
    rows: int
    done: int
    eligible: int
    unknown: int
    fresh: int
    lapsed: int
    in_sql: bool
    reasons: Mapping[str, int]
    problem: Words | None
    done_at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """What the rule says of one recipient now: `eligible` is None where something is missing."""

    recipient: str
    name: str
    eligible: bool | None
    amount: int
    because: str
    missing: tuple[str, ...]
    lines: tuple[Words, ...]
    facts: Mapping[str, Any]
    finding: int | None


@dataclass(frozen=True)
class Figures:
    """What a policy has come to. `mean_days` is from the first day of the period's finding to the account."""

    found: int
    waiting: int
    confirmed: int
    paid: int
    found_fen: int
    paid_fen: int
    budget_fen: int
    mean_days: Decimal | None


@dataclass(frozen=True)
class Reconciliation:
    """The bank's statement against our orders."""

    matched: int
    settled: int
    returned: int
    failed: int
    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    differing: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether both sides say the same of every payment."""
        return not (self.unknown or self.missing or self.differing)


@dataclass(frozen=True)
class BenefitReserved:
    """Money is set aside for somebody: they can be told and asked."""

    finding: int
    policy: str
    scheme: str
    recipient: str
    fen: int
    at: datetime


@dataclass(frozen=True)
class BenefitWaiting:
    """Somebody is entitled, but the budget is used up: they are on the waiting list."""

    finding: int
    policy: str
    scheme: str
    recipient: str
    fen: int
    at: datetime


@dataclass(frozen=True)
class BenefitMoved:
    """A finding came further: confirmed, paid, returned, declined, lapsed, recovering, recovered."""

    finding: int
    policy: str
    scheme: str
    recipient: str
    state: str
    at: datetime


@dataclass(frozen=True)
class BenefitAppealDecided:
    """An appeal was decided; `upheld` with the finding that came of it."""

    dossier: int
    policy: str
    scheme: str
    recipient: str
    upheld: bool
    finding: int | None
    at: datetime
