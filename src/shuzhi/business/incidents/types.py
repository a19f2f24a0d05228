"""Desks as packs declare them, and requests as other rooms and pages see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis

SLUG = r"^[a-z][a-z0-9-]*$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Import(_Declared):
    """A data set whose rows are requests: which fields say what. Several fields are read one after the other.

    With `at_once` every collected batch is taken in by a job; without it somebody asks for it.
    """

    dataset: str
    key: str
    subject: tuple[str, ...] = Field(min_length=1)
    said: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    caller: str = ""
    channel: str = "import"
    at_once: bool = False


class DeskDeclaration(_Declared):
    """A desk that takes requests in: `incidents/<id>.yaml`. Its decision gives category, office, urgency and working days."""

    desk: str = Field(pattern=SLUG, max_length=60)
    title: Words
    office: str
    loop: str
    rules: str
    decision: str
    returns: int = Field(default=2, ge=0, le=10)
    reopenings: int = Field(default=2, ge=0, le=10)
    merge_days: int = Field(default=30, ge=0, le=365)
    imports: tuple[Import, ...] = ()
    basis: tuple[Basis, ...] = Field(min_length=1)


class Channel(StrEnum):
    """How a request came."""

    CALL = "call"
    APP = "app"
    LETTER = "letter"
    IMPORT = "import"


CHANNEL_TITLES = {
    Channel.CALL: Words(zh="来电", en="Call"),
    Channel.APP: Words(zh="网络", en="App or page"),
    Channel.LETTER: Words(zh="来信", en="Letter"),
    Channel.IMPORT: Words(zh="批量转入", en="Imported"),
}


@dataclass(frozen=True)
class Classified:
    """What the desk's decision says of a request."""

    category: str
    office: str
    urgency: str
    working_days: int


@dataclass(frozen=True)
class Request:
    """A request (诉求). `caller` is masked; `merged_into` names the one that stands for the same matter."""

    number: str
    desk: str
    channel: Channel
    caller: str
    is_anonymous: bool
    subject: str
    said: str
    place: str
    category: str
    urgency: str
    office: str
    dossier: int | None
    merged_into: str | None
    others: int
    returns: int
    reopenings: int
    received_at: datetime
    answered_at: datetime | None
    is_solved: bool | None
    satisfaction: int | None


@dataclass(frozen=True)
class TakenIn:
    """A request with the code by which its caller looks it up; the code is told once."""

    request: Request
    code: str


@dataclass(frozen=True)
class Imported:
    """What came of a data set's rows: rows = opened + merged + known, and of a batch quarantined before."""

    rows: int
    opened: int
    merged: int
    known: int
    quarantined: int
    offices: Mapping[str, int]

    @property
    def balances(self) -> bool:
        """Whether every row is accounted for."""
        return self.rows == self.opened + self.merged + self.known + self.quarantined


@dataclass(frozen=True)
class RequestReceived:
    """A request was taken in. Who asked is not said."""

    number: str
    desk: str
    category: str
    office: str
    at: datetime


@dataclass(frozen=True)
class RequestAnswered:
    """An office replied: the caller is asked whether it is solved."""

    number: str
    desk: str
    office: str
    at: datetime


@dataclass(frozen=True)
class RequestVerified:
    """The caller said whether it is solved."""

    number: str
    desk: str
    office: str
    solved: bool
    satisfaction: int | None
    at: datetime
