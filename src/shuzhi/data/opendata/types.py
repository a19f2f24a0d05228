from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.errors import NoSuchFile
from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class Column:
    """A column of an open table."""

    id: str
    name: Words
    type: FieldType


_NAMESPACE = uuid.UUID("d9c8f0de-8c1d-5b5b-9d1c-0f5f6f0c9a11")


def resource_id(dataset: str, form: str) -> str:
    """A file's id: the same from release to release, so that links keep working."""
    return str(uuid.uuid5(_NAMESPACE, f"{dataset}/{form}"))


@dataclass(frozen=True)
class OpenFile:
    """One format in which a release can be downloaded."""

    format: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Extent:
    """Where a release's rows are (west, south, east, north in degrees, WGS 84), and of when, by which column."""

    box: tuple[float, float, float, float]
    time: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class Release:
    """A data set as it is open now."""

    id: str
    dataset: str
    number: int
    licence: str
    columns: tuple[Column, ...]
    rows: int
    files: tuple[OpenFile, ...]
    masked: tuple[str, ...]
    released_at: datetime
    released_by: str
    withdrawn_at: datetime | None = None
    extent: Extent | None = None

    def file(self, form: str) -> OpenFile:
        """The file of one format.

        Raises:
            NoSuchFile: the release is not there in this format.
        """
        for file in self.files:
            if file.format == form:
                return file
        formats = "、".join(file.format for file in self.files)
        raise NoSuchFile(dataset=self.dataset, format=form[:20], formats=formats)

    @property
    def table(self) -> str:
        """The table in the schema `opendata` that holds the rows."""
        return f"r_{self.id.replace('-', '')}"


ROW = Column("_id", Words(zh="行号", en="Row number"), FieldType.INTEGER)
"""Every open table numbers its rows; the number holds within one release."""


@dataclass(frozen=True)
class OpeningCheck:
    """One thing that must hold before a data set can be opened, and whether it does."""

    title: Words
    passed: bool
    reason: Words | None = None


@dataclass(frozen=True)
class OpeningPlan:
    """What opening a data set would publish, and the checks before it."""

    checks: tuple[OpeningCheck, ...]
    fields: tuple[str, ...]
    masked: tuple[str, ...]

    @property
    def possible(self) -> bool:
        """Whether every check passes."""
        return all(check.passed for check in self.checks)


class OpeningState(StrEnum):
    """Where a request to open a data set stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # by a rule; the problem says which
    FAILED = "failed"  # by the platform itself
    CANCELLED = "cancelled"  # withdrawn while it was under way

    @property
    def under_way(self) -> bool:
        """Whether it has not ended yet."""
        return self in (OpeningState.WAITING, OpeningState.RUNNING)


@dataclass(frozen=True)
class OpeningTurn:
    """The latest request to open a data set; `took` is how long the last release took, in seconds."""

    state: OpeningState
    asked_at: datetime
    since: datetime
    code: str = ""
    problem: Words | None = None
    took: float | None = None


@dataclass(frozen=True)
class RowQuestion:
    """What somebody wants of an open table; a filter's None stands for a value that is absent.

    `q` are words that a row must hold, of the lines of `either` it must hold one, `words` are those that single fields must. `boxes` are places (west, south, east,
    north in degrees), one of which a row must touch; `between` is a column of times with its bounds, both included.
    `ranked` shows how much a row has to do with the words and puts the best first where no order is asked for.
    Columns of `nulls_first` are sorted with the rows that have no value in front.
    """

    q: str = ""
    either: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 100
    offset: int = 0
    distinct: bool = False
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    between: tuple[str, datetime | None, datetime | None] | None = None
    ranked: bool = False
    nulls_first: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RowAnswer:
    """Rows of an open table, and exactly how many match."""

    columns: tuple[Column, ...]
    rows: list[dict[str, object]]
    total: int


@dataclass(frozen=True)
class DataSetOpened:
    """A data set was opened, or a new release of it."""

    dataset: str
    release: str


@dataclass(frozen=True)
class DataSetWithdrawn:
    """A data set is open no longer."""

    dataset: str
    release: str
