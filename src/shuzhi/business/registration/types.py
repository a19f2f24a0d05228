"""Services, applications and tasks as the contract and other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shuzhi.foundation.words import Words


class Status(StrEnum):
    """How far an application is, in the contract's words."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    SENDBACK = "SENDBACK"
    REJECTED = "REJECTED"


STATUS_TITLES = {
    Status.PENDING: Words(zh="办理中", en="Pending"),
    Status.APPROVED: Words(zh="已通过", en="Approved"),
    Status.SENDBACK: Words(zh="退回补正", en="Sent back"),
    Status.REJECTED: Words(zh="不予通过", en="Rejected"),
}


@dataclass(frozen=True)
class Service:
    """What can be applied for; `process` handles it, `office` answers for it."""

    id: str
    name: str
    code: str
    version: str
    kind: str
    description: str
    process: str
    office: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Form:
    """A form of a service: one of `support.forms`, or a schema of its own."""

    id: str
    service: str
    name: str
    description: str
    version: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Application:
    """An application file: what was sent, the case that handles it, and how far that is."""

    id: str
    service: Service
    case: int
    applicant: str
    name: str
    drafted_at: datetime | None
    registered_at: datetime
    form: str
    data: dict[str, Any]
    documents: tuple[str, ...]
    status: Status
    is_over: bool
    operator: str
    client: str


@dataclass(frozen=True)
class Task:
    """A task of an application, under the name that outside systems know it by."""

    id: str
    application: Application
    task: int
    title: Words
    element: str
    office: str
    holder: str
    opened_at: datetime
    is_open: bool


@dataclass(frozen=True)
class Counted:
    """How many applications were decided, and how."""

    processed: int
    approved: int
    sent_back: int
    rejected: int


@dataclass(frozen=True)
class Span:
    """The days that statistics are of; each may be open."""

    since: date | None = None
    until: date | None = None
