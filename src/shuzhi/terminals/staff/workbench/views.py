"""The inbox, grouped by due day, and three figures of the reader's office."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.quality import queries as quality
from shuzhi.data.sources import queries as sources
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import InboxLoad, WorkRow
from shuzhi.terminals.design.types import (
    Action,
    Cell,
    Chip,
    Column,
    Deadline,
    Figure,
    Link,
    Row,
    Said,
    Share,
    Table,
    Tone,
)
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, said, turn

ROWS = 50
APPLICANT = Said("申请人", "The applicant")
COLUMNS = (
    Column("title", Said("事由", "Matter")),
    Column("due", Said("期限", "Deadline"), "chips"),
    Column("state", Said("现在", "State")),
    Column("asker", Said("申请或来源", "From")),
)
GROUPS = (
    ("late", Said("已超期", "Overdue")),
    ("today", Said("今天到期", "Due today")),
    ("week", Said("本周到期", "Due this week")),
    ("later", Said("以后到期", "Due later")),
    ("undated", Said("不计期限", "No deadline")),
)


@requires("workflow.read")
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first."""
    at, actor = now(), actor_of(request)
    today = day_of(at)
    load = workflow.work_load(actor=actor, today=today, at=at)
    pages = turn(request, load.all, ROWS)
    rows = workflow.work(actor=actor, today=today, at=at, most=ROWS, page=pages.number)
    return page(
        request,
        "staff/workbench/home.html",
        title=Said("我的待办", "My inbox"),
        lead=_lead(load),
        groups=_groups(rows, today),
        turner=Table(id="inbox", caption="", columns=(), pages=pages) if pages.last > 1 else None,
        figures=_figures(actor, today),
        office_wide=actor.has(Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR),
        nothing=_nothing(actor),
    )


def _lead(load: InboxLoad) -> Said:
    if not load.all:
        return Said("没有等您办的事。", "Nothing waits for you.")
    return Said(
        f"共 {load.all:,d} 件，其中超期 {load.late:,d} 件，今天到期 {load.today:,d} 件。",
        f"{load.all:,d} in all: {load.late:,d} overdue, {load.today:,d} due today.",
    )


def _groups(rows: list[WorkRow], today: date) -> list[Table]:
    titles = organization.office_titles()
    sorted_in: dict[str, list[Row]] = {}
    for row in rows:
        sorted_in.setdefault(_group(row.due_on, today), []).append(_row(row, titles))
    return [
        Table(
            id=f"inbox-{key}",
            caption=_counted(title, len(sorted_in[key])),
            columns=COLUMNS,
            rows=sorted_in[key],
        )
        for key, title in GROUPS
        if key in sorted_in
    ]


def _counted(title: Said, count: int) -> Said:
    return Said(f"{title.zh}（{count}）", f"{title.en} ({count})")


def _group(due: date | None, today: date) -> str:
    if due is None:
        return "undated"
    if due < today:
        return "late"
    if due == today:
        return "today"
    return "week" if due <= today + timedelta(days=6 - today.weekday()) else "later"


def _row(row: WorkRow, titles: Titles) -> Row:
    page_of = "staff:case" if row.item.startswith("task/") else "staff:dossier"
    url = reverse(page_of, args=[row.number])
    return Row(
        cells={
            "title": Cell(said(row.title), under=said(row.under)),
            "state": Cell(said(row.state), under=Said("已认领", "Claimed"))
            if row.holder
            else said(row.state),
            "asker": APPLICANT if row.asker.startswith("account/") else name_of(titles, row.asker),
            "due": _due(row),
        },
        url=url,
        action=Action(said(row.next), f"{url}#step") if row.next else None,
    )


def _due(row: WorkRow) -> object:
    if row.paused:
        return Chip(Said("已暂停计时", "Clock stopped"))
    if row.due_on is None or row.days_left is None:
        return Chip(Said("不计期限", "No deadline"))
    return Deadline(row.due_on, row.days_left)


def _figures(actor: Actor, today: date) -> list[Figure]:
    """Three figures: the office's own; the node's for those who look after all."""
    office = None if actor.has(Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR) else actor.office
    taken = sources.receipts(office=office)
    cards = quality.scorecards(office=office)
    failing = sum(card.failing_rules > 0 for card in cards)
    open_issues = sum(card.open_issues for card in cards)
    day = day_of(taken.latest_at) if taken.latest_at else today
    return [
        Figure(
            label=Said("归集行数入库率", "Rows accepted"),
            value=Share(taken.accepted, taken.received),
            of=Said(f"共 {taken.batches:,d} 个批次", f"{taken.batches:,d} batches"),
            unit=Said("行", "rows"),
            url=reverse("staff:batches"),
            day=day,
        ),
        Figure(
            label=Said("质量规则全部通过的数据集", "Data sets that pass every rule"),
            value=Share(len(cards) - failing, len(cards)),
            unit=Said("个", "data sets"),
            url=reverse("staff:quality"),
            day=today,
        ),
        Figure(
            label=Said("未办结的质量问题", "Open quality issues"),
            value=open_issues,
            unit=Said("件", "issues"),
            of=Said(f"涉及 {len(cards)} 个数据集", f"over {len(cards)} data sets"),
            url=reverse("staff:issues"),
            day=today,
            tone=Tone.WARNING if open_issues else Tone.SUCCESS,
            state=Said("待整改", "To be corrected") if open_issues else Said("已清零", "None left"),
        ),
    ]


def _nothing(actor: Actor) -> list[Link]:
    """What one may do when nothing waits."""
    if actor.has(Role.DATA_OFFICER):
        return [
            Link(Said("提交一批数据", "Hand in data"), reverse("staff:sources")),
            Link(
                Said("申请使用别部门的接口", "Ask for another office's interface"), reverse("staff:exchange")
            ),
        ]
    if actor.has(Role.BUREAU):
        waiting = f"{reverse('staff:catalog')}?status=proposed"
        return [Link(Said("审核待发布的目录", "Review proposed catalog entries"), waiting)]
    return [Link(Said("查看数据目录", "See the catalog"), reverse("staff:catalog"))]
