"""Sources, batches, and what collecting says about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words

SLUG = r"^[a-z][a-z0-9-]*$"


class Kind(StrEnum):
    """Where a source's rows come from."""

    FILE = "file"
    SQL = "sql"


class Root(StrEnum):
    """What a source's `path` is relative to."""

    SAMPLES = "samples"  # the pack's own samples
    POPULATION = "population"  # the generated population of the demonstration
    GIVEN = "given"  # the folder that `--sources` names, or files that people upload


class Mode(StrEnum):
    """What a batch says about the rows that it does not have."""

    FULL = "full"  # they are gone
    INCREMENTAL = "incremental"  # nothing
    DELETE = "delete"  # nothing; the rows it has are gone


class Status(StrEnum):
    """A batch's life."""

    RECEIVED = "received"
    COLLECTING = "collecting"
    COLLECTED = "collected"
    FAILED = "failed"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceOptions(_Declared):
    """What the person who registers a source fixes by hand; everything left out is found out."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = Field(default=None, ge=1)
    # A full batch with fewer than this share of the rows before is refused: half a file looks like that.
    least_share: float | None = Field(default=None, gt=0, le=1)


class SourceDeclaration(_Declared):
    """A source as a pack declares it: `sources/<id>.yaml`."""

    source: str = Field(pattern=SLUG)
    title: Words | None = None
    dataset: str = Field(pattern=SLUG)
    office: str = Field(pattern=SLUG)
    kind: Kind = Kind.FILE
    path: str | None = None
    root: Root = Root.GIVEN
    mode: Mode = Mode.FULL
    watermark: str | None = None
    table: str | None = None
    # The name of a secret of the node that holds the database's address; never the address itself.
    connection: str | None = Field(default=None, pattern=SLUG)
    options: SourceOptions = SourceOptions()


@dataclass(frozen=True)
class Source:
    """A registered source."""

    id: str
    title: Words | None
    dataset: str
    office: str
    kind: Kind
    path: str | None
    root: Root
    mode: Mode
    watermark: str | None
    reached: str | None
    table: str | None
    connection: str | None
    options: SourceOptions
    pack: str | None
    registered_at: datetime


@dataclass(frozen=True)
class Notice:
    """Something about a whole batch that a person should know, such as a column nobody declared."""

    code: str
    message: Words
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """A batch and its receipt: received = accepted + quarantined + duplicates once it is collected."""

    id: str
    source: str
    dataset: str
    office: str
    seq: int
    mode: Mode
    status: Status
    file_name: str
    sha256: str
    size: int
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    problem: Words | None
    notices: tuple[Notice, ...]
    repaired: Mapping[str, int]
    received_at: datetime
    collected_at: datetime | None

    @property
    def balances(self) -> bool:
        """Whether the receipt accounts for every row."""
        return self.received == self.accepted + self.quarantined + self.duplicates


class Step(StrEnum):
    """What collecting a batch is at."""

    READING = "reading"
    JUDGING = "judging"
    WRITING = "writing"


@dataclass(frozen=True)
class Progress:
    """How far a running batch is, and when it last moved. Accepted rows and duplicates are known from judging on."""

    step: Step
    expected: int | None
    read: int
    accepted: int
    quarantined: int
    duplicates: int
    written: int
    at: datetime


@dataclass(frozen=True)
class Receipts:
    """The receipts of several batches, summed, and when the latest of them came."""

    batches: int
    received: int
    accepted: int
    latest_at: datetime | None


@dataclass(frozen=True)
class QuarantinedCell:
    """Why a row waits: its number in the file, the column as the file calls it, the value (masked) and the reason."""

    batch: str
    row: int
    column: str | None
    field: str | None
    value: str | None
    reason: str
    message: Words


@dataclass(frozen=True)
class Page:
    """One page of a batch's quarantine."""

    cells: tuple[QuarantinedCell, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class BatchCollected:
    """A batch is in the lake with its receipt."""

    batch: str
    source: str
    dataset: str
