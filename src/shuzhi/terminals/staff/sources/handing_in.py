"""Handing a file in: it is kept, its batch stands at once; a small one is collected while the person waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.sources import jobs, queries, services
from shuzhi.data.sources.services.collecting import PASSING
from shuzhi.data.sources.types import Batch, Mode, Status
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import ErrorSummary, Said
from shuzhi.terminals.staff.shell import actor_of, refusal_above
from shuzhi.terminals.staff.sources.views import source_page

SMALL = 2 * 1024 * 1024
"""Bytes up to which a file is collected at once; a larger one goes to the worker."""


@requires("sources.receive")
@require_POST
def hand_in(request: HttpRequest, source: str) -> HttpResponse:
    """Take the file; go to its batch, or say above the form why it was refused."""
    found = queries.source(source)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        missing = ErrorSummary(others=(Said("请选择要提交的文件。", "Choose the file to hand in."),))
        return source_page(request, found, errors=missing, status=422)
    try:
        batch = _receive(request, source, upload)
        batch = _collect(batch, size=upload.size or 0, by=actor_of(request))
    except Forbidden:
        raise
    except PlatformError as refusal:
        return source_page(request, found, errors=refusal_above(refusal), status=refusal.http_status)
    return HttpResponseRedirect(reverse("staff:batch", args=[batch.id]))


@contextmanager
def uploaded(upload: UploadedFile[Any]) -> Iterator[Path]:
    """The uploaded file on disk under the sender's name without its folders, gone afterwards."""
    drafts = settings().home / "tmp"
    drafts.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=drafts) as place:
        path = Path(place) / (Path(upload.name or "upload").name[-120:] or "upload")
        with path.open("wb") as out:
            out.writelines(upload.chunks())
        yield path


def _receive(request: HttpRequest, source: str, upload: UploadedFile[Any]) -> Batch:
    mode, rows = request.POST.get("mode", ""), request.POST.get("rows", "")
    with uploaded(upload) as path:
        return services.receive_file(
            source=source,
            path=path,
            mode=Mode(mode) if mode in set(Mode) else None,
            declared_rows=int(rows) if rows.isascii() and rows.isdecimal() else None,
            by=actor_of(request),
            at=now(),
        )


def _collect(batch: Batch, *, size: int, by: Actor) -> Batch:
    if batch.status is not Status.RECEIVED:
        return batch
    if size <= SMALL:
        try:
            return services.collect_batch(batch=batch.id, by=by, at=now())
        except PASSING:
            pass  # something else is being collected: the worker takes its turn
    jobs.collect_later(batch.id)
    return batch
