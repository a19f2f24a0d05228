"""The first rows of an open data set on its page: searched, sorted, turned, a few columns at a time."""

from __future__ import annotations

from django.http import HttpRequest

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata import answering
from shuzhi.data.opendata.types import Column as OpenColumn
from shuzhi.data.opendata.types import Release, RowQuestion
from shuzhi.terminals.design.types import Column, Field, Pages, Row, Said, Table
from shuzhi.terminals.design.types.tables import Kind
from shuzhi.terminals.public import asking

SIZE = 10
FIRST_COLUMNS = 6
MOST_CELL = 60
KINDS: dict[FieldType, Kind] = {
    FieldType.INTEGER: "number",
    FieldType.DECIMAL: "number",
    FieldType.DATE: "date",
    FieldType.DATETIME: "date",
}


def preview(request: HttpRequest, release: Release) -> Table:
    """A table of rows that fit what the address asks for; two statements."""
    columns = {column.id: column for column in release.columns}
    chosen = _chosen(request, list(columns))
    q, page = asking.text(request, "q"), asking.page(request)
    sort = asking.one_of(request, "sort", [*columns, *(f"-{name}" for name in columns)], "")
    answer = answering.answer(
        release,
        RowQuestion(
            q=q,
            fields=tuple(chosen),
            sort=((sort.removeprefix("-"), sort.startswith("-")),) if sort else (),
            limit=SIZE,
            offset=(page - 1) * SIZE,
        ),
    )
    return Table(
        id="preview",
        caption=Said("看数据", "Look at the data"),
        columns=[_column(column) for column in columns.values()],
        rows=[Row(cells={name: _short(value) for name, value in row.items()}) for row in answer.rows],
        query={"q": q, "sort": sort, "columns": ",".join(chosen) if "columns" in request.GET else ""},
        pages=Pages(page, SIZE, answer.total),
        filters=[
            Field(
                name="q",
                label=Said("在数据中查找", "Find in the data"),
                control="search",
                value=q,
                in_filter=True,
            )
        ],
        chosen=chosen,
        can_choose=len(columns) > FIRST_COLUMNS,
        empty=Said("没有符合条件的行。换个词试试。", "No rows fit. Try another word."),
        tall=False,
    )


def _chosen(request: HttpRequest, names: list[str]) -> list[str]:
    asked = {name for given in request.GET.getlist("columns") for name in given.split(",")}
    return [name for name in names if name in asked] or names[:FIRST_COLUMNS]


def _column(column: OpenColumn) -> Column:
    return Column(
        column.id,
        Said(column.name.zh, column.name.en),
        kind=KINDS.get(column.type, "text"),
        sortable=column.type is not FieldType.GEOMETRY,
    )


def _short(value: object) -> object:
    """Long cells are cut in the preview; numbers stand as they are, for a year takes no comma."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and len(value) > MOST_CELL:
        return value[:MOST_CELL].rstrip() + "…"
    return value
