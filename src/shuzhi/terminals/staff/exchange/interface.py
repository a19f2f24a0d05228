"""An interface's page: what it gives, by what, to whom."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import Interface, InterfaceDeclaration, InterfaceKind, InterfaceStatus
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.types import RegisterField
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Column,
    Confirm,
    Fact,
    Grade,
    Link,
    Row,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.exchange.calls import sample_calls
from shuzhi.terminals.staff.exchange.views import ROWS, subscription_table
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said, turn

FIELDS = (
    Column("name", Said("字段", "Field")),
    Column("role", Said("作用", "Role"), "chips"),
    Column("grade", Said("分级", "Grade"), "chips"),
    Column("given", Said("按本接口", "Through this interface")),
)


@requires("exchange.read")
def show(request: HttpRequest, interface: str) -> HttpResponse:
    """The whole interface."""
    return _page(request, queries.interface(interface))


@requires("exchange.publish")
@require_POST
def publish(request: HttpRequest, interface: str) -> HttpResponse:
    """Publish it; why it can't be shared is said above."""
    try:
        services.publish_interface(interface=interface, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, queries.interface(interface), refusal=refusal)
    messages.success(request, say(Said("已发布，各部门可以申请。", "Published; offices may ask for it.")))
    return HttpResponseRedirect(reverse("staff:interface", args=[interface]))


def _page(request: HttpRequest, found: Interface, *, refusal: PlatformError | None = None) -> HttpResponse:
    actor, declared = actor_of(request), found.declaration
    offices = organization.office_titles()
    published = found.status is InterfaceStatus.PUBLISHED
    pages = turn(request, queries.count_subscriptions(interface=found.id), ROWS)
    may_ask = published and policy.allows("exchange.request", by=actor, office=actor.office)
    may_publish = not published and policy.allows("exchange.publish", by=actor, office=declared.owner)
    return page(
        request,
        "staff/exchange/interface.html",
        title=said(declared.title),
        lead=said(declared.summary),
        chips=[titles.state_chip(titles.INTERFACE, found.status)],
        trail=(Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),),
        doors=[Link(Said("申请使用", "Ask for it"), reverse("staff:interface_request", args=[found.id]))]
        if may_ask
        else [],
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        publish=_publish(found) if may_publish else None,
        facts=_facts(found, name_of(offices, declared.owner)),
        fields=_fields(found),
        calls=sample_calls(declared),
        subscriptions=subscription_table(
            queries.subscriptions(interface=found.id, page=pages.number, size=ROWS),
            offices,
            own=False,
            pages=pages,
        ),
    )


def _publish(found: Interface) -> Confirm:
    return Confirm(
        title=Said("发布接口", "Publish the interface"),
        consequences=(
            Said(
                "各部门可以申请使用；网关按本页所列的字段和分级应答。",
                "Offices may ask for it; the gateway answers by the fields and grades on this page.",
            ),
        ),
        verb=Said("发布", "Publish"),
        action_url=reverse("staff:interface_publish", args=[found.id]),
        back_url=reverse("staff:exchange"),
    )


def _facts(found: Interface, owner: Said) -> list[Fact]:
    declared = found.declaration
    return [
        Fact(Said("编号", "Id"), f"{found.id} · v{declared.version}"),
        Fact(Said("提供部门", "Owner"), owner),
        Fact(
            Said("取自", "From"),
            _register_title(declared.register_),
            reverse("staff:register", args=[declared.register_]),
        ),
        Fact(Said("给什么", "What it gives"), titles.INTERFACE_KINDS[declared.kind]),
        Fact(Said("原值给到", "Clear up to"), Grade(int(declared.clearance[1]))),
        Fact(
            Said("每日最多", "At most a day"),
            Said(f"{declared.daily_quota:,d} 次", f"{declared.daily_quota:,d} calls"),
        ),
        Fact(
            Said("速率", "Rate"),
            Said(f"每秒 {declared.rate.per_second:g} 次", f"{declared.rate.per_second:g} calls a second"),
        ),
        *of_kind(declared),
        Fact(Said("可申请的用途", "Purposes"), "、".join(declared.purposes)),
        Fact(Said("依据", "Basis"), "、".join(f"{b.title}（{b.since}）" for b in declared.basis)),
        Fact(Said("发布时间", "Published"), found.published_at),
    ]


def of_kind(declared: InterfaceDeclaration) -> list[Fact]:
    """What only this kind of interface has."""
    if declared.kind is InterfaceKind.WRITE_BACK:
        return [Fact(Said("收下之后", "What becomes of it"), _taken_up(declared))]
    if declared.kind is not InterfaceKind.FILE:
        return []
    rows, hours = declared.daily_rows, declared.kept_hours
    return [
        Fact(Said("每日最多取", "Rows a day"), Said(f"{rows:,d} 行", f"{rows:,d} rows")),
        Fact(Said("文件保存", "Files are kept"), Said(f"{hours} 小时", f"{hours} hours")),
    ]


def _taken_up(declared: InterfaceDeclaration) -> Said:
    if declared.source:
        return Said(f"按批次归集到 {declared.source}", f"collected as batches of {declared.source}")
    return Said("转数据所属部门核查，5 个工作日", "looked into by the owner within 5 working days")


def _register_title(register: str) -> Said:
    named = {each.declaration.id: each.declaration.title for each in registers.registers()}
    return name_of(named, register)


def _fields(found: Interface) -> Table:
    declared = found.declaration
    try:
        known = {field.id: field for field in registers.declaration(declared.register_).fields}
    except NoSuchRegister:
        known = {}
    rows = [_field(name, known.get(name), found) for name in declared.touched]
    return Table(id="fields", tall=False, caption=Said("字段", "Fields"), columns=FIELDS, rows=rows)


def _role(name: str, declared: InterfaceDeclaration) -> Chip:
    if declared.kind is InterfaceKind.WRITE_BACK and name != declared.by[0]:
        return Chip(Said("可提异议", "May be objected to"))
    return Chip(Said("查询条件", "Asked by"), Tone.PRIMARY)


def _field(name: str, field: RegisterField | None, found: Interface) -> Row:
    declared = found.declaration
    roles = [_role(name, declared)] if name in declared.by else []
    if name in declared.fields:
        roles.append(Chip(Said("返回", "Returned")))
    given: Said | None = None
    if field and name in declared.fields:
        given = Said("原值", "As it is") if field.grade <= declared.clearance else titles.MASKS[field.mask]
    return Row(
        {
            "name": Cell(said(field.name) if field else name, under=name),
            "role": roles,
            "grade": Grade(int(field.grade[1])) if field else None,
            "given": given,
        }
    )
