"""All incidents, the open ones first, and the exceptions in force."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.secops import queries
from shuzhi.business.secops.types import Exemption, Incident
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.support.workflow import queries as workflow
from shuzhi.terminals.design.types import Cell, Chip, Column, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import Titles, name_of, page, said, turn

INCIDENTS = (
    Column("day", Said("日期", "Day"), "date"),
    Column("what", Said("异常", "What is unusual")),
    Column("caller", Said("主体", "Caller"), "code"),
    Column("said", Said("说明", "In words")),
    Column("state", Said("处置", "State"), "chips"),
)
EXEMPTIONS = (
    Column("rule", Said("规则", "Rule"), "code"),
    Column("caller", Said("主体", "Caller"), "code"),
    Column("up_to", Said("放宽到", "Up to"), "number"),
    Column("until", Said("截止日", "Until"), "date"),
    Column("reason", Said("理由", "Reason")),
)
CONTAINED = Chip(Said("已停用", "Suspended"), Tone.SUCCESS)


@requires("secops.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Incidents by page; below them what is let pass for now."""
    pages = turn(request, queries.count_incidents(), queries.PAGE)
    offices = organization.office_titles()
    return page(
        request,
        "staff/secops/list.html",
        title=Said("安全事件", "Security incidents"),
        lead=Said(
            "按公开的规则从审计日志中找出异常访问：与主体自身以往比较，每一件都说明数字和上限。",
            "Unusual access, found in the audit log by declared rules: each caller against its own past, each finding with its figures.",
        ),
        table=Table(
            id="incidents",
            caption=Said("事件", "Incidents"),
            columns=INCIDENTS,
            rows=[_row(one, offices) for one in queries.incidents(page=pages.number)],
            pages=pages,
            empty=Said("没有发现异常访问。", "No unusual access was found."),
        ),
        exemptions=_exemptions(queries.exemptions(today=day_of(now()))),
    )


def state_chips(found: Incident) -> list[Chip]:
    """Where an incident stands."""
    dossier = workflow.dossier(found.dossier)
    state = Chip(said(dossier.state_title), Tone.WARNING if dossier.is_open else Tone.NEUTRAL)
    return [state, CONTAINED] if found.contained_at else [state]


def _row(found: Incident, offices: Titles) -> Row:
    return Row(
        {
            "day": found.day,
            "what": Cell(said(found.title), url=reverse("staff:incident", args=[found.id])),
            "caller": Cell(found.caller, under=name_of(offices, found.office) if found.office else ""),
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
            Row({"rule": one.rule, "caller": one.caller, "up_to": one.up_to, "until": one.until, "reason": one.reason})
            for one in found
        ],
        empty=Said("没有例外。", "There are no exceptions."),
    )  # fmt: skip
