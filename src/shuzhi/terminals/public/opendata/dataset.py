"""A data set's page: what it is, its rows, its files, its fields, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.catalog.types import Access, Entry, FieldType, Status
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.opendata.licences import Licence, licence
from shuzhi.data.opendata.preparing import needs_mask
from shuzhi.data.opendata.requests import voices
from shuzhi.data.opendata.types import OpenFile, Release, resource_id
from shuzhi.data.quality import queries as quality
from shuzhi.data.quality.errors import NotCheckedYet
from shuzhi.data.quality.types import Scorecard
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC
from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types import Column, Crumbs, Link, Row, Said, Table
from shuzhi.terminals.design.types.said import Words, is_chinese
from shuzhi.terminals.public.opendata import machine, previewing, wording

# A field as its row says it: id, name in Chinese and English, type, standard, whether masked, whether always there.
Told = tuple[str, str, str, FieldType, str | None, bool, bool]


@dataclass(frozen=True)
class Download:
    """A file that can be had."""

    file: OpenFile
    url: str
    size: Words
    says: Words
    resource: str


@open_to_public("a published, openable data set's page is for everyone; rows come from its open table only")
def dataset(request: HttpRequest, name: str) -> HttpResponse:
    """One data set of the open catalog."""
    entry = public_entry(name)
    release = opendata.releases_of([entry]).get(name)
    owner: Words = opendata.publisher_of(entry) or entry.owner
    publisher: Words = entry.publisher or owner
    base = request.build_absolute_uri("/").rstrip("/")
    terms = licence(release.licence if release else entry.schema_.licence)
    context = {
        "place_now": "data",
        "crumbs": Crumbs((Link(Said("首页", "Home"), "/"), Link(Said("开放数据", "Open data"), "/data/"))),
        "entry": entry,
        "release": release,
        "only_chinese": wording.only_chinese(entry),
        "publisher": publisher,
        "owner_title": owner,
        "theme": theme_title(entry.theme),
        "state": wording.state(entry.opening, released=release is not None, foreign=entry.node is not None),
        "opening": wording.OPENINGS[entry.opening],
        "conditional": entry.opening is Access.CONDITIONAL,
        "update": wording.UPDATES[entry.update],
        "terms": terms,
        "fields": _fields(entry, release, elder=preferences.is_elder(request)),
        "score": (score := _score(entry)),
        "score_of_100": score.score * 100 if score and score.score is not None else None,
        "base": base,
        "json_ld": machine.json_ld(entry, release, publisher, terms, base=base),
        "cite": _citation(entry, release, publisher, terms, base=base),
    }
    context |= _of_people(request, entry)
    if release is not None:
        context |= _of_release(request, release)
    return render(request, "public/dataset.html", context)


def _of_people(request: HttpRequest, entry: Entry) -> dict[str, object]:
    """What people said and made of it, and whether whoever looks follows it."""
    by = request.actor  # type: ignore[attr-defined]
    return {
        "answers": voices.answers(entry.id),
        "uses": voices.use_cases(entry.id, most=5),
        "follows": by != PUBLIC and entry.id in voices.followed(by),
    }


def public_entry(name: str) -> Entry:
    """The entry if the public may know of it; of any other the public is told that it is not there."""
    try:
        entry = catalog.entry(name)
    except NoSuchDataSet as error:
        raise Http404 from error
    if entry.status is not Status.PUBLISHED or entry.opening is Access.NONE:
        raise Http404
    return entry


def _of_release(request: HttpRequest, release: Release) -> dict[str, object]:
    return {
        "files": [_download(release, file) for file in release.files],
        "preview": previewing.preview(request, release),
        "history": [each for each in opendata.history(release.dataset) if each.number != release.number][:5],
        "downloads": opendata.downloads(release.dataset),
        "first_column": release.columns[0].id,
        "resource": resource_id(release.dataset, "csv"),
    }


def _download(release: Release, file: OpenFile) -> Download:
    return Download(
        file=file,
        url=f"/data/{release.dataset}/download/{file.format}",
        size=wording.size(file.size),
        says=wording.FORMATS[file.format],
        resource=resource_id(release.dataset, file.format),
    )


def _fields(entry: Entry, release: Release | None, *, elder: bool) -> SafeString | None:
    """The fields that are open, or that will be when the data set is, as drawn.

    Drawing them is a third of the page's work. What is kept is kept under all that it shows: it can be neither stale nor
    somebody else's.
    """
    shown = [field for field in entry.schema_.fields if field.open]
    if release is not None:
        out = {column.id for column in release.columns}
        shown = [field for field in shown if field.id in out]
    if not shown:
        return None
    told = tuple(
        (
            field.id,
            field.name.zh,
            field.name.en,
            field.type,
            field.standard,
            needs_mask(field),
            field.required,
        )
        for field in shown
    )
    return _drawn(told, "zh" if is_chinese() else "en", elder)


@lru_cache(maxsize=2_000)
def _drawn(told: tuple[Told, ...], lang: str, elder: bool) -> SafeString:  # noqa: FBT001 - a key
    columns = [
        Column("name", Said("字段", "Field")),
        Column("type", Said("类型", "Type")),
        Column("note", Said("说明", "Notes")),
        Column("id", Said("接口名", "Name in the API"), kind="code"),
    ]
    rows = [
        Row(
            cells={
                "name": Said(zh, en),
                "type": wording.TYPES[kind],
                "note": _note(standard, masked=masked, required=required),
                "id": name,
            }
        )
        for name, zh, en, kind, standard, masked, required in told
    ]
    table = Table(id="fields", caption=Said("字段", "Fields"), columns=columns, rows=rows, tall=False)
    return render_to_string(table.template, {"part": table, "lang": lang, "elder": elder})


def _note(standard: str | None, *, masked: bool, required: bool) -> Said:
    zh, en = [], []
    if required:
        zh.append("必有")
        en.append("always present")
    if masked:
        zh.append("已脱敏")
        en.append("masked")
    if standard:
        zh.append(f"按标准校验（{standard}）")
        en.append(f"checked by standard ({standard})")
    return Said("，".join(zh), ", ".join(en).capitalize())


def _score(entry: Entry) -> Scorecard | None:
    if entry.node is not None:
        return None
    try:
        return quality.scorecard(entry.id)
    except NotCheckedYet:
        return None


def _citation(entry: Entry, release: Release | None, publisher: Words, terms: Licence, *, base: str) -> Said:
    number = f"，第 {release.number} 版，{release.released_at:%Y-%m-%d}" if release else ""
    edition = f", release {release.number}, {release.released_at:%Y-%m-%d}" if release else ""
    zh = publisher if isinstance(publisher, str) else getattr(publisher, "zh", "")
    en = publisher if isinstance(publisher, str) else getattr(publisher, "en", "")
    url = f"{base}/data/{entry.id}/"
    return Said(
        f"{zh}：{entry.title.zh}{number}。{terms.title.zh}。{url}",
        f"{en}. {entry.title.said('en')}{edition}. {terms.title.en}. {url}",
    )
