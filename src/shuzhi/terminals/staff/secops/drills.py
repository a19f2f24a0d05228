"""Drills: the list, and one with its record, its figures and what was learnt."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import drilling, services
from shuzhi.business.secops.types import Drill, DrillResult
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
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
)
from shuzhi.terminals.staff.secops.sides import Form, caller_title, day_of_field, done, sides, text_of
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said

STATES = {
    "planned": Chip(Said("已制定", "Planned")),
    "running": Chip(Said("进行中", "Running"), Tone.WARNING),
    "closed": Chip(Said("已复盘", "Closed"), Tone.SUCCESS),
}
DRILLS = (
    Column("title", Said("演练", "Drill")),
    Column("office", Said("组织部门", "Office")),
    Column("planned", Said("计划日期", "Planned on"), "date"),
    Column("injects", Said("注入", "Injects"), "number"),
    Column("state", Said("状态", "State"), "chips"),
)
RESULTS = (
    Column("title", Said("情况", "Inject")),
    Column("first", Said("首次处置（秒）", "First step (s)"), "number"),
    Column("contained", Said("遏制（秒）", "Contained (s)"), "number"),
    Column("ended", Said("办结（秒）", "Ended (s)"), "number"),
    Column("in_time", Said("时限", "In time"), "chips"),
)
NOTES = (
    Column("at", Said("时间", "Time"), "date"),
    Column("by", Said("记录人", "By")),
    Column("text", Said("记录", "What happened")),
)
IN_TIME = {
    True: [Chip(Said("时限内", "In time"), Tone.SUCCESS)],
    False: [Chip(Said("超期", "Late"), Tone.DANGER)],
    None: [Chip(Said("未办结", "Open"))],
}


@requires("secops.read")
def listing(request: HttpRequest) -> HttpResponse:
    """All drills, the newest first."""
    return _list(request)


@requires("secops.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """One drill."""
    return _one(request, number)


@requires("secops.drill")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Plan a drill."""
    actor = actor_of(request)
    try:
        planned = services.plan_drill(
            title=text_of(request, "title", 200), plan=text_of(request, "plan"), office=actor.office or "data-bureau",
            planned_on=day_of_field(request, "planned_on"), counts=request.POST.get("counts") == "yes",
            by=actor, at=now(),
        )  # fmt: skip
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _list(request, refusal)
    return HttpResponseRedirect(reverse("staff:secops_drill", args=[planned.id]))


@requires("secops.drill")
@require_POST
def step(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Begin, inject, note, or end with what was learnt."""
    actor, at = actor_of(request), now()
    acts = {
        "start": lambda: services.start_drill(drill=number, by=actor, at=at),
        "inject": lambda: services.inject(
            drill=number, title=_both(text_of(request, "title", 100)), said=_both(text_of(request, "said")),
            caller=text_of(request, "caller", 200), severity="high", by=actor, at=at,
        ),
        "note": lambda: services.note(drill=number, text=text_of(request, "text", 1_000), by=actor, at=at),
        "close": lambda: services.close_drill(
            drill=number, findings=text_of(request, "findings"),
            measures=text_of(request, "measures").splitlines(), by=actor, at=at,
        ),
    }  # fmt: skip
    return done(
        request,
        acts[what],
        lambda refusal: _one(request, number, refusal),
        to=reverse("staff:secops_drill", args=[number]),
        told=Said("已记录。", "Kept."),
    )


def _both(text: str) -> Words:
    """What a person writes once stands in both languages' place."""
    return Words(zh=text, en=text)


def _list(request: HttpRequest, refusal: PlatformError | None = None) -> HttpResponse:
    offices = organization.office_titles()
    rows = [
        Row(
            {
                "title": Cell(one.title, url=reverse("staff:secops_drill", args=[one.id])),
                "office": name_of(offices, one.office),
                "planned": one.planned_on,
                "injects": sum(note.incident is not None for note in one.notes),
                "state": [STATES[one.state]],
            }
        )
        for one in drilling.drills()
    ]
    may = policy.allows("secops.drill", by=actor_of(request))
    return page(
        request,
        "staff/secops/side.html",
        title=Said("演练", "Drills"),
        lead=Said(
            "演练注入的情况进入真实的待办并标明【演练】；停用不影响真实账号，默认不计入及时整改率。",
            "What a drill injects comes into the real inboxes, marked as a drill's; nobody is cut off, and unless planned so it does not count in K17.",
        ),
        sides=sides("secops_drills"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        tables=[
            Table(
                id="drills",
                caption=Said("演练", "Drills"),
                columns=DRILLS,
                rows=rows,
                empty=Said("还没有演练。", "No drill was planned yet."),
            )
        ],
        forms=[_planning(request)] if may else [],
    )


def _planning(request: HttpRequest) -> Form:
    no, yes = Choice("no", Said("不计入", "No")), Choice("yes", Said("计入", "Yes"))
    return Form(
        Said("制定演练方案", "Plan a drill"),
        reverse("staff:secops_plan"),
        Said("制定", "Plan"),
        (
            Field(name="title", label=Said("名称", "Title"), value=text_of(request, "title", 200)),
            Field(name="plan", label=Said("方案", "Plan"), control="textarea", value=text_of(request, "plan")),
            Field(name="planned_on", label=Said("计划日期", "Planned on"), control="date", value=(day_of(now()) + timedelta(days=7)).isoformat(), short=True),
            Field(name="counts", label=Said("计入及时整改率", "Count in K17"), control="select", choices=(no, yes), value="no", short=True),
        ),
    )  # fmt: skip


def _one(request: HttpRequest, number: int, refusal: PlatformError | None = None) -> HttpResponse:
    found = drilling.drill(number)
    may = policy.allows("secops.drill", by=actor_of(request))
    return page(
        request,
        "staff/secops/side.html",
        title=Said(found.title, found.title),
        lead=Said(found.plan, found.plan),
        trail=(Link(Said("演练", "Drills"), reverse("staff:secops_drills")),),
        chips=[STATES[found.state]],
        sides=sides("secops_drills"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=_facts(found),
        tables=[_results(drilling.results(number)), _notes(found)],
        forms=_forms(found) if may else [],
    )


def _facts(found: Drill) -> tuple[Fact, ...]:
    return (
        Fact(Said("计划日期", "Planned on"), found.planned_on),
        Fact(Said("开始", "Began"), found.started_at),
        Fact(Said("结束", "Ended"), found.closed_at),
        Fact(Said("计入及时整改率", "Counts in K17"), Said("计入", "yes") if found.counts else Said("不计入", "no")),
        Fact(Said("发现的问题", "Findings"), found.findings),
        Fact(Said("改进措施", "Measures"), "；".join(found.measures)),
    )  # fmt: skip


def _results(found: list[DrillResult]) -> Table:
    return Table(
        id="results",
        tall=False,
        caption=Said("处置用时，自注入起计", "How long each took, from its inject"),
        columns=RESULTS,
        rows=[
            Row(
                {
                    "title": Cell(said(one.title), url=reverse("staff:incident", args=[one.incident])),
                    "first": one.first_step,
                    "contained": one.contained,
                    "ended": one.ended,
                    "in_time": IN_TIME[one.in_time],
                }
            )
            for one in found
        ],
        empty=Said("还没有注入情况。", "Nothing was injected yet."),
    )


def _notes(found: Drill) -> Table:
    return Table(
        id="notes",
        tall=False,
        caption=Said("演练记录", "Record"),
        columns=NOTES,
        rows=[Row({"at": one.at, "by": caller_title(one.by), "text": one.text}) for one in found.notes],
        stacks=True,
        empty=Said("还没有记录。", "Nothing is recorded yet."),
    )


def _forms(found: Drill) -> list[Form]:
    def url(what: str) -> str:
        return reverse("staff:secops_drill_step", args=[found.id, what])

    if found.state == "planned":
        return [Form(Said("开始演练", "Begin"), url("start"), Said("开始", "Begin"))]
    if found.state == "closed":
        return []
    return [
        Form(
            Said("注入情况", "Inject"), url("inject"), Said("注入", "Inject"),
            (
                Field(name="title", label=Said("标题", "Title")),
                Field(name="said", label=Said("发生了什么", "What happens"), control="textarea"),
                Field(name="caller", label=Said("对象", "To what"), value="account/", short=True),
            ),
        ),
        Form(
            Said("记录", "Note"), url("note"), Said("记录", "Keep"),
            (Field(name="text", label=Said("看到或做了什么", "What was seen or done"), control="textarea"),),
        ),
        Form(
            Said("复盘并结束", "End with what was learnt"), url("close"), Said("结束", "End"),
            (
                Field(name="findings", label=Said("发现的问题", "Findings"), control="textarea"),
                Field(name="measures", label=Said("改进措施，每行一项", "Measures, one a line"), control="textarea"),
            ),
        ),
    ]  # fmt: skip
