"""A subscription's page: its terms, its key (shown once), its calls, and how it ends."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import (
    Credential,
    InterfaceDeclaration,
    InterfaceKind,
    Subscription,
    SubscriptionStatus,
)
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security import queries as audit
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import (
    Chart,
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
    Series,
    Table,
    say,
)
from shuzhi.terminals.staff import acts, titles
from shuzhi.terminals.staff.audit.views import OUTCOMES
from shuzhi.terminals.staff.exchange.calls import sample_calls
from shuzhi.terminals.staff.exchange.views import OVERSEERS
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said

DAYS_SHOWN = 30
DIGITS = 7
DECISIONS_SHOWN = 10
DECISIONS = (
    Column("at", Said("时间", "Time"), "date"),
    Column("what", Said("事项", "Act")),
    Column("outcome", Said("结果", "Outcome"), "chips"),
    Column("rule", Said("规则", "Rule")),
)


@requires("exchange.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The subscription, for the two offices concerned and for overseers."""
    return _page(request, _readable(number, actor_of(request)))


@requires("exchange.collect")
@require_POST
@never_cache
def key(request: HttpRequest, number: int) -> HttpResponse:
    """Collect the key, or replace a lost one; the secret stands on this answer and nowhere else."""
    found = _readable(number, actor_of(request))
    renew = request.POST.get("renew") == "yes"
    issue = services.renew_credential if renew else services.grant
    try:
        credential = issue(subscription=number, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    return _page(request, queries.subscription(number), credential=credential)


@requires("exchange.revoke")
@require_POST
def revoke(request: HttpRequest, number: int) -> HttpResponse:
    """Take the right back."""
    found = _readable(number, actor_of(request))
    reason = request.POST.get("reason", "").strip()
    try:
        services.revoke_subscription(subscription=number, by=actor_of(request), at=now(), reason=reason)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    messages.success(request, say(Said("已撤销，密钥立即失效。", "Revoked; its key no longer works.")))
    return HttpResponseRedirect(reverse("staff:subscription", args=[number]))


def show_again(request: HttpRequest, number: int, refusal: PlatformError) -> HttpResponse:
    """The page with what was refused."""
    return _page(request, _readable(number, actor_of(request)), refusal=refusal)


def _readable(number: int, actor: Actor) -> Subscription:
    found = queries.subscription(number)
    if actor.has(*OVERSEERS) or actor.office in {found.office, found.owner}:
        return found
    raise Forbidden(
        actor=actor.title or actor.name,
        permission=f"read subscription {number}",
        permission_zh=f"查看第 {number} 号订阅",
        reason="it is between other offices",
        reason_zh="它属于其他部门之间",
        permission_id="exchange.read",
    )


def _page(
    request: HttpRequest,
    found: Subscription,
    *,
    credential: Credential | None = None,
    refusal: PlatformError | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    declared = queries.interface(found.interface).declaration
    granted = found.status is SubscriptionStatus.GRANTED
    may_collect = granted and policy.allows("exchange.collect", by=actor, office=found.office)
    may_limit = not found.sandbox and policy.allows("exchange.limit", by=actor, office=found.owner)
    may_revoke = granted and policy.allows("exchange.revoke", by=actor, office=found.owner)
    return page(
        request,
        "staff/exchange/subscription.html",
        title=Said(f"第 {found.id} 号订阅", f"Subscription {found.id}"),
        lead=said(found.interface_title),
        chips=[
            titles.state_chip(titles.SUBSCRIPTION, found.status),
            *([Chip(Said("沙箱", "Sandbox"))] if found.sandbox else []),
        ],
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(said(found.interface_title), reverse("staff:interface", args=[found.interface])),
        ),
        doors=_doors(found, declared),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=_facts(found, declared),
        credential=credential,
        collect=_collect(found) if may_collect and not credential else None,
        revoke=_revoke(found) if may_revoke else None,
        limit=_limit(found, declared) if may_limit else None,
        go_over=_go_over(found)
        if granted and policy.allows("exchange.request", by=actor, office=found.office)
        else None,
        chart=_calls(found),
        decisions=_decisions(found),
        calls=sample_calls(declared, key_id=found.key_id) if actor.office == found.office else [],
    )


def _doors(found: Subscription, declared: InterfaceDeclaration) -> list[Link]:
    doors = []
    if found.dossier is not None:
        doors.append(
            Link(Said("看审批经过", "See the dossier"), reverse("staff:dossier", args=[found.dossier]))
        )
    if declared.kind in {InterfaceKind.FILE, InterfaceKind.INTERSECTION, InterfaceKind.WRITE_BACK}:
        doors.append(
            Link(Said("看任务和文件", "See its jobs"), reverse("staff:subscription_jobs", args=[found.id]))
        )
    if declared.kind is InterfaceKind.EVENTS and found.status is SubscriptionStatus.GRANTED:
        doors.append(
            Link(Said("看变更推送", "See its events"), reverse("staff:subscription_events", args=[found.id]))
        )
    return doors


def _limit(found: Subscription, declared: InterfaceDeclaration) -> Confirm | None:
    """Only what reads rows here can be limited, while it lives."""
    from shuzhi.terminals.staff.exchange.limiting import limiting

    is_live = found.status in {SubscriptionStatus.REQUESTED, SubscriptionStatus.GRANTED}
    reads = (
        declared.route is None
        and declared.source is None
        and declared.port is None
        and declared.kind is not InterfaceKind.EVENTS
    )
    return limiting(found) if is_live and reads else None


def _go_over(found: Subscription) -> Confirm | None:
    """To another version, where there is one that is not going to end."""
    others = [
        one
        for one in queries.interface(found.interface).versions
        if one.number != found.version and one.deprecated_at is None
    ]
    if not others:
        return None
    return Confirm(
        title=Said("改用另一版", "Go over to another version"),
        consequences=(
            Said(
                "下一次调用就按新版本应答，不用重新审批。",
                "From the next call on it answers by that version; nothing is decided anew.",
            ),
            Said("只给原来批准的字段。", "It gives the fields that were approved and no others."),
        ),
        verb=Said("改用", "Go over"),
        action_url=reverse("staff:subscription_version", args=[found.id]),
        back_url=reverse("staff:subscription", args=[found.id]),
        fields=(
            Field(
                name="version",
                label=Said("版本", "Version"),
                control="select",
                choices=[
                    Choice(str(one.number), Said(f"第 {one.number} 版", f"Version {one.number}"))
                    for one in others
                ],
            ),
        ),
    )


@requires("exchange.request")
@require_POST
def change_version(request: HttpRequest, number: int) -> HttpResponse:
    """Go over to another version."""
    found = _readable(number, actor_of(request))
    asked = request.POST.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < DIGITS else 0
    try:
        services.change_version(subscription=number, version=version, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    messages.success(
        request, say(Said("已改用，下一次调用生效。", "Done; it takes effect with the next call."))
    )
    return HttpResponseRedirect(reverse("staff:subscription", args=[number]))


def _facts(found: Subscription, declared: InterfaceDeclaration) -> list[Fact]:
    offices = organization.office_titles()
    return [
        Fact(Said("使用部门", "Used by"), name_of(offices, found.office)),
        Fact(Said("提供部门", "Owner"), name_of(offices, found.owner)),
        Fact(Said("用途", "Purpose"), found.purpose),
        Fact(Said("法律依据", "Legal basis"), found.basis),
        Fact(Said("接口版本", "Version"), found.version),
        Fact(Said("推送地址", "Pushed to"), found.endpoint),
        Fact(Said("有效期自", "From"), found.since),
        Fact(Said("有效期至", "Until"), found.until),
        Fact(Said("每日次数", "Calls a day"), found.daily_quota),
        Fact(Said("原值给到", "Clear up to"), Grade(int(found.clearance[1]))),
        Fact(Said("字段", "Fields"), _field_names(found, declared)),
        Fact(Said("只给这些行", "Rows limited by"), "、".join(found.rows.fields) if found.rows else ""),
        Fact(Said("客户端证书", "Client certificates"), "、".join(each[:16] for each in found.certificates)),
        Fact(Said("密钥编号", "Key"), found.key_id or ""),
        Fact(Said("申请时间", "Asked"), found.requested_at),
        Fact(Said("决定时间", "Decided"), found.decided_at),
        Fact(Said("理由", "Reason"), found.reason),
    ]


def _field_names(found: Subscription, declared: InterfaceDeclaration) -> Said:
    """The granted fields by name, as the interface's register calls them."""
    try:
        names = {field.id: field.name for field in registers.declaration(declared.register_).fields}
    except NoSuchRegister:
        names = {}
    return Said(
        "、".join(name_of(names, each).zh for each in found.fields),
        ", ".join(name_of(names, each).en for each in found.fields),
    )


def _collect(found: Subscription) -> Confirm:
    if found.key_id is None:
        return Confirm(
            title=Said("领取密钥", "Collect the key"),
            consequences=(
                Said(
                    "密钥只显示这一次，平台不再给第二次，请当场存入本部门的密钥库。",
                    "The secret is shown this once and never again: put it into your office's vault at once.",
                ),
            ),
            verb=Said("显示密钥", "Show the secret"),
            action_url=reverse("staff:subscription_key", args=[found.id]),
            back_url=reverse("staff:exchange"),
        )
    return Confirm(
        title=Said("更换密钥", "Replace the key"),
        consequences=(
            Said(
                "旧密钥立即失效，用旧密钥的系统随即调不通。",
                "The old key stops working at once, and so do the systems that use it.",
            ),
            Said("新密钥只显示一次。", "The new secret is shown once."),
        ),
        verb=Said("更换密钥", "Replace the key"),
        action_url=reverse("staff:subscription_key", args=[found.id]),
        back_url=reverse("staff:exchange"),
        danger=True,
        hidden=(("renew", "yes"),),
    )


def _revoke(found: Subscription) -> Confirm:
    offices = organization.office_titles()
    user = name_of(offices, found.office)
    return Confirm(
        title=Said("撤销这项订阅", "Revoke this subscription"),
        consequences=(
            Said(
                f"密钥立即失效，{user.zh}随即调不通。",
                f"The key stops working at once; {user.en} can no longer call.",
            ),
            Said("要恢复须重新申请。", "To restore it they apply again."),
        ),
        verb=Said("撤销订阅", "Revoke"),
        action_url=reverse("staff:subscription_revoke", args=[found.id]),
        back_url=reverse("staff:exchange"),
        danger=True,
        fields=(Field(name="reason", label=Said("理由", "Reason"), control="textarea"),),
    )


def _calls(found: Subscription) -> Chart | None:
    """Calls of the last days, days without calls included."""
    today = day_of(now())
    first = today - timedelta(days=DAYS_SHOWN - 1)
    counted = {
        each.day: each.calls
        for each in queries.calls_per_day(
            since=first, until=today, interface=found.interface, office=found.office
        )
        if each.subscription == found.id
    }
    if not counted:
        return None
    days = [first + timedelta(days=n) for n in range(DAYS_SHOWN)]
    return Chart(
        id="calls",
        title=Said("每日调用", "Calls a day"),
        kind="bar",
        labels=[f"{day:%m-%d}" for day in days],
        series=[Series(Said("调用", "Calls"), [counted.get(day, 0) for day in days])],
        unit=Said("次", "calls"),
        axis=Said("日期", "Day"),
        note=Said(f"每日最多 {found.daily_quota:,d} 次。", f"At most {found.daily_quota:,d} a day."),
    )


def _decisions(found: Subscription) -> Table:
    """The gateway's last decisions about calls under this subscription."""
    made = audit.acts(audit.Question(by=f"subscription/{found.id}"), size=DECISIONS_SHOWN)
    return Table(
        id="decisions",
        caption=Said("最近的裁定", "Last decisions"),
        columns=DECISIONS,
        rows=[
            Row(
                {
                    "at": act.at,
                    "what": acts.act(act.action),
                    "outcome": OUTCOMES.get(act.outcome, Chip(act.outcome)),
                    "rule": acts.rule(act.facts.get("rule")),
                }
            )
            for act in made
        ],
        empty=Said("还没有调用过。", "It has not been called yet."),
    )
