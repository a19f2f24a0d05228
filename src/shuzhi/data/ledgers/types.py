"""Ledgers as other rooms and the contract see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Ledger:
    """A ledger: its short name, whose it is, and what it counts up to."""

    id: int
    code: str
    name: str
    catalog: str
    office: str
    counter: int


@dataclass(frozen=True)
class Database:
    """One version of a ledger's schema."""

    id: int
    ledger: Ledger
    version: str
    schema: dict[str, Any]
    facts: dict[str, Any]
    by: str
    changed_at: datetime


@dataclass(frozen=True)
class Record:
    """A record: the key that names it, and what it holds."""

    id: int
    uuid: str
    key: str
    content: dict[str, Any]
    changed_at: datetime


@dataclass(frozen=True)
class Page:
    """A page of records and how many there are of them."""

    count: int
    records: list[Record]


@dataclass(frozen=True)
class Use:
    """Somebody looked at a person's record."""

    id: str
    person: str
    reader: str
    initials: str
    institution: str
    institution_name: str
    application: str
    at: datetime
    references: tuple[str, ...]


@dataclass(frozen=True)
class Reader:
    """Who looks: the member that the mediator names, and its parts."""

    address: str
    institution: str
    application: str


@dataclass(frozen=True)
class Loaded:
    """What a file of samples brought."""

    databases: int
    records: int
    uses: int
