"""Kinds of credentials as packs declare them, credentials as they stand, and what a check finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.data_policy import FieldPolicy
from shuzhi.pillars.security.types import Grade, Mask

FieldType = Literal["text", "integer", "decimal", "date", "boolean"]
RESIDENT, USCC = "resident_id", "uscc"
SCHEMES = {"person": RESIDENT, "firm": USCC}


class KindField(BaseModel):
    """One thing that a credential says. `code: true`: the one code may carry it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)
    title: Words
    type: FieldType = "text"
    required: bool = True
    grade: Grade = Grade.L3
    mask: Mask = Mask.PARTIAL
    code: bool = False

    @property
    def policy(self) -> FieldPolicy:
        """Grade and mask alone say who sees it."""
        return FieldPolicy()


class Validity(BaseModel):
    """How long a credential holds: so many days, or until the day that one of its fields says; else for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int | None = Field(default=None, ge=1, le=36600)
    until: str | None = None


class KindDeclaration(BaseModel):
    """A kind of credential (证照种类): `credentials/<kind>.yaml`.

    `subject` says who holds it, and so by which number the holder is named; `register` which register knows them.
    `text` is the sentence on the PDF; {name} stands for a field.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    credential: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    office: str
    subject: Literal["person", "firm"]
    register_: str | None = Field(default=None, alias="register")
    prefix: str = Field(pattern=r"^[A-Z]{2,8}$")
    fields: tuple[KindField, ...] = Field(min_length=1, max_length=60)
    validity: Validity = Validity()
    text: Words | None = None
    basis: tuple[Basis, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> KindDeclaration:
        names = [each.id for each in self.fields]
        if len(set(names)) != len(names):
            raise ValueError("two fields have the same id")
        until = next((each for each in self.fields if each.id == self.validity.until), None)
        if self.validity.until and (until is None or until.type != "date"):
            raise ValueError("validity.until names a field of type date")
        return self

    @property
    def scheme(self) -> str:
        """By which number holders are named."""
        return SCHEMES[self.subject]

    def field(self, name: str) -> KindField | None:
        """One field."""
        return next((each for each in self.fields if each.id == name), None)


class State(StrEnum):
    """What a credential's issuer says of it."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


STATE_TITLES = {
    State.VALID: Words(zh="有效", en="Valid"),
    State.SUSPENDED: Words(zh="已中止", en="Suspended"),
    State.REVOKED: Words(zh="已吊销", en="Revoked"),
}


@dataclass(frozen=True)
class Credential:
    """A credential as it stands. `facts` are in clear: whoever shows it to others masks it."""

    number: str
    kind: str
    title: Words
    office: str
    scheme: str
    holder: str
    facts: Mapping[str, Any]
    state: State
    issued_at: datetime
    until: datetime | None
    reason: str
    place: int

    @property
    def subject(self) -> str:
        """Whose it is."""
        return f"{self.scheme}/{self.holder}"

    def holds(self, at: datetime) -> bool:
        """Whether it can be used now."""
        return self.state is State.VALID and (self.until is None or at < self.until)


class UseState(StrEnum):
    """How far a request to use a credential is."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    USED = "used"


USE_TITLES = {
    UseState.ASKED: Words(zh="待持证人同意", en="Waits for the holder"),
    UseState.AGREED: Words(zh="持证人已同意", en="The holder agreed"),
    UseState.REFUSED: Words(zh="持证人未同意", en="The holder refused"),
    UseState.USED: Words(zh="已使用", en="Used"),
}


@dataclass(frozen=True)
class Use:
    """One use of a credential instead of paper (免证办): by which office, for what, which fields, agreed how."""

    id: int
    credential: str
    kind: str
    title: Words
    office: str
    purpose: str
    matter: str
    fields: tuple[str, ...]
    state: UseState
    asked_at: datetime
    answered_at: datetime | None
    used_at: datetime | None
    via: str
    until: datetime


@dataclass(frozen=True)
class ReuseFigures:
    """How often credentials spared paper: `used` of `asked`, by kind and by office."""

    asked: int
    used: int
    by_kind: Mapping[str, int]
    by_office: Mapping[str, int]


@dataclass(frozen=True)
class Found:
    """What a check found: genuine, in force, and what it shows.

    `form` is `credential`, `pdf`, `stamp` (the square on a printed credential) or `code` (一码通).
    """

    form: str
    issuer: str
    kind: str
    title: Words
    number: str
    shows: Mapping[str, Any]
    issued_at: datetime | None
    until: datetime | None
    status_at: datetime | None
    nonce: str = ""
    parts: tuple[Found, ...] = field(default=())


@dataclass(frozen=True)
class Code:
    """One square of the one code: what it says, from when until when."""

    text: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class CredentialIssued:
    """A credential was issued. Whose it is is not said."""

    number: str
    kind: str
    office: str


@dataclass(frozen=True)
class CredentialEnded:
    """A credential was suspended, resumed or revoked."""

    number: str
    kind: str
    state: str


@dataclass(frozen=True)
class CredentialUsed:
    """A credential was used instead of paper."""

    number: str
    kind: str
    office: str
