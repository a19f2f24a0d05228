"""One incident: why it was raised, the caller's days beside it, the entries themselves, and what can be done."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import queries, services
from shuzhi.business.secops.types import Day, Incident
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import queries as audit
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.queries import LoggedAct, Question
from shuzhi.support.workflow import queries as workflow
from shuzhi.terminals.design.types import Cell, Chip, Column, Fact, Field, Link, Row, Said, Table, say
from shuzhi.terminals.staff import acts
from shuzhi.terminals.staff.audit.views import OUTCOMES
from shuzhi.terminals.staff.secops.sides import SUSPENDED, caller_title
from shuzhi.terminals.staff.secops.views import state_chips
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said, turn

EXEMPTION = timedelta(days=90)
DIGITS = 9
DAYS = (
    Column("day", Said("日期", "Day"), "date"),
    Column("calls", Said("次数", "Calls"), "number"),
    Column("missed", Said("查无记录", "Not there"), "number"),
    Column("refused", Said("被拒", "Refused"), "number"),
    Column("late", Said("非工作时间", "Out of hours"), "number"),
    Column("rows", Said("导出行数", "Rows exported"), "number"),
)
ENTRIES = (
    Column("at", Said("时间", "Time"), "date"),
    Column("action", Said("事项", "Act")),
    Column("target", Said("对象", "Target"), "code"),
    Column("rule", Said("规则", "Rule")),
    Column("outcome", Said("结果", "Outcome"), "chips"),
)


@requires("secops.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The incident with its evidence."""
    return _page(request, number)


@requires("secops.handle")
@require_POST
def contain(request: HttpRequest, number: int) -> HttpResponse:
    """Suspend the caller at once."""
    try:
        services.contain(
            incident=number, by=actor_of(request), at=now(), reason=request.POST.get("reason", "").strip()
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal)
    messages.success(request, say(Said("已停用，立即生效。", "Suspended, at once.")))
    return HttpResponseRedirect(reverse("staff:incident", args=[number]))


@requires("secops.handle")
@require_POST
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """A false alarm, and what the rule lets pass until when."""
    asked = request.POST
    up_to, until = asked.get("up_to", ""), asked.get("until", "")
    try:
        services.dismiss(
            incident=number,
            up_to=int(up_to) if up_to.isascii() and up_to.isdecimal() and len(up_to) <= DIGITS else 0,
            until=_day(until) if until or queries.incident(number).figures else day_of(now()),
            reason=asked.get("reason", "").strip(),
            by=actor_of(request),
            at=now(),
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal)
    messages.success(
        request, say(Said("已按误报办结，例外已登记。", "Closed as a false alarm, with its exception."))
    )
    return HttpResponseRedirect(reverse("staff:incident", args=[number]))


@requires("secops.handle")
@require_POST
def evidence(request: HttpRequest, number: int) -> HttpResponse:
    """The incident's evidence as one package."""
    packed = services.export_evidence(incident=number, by=actor_of(request), at=now())
    response = HttpResponse(packed, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="incident-{number}-evidence.zip"'
    return response


def _day(text: str) -> date:
    """The day as written; one that is over, which is refused, where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _page(request: HttpRequest, number: int, refusal: PlatformError | None = None) -> HttpResponse:
    found = queries.incident(number)
    question, suspends = Question(by=found.caller, day=found.day), found.caller.startswith(SUSPENDED)
    pages = turn(request, audit.count_acts(question), audit.PAGE)
    dossier = workflow.dossier(found.dossier)
    return page(
        request,
        "staff/secops/incident.html",
        title=said(found.title),
        lead=said(found.said),
        trail=(Link(Said("安全事件", "Security incidents"), reverse("staff:secops")),),
        chips=state_chips(found),
        doors=(
            Link(Said("案卷与办理", "Dossier and steps"), reverse("staff:dossier", args=[found.dossier])),
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        number=number,
        facts=_facts(found),
        fields=_fields(found) if dossier.is_open else None,
        may_contain=dossier.is_open and found.contained_at is None and suspends,
        has_traces=suspends,
        reason=Field(name="reason", label=Said("理由", "Reason"), short=True),
        days=_days(queries.days(caller=found.caller, until=found.day)),
        entries=_entries(audit.acts(question, page=pages.number), pages),
    )


def _facts(found: Incident) -> tuple[Fact, ...]:
    figures = found.figures
    about = (Fact(Said("对象", "Caller"), caller_title(found.caller)), Fact(Said("日期", "Day"), found.day))
    if not figures:
        return (*about, Fact(Said("怎么发现的", "Found"), Said("人工上报", "reported by somebody")))
    return (
        *about,
        Fact(Said("持续天数", "Days"), found.days),
        Fact(Said("当日数字", "Figure"), figures.get("figure", 0)),
        Fact(Said("上限", "Bound"), round(float(figures.get("bound", 0)))),
    )


def _fields(found: Incident) -> list[Field]:
    why = Field(name="reason", label=Said("为什么是误报", "Why it is a false alarm"))
    if not found.figures:  # no rule found it, so no rule need let it pass
        return [why]
    return [
        why,
        Field(
            name="up_to",
            label=Said("此后放宽到", "Let pass up to"),
            hint=Said("只对这条规则、这个账号或订阅有效。", "For this rule and this caller only."),
            value=found.figures.get("figure", 0),
            inputmode="numeric",
            short=True,
        ),
        Field(
            name="until",
            label=Said("例外截止日", "Exception ends on"),
            control="date",
            value=(day_of(now()) + EXEMPTION).isoformat(),
            short=True,
        ),
    ]


def _days(found: list[Day]) -> Table:
    return Table(
        id="days",
        tall=False,
        caption=Said("近 28 天的调用", "This caller's last 28 days"),
        columns=DAYS,
        rows=[
            Row({"day": one.day, "calls": one.calls, "missed": one.missed, "refused": one.refused, "late": one.late, "rows": one.rows})
            for one in found
        ],
        empty=Said("近 28 天没有调用。", "No calls in the last 28 days."),
    )  # fmt: skip


def _entries(found: list[LoggedAct], pages: object) -> Table:
    return Table(
        id="entries",
        caption=Said("当日的审计记录", "The day's audit entries"),
        columns=ENTRIES,
        rows=[
            Row(
                {
                    "at": one.at,
                    "action": acts.act(one.action),
                    "target": Cell(one.target, under=one.ref),
                    "rule": acts.rule(one.facts.get("rule")),
                    "outcome": OUTCOMES.get(one.outcome, Chip(one.outcome)),
                }
            )
            for one in found
        ],
        pages=pages,  # type: ignore[arg-type]
        empty=Said("没有记录。", "No entries."),
    )
