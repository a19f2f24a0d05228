"""Requests to the hotline: the list, and taking one in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.incidents import queries, services
from shuzhi.business.incidents.jobs import new_code
from shuzhi.business.incidents.services.taking_in import Told
from shuzhi.business.incidents.types import CHANNEL_TITLES, Channel, Request
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.terminals.design.types import Cell, Choice, Column, Field, Row, Said, Table, say
from shuzhi.terminals.staff.shell import Titles, actor_of, asked_for, name_of, page, said, text_filter, turn

COLUMNS = (
    Column("number", Said("编号", "Number"), "code"),
    Column("subject", Said("诉求", "Request")),
    Column("category", Said("类别", "Category")),
    Column("office", Said("承办部门", "Office")),
    Column("at", Said("受理时间", "Received"), "date"),
)
INTAKE = ("call", "app", "letter")


@requires("incidents.read")
def listing(request: HttpRequest) -> HttpResponse:
    """The desk's requests; of an office that is not the desk its own."""
    by, desks = actor_of(request), queries.desks()
    desk = desks[0] if desks else None
    asked = asked_for(request, "q")
    scope = own_office(by, desk.office if desk else "")
    name = desk.desk if desk else ""
    pages = turn(request, queries.count_requests(name, office=scope, text=asked.get("q", "")), queries.PAGE)
    offices = organization.office_titles()
    found = queries.requests(name, office=scope, text=asked.get("q", ""), page=pages.number)
    may = desk is not None and policy.allows("incidents.take_in", by=by, office=desk.office)
    return page(
        request,
        "staff/hotline/list.html",
        title=said(desk.title) if desk else Said("热线", "Hotline"),
        lead=Said(
            "统一受理、按表派单、限时办理、回访核实；未解决的重办。",
            "Taken in by one desk, dispatched by a table, handled in time, verified with the caller.",
        ),
        fields=_fields() if may else None,
        table=Table(
            id="requests",
            caption=Said("诉求", "Requests"),
            columns=COLUMNS,
            rows=[_row(one, offices) for one in found],
            pages=pages,
            query=asked,
            filters=(text_filter(asked, "q", Said("编号或内容", "Number or words"), "search"),),
            empty=Said("没有诉求。", "There are no requests."),
        ),
    )


@requires("incidents.take_in")
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Take a request in; number and code are shown once, to be told to the caller."""
    asked = request.POST
    channel = asked.get("channel", "")
    try:
        taken = services.take_in(
            desk=queries.desks()[0].desk,
            channel=Channel(channel if channel in INTAKE else "call"),
            told=Told(
                *(asked.get(name, "").replace("\0", "") for name in ("subject", "said", "place", "caller"))
            ),
            code=new_code(),
            by=actor_of(request),
            at=now(),
        )
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
        return HttpResponseRedirect(reverse("staff:hotline"))
    number = taken.request.number
    told = Said(
        f"已受理。请告诉诉求人：编号 {number}，查询码 {taken.code}（只显示这一次）。",
        f"Taken in. Tell the caller: number {number}, code {taken.code} (shown this once).",
    )
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("staff:hotline_request", args=[number]))


def own_office(by: Actor, desk_office: str) -> str | None:
    """Whose requests somebody sees: the desk, the bureau and leaders all, an office its own."""
    if by.office == desk_office or by.has(Role.BUREAU, Role.LEADER):
        return None
    return by.office or "-"


def _row(one: Request, offices: Titles) -> Row:
    under = Said(f"并入 {one.merged_into}", f"merged into {one.merged_into}") if one.merged_into else ""
    return Row(
        {
            "number": one.number,
            "subject": Cell(
                one.subject, under=under, url=reverse("staff:hotline_request", args=[one.number])
            ),
            "category": Cell(one.category, under=one.urgency),
            "office": name_of(offices, one.office),
            "at": one.received_at,
        }
    )


def _fields() -> list[Field]:
    channels = [Choice(each.value, said(CHANNEL_TITLES[each])) for each in Channel if each.value in INTAKE]
    return [
        Field(name="channel", label=Said("来源", "How it came"), control="select", choices=channels, value="call"),
        Field(name="subject", label=Said("诉求（一句话）", "In one sentence")),
        Field(name="said", label=Said("详情", "In full"), control="textarea", required=False),
        Field(name="place", label=Said("地点", "Where"), required=False),
        Field(name="caller", label=Said("来电号码（匿名不填）", "Caller's number; none if anonymous"), control="tel", required=False, short=True, autocomplete="off"),
    ]  # fmt: skip
