from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

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
