from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis


class Via(StrEnum):
    """How a consent was given or withdrawn."""

    SELF = "self"  # by the person, signed in
    CLERK = "clerk"  # by a clerk, with evidence
    CLIENT = "client"  # by an outside system that is trusted with it


class AgreementDeclaration(BaseModel):
    """What persons or firms are asked to agree to (授权书): `agreements/<topic>.yaml`.

    `agreement` is the topic that a policy's `consent` names. `fields` are those of the data sets and registers that ask
    for it, as whoever agrees reads them; `text` is shown whole to whoever agrees.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agreement: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    version: str = Field(min_length=1, max_length=20)
    title: Words
    owner: str
    purpose: str = Field(min_length=1, max_length=300)
    receivers: tuple[str, ...] = Field(min_length=1)
    fields: dict[str, Words] = Field(min_length=1)
    days: int = Field(default=365, ge=1, le=3660)
    text: Words
    basis: tuple[Basis, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Agreement:
    """An agreement as it stands: its current revision, and whether it can be agreed to."""

    id: str
    title: Words
    text: Words
    purpose: str
    version: str
    revision: str
    digest: str
    receivers: tuple[str, ...]
    fields: tuple[str, ...]
    days: int
    basis: tuple[str, ...]
    is_active: bool
    labels: Mapping[str, Words]


@dataclass(frozen=True)
class Individual:
    """A person or firm as registers know it. `value` is its identifier in `scheme`."""

    id: str
    scheme: str
    value: str


@dataclass(frozen=True)
class Grant:
    """A consent with its history's last state."""

    id: str
    agreement: str
    title: Words
    revision: str
    version: str
    text: Words
    individual: str
    receivers: tuple[str, ...]
    purpose: str
    fields: tuple[str, ...]
    since: datetime
    until: datetime
    state: str
    is_given: bool
    via: str
    ended_at: datetime | None
    labels: Mapping[str, Words]

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.is_given and self.state == SIGNED and self.since <= at < self.until


@dataclass(frozen=True)
class Shown:
    """A consent with the identifier of whoever gave it."""

    grant: Grant
    scheme: str
    value: str


UNSIGNED, SIGNED = "unsigned", "signed"


@dataclass(frozen=True)
class ConsentGiven:
    """Somebody agreed. Who is not said."""

    consent: str
    agreement: str
    receivers: list[str]


@dataclass(frozen=True)
class ConsentWithdrawn:
    """Somebody withdrew a consent. Who is not said."""

    consent: str
    agreement: str
    receivers: list[str]


@dataclass(frozen=True)
class DeletionDue:
    """An office has to delete what it was given by a consent that has ended. Who gave it is not said."""

    consent: str
    office: str
    fields: list[str]


@dataclass(frozen=True)
class DeletionEnded:
    """An office confirmed that it deleted, or said which law makes it keep the data."""

    consent: str
    office: str
    outcome: str


@dataclass(frozen=True)
class Forgotten:
    """The receipt of a forgetting. `others`: data sets that were followed, and one for the addresses on file."""

    consents: int
    drafts: int
    files: int
    others: int
    at: datetime


@dataclass(frozen=True)
class Duty:
    """A deletion duty with its day; `due_on` is none where its year's calendar is not published."""

    consent: str
    title: Words
    office: str
    fields: tuple[str, ...]
    labels: Mapping[str, Words]
    deliveries: int
    last_delivery_at: datetime
    opened_at: datetime
    due_on: date | None
    dossier: int | None
    outcome: str
    note: str
    closed_at: datetime | None


@dataclass(frozen=True)
class UseLine:
    """A line of the use statement: an office's looks at somebody's data by one consent, or without one by law."""

    title: Words | None
    office: str
    purpose: str
    action: str
    times: int
    first_at: datetime
    last_at: datetime
    fields: tuple[str, ...]


class Price(BaseModel):
    """What a product costs: so many fen for each answered call, or for each month begun.

    With a floor it is a guided price (政府指导价): owner and buyer may agree on any price from the floor up to it. `basis`
    says where the price comes from, as whoever pays reads it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    per: Literal["call", "month"]
    fen: int = Field(ge=0, le=100_000_000)
    floor: int | None = Field(default=None, ge=0)
    basis: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _floor_below(self) -> Price:
        if self.floor is not None and self.floor > self.fen:
            raise ValueError("a price's floor is not above it")
        return self


class Share(BaseModel):
    """A party's part of the price. The party `subjects` is those whom the data are about, by their consents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    party: str = Field(min_length=1, max_length=100)
    role: Literal["holder", "processor", "platform", "subjects"]
    parts: int = Field(ge=1, le=10_000)


class ProductDeclaration(BaseModel):
    """A data product (数据产品): `products/<product>.yaml`. What is delivered is counted by the gateway, not reported."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    owner: str
    interface: str
    agreement: str | None = None
    price: Price
    shares: tuple[Share, ...] = Field(min_length=1)
    basis: tuple[Basis, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Contract:
    """A contract (合同) over a product, at the terms of the day on which it was signed."""

    id: int
    product: str
    title: Words
    interface: str
    buyer: str
    subscription: int
    since: date
    until: date
    terms: ProductDeclaration


@dataclass(frozen=True)
class Statement:
    """A month's statement, or a credit note to one. Amounts are in fen; the lines add up to the whole."""

    number: str
    contract: int
    title: Words
    buyer: str
    month: date
    corrects: str | None
    deliveries: int
    fen: int
    lines: Mapping[str, int]
    reason: str
    made_at: datetime


@dataclass(frozen=True)
class Balance:
    """What a party has to come from a month's statements and what it has to pay, in fen (收支相抵)."""

    party: str
    comes: int
    pays: int

    @property
    def net(self) -> int:
        """What is left to be paid to it, or by it where it is below nought."""
        return self.comes - self.pays
