"""The list of cases: what waits by its deadline, or the newest; one goes on from the last line, however many there are."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.matters.cases import clock, queries
from shuzhi.business.matters.cases.types import STATE_TITLES, CaseLine, State
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import CHANNEL_TITLES, Channel
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    office_filter,
    page,
    said,
    select_filter,
    text_filter,
)

COLUMNS = (
    Column("case", Said("办件", "Case")),
    Column("office", Said("部门", "Office")),
    Column("channel", Said("渠道", "Channel")),
    Column("opened", Said("提交时间", "Submitted"), "date"),
    Column("due", Said("期限", "Due"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
TONES = {
    State.SUBMITTED: Tone.WARNING, State.CORRECTING: Tone.NEUTRAL, State.ACCEPTED: Tone.PRIMARY,
    State.GRANTED: Tone.SUCCESS, State.REVOKED: Tone.DANGER,
}  # fmt: skip
WAITING = "waiting"
LATE = Chip(Said("逾期", "Late"), Tone.DANGER)
INSTANT = Chip(Said("秒办", "At once"), Tone.NEUTRAL)


@requires("matters.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Cases of one's office; the bureau chooses the office."""
    by, asked = actor_of(request), asked_for(request, "state", "matter", "office", "q", "after")
    chosen = asked.get("state", WAITING if not asked.get("q") else "")
    everywhere = queries.sees_all(by)
    found = queries.cases(
        by=by, at=now(), office=asked.get("office", ""), matter=asked.get("matter", "")[:60],
        state=State(chosen) if chosen in set(State) else None, waiting=chosen == WAITING,
        number=asked.get("q", ""), after=asked.get("after", ""),
    )  # fmt: skip
    offices = organization.office_titles()
    matters = {each.id: each.declaration.title for each in library.matters(office="" if everywhere else by.office or "")}  # fmt: skip
    fields = [
        select_filter({"state": chosen}, "state", Said("状态", "State"), _states()),
        select_filter(
            asked, "matter", Said("事项", "Matter"),
            [Choice("", Said("全部", "All")), *(Choice(name, said(title)) for name, title in matters.items())],
        ),
        *([office_filter(asked, offices)] if everywhere else []),
        text_filter(asked, "q", Said("办件编号", "Case number"), "search"),
    ]  # fmt: skip
    return page(
        request,
        "staff/matters/list.html",
        title=Said("办件", "Cases"),
        lead=Said("按期限办理，最急的在前。", "What is due first stands first."),
        doors=(Link(Said("统计", "Figures"), reverse("staff:matter_figures")),),
        table=Table(
            id="cases",
            caption=Said("办件", "Cases"),
            columns=COLUMNS,
            rows=[_row(one, matters, offices) for one in found.lines],
            query=asked,
            filters=fields,
            empty=Said("没有符合的办件。", "There are no such cases."),
        ),
        first=_address(asked, "") if asked.get("after") else "",
        following=_address(asked, found.following) if found.following else "",
    )


def state_chip(state: State) -> Chip:
    """A case's state."""
    return Chip(said(STATE_TITLES[state]), TONES.get(state, Tone.NEUTRAL))


def channel_title(channel: str) -> Said:
    """How it came in."""
    known = set(Channel)
    return said(CHANNEL_TITLES[Channel(channel)]) if channel in known else Said("自建系统", "Own system")


def _row(one: CaseLine, matters: dict[str, Words], offices: Titles) -> Row:
    more = [*([LATE] if one.is_late else []), *([INSTANT] if one.is_instant else [])]
    return Row(
        {
            "case": Cell(name_of(matters, one.matter), url=reverse("staff:matter_case", args=[one.number]), under=one.number),
            "office": name_of(offices, one.office),
            "channel": channel_title(one.channel),
            "opened": one.opened_at,
            "due": clock.said(one.due_at),
            "state": [state_chip(one.state), *more],
        }
    )  # fmt: skip


def _states() -> list[Choice]:
    return [
        Choice(WAITING, Said("未办结", "Open")),
        Choice("all", Said("全部", "All")),
        *(Choice(each.value, said(STATE_TITLES[each])) for each in State),
    ]


def _address(asked: dict[str, str], after: str) -> str:
    kept = {**asked, "after": after}
    return "?" + urlencode({name: value for name, value in kept.items() if value})
