"""Scorecards by data set, and by office in six dimensions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.quality import queries
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Link, Row, Said, Table
from shuzhi.terminals.staff.ordering import ordered
from shuzhi.terminals.staff.quality.scores import cells_of, score_cells, score_columns
from shuzhi.terminals.staff.shell import Titles, asked_for, name_of, page, said, turn

OFFICES = (
    Column("office", Said("部门", "Office")),
    Column("datasets", Said("数据集", "Data sets"), "number"),
)
ROWS = 20


@requires("quality.read")
def scorecards(request: HttpRequest) -> HttpResponse:
    """Every checked data set and every office."""
    offices = organization.office_titles()
    return page(
        request,
        "staff/quality/list.html",
        title=Said("数据质量", "Quality"),
        lead=Said(
            "按 GB/T 36344 的六个维度检查每一批数据；满分 100 表示没有一行不合规则。",
            "Every batch is checked in the six dimensions of GB/T 36344; 100 means that not one row breaks a rule.",
        ),
        doors=[Link(Said("问题清单", "Issues"), reverse("staff:issues"))],
        table=_by_dataset(request, offices),
        by_office=_by_office(offices),
    )


def _by_dataset(request: HttpRequest, offices: Titles) -> Table:
    asked = asked_for(request, "sort")
    keys = {
        "dataset": lambda card: card.title.zh,
        "rows": lambda card: card.rows,
        "score": lambda card: -1 if card.score is None else card.score,
        "issues": lambda card: card.open_issues,
    }
    in_order = ordered(queries.scorecards(), keys, asked.get("sort", ""))
    pages = turn(request, len(in_order), ROWS)
    return Table(
        id="scorecards",
        caption=Said("按数据集", "By data set"),
        columns=(
            Column("dataset", Said("数据集", "Data set"), sortable=True),
            Column("rows", Said("行数", "Rows"), "number", sortable=True),
            *score_columns(sortable=True),
        ),
        rows=[
            Row(
                {
                    "dataset": Cell(said(card.title), under=name_of(offices, card.office)),
                    "rows": card.rows,
                    **score_cells(card),
                },
                url=reverse("staff:dataset_quality", args=[card.dataset]),
            )
            for card in in_order[pages.first_row - 1 : pages.last_row]
        ],
        query=asked,
        pages=pages,
        empty=Said(
            "第一个批次归集后自动检查，结果列在这里。",
            "The first batch is checked when it is collected; its scores appear here.",
        ),
    )


def _by_office(offices: Titles) -> Table:
    return Table(
        id="offices",
        tall=False,
        caption=Said("按部门", "By office"),
        columns=(*OFFICES, *score_columns()[:-1]),
        rows=[
            Row(
                {
                    "office": name_of(offices, each.office),
                    "datasets": each.datasets,
                    "issues": each.open_issues,
                    **cells_of(each.score, each.scores),
                },
                url=reverse("staff:issues") + f"?office={each.office}",
            )
            for each in queries.office_scores()
        ],
        empty=Said("还没有检查结果。", "Nothing has been checked yet."),
    )
