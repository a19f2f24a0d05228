"""A loop on its drawing (闭环流程图): its states and actions, who may take them; for a dossier, where it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import ROLE_TITLES, Role
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.processes.exporting import loop_as_bpmn
from shuzhi.support.workflow.types import Action, LoopDeclaration, Who
from shuzhi.terminals.design.types import Column, Fact, Link, Row, Said, Table
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, said

XML = "application/xml"
SIDES = {
    Who.OFFICE: Said("承办部门", "The handling office"),
    Who.REQUESTER: Said("申请方", "The requester"),
    Who.BUREAU: Said("大数据局", "The data bureau"),
    Who.ANY: Said("", ""),
}
COLUMNS = (
    Column("from", Said("从", "From")),
    Column("action", Said("办理", "Action")),
    Column("to", Said("到", "To")),
    Column("who", Said("谁能办", "Who may")),
)


@requires("workflow.read")
def loop(request: HttpRequest, loop_id: str) -> HttpResponse:
    """A loop as it is in force."""
    found = workflow.loop(loop_id)
    return _page(request, found, drawing=reverse("staff:loop_drawing", args=[loop_id]))


@requires("workflow.read")
def loop_drawing(request: HttpRequest, loop_id: str) -> HttpResponse:
    """The loop in force as BPMN with its drawing."""
    del request
    return HttpResponse(loop_as_bpmn(workflow.loop(loop_id)), content_type=XML)


@requires("workflow.read")
def dossier(request: HttpRequest, number: int) -> HttpResponse:
    """The loop that a dossier runs under, with the states it has passed and the one it is in."""
    found = workflow.readable_dossier(number, actor=actor_of(request))
    steps = workflow.history(number)
    return _page(
        request,
        workflow.version(found.loop_version),
        drawing=reverse("staff:dossier_bpmn", args=[number]),
        standing=found.state,
        passed=[each.state for each in steps if each.state != found.state],
        back=Link(said(found.title), reverse("staff:dossier", args=[number])),
    )


@requires("workflow.read")
def dossier_bpmn(request: HttpRequest, number: int) -> HttpResponse:
    """The definition that a dossier runs under, as BPMN with its drawing."""
    found = workflow.readable_dossier(number, actor=actor_of(request))
    return HttpResponse(loop_as_bpmn(workflow.version(found.loop_version)), content_type=XML)


def _page(
    request: HttpRequest,
    found: LoopDeclaration,
    *,
    drawing: str,
    standing: str = "",
    passed: list[str] | None = None,
    back: Link | None = None,
) -> HttpResponse:
    titles = organization.office_titles()
    home = Link(Said("待办", "Inbox"), reverse("staff:home"))
    return page(
        request,
        "staff/workbench/loop.html",
        title=said(found.title),
        trail=(home, back) if back else (home,),
        drawing=drawing,
        standing=f"state-{standing}" if standing else "",
        passed=" ".join(f"state-{each}" for each in dict.fromkeys(passed or [])),
        stands=said(found.state(standing).title) if standing else None,
        about=_about(found, titles),
        ways=Table(
            id="ways",
            caption=Said("每一步", "Every step"),
            columns=COLUMNS,
            rows=[_row(found, each, state) for each in found.actions for state in each.origins],
        ),
    )


def _row(found: LoopDeclaration, action: Action, origin: str) -> Row:
    return Row(
        cells={
            "from": said(found.state(origin).title),
            "action": said(action.title),
            "to": said(found.state(action.to).title),
            "who": _who(action),
        }
    )


def _who(action: Action) -> Said:
    side, roles = SIDES[action.by.who], [ROLE_TITLES[role] for role in action.by.roles]
    zh = side.zh + "、".join(each.zh for each in roles)
    en = ", ".join(part for part in (side.en, " or ".join(each.en for each in roles)) if part)
    return Said(zh or "在册人员", en or "Anyone with an account")


def _about(found: LoopDeclaration, titles: Titles) -> list[Fact]:
    due = found.due
    facts = [
        Fact(
            Said("期限", "Deadline"),
            Said(
                f"{due.working_days} 个工作日，提前 {due.amber} 天预警",
                f"{due.working_days} working days, amber {due.amber} before",
            ),
        )
    ]
    if due.escalate:
        facts.append(
            Fact(
                Said("超期后逐日升级", "Called in when late, one more each day"), _chain(due.escalate, titles)
            )
        )
    return facts


def _chain(chain: tuple[str, ...], titles: Titles) -> Said:
    links = []
    for each in chain:
        office, _, role = each.rpartition("/")
        who: Words = ROLE_TITLES[Role(role)]
        where = name_of(titles, office) if office else Said("", "")
        links.append(Said(f"{where.zh}{who.zh}", f"{where.en} {who.en}".strip()))
    return Said(" → ".join(each.zh for each in links), " → ".join(each.en for each in links))
