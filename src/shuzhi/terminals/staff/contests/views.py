"""The bureau's contests: a list, a form that announces one, and one with its entries and the awarding."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from pydantic import ValidationError

from shuzhi.data.opendata.requests import contests
from shuzhi.data.opendata.requests.errors import AnnouncementUnclear
from shuzhi.data.opendata.requests.types import Announcement, Case, Contest
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Fact,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

TRAIL = (Link(Said("开放数据大赛", "Contests"), "/staff/contests/"),)
COLUMNS = (
    Column("title", Said("大赛", "Contest")),
    Column("since", Said("报名开始", "From"), "date"),
    Column("until", Said("报名截止", "Until"), "date"),
    Column("entries", Said("展示作品", "Listed"), "number"),
    Column("waiting", Said("待审核", "Waiting"), "number"),
    Column("state", Said("状态", "State"), "chips"),
)
NAMES = ("contest", "title", "title_en", "text", "text_en", "since", "until", "datasets", "prizes")


@requires("opendata.contest")
def listing(request: HttpRequest) -> HttpResponse:
    """All contests."""
    today = day_of(now())
    return page(
        request,
        "staff/contests/list.html",
        title=Said("开放数据大赛", "Contests of open data"),
        lead=Said("公告、征集作品、评奖、公布。", "Announce, take entries, award, publish."),
        doors=(Link(Said("公告大赛", "Announce one"), reverse("staff:contest_new")),),
        table=Table(
            id="contests",
            caption=Said("全部大赛", "All contests"),
            columns=COLUMNS,
            rows=[_row(one, today) for one in contests.contests()],
            empty=Said("还没有大赛。", "There are none yet."),
        ),
    )


@requires("opendata.contest")
def new(request: HttpRequest) -> HttpResponse:
    """Announce a contest; it does not change any more."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            made = contests.announce_contest(announcement=_announced(request), by=actor_of(request), at=now())
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("已公告。", "Announced.")))
            return HttpResponseRedirect(reverse("staff:contest", args=[made.id]))
    return page(
        request,
        "staff/contests/new.html",
        title=Said("公告大赛", "Announce a contest"),
        lead=Said("公告后即按公告进行，不能修改。", "What is announced holds; it can't be changed."),
        trail=TRAIL,
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        fields=_questions(request),
    )


@requires("opendata.contest")
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One contest; the prizes are given here when it is over."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            contests.award_contest(
                contest=name, prizes=_prizes(request, name), by=actor_of(request), at=now()
            )
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("已评奖并公布。", "Awarded and published.")))
            return HttpResponseRedirect(reverse("staff:contest", args=[name]))
    found, today, entries = contests.contest(name), day_of(now()), contests.entries(name)
    waiting = contests.count_waiting(name)
    may = found.is_over(today) and not found.awarded_at and not waiting and bool(entries)
    return page(
        request,
        "staff/contests/contest.html",
        title=said(found.announced.title),
        trail=TRAIL,
        chips=[_chip(found, today)],
        doors=(
            Link(
                Said("公众看到的页面", "As the public sees it"), reverse("public:data-contest", args=[name])
            ),
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        text=said(found.announced.text),
        facts=(
            Fact(Said("报名", "Entries"), f"{found.announced.since} – {found.announced.until}"),
            Fact(Said("待审核作品", "Entries to be looked at"), waiting),
            *(
                Fact(said(each.title), Said(f"{each.count} 名", str(each.count)))
                for each in found.announced.prizes
            ),
        ),
        table=_entries(found, entries),
        fields=_awards(request, found, entries) if may else (),
    )


def _row(one: Contest, today: date) -> Row:
    return Row(
        {
            "title": Cell(said(one.announced.title), url=reverse("staff:contest", args=[one.id])),
            "since": one.announced.since,
            "until": one.announced.until,
            "entries": len(contests.entries(one.id)),
            "waiting": contests.count_waiting(one.id),
            "state": [_chip(one, today)],
        }
    )


def _chip(one: Contest, today: date) -> Chip:
    if one.awarded_at:
        return Chip(Said("已评奖", "Awarded"), Tone.SUCCESS)
    if one.takes_entries(today):
        return Chip(Said("正在报名", "Takes entries"), Tone.PRIMARY)
    return (
        Chip(Said("待评奖", "To be awarded"), Tone.WARNING)
        if one.is_over(today)
        else Chip(Said("未开始", "Not begun"))
    )


def _entries(found: Contest, entries: list[Case]) -> Table:
    rows = [
        Row(
            {
                "title": Cell(one.title, url=reverse("staff:dossier", args=[one.number])),
                "prize": said(title) if (title := found.prize(one.prize)) else "—",
                "listed": one.listed_at,
            }
        )
        for one in entries
    ]
    columns = (
        Column("title", Said("作品", "Entry")),
        Column("prize", Said("奖项", "Prize")),
        Column("listed", Said("展示于", "Listed"), "date"),
    )
    return Table(
        id="entries", caption=Said("已展示的作品", "Listed entries"), columns=columns, rows=rows,
        empty=Said("还没有。待审核的作品在“待办”里。", "None yet. Those to be looked at are in the inbox."),
    )  # fmt: skip


def _awards(request: HttpRequest, found: Contest, entries: list[Case]) -> list[Field]:
    prizes = [Choice(each.id, said(each.title)) for each in found.announced.prizes]
    return [
        Field(
            name=f"prize-{one.number}", label=Said(one.title, one.title), control="select", required=False,
            value=request.POST.get(f"prize-{one.number}", ""), choices=[Choice("", Said("无", "None")), *prizes],
        )
        for one in entries
    ]  # fmt: skip


def _prizes(request: HttpRequest, name: str) -> dict[int, str]:
    given = {one.number: request.POST.get(f"prize-{one.number}", "") for one in contests.entries(name)}
    return {number: prize for number, prize in given.items() if prize}


def _announced(request: HttpRequest) -> Announcement:
    """What the form says.

    Raises:
        AnnouncementUnclear: a day, an id or a line of the prizes is not in form.
    """
    said_ = {name: _text(request, name) for name in NAMES}
    lines = [line.replace("，", ",").split(",") for line in said_["prizes"].splitlines() if line.strip()]
    try:
        return Announcement.model_validate(
            {
                "contest": said_["contest"],
                "title": {"zh": said_["title"], "en": said_["title_en"]},
                "text": {"zh": said_["text"], "en": said_["text_en"]},
                "since": said_["since"],
                "until": said_["until"],
                "datasets": [
                    each for each in said_["datasets"].replace("，", ",").split(",") if each.strip()
                ],
                "prizes": [
                    {
                        "id": f"prize-{place}",
                        "title": {"zh": zh.strip(), "en": en.strip()},
                        "count": count.strip(),
                    }
                    for place, (zh, en, count) in enumerate(lines, start=1)
                ],
            }
        )
    except (ValidationError, ValueError) as error:
        raise AnnouncementUnclear from error


def _questions(request: HttpRequest) -> Sequence[Field]:
    kinds = {
        "text": "textarea",
        "text_en": "textarea",
        "prizes": "textarea",
        "since": "date",
        "until": "date",
    }
    labels = {
        "contest": Said("编号", "Id"),
        "title": Said("名称", "Title in Chinese"),
        "title_en": Said("英文名称", "Title in English"),
        "text": Said("公告", "Announcement in Chinese"),
        "text_en": Said("英文公告", "Announcement in English"),
        "since": Said("报名开始", "First day"),
        "until": Said("报名截止", "Last day"),
        "datasets": Said("可用的数据集", "Data sets to use"),
        "prizes": Said("奖项", "Prizes"),
    }
    hints = {
        "contest": Said(
            "小写字母、数字和连字符，如 open-2026。", "Small letters, digits, hyphens, like open-2026."
        ),
        "datasets": Said("数据集编号，用逗号隔开；不限定就不填。", "Identifiers with commas; none: any."),
        "prizes": Said("每行一个：中文名,英文名,数量。", "One a line: Chinese, English, how many."),
    }
    return [
        Field(
            name=name,
            label=labels[name],
            control=kinds.get(name, "text"),  # type: ignore[arg-type]
            hint=hints.get(name, ""),
            required=name != "datasets",
            value=_text(request, name),
        )
        for name in NAMES
    ]


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "")).strip()[:4000]
