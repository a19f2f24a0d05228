"""All reviews, the open ones first; each goes on in its dossier."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.classification import queries
from shuzhi.business.classification.types import Review
from shuzhi.data.catalog import queries as catalog
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Column, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import Titles, name_of, page, said, turn

COLUMNS = (
    Column("dataset", Said("数据集", "Data set")),
    Column("field", Said("字段", "Field"), "code"),
    Column("said", Said("发现", "What was found")),
    Column("found", Said("日期", "Day"), "date"),
    Column("state", Said("复核", "Review"), "chips"),
)
OUTCOMES = {
    "raised": Chip(Said("已提高定级", "Raised"), Tone.SUCCESS),
    "kept": Chip(Said("维持原级", "Kept"), Tone.NEUTRAL),
}
OPEN = Chip(Said("待复核", "To be reviewed"), Tone.WARNING)


@requires("classification.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Reviews by page."""
    pages = turn(request, queries.count_reviews(), queries.PAGE)
    found = queries.reviews(page=pages.number)
    titles = catalog.titles({each.dataset for each in found})
    return page(
        request,
        "staff/classification.html",
        title=Said("分级复核", "Review of grading"),
        lead=Said(
            "数据归集后，系统逐列识别内容。含身份证号、电话、住址、健康信息而定级或脱敏不够的字段，由所属部门复核；这里只列数量，不列数据。",
            "After collection every column is looked into. Fields that hold identity numbers, telephones, addresses or facts of health and are graded too low are reviewed by their office. Counts are shown, never values.",
        ),
        table=Table(
            id="reviews",
            caption=Said("复核事项", "Reviews"),
            columns=COLUMNS,
            rows=[_row(each, titles) for each in found],
            pages=pages,
            empty=Said("没有定级不够的字段。", "No field is graded too low."),
        ),
    )


def _row(found: Review, titles: Titles) -> Row:
    return Row(
        {
            "dataset": Cell(
                name_of(titles, found.dataset), url=reverse("staff:dossier", args=[found.dossier])
            ),
            "field": found.field,
            "said": said(found.said),
            "found": found.found_at,
            "state": [OPEN if found.is_open else OUTCOMES.get(found.outcome, OPEN)],
        }
    )
