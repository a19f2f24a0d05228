"""Proposing another version of an entry: its words, its classes, and each field's name, grade and opening."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from pydantic import ValidationError

from shuzhi.data.catalog import queries, services
from shuzhi.data.catalog.types import Access, DataSetDeclaration, Entry, FieldDeclaration, Status, Update
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Grade, Mask
from shuzhi.terminals.design.types import Choice, ErrorSummary, Field, Link, Said, say
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import actor_of, page, said


@requires("catalog.propose")
def edit(request: HttpRequest, dataset: str) -> HttpResponse:
    """The form, and the proposal that comes of it."""
    entry = queries.entry(dataset)
    policy.require("catalog.propose", by=actor_of(request), office=entry.owner)
    if request.method != "POST":
        return _page(request, entry, entry.schema_)
    try:
        declared = DataSetDeclaration.model_validate(_changed(entry.schema_, request))
    except ValidationError as error:
        return _page(request, entry, entry.schema_, errors=_errors(error), status=422)
    proposed = services.propose_entry(declaration=declared, by=actor_of(request), at=now(), node=entry.node)
    messages.success(request, say(_done(entry, proposed)))
    return HttpResponseRedirect(reverse("staff:dataset", args=[dataset]))


def _done(before: Entry, after: Entry) -> Said:
    if after.version == before.version:
        return Said("没有改动。", "Nothing was changed.")
    if after.status is Status.PUBLISHED:
        return Said(
            f"已保存为第 {after.version} 版；只改了文字，继续有效。",
            f"Saved as version {after.version}; only words changed, so it stays published.",
        )
    return Said(
        f"已提出第 {after.version} 版，等大数据局发布。",
        f"Version {after.version} is proposed and waits for the bureau.",
    )


def _changed(declared: DataSetDeclaration, request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    raw = declared.model_dump(mode="json")
    raw["title"] = {"zh": given.get("title_zh", "").strip(), "en": given.get("title_en", "").strip()}
    summary = {"zh": given.get("summary_zh", "").strip(), "en": given.get("summary_en", "").strip()}
    raw["summary"] = summary if any(summary.values()) else None
    raw |= {name: given.get(name, raw[name]) for name in ("sharing", "opening", "update")}
    for field in raw["fields"]:
        prefix = f"field-{field['id']}-"
        field["name"] = {
            "zh": given.get(prefix + "zh", field["name"]["zh"]),
            "en": given.get(prefix + "en", field["name"]["en"]),
        }
        field["grade"] = given.get(prefix + "grade", field["grade"])
        field["mask"] = given.get(prefix + "mask", field["mask"])
        field["open"] = given.get(prefix + "open") == "on"
    return raw


def _errors(error: ValidationError) -> ErrorSummary:
    where = "、".join(".".join(str(part) for part in each["loc"]) for each in error.errors())
    return ErrorSummary(others=(Said(f"有几处填得不对：{where}", f"Some values do not fit: {where}"),))


def _page(
    request: HttpRequest,
    entry: Entry,
    declared: DataSetDeclaration,
    *,
    errors: object = None,
    status: int = 200,
) -> HttpResponse:
    return page(
        request,
        "staff/catalog/edit.html",
        title=Said("修改编目", "Edit the entry"),
        lead=Said(
            "只改文字的，保存后继续有效；改了分级、共享、开放的，要由大数据局重新发布。",
            "Changed words keep the entry published; a changed class or grade waits for the bureau to publish it again.",
        ),
        trail=(
            Link(Said("数据目录", "Catalog"), reverse("staff:catalog")),
            Link(said(entry.title), reverse("staff:dataset", args=[entry.id])),
        ),
        questions=_questions(declared),
        fields=[_row(field) for field in declared.fields],
        grades=list(Grade),
        masks=[(mask.value, titles.MASKS[mask]) for mask in Mask],
        back=reverse("staff:dataset", args=[entry.id]),
        errors=errors,
        status=status,
    )


def _row(field: FieldDeclaration) -> dict[str, object]:
    return {
        "id": field.id,
        "name": field.name,
        "grade": field.grade,
        "mask": field.mask.value,
        "open": field.open,
    }


def _questions(declared: DataSetDeclaration) -> list[Field]:
    summary = declared.summary
    return [
        Field(name="title_zh", label=Said("中文名称", "Chinese title"), value=declared.title.zh),
        Field(name="title_en", label=Said("英文名称", "English title"), value=declared.title.en),
        Field(name="summary_zh", label=Said("中文简介", "Chinese summary"), control="textarea", required=False, value=summary.zh if summary else ""),
        Field(name="summary_en", label=Said("英文简介", "English summary"), control="textarea", required=False, value=summary.en if summary else ""),
        Field(name="sharing", label=Said("共享属性", "Sharing"), control="select", short=True, value=declared.sharing.value, choices=[Choice(a.value, titles.SHARING[a]) for a in Access]),
        Field(name="opening", label=Said("开放属性", "Opening"), control="select", short=True, value=declared.opening.value, choices=[Choice(a.value, titles.OPENING[a]) for a in Access]),
        Field(name="update", label=Said("更新周期", "Updated"), control="select", short=True, value=declared.update.value, choices=[Choice(u.value, titles.UPDATES[u]) for u in Update]),
    ]  # fmt: skip
