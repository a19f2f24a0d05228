"""An interface's page: what it gives, by what, to whom."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import (
    Credential,
    Hours,
    Interface,
    InterfaceDeclaration,
    InterfaceKind,
    InterfaceStatus,
)
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
    Choice,
    Column,
    Confirm,
    Fact,
    Field,
    Grade,
    Link,
    Row,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.exchange.views import ROWS, subscription_table
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said, turn

VERSIONS = (
    Column("version", Said("版本", "Version")),
    Column("state", Said("状态", "State"), "chips"),
    Column("published", Said("发布时间", "Published"), "date"),
    Column("last", Said("最后一天", "Last day"), "date"),
    Column("instead", Said("改用", "Use instead")),
)
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


def _page(
    request: HttpRequest,
    found: Interface,
    *,
    refusal: PlatformError | None = None,
    key: Credential | None = None,
) -> HttpResponse:
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
        doors=_doors(found, may_ask=may_ask),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        publish=_publish(found) if may_publish else None,
        facts=_facts(found, name_of(offices, declared.owner)),
        fields=_fields(found),
        versions=_versions(found),
        deprecate=_deprecate(found)
        if policy.allows("exchange.publish", by=actor, office=declared.owner)
        else None,
        sandbox=_sandbox(found)
        if found.versions and not key and policy.allows("exchange.sandbox", by=actor, office=actor.office)
        else None,
        key=key,
        subscriptions=subscription_table(
            queries.subscriptions(interface=found.id, page=pages.number, size=ROWS),
            offices,
            own=False,
            pages=pages,
        ),
    )


@requires("exchange.publish")
@require_POST
def deprecate(request: HttpRequest, interface: str) -> HttpResponse:
    """Announce the end of a version; why it can't end then is said above."""
    found = queries.interface(interface)
    form = _Ending(request.POST)
    if not form.is_valid():
        return _page(request, found, refusal=FormIncomplete())
    try:
        services.deprecate_version(interface=interface, by=actor_of(request), at=now(), **form.cleaned_data)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    messages.success(
        request,
        say(Said("已预告，使用部门会在待办里看到。", "Announced; its users find a notice in their inbox.")),
    )
    return HttpResponseRedirect(reverse("staff:interface", args=[interface]))


@requires("exchange.sandbox")
@require_POST
@never_cache
def sandbox(request: HttpRequest, interface: str) -> HttpResponse:
    """A sandbox key; the secret stands on this answer and nowhere else."""
    actor, found = actor_of(request), queries.interface(interface)
    try:
        key = services.issue_sandbox_key(interface=interface, office=actor.office or "", by=actor, at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    return _page(request, found, key=key)


class FormIncomplete(PlatformError):
    """The form is incomplete: a version and its last day are needed."""

    code = "exchange.form_incomplete"
    http_status = 422
    zh = "请选择版本并填写最后一天。"


class _Ending(forms.Form):
    version = forms.IntegerField(min_value=1, max_value=10**6)
    sunset_on = forms.DateField()
    successor = forms.IntegerField(min_value=1, max_value=10**6, required=False)


def _doors(found: Interface, *, may_ask: bool) -> list[Link]:
    doors = []
    if may_ask:
        doors.append(
            Link(Said("申请使用", "Ask for it"), reverse("staff:interface_request", args=[found.id]))
        )
    if found.versions:
        doors.append(
            Link(Said("怎么调用", "How to call it"), reverse("staff:interface_documents", args=[found.id]))
        )
    return doors


def _versions(found: Interface) -> Table:
    """The versions that are served, and when which ends."""
    documents = reverse("staff:interface_documents", args=[found.id])
    rows = [
        Row(
            {
                "version": Said(f"第 {one.number} 版", f"Version {one.number}"),
                "published": one.published_at,
                "state": Chip(Said("即将停用", "Going to end"), Tone.WARNING)
                if one.deprecated_at
                else Chip(Said("在用", "In use"), Tone.SUCCESS),
                "last": one.sunset_on,
                "instead": Said(f"第 {one.successor} 版", f"version {one.successor}")
                if one.successor
                else "",
            },
            url=f"{documents}?version={one.number}",
        )
        for one in found.versions
    ]
    return Table(
        id="versions",
        tall=False,
        caption=Said("版本", "Versions"),
        columns=VERSIONS,
        rows=rows,
        empty=Said("还没有发布过。", "It has not been published yet."),
    )


def _deprecate(found: Interface) -> Confirm | None:
    if not found.versions:
        return None
    numbers = [
        Choice(str(one.number), Said(f"第 {one.number} 版", f"Version {one.number}"))
        for one in found.versions
    ]
    nothing = Choice("", Said("没有接替的版本", "No other takes its place"))
    return Confirm(
        title=Said("预告停用一个版本", "Announce the end of a version"),
        consequences=(
            Said(
                "从现在起，它的应答会注明停用日期；使用部门会在待办里看到。",
                "From now on its answers say when it ends; its users find a notice in their inbox.",
            ),
            Said(
                "最后一天过后，调用一律拒绝，并告知改用哪一版。",
                "After its last day calls are refused and told what to use instead.",
            ),
        ),
        verb=Said("预告停用", "Announce"),
        action_url=reverse("staff:interface_deprecate", args=[found.id]),
        back_url=reverse("staff:interface", args=[found.id]),
        danger=True,
        fields=(
            Field(name="version", label=Said("哪一版", "Which version"), control="select", choices=numbers),
            Field(
                name="sunset_on",
                label=Said("最后一天", "Last day"),
                control="date",
                short=True,
                hint=Said("至少在 30 天以后。", "In 30 days at the earliest."),
            ),
            Field(
                name="successor",
                label=Said("改用", "Use instead"),
                control="select",
                choices=[nothing, *numbers],
                required=False,
            ),
        ),
    )


def _sandbox(found: Interface) -> Confirm:
    return Confirm(
        title=Said("领取沙箱密钥", "Get a sandbox key"),
        consequences=(
            Said("不用审批，马上可用，90 天有效。", "At once and without approval, for 90 days."),
            Said(
                "返回的都是编造的数据，应答和日志都会注明“沙箱”。",
                "What it answers is made up; answers and the log say so.",
            ),
            Said("本部门以前领过的沙箱密钥随即失效。", "A sandbox key that your office had stops working."),
        ),
        verb=Said("领取", "Get the key"),
        action_url=reverse("staff:interface_sandbox", args=[found.id]),
        back_url=reverse("staff:interface", args=[found.id]),
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
        Fact(Said("服务承诺", "Promise"), _promise(declared)),
        Fact(Said("可申请的用途", "Purposes"), "、".join(declared.purposes)),
        Fact(Said("依据", "Basis"), "、".join(f"{b.title}（{b.since}）" for b in declared.basis)),
        Fact(Said("发布时间", "Published"), found.published_at),
    ]


def _promise(declared: InterfaceDeclaration) -> Said | None:
    """What the owner promises, in words."""
    promise = declared.promise
    if promise is None:
        return None
    hours = (
        Said("工作时间", "working hours") if promise.hours is Hours.WORKING else Said("全天", "at all hours")
    )
    quick = (
        Said(f"，95% 在 {promise.p95_ms:g} 毫秒内", f", 95% within {promise.p95_ms:g} ms")
        if promise.p95_ms
        else Said("", "")
    )
    return Said(
        f"可用率 {promise.availability:g}%{quick.zh}（{hours.zh}）",
        f"{promise.availability:g}% available{quick.en} ({hours.en})",
    )


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
    if declared.port:
        return Said("由本节点作为自己的办件办理", "handled here as a case of this node")
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
