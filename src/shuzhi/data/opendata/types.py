from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shuzhi.data.catalog.types import FieldType
from shuzhi.foundation.words import Words


@dataclass(frozen=True)
class Column:
    """A column of an open table."""

    id: str
    name: Words
    type: FieldType


@dataclass(frozen=True)
class OpenFile:
    """One format in which a release can be downloaded."""

    format: str
    media_type: str
    sha256: str
    size: int


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

    @property
    def table(self) -> str:
        """The table in the schema `opendata` that holds the rows."""
        return f"r_{self.id.replace('-', '')}"


@dataclass(frozen=True)
class RowQuestion:
    """What somebody wants of an open table."""

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 100
    offset: int = 0
    distinct: bool = False


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
