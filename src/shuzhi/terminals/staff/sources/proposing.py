"""Looking at a file before it is taken, and proposing the catalog entry that it suggests."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from pydantic import ValidationError

from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources.reading import Profile, profile_file
from shuzhi.data.sources.services.proposing import propose_schema
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Column,
    ErrorSummary,
    Fact,
    Field,
    Grade,
    Link,
    Row,
    Said,
    Table,
    Tone,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.answers import NO_ID
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above
from shuzhi.terminals.staff.sources.handing_in import uploaded

COLUMNS = (
    Column("name", Said("列名", "Column")),
    Column("type", Said("类型", "Type")),
    Column("meaning", Said("含义", "Meaning")),
    Column("nulls", Said("空值", "Empty"), "number"),
    Column("distinct", Said("不同值", "Distinct"), "number"),
    Column("personal", Said("个人信息", "Personal data"), "chips"),
    Column("grade", Said("建议分级", "Suggested grade"), "chips"),
)
PROBLEMS = (
    Column("row", Said("行号", "Row"), "number"),
    Column("column", Said("列", "Column")),
    Column("message", Said("问题", "Problem")),
)
FILE = Field(
    name="file",
    label=Said("文件", "File"),
    control="file",
    hint=Said(
        "只探查，不入库；文件看过即删。", "Only looked at, not collected; the file is removed afterwards."
    ),
)
PROBLEMS_SHOWN = 50
LONGEST_ID = 60


@requires("catalog.propose")
def look(request: HttpRequest) -> HttpResponse:
    """Three ways in: the empty form, a file to look at, a proposal to send."""
    if request.method != "POST":
        return _page(request)
    if "declaration" in request.POST:
        return _propose(request)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        missing = ErrorSummary(others=(Said("请选择要探查的文件。", "Choose the file to look at."),))
        return _page(request, errors=missing, status=422)
    try:
        with uploaded(upload) as path:
            profile = profile_file(path)
    except (PlatformError, OSError, MemoryError) as error:
        return _page(request, errors=_unreadable(error), status=422)
    return _found(request, profile, name=upload.name or "")


def _unreadable(error: Exception) -> ErrorSummary:
    if isinstance(error, PlatformError):
        return refusal_above(error)
    return ErrorSummary(others=(Said("文件太大或读不出来。", "The file is too large or cannot be read."),))


def _page(request: HttpRequest, *, errors: object = None, status: int = 200, **parts: Any) -> HttpResponse:
    return page(
        request,
        "staff/sources/propose.html",
        title=Said("探查文件", "Look at a file"),
        lead=Said(
            "看清编码、表头、类型和问题，再据此提出编目建议，由大数据局审核发布。",
            "See its encoding, header, types and problems, then propose a catalog entry from it; the bureau reviews and publishes.",
        ),
        trail=(Link(Said("数据归集", "Sources"), reverse("staff:sources")),),
        errors=errors,
        status=status,
        file_field=FILE,
        **parts,
    )


def _found(request: HttpRequest, profile: Profile, *, name: str) -> HttpResponse:
    office = actor_of(request).office or ""
    try:
        declared = propose_schema(profile, dataset="proposed", title=Words(zh=name, en=name), office=office)
    except PlatformError as refusal:
        return _page(request, errors=refusal_above(refusal), status=422)
    return _page(
        request,
        facts=_facts(profile, name),
        columns=_columns(profile, declared),
        problems=_problems(profile),
        declaration=declared.model_dump_json(),
        questions=_questions({"dataset": _suggested_id(name)}),
    )


def _suggested_id(name: str) -> str:
    """An id from the file's name where that is written in Latin letters."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-")[:LONGEST_ID].strip("-")
    return stem if stem[:1].isalpha() else ""


def _facts(profile: Profile, name: str) -> list[Fact]:
    keys = "、".join(" + ".join(key) for key in profile.candidate_keys[:3])
    return [
        Fact(Said("文件", "File"), name),
        Fact(Said("格式", "Format"), profile.format.upper()),
        Fact(Said("编码", "Encoding"), (profile.encoding or "").upper()),
        Fact(Said("表头", "Header"), _header(profile)),
        Fact(Said("行数", "Rows"), profile.rows),
        Fact(Said("读不好的行", "Broken rows"), profile.broken_rows),
        Fact(Said("完全重复的行", "Exact duplicates"), profile.duplicate_rows),
        Fact(Said("可作主键", "Candidate keys"), keys),
    ]


def _header(profile: Profile) -> Said:
    row = profile.header_row
    return Said(f"第 {row} 行", f"row {row}") if row else Said("没有表头", "none")


def _columns(profile: Profile, declared: DataSetDeclaration) -> Table:
    suggested = {field.name.zh: field for field in declared.fields}
    rows = []
    for column in profile.columns:
        field = suggested.get(column.name)
        rows.append(
            Row(
                {
                    "name": Cell(column.name, under=field.id if field else ""),
                    "type": titles.type_of(column.type),
                    "meaning": titles.meaning(column.semantic),
                    "nulls": column.nulls,
                    "distinct": column.distinct,
                    "personal": Chip(Said("是", "Yes"), Tone.WARNING) if column.personal_data else None,
                    "grade": Grade(int(field.grade[1])) if field else None,
                }
            )
        )
    return Table(id="columns", tall=False, caption=Said("各列", "Columns"), columns=COLUMNS, rows=rows)


def _problems(profile: Profile) -> Table | None:
    if not profile.problems:
        return None
    rows = []
    for problem in profile.problems[:PROBLEMS_SHOWN]:
        told = problem.as_dict()
        words = Said(str(told.get("message_zh") or told["message"]), str(told["message"]))
        rows.append(Row({"row": told.get("row"), "column": told.get("column"), "message": words}))
    total, shown = sum(profile.problem_counts.values()), len(rows)
    caption = Said("问题", "Problems")
    if shown < total:
        caption = Said(
            f"问题（{total:,d} 个，列出前 {shown} 个）", f"Problems ({total:,d}, the first {shown} listed)"
        )
    return Table(id="problems", caption=caption, columns=PROBLEMS, rows=rows)


def _questions(given: dict[str, str]) -> list[Field]:
    return [
        Field(
            name="dataset",
            label=Said("数据集编号", "Data set id"),
            hint=Said(
                "小写字母、数字和连字符，例如 firms-registration。",
                "Lower-case letters, digits, hyphens, such as firms-registration.",
            ),
            value=given.get("dataset", ""),
        ),
        Field(name="title_zh", label=Said("中文名称", "Chinese title"), value=given.get("title_zh", "")),
        Field(
            name="title_en",
            label=Said("英文名称", "English title"),
            required=False,
            value=given.get("title_en", ""),
        ),
    ]


def _propose(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() for name in ("dataset", "title_zh", "title_en")}
    if not given["title_zh"]:
        return _again(request, given, {"title_zh"})
    try:
        draft = DataSetDeclaration.model_validate_json(request.POST["declaration"])
        declared = DataSetDeclaration.model_validate(
            draft.model_dump(mode="json")
            | {
                "dataset": given["dataset"],
                "title": {"zh": given["title_zh"], "en": given["title_en"] or given["title_zh"]},
            }
        )
    except ValidationError as error:
        return _again(request, given, {str(each["loc"][0]) for each in error.errors()})
    try:
        catalog_services.propose_entry(declaration=declared, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, errors=refusal_above(refusal), status=refusal.http_status)
    return HttpResponseRedirect(reverse("staff:dataset", args=[declared.dataset]))


def _again(request: HttpRequest, given: dict[str, str], wrong: set[str]) -> HttpResponse:
    """The questions once more, with what is wrong beside each."""
    said = {
        "dataset": NO_ID,
        "title_zh": Said("请填写中文名称。", "Give a Chinese title."),
    }
    fields = [
        Field(
            name=f.name,
            label=f.label,
            hint=f.hint,
            value=f.value,
            required=f.required,
            error=said[f.name] if f.name in wrong and f.name in said else "",
        )
        for f in _questions(given)
    ]
    return _page(
        request,
        errors=ErrorSummary(fields),
        questions=fields,
        declaration=request.POST.get("declaration", ""),
        status=422,
    )
