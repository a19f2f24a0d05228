"""The JSON API of collecting: sources, batches and their receipts, handing a file in."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import HttpRequest
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from shuzhi.data.sources import jobs, queries, services
from shuzhi.data.sources.showing import shown_cells
from shuzhi.data.sources.types import Batch, Mode, Source, Status
from shuzhi.foundation.clock import now
from shuzhi.foundation.paging import PageNumber
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor

router = Router(tags=["sources 归集"])


class SourceOut(Schema):
    """A registered source."""

    id: str
    title: Words | None
    dataset: str
    office: str
    kind: str
    mode: str
    registered_at: datetime


class NoticeOut(Schema):
    """Something about a whole batch."""

    code: str
    message: Words
    facts: dict[str, Any]


class BatchOut(Schema):
    """A batch and its receipt."""

    id: str
    source: str
    dataset: str
    office: str
    seq: int
    mode: str
    status: str
    file_name: str
    sha256: str
    received: int
    accepted: int
    quarantined: int
    duplicates: int
    repaired: dict[str, int]
    problem: Words | None
    notices: list[NoticeOut]
    received_at: datetime
    collected_at: datetime | None


class CellOut(Schema):
    """Why a row waits in quarantine; the value is masked."""

    row: int
    column: str | None
    field: str | None
    value: str | None
    reason: str
    message: Words


class PageOut(Schema):
    """One page of a quarantine."""

    page: int
    pages: int
    total: int
    cells: list[CellOut]


@router.get("/sources", response=list[SourceOut], url_name="sources")
@requires("sources.read")
def list_sources(request: HttpRequest) -> list[Source]:
    """All registered sources."""
    del request
    return queries.sources()


@router.get("/batches", response=list[BatchOut], url_name="batches")
@requires("sources.read")
def list_batches(
    request: HttpRequest, source: str | None = None, dataset: str | None = None, status: Status | None = None
) -> list[Batch]:
    """Batches, the newest first, at most 200."""
    del request
    return queries.batches(source=source, dataset=dataset, status=status)


@router.get("/batches/{batch}", response=BatchOut, url_name="batch")
@requires("sources.read")
def batch_receipt(request: HttpRequest, batch: str) -> Batch:
    """One batch's receipt: received = accepted + quarantined + duplicates."""
    del request
    return queries.batch(batch)


@router.get("/batches/{batch}/quarantine", response=PageOut, url_name="quarantine")
@requires("sources.read_quarantine")
def batch_quarantine(request: HttpRequest, batch: str, page: PageNumber = 1) -> Any:
    """One page of a batch's quarantine."""
    found = queries.batch(batch)
    policy.require("sources.read_quarantine", by=_actor(request), office=found.office)
    return shown_cells(queries.quarantined(batch, page), found, by=_actor(request), at=now())


@router.post("/sources/{source}/files", response={202: BatchOut}, url_name="hand_in")
@requires("sources.receive")
def hand_in(
    request: HttpRequest,
    source: str,
    file: File[UploadedFile],
    mode: Form[Mode | None] = None,
    rows: Form[int | None] = None,
) -> Batch:
    """Hand a file in; it is collected in the background. `rows` may say how many rows it should have."""
    drafts = settings().home / "tmp"
    drafts.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=drafts) as place:
        path = Path(place) / "upload"
        with path.open("wb") as out:
            out.writelines(file.chunks())
        batch = services.receive_file(
            source=source,
            path=path,
            name=Path(file.name or "upload").name,
            mode=mode,
            declared_rows=rows,
            by=_actor(request),
            at=now(),
        )
    if batch.status is Status.RECEIVED:
        jobs.collect_later(batch.id)
    return batch


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
