from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from shuzhi.foundation.words import Words

FORMS = ("csv", "xlsx", "json")


@dataclass(frozen=True)
class Export:
    """One file that was made, for whom, why, and what it holds; the file itself is not kept.

    `carriers` is how many places of its texts speak of the receiver: below some hundred it is hard to trace.
    """

    id: str
    dataset: str
    channel: str
    receiver: str
    receiver_title: str
    office: str | None
    purpose: str
    basis: str
    form: str
    clear: tuple[str, ...]
    masked: tuple[str, ...]
    withheld: tuple[str, ...]
    marked: tuple[str, ...]
    rows: int
    carriers: int
    sha256: str
    at: datetime


@dataclass(frozen=True)
class FieldOutlook:
    """What an export would give of a field, and why."""

    id: str
    name: Words
    given: str
    rule: Words
    law: str
    mask: str | None


@dataclass(frozen=True)
class ModelInput:
    """Rows as a model or an engine may have them; fields that it may not have are not in them."""

    dataset: str
    columns: tuple[str, ...]
    masked: tuple[str, ...]
    rows: Iterator[Mapping[str, object]]


@dataclass(frozen=True)
class Lead:
    """An export that a leaked sample may come from, and how sure that is."""

    export: Export
    read: int
    agreeing: int
    probability: float
    chance: float
    is_found: bool


@dataclass(frozen=True)
class DataExported:
    """A data set's rows left the platform as a file."""

    dataset: str
    export: str
