"""`datastore_search`: rows of an open table by CKAN's parameters."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata import answering, ranking
from shuzhi.data.opendata.ckan.errors import Invalid
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.ckan.shapes import TYPES
from shuzhi.data.opendata.conditions import typed
from shuzhi.data.opendata.errors import CannotSort, NoSuchColumn
from shuzhi.data.opendata.types import ROW, Column, Release, RowAnswer, RowQuestion

_SORT = re.compile(r'(?i)^(?:"([^"]+)"|([^\s"]+))(?:\s+(asc|desc))?(?:\s+nulls\s+(first|last))?$')
FORMATS = ("objects", "lists", "csv", "tsv")


def datastore_search(release: Release, parameters: Parameters) -> dict[str, Any]:
    """Rows with filters, full text, sort, distinct, paging and exact totals."""
    question = _question(parameters)
    records_format = parameters.text("records_format", "objects")
    if records_format not in FORMATS:
        raise Invalid(
            field="records_format",
            reason=f"One of {', '.join(FORMATS)}",
            reason_zh=f"应为 {'、'.join(FORMATS)} 之一",
        )
    _require_columns(release, question)
    _require_values(release, parameters.mapping("filters"))
    try:
        answer = answering.answer(release, question)
    except (NoSuchColumn, CannotSort) as error:
        raise Invalid(field="sort", reason=str(error), reason_zh=error.message_zh) from error
    ranks = ranking.columns(release, question)
    fields = [_rank(column) if column.id in ranks else _field(column) for column in answer.columns]
    total = {"total": answer.total, "total_was_estimated": False}
    counted = parameters.flag("include_total", default=True)
    return {
        "resource_id": parameters.required("resource_id", "id"),
        "fields": fields,
        "records": _records(answer, [field["id"] for field in fields], records_format),
        "records_format": records_format,
        **(total if counted else {}),
        "include_total": counted,
        "limit": question.limit,
        "offset": question.offset,
        "filters": parameters.mapping("filters"),
        "_links": _links(parameters, question),
    }


def datastore_info(release: Release, resource: str) -> dict[str, Any]:
    """The columns and the number of rows of an open table."""
    fields = [
        {**_field(column), "schema": {"native_type": TYPES[column.type], "notnull": False}}
        for column in release.columns
    ]
    return {
        "meta": {"id": resource, "count": release.rows, "table_type": "BASE TABLE", "aliases": []},
        "fields": fields,
        "schema": {field["id"]: field["type"] for field in fields},
    }


def _field(column: Column) -> dict[str, Any]:
    if column == ROW:
        return {"id": column.id, "type": "int"}
    info = {"label": column.name.zh, "label_en": column.name.en, "notes": ""}
    return {"id": column.id, "type": TYPES[column.type], "info": info}


def _rank(column: Column) -> dict[str, Any]:
    return {"id": column.id, "type": "float"}


def _require_columns(release: Release, question: RowQuestion) -> None:
    """Every field that is named must be there; CKAN says so under the parameter that names it."""
    known = {ROW.id, *(column.id for column in release.columns)}
    searched = replace(question, words={name: "" for name in question.words if name in known})
    shown = known | set(ranking.columns(release, searched))
    named = {
        "filters": question.filters,
        "fields": question.fields,
        "sort": [name for name, _ in question.sort],
        "q": question.words,
    }
    for parameter, names in named.items():
        for name in names:
            if name not in (shown if parameter in {"fields", "sort"} else known):
                raise Invalid(
                    field=parameter,
                    reason=f'invalid value "{name}"',
                    reason_zh=f"没有字段 {name}，可用：{'、'.join(sorted(known))}",
                )


def _require_values(release: Release, filters: Mapping[str, Any]) -> None:
    """A filter's value must be of its field's type: a number is no text, as CKAN's database says too."""
    types = {column.id: column.type for column in (ROW, *release.columns)}
    for name, wanted in filters.items():
        for value in wanted if isinstance(wanted, list) else [wanted]:
            if value is not None and not _fits(types[name], value):
                shown = json.dumps(value, ensure_ascii=False)[:80]
                raise Invalid(
                    field="filters",
                    reason=f'Field "{name}" holds {TYPES[types[name]]}; {shown} is none',
                    reason_zh=f"字段 {name} 的类型为 {TYPES[types[name]]}，{shown} 不是该类型的值",
                )


def _fits(kind: FieldType, value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return False
    if TYPES[kind] == "text":
        return isinstance(value, str)
    return typed(kind, _filter_text(value)) is not None


def _question(parameters: Parameters) -> RowQuestion:
    words: str | dict[str, str] = parameters.words("q")
    either: tuple[str, ...] = ()
    if not parameters.flag("plain", default=True):
        words, either = _advanced(words)
    sorts = [_sort(part) for part in ",".join(parameters.strings("sort")).split(",") if part.strip()]
    return RowQuestion(
        ranked=True,
        q=" ".join(filter(None, (words if isinstance(words, str) else "", parameters.text("full_text")))),
        words={} if isinstance(words, str) else words,
        either=either,
        filters=row_filters(parameters.mapping("filters")),
        fields=parameters.strings("fields"),
        sort=tuple((name, falling) for name, falling, _ in sorts),
        nulls_first=frozenset(name for name, _, first in sorts if first),
        limit=parameters.number("limit", 100, most=answering.MOST_ROWS),
        offset=parameters.number("offset", 0, most=10**12),
        distinct=parameters.flag("distinct", default=False),
    )


def _advanced(words: str | dict[str, str]) -> tuple[str | dict[str, str], tuple[str, ...]]:
    """With `plain` off a text holds PostgreSQL's signs: `|` between alternatives, `&` between words, `:*` after a beginning.

    Raises:
        Invalid: it holds others, or alternatives for one field.
    """
    texts = words.values() if isinstance(words, dict) else [words]
    unknown = "!<>()\\" + ("|" if isinstance(words, dict) else "")
    if any(sign in text for text in texts for sign in unknown):
        raise Invalid(field="q", reason=f"Not understood: {unknown}", reason_zh=f"不支持这些符号：{unknown}")
    if isinstance(words, dict):
        return {name: _without_signs(text) for name, text in words.items()}, ()
    parts = tuple(filter(None, (_without_signs(part).strip() for part in words.split("|"))))
    return ("", parts) if len(parts) > 1 else (" ".join(parts), ())


def _without_signs(text: str) -> str:
    return text.replace(":*", " ").replace("&", " ").replace("'", " ")


def row_filters(asked: Mapping[str, Any]) -> dict[str, tuple[str | None, ...]]:
    """Filters as JSON gives them: a value or a list of values by field."""
    return {
        name: tuple(_filter_text(item) for item in (wanted if isinstance(wanted, list) else [wanted]))
        for name, wanted in asked.items()
    }


def _filter_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _sort(part: str) -> tuple[str, bool, bool]:
    """A column, whether it falls, and whether the rows without a value come first."""
    said = _SORT.match(part.strip())
    if said is None:
        raise Invalid(field="sort", reason=f"Cannot sort {part}", reason_zh=f"排序写法有误：{part}")
    name, direction, nulls = said[1] or said[2], said[3] or "", said[4] or ""
    return name, direction.lower() == "desc", nulls.lower() == "first"


def _records(answer: RowAnswer, names: list[str], records_format: str) -> Any:
    if records_format == "objects":
        return answer.rows
    rows = [[row[name] for name in names] for row in answer.rows]
    if records_format == "lists":
        return rows
    out = io.StringIO()
    csv.writer(out, delimiter="," if records_format == "csv" else "\t", lineterminator="\n").writerows(rows)
    return out.getvalue()


def _links(parameters: Parameters, question: RowQuestion) -> dict[str, str]:
    """Addresses of pages, without the server's name: clients put it before them."""
    given = {
        name: value if isinstance(value, (str, int)) else json.dumps(value, ensure_ascii=False)
        for name, value in parameters.values.items()
        if name != "offset"
    }
    start = f"/api/3/action/datastore_search?{urlencode(given)}"
    before = question.offset - question.limit
    links = {"start": start, "next": f"{start}&offset={question.offset + question.limit}"}
    return links | ({"prev": f"{start}&offset={max(before, 0)}"} if question.offset else {})
