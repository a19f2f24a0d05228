"""A handed-in file as a download (下载附件): never shown in the page, never guessed at by the browser."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpRequest

from shuzhi.business.matters.cases.types import CameFile
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.erasing.copies import Opened
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import services
from shuzhi.support.forms.types import HandedIn

KINDS = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def send_file(request: HttpRequest, filling: str, field: str, sha256: str) -> FileResponse:
    """The file for whoever has a right to it: the person, or the form's office."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    found, content = services.open_file(number=filling, field=field, sha256=sha256, by=by, at=now())
    return as_download(found, content)


def as_download(found: HandedIn | CameFile, content: BinaryIO | Opened) -> FileResponse:
    """A file as a download, whatever room keeps it."""
    answer = FileResponse(content, content_type=KINDS.get(found.kind, "application/octet-stream"))
    answer["Content-Length"] = str(found.size)
    named = quote(found.name, safe="")
    answer["Content-Disposition"] = (
        f"attachment; filename=\"{found.sha256[:12]}.{found.kind}\"; filename*=UTF-8''{named}"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-store"
    return answer
