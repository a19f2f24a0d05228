"""The list of issues: problem data, whose they are, and by when they are to be put right."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.quality import queries
from shuzhi.data.quality.types import DIMENSION_TITLES, Issue, Outcome
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.support.workflow import deadlines
from shuzhi.terminals.design.types import (
    Action,
    Cell,
    Chip,
    Choice,
    Column,
    Deadline,
    Field,
    Link,
    Pages,
    Row,
    Said,
    Table,
    Tone,
)
from shuzhi.terminals.staff.shell import (
    Titles,
    asked_for,
    name_of,
    office_filter,
    page,
    said,
    select_filter,
    turn,
)

COLUMNS = (
    Column("message", Said("问题", "Problem")),
    Column("office", Said("部门", "Office")),
    Column("dimension", Said("维度", "Dimension")),
    Column("failed", Said("问题行", "Rows"), "number"),
    Column("opened", Said("发现", "Found"), "date"),
    Column("due", Said("期限", "Deadline"), "chips"),
)
ROWS = 50
OUTCOMES = {
    Outcome.CORRECTED: Chip(Said("已整改", "Corrected"), Tone.SUCCESS),
    Outcome.UPHELD: Chip(Said("申诉成立", "Appeal upheld")),
}


@requires("quality.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Issues, the newest first; open ones unless all are asked for."""
    asked = asked_for(request, "office", "show")
    offices = organization.office_titles()
    office, open_only = asked.get("office"), asked.get("show") != "all"
    pages = turn(request, queries.count_issues(office=office, open_only=open_only), ROWS)
    found = queries.issues(office=office, open_only=open_only, page=pages.number, size=ROWS)
    return page(
        request,
        "staff/quality/issues.html",
        title=Said("质量问题", "Quality issues"),
        lead=Said(
            "检查发现的问题数据，由来源部门在 1 个工作日内整改；整改后的数据通过检查，自动办结。",
            "Problem data that a check found; the office corrects them within one working day, and a passed check closes the issue.",
        ),
        trail=(Link(Said("数据质量", "Quality"), reverse("staff:quality")),),
        table=issue_table(found, asked, offices, filters=_filters(asked, offices), pages=pages),
    )


def issue_table(
    found: list[Issue],
    asked: dict[str, str],
    offices: Titles,
    *,
    filters: tuple[Field, ...] = (),
    pages: Pages | None = None,
) -> Table:
    """Issues as lists show them."""
    datasets = catalog.titles({issue.dataset for issue in found})
    return Table(
        id="issues",
        caption=Said("问题清单", "Issues"),
        columns=COLUMNS,
        rows=[_row(issue, offices, datasets) for issue in found],
        query=asked,
        filters=filters,
        pages=pages,
        empty=Said("没有未办结的问题。", "No issue is open."),
    )


def _filters(asked: dict[str, str], offices: Titles) -> tuple[Field, ...]:
    shown = (Choice("", Said("未办结的", "Open ones")), Choice("all", Said("全部", "All")))
    return (select_filter(asked, "show", Said("范围", "Show"), shown), office_filter(asked, offices))


def _row(issue: Issue, offices: Titles, datasets: Titles) -> Row:
    url = reverse("staff:dossier", args=[issue.dossier])
    return Row(
        cells={
            "message": Cell(said(issue.message), under=name_of(datasets, issue.dataset)),
            "office": name_of(offices, issue.office),
            "dimension": said(DIMENSION_TITLES[issue.dimension]),
            "failed": issue.failed,
            "opened": issue.opened_at,
            "due": _due(issue),
        },
        url=url,
        action=Action(Said("办理", "Act"), url) if issue.outcome is None else None,
    )


def _due(issue: Issue) -> object:
    if issue.outcome is not None:
        return OUTCOMES[issue.outcome]
    if issue.due_on is None:
        return Chip(Said("现在不计期限", "The clock stands"))
    left, _ = deadlines.light(issue.due_on, amber=0, today=day_of(now()))
    return Deadline(issue.due_on, left) if left is not None else None
