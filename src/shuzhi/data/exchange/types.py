"""Interfaces as packs declare them, subscriptions and credentials as other rooms and pages see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.exchange.intersection.protocol import MOST_KEYS, Reveal
from shuzhi.data.registers.types import ChangeKind
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.types import Grade

SLUG = r"^[a-z][a-z0-9-]*$"
LOOP = "share-request"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InterfaceKind(StrEnum):
    """What an interface answers."""

    RECORD = "record"  # the golden record of one key
    VERIFICATION = "verification"  # yes or no (or unknown, where it says so), and nothing else
    LIST = "list"  # the records that fit some filters, a page at a time
    AGGREGATE = "aggregate"  # numbers of groups that are large enough, and no record
    WRITE_BACK = (
        "write_back"  # takes results, or objections to a register's values, and says what became of them
    )
    FILE = "file"  # all records that fit some filters, as a file that is made in the background
    INTERSECTION = (
        "intersection"  # which of the caller's keys the register holds too, without showing the others
    )
    EVENTS = "events"  # what changes in the register, pushed to its subscribers or asked for by them
    # No pack declares these two: an interface that another node serves, and the receipts of calls.
    ROUTED = "routed"
    RECEIPT = "receipt"

    @property
    def delivers(self) -> bool:
        """Whether fields of records are answered, so that a subscription asks for them one by one."""
        return self in (
            InterfaceKind.RECORD,
            InterfaceKind.LIST,
            InterfaceKind.FILE,
            InterfaceKind.EVENTS,
        )


class Rate(_Declared):
    """How fast one subscription may call: so many a second, after a burst."""

    per_second: float = Field(default=50, gt=0)
    burst: int = Field(default=100, ge=1)


class Clients(_Declared):
    """Whom another register keeps as an office's own clients (服务对象): `by` identifies them in both registers, `office`
    is the field there that holds the office.
    """

    register_: str = Field(alias="register", pattern=SLUG)
    by: str
    office: str


class RowLimit(_Declared):
    """Which rows a caller gets (行范围): all that is said must hold; a row that does not say is nobody's.

    `division` and `office` are fields of the register: a row's division code, by which an office gets the rows of its own
    division and below, and the office that a row belongs to.
    """

    division: str | None = None
    office: str | None = None
    clients: Clients | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The register's fields that rows are told apart by."""
        named = (self.division, self.office, self.clients and self.clients.by)
        return tuple(name for name in named if name)


class RouteDeclaration(_Declared):
    """Which node serves an interface, and what it is called there."""

    node: str = Field(pattern=SLUG)
    interface: str = Field(pattern=SLUG)


class PeerDeclaration(_Declared):
    """Another node (对端节点) as a pack declares it: `peers/<id>.yaml`. Nothing is believed but what its keys have signed.

    `keys` sign its calls and answers (`ed25519:…` or `sm2:…`; several while it changes its key), `log_key` its audit
    log's heads. `authority` is the certificate (PEM) that its gateway's must come from, else those the system knows.
    `office` stands for it here: it holds the subscriptions by which the node may call.
    """

    node: str = Field(pattern=SLUG)
    title: Words
    tier: Tier
    address: str = Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")
    keys: tuple[str, ...] = Field(min_length=1, max_length=3)
    log_key: str
    authority: str | None = None
    office: str | None = Field(default=None, pattern=SLUG)


class Hours(StrEnum):
    """The hours in which a promise holds."""

    ALL = "all"
    WORKING = "working"  # nine to five of working days, in China


class Promise(_Declared):
    """What an interface's owner promises of it (服务承诺), month by month.

    `availability` is the share of calls that are not lost by the platform's own fault; `p95_ms` is what 95 of 100
    answers keep to.
    """

    availability: float = Field(default=99.0, ge=50, le=100)
    p95_ms: float | None = Field(default=None, gt=0)
    hours: Hours = Hours.ALL


class InterfaceDeclaration(_Declared):
    """An interface as a pack declares it: `interfaces/<id>.yaml`.

    The first parameter in `by` is the identifier that finds the record. In a verification the others are
    compared with the record's fields of the same name; in a list, a file and an aggregate they are filters, none of
    which must be given. A file's subscription may take `daily_rows` rows a day; files are kept for `kept_hours`. A write-back
    with a `source` takes rows of its data set, collected as its batches; one with a `port` takes what other nodes hand over
    to that room (nodes alone call it); one without either takes objections: `by` is the
    identifier and then the fields that may be objected to. An intersection compares the field in `by`; a question holds at most
    `most_keys`, a day's questions `daily_rows`, and `reveal` says whether the caller learns which keys or how many. Grades, masks and ways to compare are the register's:
    they are not repeated here. `purposes`, when given, are the only ones a subscription may have; `rows` limits every caller
    to rows of its own. With a `route` another node serves it: fields, grades and rows are that node's matter. A change that
    callers could stumble over needs a new `version`; offices stay with theirs until they change. `documented` says who
    may read how to call it.
    """

    interface: str = Field(pattern=SLUG)
    version: int = Field(default=1, ge=1)
    title: Words
    summary: Words | None = None
    owner: str
    register_: str = Field(alias="register", pattern=SLUG)
    kind: InterfaceKind
    by: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    clearance: Grade = Grade.L1
    provenance: bool = False
    page_size: int = Field(default=50, ge=1, le=200)
    group_by: tuple[str, ...] = Field(default=(), max_length=4)
    sums: tuple[str, ...] = Field(default=(), max_length=4)
    minimum_group: int = Field(default=10, ge=3)
    tells_unknown: bool = False
    reveal: Reveal = Reveal.MEMBERS
    most_keys: int = Field(default=100_000, ge=1, le=MOST_KEYS)
    daily_rows: int = Field(default=1_000_000, ge=1, le=100_000_000)
    kept_hours: int = Field(default=24, ge=1, le=168)
    source: str | None = Field(default=None, pattern=SLUG)
    port: str | None = Field(default=None, pattern=r"^[a-z]+\.[a-z]+$")
    purposes: tuple[str, ...] = ()
    rows: RowLimit | None = None
    route: RouteDeclaration | None = None
    daily_quota: int = Field(default=10_000, ge=1, le=100_000_000)
    rate: Rate = Rate()
    changes: tuple[ChangeKind, ...] = Field(default=tuple(ChangeKind), min_length=1)
    documented: Literal["staff", "public"] = "staff"
    promise: Promise | None = None
    basis: tuple[Basis, ...] = Field(min_length=1)

    @property
    def touched(self) -> tuple[str, ...]:
        """Every register field that the interface reads, once."""
        return tuple(dict.fromkeys((*self.by, *self.fields, *self.group_by, *self.sums)))


class InterfaceStatus(StrEnum):
    """An interface's life."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class SubscriptionStatus(StrEnum):
    """A subscription's life; what its dossier says decides."""

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True)
class InterfaceVersion:
    """A version that is served, and until when if it is going to end.

    Its last day is `sunset_on`, in China; `successor` is the version to use instead.
    """

    declaration: InterfaceDeclaration
    published_at: datetime | None
    deprecated_at: datetime | None
    sunset_on: date | None
    successor: int | None

    @property
    def number(self) -> int:
        """Its number."""
        return self.declaration.version


@dataclass(frozen=True)
class Interface:
    """An interface as other rooms and pages see it."""

    declaration: InterfaceDeclaration
    status: InterfaceStatus
    revision: int
    pack: str | None
    published_at: datetime | None
    versions: tuple[InterfaceVersion, ...] = ()

    @property
    def id(self) -> str:
        """The interface's id."""
        return self.declaration.interface


@dataclass(frozen=True)
class Peer:
    """Another node as other rooms and pages see it; `trusted` until the bureau says otherwise."""

    declaration: PeerDeclaration
    trusted: bool

    @property
    def id(self) -> str:
        """The node's id."""
        return self.declaration.node


@dataclass(frozen=True)
class RoutedCall:
    """A call that another node answered: its proof, and whether the node's audit log has been shown to hold it.

    `state` is answered (signed by the node), proven (in its log) or disputed (its log says otherwise).
    """

    call: str
    interface: str
    subscription: int
    node: str
    status: int
    request_digest: str
    answer_digest: str
    far_request: str
    answered_at: datetime
    state: str
    receipt: dict[str, Any] | None


@dataclass(frozen=True)
class Subscription:
    """An office's right to call an interface for a purpose, on a basis, in a period."""

    id: int
    interface: str
    interface_title: Words
    owner: str
    office: str
    purpose: str
    basis: str
    since: date
    until: date
    daily_quota: int
    fields: tuple[str, ...]
    clearance: Grade
    status: SubscriptionStatus
    dossier: int | None
    requested_by: str
    requested_at: datetime
    decided_at: datetime | None
    key_id: str | None
    reason: str
    rows: RowLimit | None = None
    certificates: tuple[str, ...] = ()
    version: int = 1
    sandbox: bool = False
    endpoint: str = ""


@dataclass(frozen=True)
class Credential:
    """A key pair. The secret exists in the open only here: whoever receives it stores it."""

    key_id: str
    secret: str
    interface: str
    subscription: int


class JobState(StrEnum):
    """A job's life: ordered, being worked on, ready to be collected, removed after its time, or failed."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """Work that a caller ordered and collects later."""

    id: int
    subscription: int
    interface: str
    office: str
    kind: InterfaceKind
    asked: dict[str, object]
    state: JobState
    attempts: int
    rows: int
    size: int
    sha256: str
    asked_at: datetime
    done_at: datetime | None
    expires_at: datetime | None
    problem: Words | None


class EventState(StrEnum):
    """Where an event is on its way to its subscriber."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"  # pushed as often as may be, and never taken
    DROPPED = "dropped"  # set aside by a person


@dataclass(frozen=True)
class StreamState:
    """How the events of a subscription stand. `waiting` counts what is still to be pushed, `dead` what never arrived."""

    subscription: int
    interface: str
    office: str
    endpoint: str
    last_seq: int
    waiting: int
    delivered: int
    dead: int
    failures: int
    not_before: datetime | None
    stopped_at: datetime | None
    problem: str
    taken_at: datetime | None


@dataclass(frozen=True)
class DeadEvent:
    """An event that was never taken; `held` are later ones of the same entity that wait behind it."""

    subscription: int
    seq: int
    kind: str
    entity: str
    at: datetime
    attempts: int
    problem: str
    held: int


@dataclass(frozen=True)
class CallCount:
    """How many calls of a subscription used its quota on one day (in China)."""

    day: date
    subscription: int
    interface: str
    office: str
    calls: int


@dataclass(frozen=True)
class InterfacePublished:
    """An interface can be subscribed to."""

    interface: str
    owner: str


@dataclass(frozen=True)
class SubscriptionSettled:
    """A subscription has been granted, refused, withdrawn, revoked or has expired."""

    subscription: int
    interface: str
    office: str
    status: str
