"""Interfaces that one may ask for, and the subscriptions that concern the reader's office."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.exchange import queries
from shuzhi.data.exchange.types import Interface, InterfaceStatus, Subscription
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.terminals.design.types import Action, Cell, Column, Link, Pages, Row, Said, Table
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, said, turn

INTERFACES = (
    Column("interface", Said("接口", "Interface")),
    Column("owner", Said("提供部门", "Owner")),
    Column("kind", Said("给什么", "What it gives")),
    Column("fields", Said("字段", "Fields"), "number"),
    Column("state", Said("状态", "State"), "chips"),
)
SUBSCRIPTIONS = (
    Column("interface", Said("接口", "Interface")),
    Column("office", Said("使用部门", "Used by")),
    Column("purpose", Said("用途", "Purpose")),
    Column("until", Said("有效期至", "Until"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
ROWS = 20
OVERSEERS = (Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR)


@requires("exchange.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Both lists; a fixed number of statements."""
    actor = actor_of(request)
    offices = organization.office_titles()
    own = not actor.has(*OVERSEERS)
    mine = (actor.office or "") if own else None
    pages = turn(request, queries.count_subscriptions(concerning=mine), ROWS)
    found = queries.subscriptions(concerning=mine, page=pages.number, size=ROWS)
    may_ask = policy.allows("exchange.request", by=actor, office=actor.office)
    return page(
        request,
        "staff/exchange/list.html",
        title=Said("数据共享", "Exchange"),
        lead=Said(
            "先申请、后使用：写明用途、依据和期限，由数据所属部门和大数据局依次批准。",
            "Ask first: state purpose, basis and period; the owning office and then the bureau decide.",
        ),
        doors=_doors(actor),
        interfaces=Table(
            id="interfaces",
            caption=Said("接口", "Interfaces"),
            columns=INTERFACES,
            rows=[_interface(each, offices, may_ask=may_ask) for each in queries.interfaces()],
            empty=Said(
                "应用包里声明了接口之后，会列在这里。", "Interfaces that packs declare are listed here."
            ),
        ),
        subscriptions=subscription_table(found, offices, own=own, pages=pages),
    )


def _doors(actor: Actor) -> list[Link]:
    doors = [Link(Said("接口运行情况", "How interfaces do"), reverse("staff:exchange_health"))]
    if policy.allows("exchange.nodes", by=actor):
        doors.append(Link(Said("互联节点", "Other nodes"), reverse("staff:exchange_nodes")))
    return doors


def _interface(each: Interface, offices: Titles, *, may_ask: bool) -> Row:
    declared = each.declaration
    url = reverse("staff:interface", args=[each.id])
    published = each.status is InterfaceStatus.PUBLISHED
    return Row(
        {
            "interface": Cell(said(declared.title), under=each.id),
            "owner": name_of(offices, declared.owner),
            "kind": titles.INTERFACE_KINDS[declared.kind],
            "fields": len(declared.fields),
            "state": titles.state_chip(titles.INTERFACE, each.status),
        },
        url=url,
        action=Action(Said("申请使用", "Ask for it"), reverse("staff:interface_request", args=[each.id]))
        if may_ask and published
        else None,
    )


def subscription_table(found: list[Subscription], offices: Titles, *, own: bool, pages: Pages) -> Table:
    """Subscriptions as lists show them."""
    return Table(
        id="subscriptions",
        caption=Said("与本部门有关的订阅", "Subscriptions of my office")
        if own
        else Said("订阅", "Subscriptions"),
        columns=SUBSCRIPTIONS,
        rows=[_subscription(each, offices) for each in found],
        pages=pages,
        empty=Said(
            "还没有订阅。从上面的接口里选一个，提出申请。",
            "No subscription yet. Choose an interface and ask for it.",
        ),
    )


def _subscription(each: Subscription, offices: Titles) -> Row:
    return Row(
        {
            "interface": Cell(
                said(each.interface_title), under=Said(f"第 {each.id} 号订阅", f"Subscription {each.id}")
            ),
            "office": name_of(offices, each.office),
            "purpose": each.purpose,
            "until": each.until,
            "state": titles.state_chip(titles.SUBSCRIPTION, each.status),
        },
        url=reverse("staff:subscription", args=[each.id]),
    )
