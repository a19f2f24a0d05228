"""Downloading a data set's current rows: what the reader would get and why, for what, then the file."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from shuzhi.data.catalog import queries
from shuzhi.data.catalog.types import Entry
from shuzhi.data.exports import queries as exports
from shuzhi.data.exports import services
from shuzhi.data.exports.types import FORMS, FieldOutlook
from shuzhi.data.opendata.exporting import MEDIA_TYPES
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Mask
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    ErrorSummary,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

MISSING: Any = Said("请填写这一项。", "Fill this in.")
GIVEN = {
    "clear": Chip(Said("原值", "As it is"), Tone.SUCCESS),
    "masked": Chip(Said("脱敏", "Masked"), Tone.WARNING),
    "withheld": Chip(Said("不给出", "Left out")),
}
OUTLOOK = (
    Column("field", Said("字段", "Field")),
    Column("given", Said("给出", "Given"), "chips"),
    Column("mask", Said("方式", "How")),
    Column("rule", Said("规则", "Rule")),
    Column("law", Said("依据", "Basis")),
)
MADE = (
    Column("at", Said("时间", "Time"), "date"),
    Column("receiver", Said("接收人", "Receiver")),
    Column("purpose", Said("用途和依据", "Purpose and basis")),
    Column("form", Said("格式", "Format")),
    Column("rows", Said("行数", "Rows"), "number"),
)
# What is judged for the outlook, before a purpose has been written down.
TO_BE_STATED = "…"


class _Asked(forms.Form):
    purpose = forms.CharField(max_length=300, error_messages={"required": MISSING})
    basis = forms.CharField(max_length=300, error_messages={"required": MISSING})
    form = forms.ChoiceField(choices=[(form, form) for form in FORMS])


@requires("exports.export")
def export(request: HttpRequest, dataset: str) -> HttpResponseBase:
    """The form, and the file that comes of it."""
    entry = queries.entry(dataset)
    policy.require("exports.export", by=actor_of(request), office=entry.owner)
    if request.method != "POST":
        return _page(request, entry, _Asked(initial={"basis": _first_basis(entry), "form": "csv"}))
    asked = _Asked(request.POST)
    if not asked.is_valid():
        return _page(request, entry, asked, errors=ErrorSummary(_fields(asked)), status=422)
    try:
        return _file(request, entry, asked.cleaned_data)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, entry, asked, errors=refusal_above(refusal), status=refusal.http_status)


def _first_basis(entry: Entry) -> str:
    return entry.schema_.basis[0].title if entry.schema_.basis else ""


def _file(request: HttpRequest, entry: Entry, asked: dict[str, str]) -> HttpResponseBase:
    drafts = settings().home / "tmp"
    drafts.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=drafts) as folder:
        made, file = services.export_dataset(
            dataset=entry.id, folder=Path(folder), by=actor_of(request), at=now(), **asked
        )
        # The open file outlives its folder.
        response = FileResponse(file.open("rb"), content_type=MEDIA_TYPES[made.form])
    name = quote(f"{entry.title.zh}.{made.form}", safe="")
    response["Content-Disposition"] = (
        f"attachment; filename=\"{entry.id}.{made.form}\"; filename*=UTF-8''{name}"
    )
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest, entry: Entry, asked: _Asked, *, errors: object = None, status: int = 200
) -> HttpResponse:
    purpose = str(asked["purpose"].value() or "") or TO_BE_STATED
    basis = str(asked["basis"].value() or "") or TO_BE_STATED
    found = services.outlook(dataset=entry.id, purpose=purpose, basis=basis, by=actor_of(request), at=now())
    return page(
        request,
        "staff/catalog/export.html",
        title=Said("下载当前数据", "Download the current rows"),
        lead=said(entry.title),
        trail=(
            Link(Said("数据目录", "Catalog"), reverse("staff:catalog")),
            Link(said(entry.title), reverse("staff:dataset", args=[entry.id])),
        ),
        errors=errors,
        status=status,
        fields=_fields(asked),
        back=reverse("staff:dataset", args=[entry.id]),
        outlook=_outlook(found),
        made=_made(entry),
    )


def _fields(asked: _Asked) -> list[Field]:
    fields = (
        Field(
            name="purpose",
            label=Said("用途", "Purpose"),
            hint=Said(
                "写明办什么事要用；策略限定用途的字段，用途不符就不给出。",
                "Name the matter that needs it; fields kept for certain purposes are left out for others.",
            ),
        ),
        Field(name="basis", label=Said("法律依据", "Legal basis")),
        Field(
            name="form",
            label=Said("格式", "Format"),
            control="select",
            short=True,
            choices=[Choice(form, form.upper()) for form in FORMS],
        ),
    )
    return [field.bound(asked[field.name]) for field in fields]


def _outlook(found: list[FieldOutlook]) -> Table:
    return Table(
        id="outlook",
        tall=False,
        caption=Said("您能得到什么", "What you would get"),
        columns=OUTLOOK,
        rows=[
            Row(
                {
                    "field": Cell(said(each.name), under=each.id),
                    "given": GIVEN[each.given],
                    "mask": titles.MASKS[Mask(each.mask)] if each.mask else None,
                    "rule": said(each.rule),
                    "law": each.law,
                }
            )
            for each in found
        ],
    )


def _made(entry: Entry) -> Table:
    return Table(
        id="exports",
        tall=False,
        caption=Said("导出登记", "Register of exports"),
        columns=MADE,
        rows=[
            Row(
                {
                    "at": each.at,
                    "receiver": Cell(each.receiver_title, under=each.office or ""),
                    "purpose": Cell(each.purpose, under=each.basis),
                    "form": each.form.upper(),
                    "rows": each.rows,
                }
            )
            for each in exports.exports(dataset=entry.id, most=20)
        ],
        empty=Said("还没有导出过。", "Nothing has been exported yet."),
    )
