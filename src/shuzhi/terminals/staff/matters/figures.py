"""Figures of cases: by matter, this year, counted day by day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.matters.cases import queries
from shuzhi.business.matters.cases.types import Tally
from shuzhi.business.matters.library import queries as library
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Column, Figure, Link, Row, Said, Share, Table
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page

COLUMNS = (
    Column("matter", Said("事项", "Matter")),
    Column("office", Said("部门", "Office")),
    Column("submitted", Said("提交", "Submitted"), "number"),
    Column("accepted", Said("受理", "Accepted"), "number"),
    Column("granted", Said("准予", "Granted"), "number"),
    Column("refused", Said("不予", "Refused"), "number"),
    Column("instant", Said("秒办", "At once"), "number"),
    Column("in_time", Said("按期", "In time"), "number"),
    Column("elsewhere", Said("自建系统", "Own systems"), "number"),
)


@requires("matters.read")
def show(request: HttpRequest) -> HttpResponse:
    """This year's figures of one's office; of all for the bureau."""
    by, today = actor_of(request), day_of(now())
    reach = "" if queries.sees_all(by) else (by.office or "—")
    found = queries.figures(since=date(today.year, 1, 1), until=today, office=reach)
    offices = organization.office_titles()
    titles = {each.id: each.declaration.title for each in library.matters(ids=[one.matter for one in found])}
    return page(
        request,
        "staff/matters/figures.html",
        title=Said("办件统计", "Figures of cases"),
        lead=Said(f"{today.year}年1月1日至今天", f"From 1 January {today.year} until today"),
        trail=(Link(Said("办件", "Cases"), reverse("staff:matters")),),
        figures=_figures(found),
        table=Table(
            id="figures",
            caption=Said("按事项", "By matter"),
            columns=COLUMNS,
            rows=[_row(one, titles, offices) for one in found],
            empty=Said("今年还没有办件。", "No cases this year."),
        ),
    )


def _figures(found: list[Tally]) -> list[Figure]:
    def whole(name: str) -> int:
        return sum(getattr(each, name) for each in found)

    url = reverse("staff:matter_figures")
    decided = whole("decided")
    return [
        Figure(label=Said("“一网通办”率", "On one network"), value=Share(whole("accepted"), whole("cases")), url=url),
        Figure(label=Said("按期办结率", "Decided in time"), value=Share(whole("in_time"), decided), url=url),
        Figure(label=Said("秒办率", "Decided at once"), value=Share(whole("instant"), decided), url=url),
    ]  # fmt: skip


def _row(one: Tally, titles: dict[str, Words], offices: Titles) -> Row:
    numbers = ("submitted", "accepted", "granted", "refused", "instant", "in_time", "elsewhere")
    return Row(
        {
            "matter": Cell(
                name_of(titles, one.matter),
                url=f"{reverse('staff:matters')}?matter={one.matter}&state=all",
            ),
            "office": name_of(offices, one.office),
            **{name: getattr(one, name) for name in numbers},
        }
    )
