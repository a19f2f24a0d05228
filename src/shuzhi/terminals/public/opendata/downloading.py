"""Files of a release, streamed from the file store."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.types import OpenFile, Release
from shuzhi.foundation import clock
from shuzhi.foundation.files import file_store
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.public.opendata.dataset import public_entry


@open_to_public("files of open data sets are for everyone")
@require_safe
def download(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """One file of the current release; asked again with its ETag it is not sent twice."""
    entry = public_entry(name)
    release = queries.releases_of([entry]).get(name)
    if release is None:
        raise NotOpen(dataset=name)
    file = release.file(form)
    if file.sha256 in request.headers.get("If-None-Match", ""):
        return _described(HttpResponse(status=304), release, file, entry.title.zh)
    if request.method == "HEAD":
        body: HttpResponseBase = HttpResponse(content_type=_content_type(file))
        body["Content-Length"] = str(file.size)
        return _described(body, release, file, entry.title.zh)
    services.count_download(dataset=name, format=form, at=clock.now())
    body = FileResponse(file_store().open(file.sha256), content_type=_content_type(file))
    body["Content-Length"] = str(file.size)
    return _described(body, release, file, entry.title.zh)


def _described(response: HttpResponseBase, release: Release, file: OpenFile, title: str) -> HttpResponseBase:
    plain = f"{release.dataset}.{file.format}"
    named = quote(f"{title}.{file.format}", safe="")
    response["ETag"] = f'"{file.sha256}"'
    response["Cache-Control"] = "public, no-cache"
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{named}"
    response["Last-Modified"] = f"{release.released_at:%a, %d %b %Y %H:%M:%S} GMT"
    response["Access-Control-Allow-Origin"] = "*"
    if file.format == "csv":
        response["Link"] = '<csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    return response


def _content_type(file: OpenFile) -> str:
    return f"{file.media_type}; charset=utf-8" if file.format in {"csv", "json"} else file.media_type
