"""All incidents, the open ones first, and the exceptions in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.secops import queries, services
from shuzhi.business.secops.types import Exemption, Incident
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.support.workflow import queries as workflow
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Field, Row, Said, Table, Tone
from shuzhi.terminals.staff.secops.sides import Form, caller_title, done, sides, text_of
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, refusal_above, said, turn

INCIDENTS = (
    Column("day", Said("日期", "Day"), "date"),
    Column("what", Said("异常", "What is unusual")),
    Column("caller", Said("对象", "Caller")),
    Column("said", Said("说明", "In words")),
    Column("state", Said("处置", "State"), "chips"),
)
EXEMPTIONS = (
    Column("rule", Said("规则", "Rule"), "code"),
    Column("caller", Said("对象", "Caller")),
    Column("up_to", Said("放宽到", "Up to"), "number"),
    Column("until", Said("截止日", "Until"), "date"),
    Column("reason", Said("理由", "Reason")),
)
DRILL = Chip(Said("演练", "Drill"))
CONTAINED = Chip(Said("已停用", "Suspended"), Tone.SUCCESS)


@requires("secops.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Incidents by page; below them what is let pass for now, and reporting what no rule finds."""
    return _page(request)


@requires("secops.report")
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Somebody reports an incident."""
    title, text = text_of(request, "title", 100), text_of(request, "said")
    return done(
        request,
        lambda: services.report_incident(
            title=Words(zh=title, en=title), said=Words(zh=text, en=text), caller=text_of(request, "caller", 200),
            office="data-bureau", severity="high" if request.POST.get("severity") == "high" else "medium",
            by=actor_of(request), at=now(),
        ),
        lambda refusal: _page(request, refusal),
        to=reverse("staff:secops"),
        told=Said("已立为安全事件。", "It is an incident now."),
    )  # fmt: skip


def _page(request: HttpRequest, refusal: PlatformError | None = None) -> HttpResponse:
    pages = turn(request, queries.count_incidents(), queries.PAGE)
    offices = organization.office_titles()
    return page(
        request,
        "staff/secops/list.html",
        title=Said("安全事件", "Security incidents"),
        lead=Said(
            "按公开的规则从审计日志中找出异常访问：与同一账号或订阅以往相比，每件都写明数字和上限。",
            "Unusual access, found in the audit log by declared rules: each caller against its own past, each finding with its figures.",
        ),
        table=Table(
            id="incidents",
            caption=Said("事件", "Incidents"),
            columns=INCIDENTS,
            rows=[_row(one, offices) for one in queries.incidents(page=pages.number)],
            pages=pages,
            empty=Said("没有发现异常访问。", "No unusual access was found."),
            stacks=True,
        ),
        sides=sides("secops"),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        exemptions=_exemptions(queries.exemptions(today=day_of(now()))),
        forms=[_reporting(request)],
    )


def state_chips(found: Incident) -> list[Chip]:
    """Where an incident stands."""
    dossier = workflow.dossier(found.dossier)
    state = Chip(said(dossier.state_title), Tone.WARNING if dossier.is_open else Tone.NEUTRAL)
    chips = [DRILL, state] if found.drill else [state]
    return [*chips, CONTAINED] if found.contained_at else chips


def _reporting(request: HttpRequest) -> Form:
    medium, high = Choice("medium", Said("一般", "Medium")), Choice("high", Said("重大", "High"))
    return Form(
        Said("上报安全事件", "Report an incident"),
        reverse("staff:secops_report"),
        Said("上报", "Report"),
        (
            Field(name="title", label=Said("标题", "Title"), value=text_of(request, "title", 100)),
            Field(name="said", label=Said("发生了什么", "What happened"), control="textarea", value=text_of(request, "said")),
            Field(name="caller", label=Said("对象", "To what"), value=text_of(request, "caller", 200), hint=Said("账号写 account/账号名，订阅写 subscription/编号，设备写 device/名称。", "Write account/name, subscription/7 or device/name.")),
            Field(name="severity", label=Said("级别", "Severity"), control="select", choices=(medium, high), short=True),
        ),
    )  # fmt: skip


def _row(found: Incident, offices: Titles) -> Row:
    return Row(
        {
            "day": found.day,
            "what": Cell(said(found.title), url=reverse("staff:incident", args=[found.id])),
            "caller": Cell(
                caller_title(found.caller), under=name_of(offices, found.office) if found.office else ""
            ),
            "said": said(found.said),
            "state": state_chips(found),
        }
    )


def _exemptions(found: list[Exemption]) -> Table:
    return Table(
        id="exemptions",
        tall=False,
        caption=Said("有效的例外", "Exceptions in force"),
        columns=EXEMPTIONS,
        rows=[
            Row({"rule": one.rule, "caller": caller_title(one.caller), "up_to": one.up_to, "until": one.until, "reason": one.reason})
            for one in found
        ],
        empty=Said("没有放宽规则的例外。", "No rule lets anybody pass."),
    )  # fmt: skip
