"""The consents by which an office is given data, and what it has to delete after they have ended."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.business.market import queries
from shuzhi.business.market.types import Duty, Grant
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff.shell import Titles, actor_of, asked_for, name_of, page, said, select_filter, turn

SIZE = 50
STATES = {
    "current": Said("有效", "In force"),
    "expiring": Said("30 天内到期", "Ending within 30 days"),
    "ended": Said("已撤回或到期", "Withdrawn or expired"),
}
CONSENTS = (
    Column("what", Said("授权事项", "Agreement")),
    Column("fields", Said("数据", "Data")),
    Column("receivers", Said("接收部门", "Offices")),
    Column("since", Said("自", "Since"), "date"),
    Column("until", Said("至", "Until"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
DUTIES = (
    Column("what", Said("授权事项", "Agreement")),
    Column("office", Said("部门", "Office")),
    Column("fields", Said("删除什么", "To delete")),
    Column("deliveries", Said("提供过", "Deliveries"), "number"),
    Column("due", Said("期限", "Due"), "date"),
    Column("state", Said("进展", "State"), "chips"),
)
OUTCOMES = {
    "open": Chip(Said("待删除", "To be deleted"), Tone.WARNING),
    "deleted": Chip(Said("已确认删除", "Deleted"), Tone.SUCCESS),
    "kept": Chip(Said("依法保留", "Kept by law")),
}


@requires("market.read")
def listing(request: HttpRequest) -> HttpResponse:
    """An office's own; the bureau sees all."""
    by, at = actor_of(request), now()
    office, asked, offices = own_office(by), asked_for(request, "state"), organization.office_titles()
    state = asked["state"] if asked.get("state") in STATES else "current"
    pages = turn(request, queries.count_consents_for(office, at=at, state=state), SIZE)
    duties = queries.duties(office=office)
    return page(
        request,
        "staff/consents/list.html",
        title=Said("授权", "Consents"),
        lead=Said(
            "个人和企业凭本人授权提供的数据：现在能用哪些，哪些快到期，授权终止后哪些要删除。",
            "Data given by people's and firms' own consent: what may be used now, what ends soon, what is to be deleted.",
        ),
        doors=_doors(by),
        filter=select_filter(
            {"state": state},
            "state",
            Said("状态", "State"),
            [Choice(key, title) for key, title in STATES.items()],
        ),
        table=Table(
            id="consents",
            caption=STATES[state],
            columns=CONSENTS,
            rows=[
                _row(one, offices, at)
                for one in queries.consents_for(office, at=at, state=state, page=pages.number, size=SIZE)
            ],
            pages=pages,
            empty=Said("没有这样的授权。", "There are none."),
        ),
        duties=Table(
            id="duties",
            tall=False,
            caption=Said("授权终止后的删除", "Deletions after a consent has ended"),
            columns=DUTIES,
            rows=[_duty(one, offices) for one in duties],
            empty=Said("没有需要删除的数据。", "There is nothing to delete."),
        ),
    )


def own_office(by: Actor) -> str | None:
    """Whose consents somebody may see: none means every office's."""
    return None if by.has(Role.BUREAU) else by.office or "-"


def state_chip(one: Grant, at: datetime) -> Chip:
    """Where a consent stands."""
    if one.holds(at):
        soon = one.until <= at + queries.EXPIRING
        return Chip(STATES["expiring"], Tone.WARNING) if soon else Chip(STATES["current"], Tone.SUCCESS)
    return Chip(Said("已到期", "Expired") if one.is_given else Said("已撤回", "Withdrawn"))


def fields_of(one: Grant | Duty) -> Said:
    """Fields as the agreement calls them."""
    names = [one.labels.get(name) for name in one.fields]
    return Said(
        "、".join(found.zh if found else name for found, name in zip(names, one.fields, strict=True)),
        ", ".join(found.en if found else name for found, name in zip(names, one.fields, strict=True)),
    )


def offices_of(names: tuple[str, ...], offices: Titles) -> Said:
    """Offices by their names."""
    found = [name_of(offices, name) for name in names]
    return Said("、".join(one.zh for one in found), ", ".join(one.en for one in found))


def _row(one: Grant, offices: Titles, at: datetime) -> Row:
    return Row(
        {
            "what": Cell(said(one.title), url=reverse("staff:consent", args=[one.id]), under=one.purpose),
            "fields": fields_of(one),
            "receivers": offices_of(one.receivers, offices),
            "since": day_of(one.since),
            "until": day_of(one.until if one.is_given else one.ended_at or one.until),
            "state": [state_chip(one, at)],
        }
    )


def _duty(one: Duty, offices: Titles) -> Row:
    url = (
        reverse("staff:dossier", args=[one.dossier])
        if one.dossier
        else reverse("staff:consent", args=[one.consent])
    )
    return Row(
        {
            "what": Cell(said(one.title), url=url),
            "office": name_of(offices, one.office),
            "fields": fields_of(one),
            "deliveries": one.deliveries,
            "due": one.due_on,
            "state": [OUTCOMES[one.outcome]],
        }
    )


def _doors(by: Actor) -> tuple[Link, ...]:
    if not policy.allows("market.record", by=by):
        return ()
    return (Link(Said("登记纸质授权", "Record a paper consent"), reverse("staff:consent_record")),)
