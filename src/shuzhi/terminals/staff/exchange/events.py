"""The events of a subscription (变更推送): how pushing goes, what never arrived, and what to do about it."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import DeadEvent, StreamState
from shuzhi.data.registers.types import ChangeKind
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Chip,
    Choice,
    Column,
    Confirm,
    Fact,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

DIGITS = 16
KINDS = {
    ChangeKind.CREATED: Said("新增", "Created"),
    ChangeKind.CHANGED: Said("变更", "Changed"),
    ChangeKind.DELETED: Said("注销", "Deleted"),
}
PROBLEMS = (
    (r"^answered ([0-9]{3})$", "对方应答 {0}"),
    (r"^no answer within (\S+) s$", "{0} 秒内没有应答"),
    (r"^the office signs with a key of its own", "该部门使用自有公钥，平台无法为推送签名"),
    (r"^Events can't be pushed to", "推送地址不在允许范围"),
)
DEAD = (
    Column("seq", Said("编号", "Number"), "number"),
    Column("kind", Said("变化", "Change")),
    Column("at", Said("时间", "Time"), "date"),
    Column("attempts", Said("推送次数", "Pushed"), "number"),
    Column("problem", Said("最后一次", "Last attempt")),
    Column("held", Said("后面等着的", "Waiting behind it"), "number"),
)


@requires("exchange.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """How it goes, for the two offices concerned and for overseers."""
    return _page(request, number)


@requires("exchange.redeliver")
@require_POST
def redeliver(request: HttpRequest, number: int) -> HttpResponse:
    """Push again whatever never arrived."""
    try:
        services.redeliver_events(subscription=number, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal=refusal)
    messages.success(request, say(Said("已重新排队，马上推送。", "Queued again; it is pushed in a moment.")))
    return HttpResponseRedirect(reverse("staff:subscription_events", args=[number]))


@requires("exchange.redeliver")
@require_POST
def set_aside(request: HttpRequest, number: int) -> HttpResponse:
    """Let one event be."""
    asked, reason = request.POST.get("seq", ""), request.POST.get("reason", "").strip()
    seq = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < DIGITS else 0
    try:
        services.set_event_aside(subscription=number, seq=seq, by=actor_of(request), at=now(), reason=reason)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal=refusal)
    messages.success(
        request, say(Said("已放弃，后面的变更继续推送。", "Set aside; what waited behind it goes on."))
    )
    return HttpResponseRedirect(reverse("staff:subscription_events", args=[number]))


def _page(request: HttpRequest, number: int, *, refusal: PlatformError | None = None) -> HttpResponse:
    actor = actor_of(request)
    found = queries.readable_subscription(number, actor=actor)
    stream, dead = queries.stream(number), queries.dead_events(number)
    may_act = policy.allows("exchange.redeliver", by=actor, office=found.office)
    return page(
        request,
        "staff/exchange/events.html",
        title=Said("变更推送", "Events"),
        lead=said(found.interface_title),
        chips=[_state(stream)],
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(
                Said(f"第 {number} 号订阅", f"Subscription {number}"),
                reverse("staff:subscription", args=[number]),
            ),
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=_facts(stream),
        redeliver=_redeliver(stream) if may_act and (stream.dead or stream.stopped_at) else None,
        set_aside=_set_aside(stream, dead) if may_act and dead else None,
        dead=_dead(dead),
    )


def problem_said(problem: str) -> Said | None:
    """Why a push was not taken, in both languages; it is stored as the platform's logs have it."""
    if not problem:
        return None
    for pattern, chinese in PROBLEMS:
        if found := re.search(pattern, problem):
            return Said(chinese.format(*found.groups()), problem)
    return Said(f"连接不成（{problem}）", f"No connection ({problem})")


def _state(stream: StreamState) -> Chip:
    if not stream.endpoint:
        return Chip(Said("自行查询", "Asked for"))
    if stream.stopped_at:
        return Chip(Said("已停止推送", "Stopped"), Tone.DANGER)
    if stream.failures:
        return Chip(Said("推送不顺，稍后再试", "Failing, tried again later"), Tone.WARNING)
    return Chip(Said("正常", "Running"), Tone.SUCCESS)


def _facts(stream: StreamState) -> list[Fact]:
    return [
        Fact(Said("推送地址", "Pushed to"), stream.endpoint),
        Fact(Said("最后编号", "Last number"), stream.last_seq),
        Fact(Said("已送达", "Delivered"), stream.delivered),
        Fact(Said("等待推送", "Waiting"), stream.waiting),
        Fact(Said("未能送达", "Never arrived"), stream.dead),
        Fact(Said("最近一次送达", "Last taken"), stream.taken_at),
        Fact(Said("连续失败", "Failures in a row"), stream.failures or None),
        Fact(Said("下次推送", "Next attempt"), stream.not_before),
        Fact(Said("停止时间", "Stopped"), stream.stopped_at),
        Fact(Said("原因", "Why"), problem_said(stream.problem)),
    ]


def _redeliver(stream: StreamState) -> Confirm:
    waiting = stream.waiting + stream.dead
    return Confirm(
        title=Said("重新推送", "Push again"),
        consequences=(
            Said(
                f"马上推送未送达和等待中的 {waiting:,d} 条变更，编号不变。",
                f"{waiting:,d} events that never arrived or wait are pushed at once, under their numbers.",
            ),
            Said(
                "已收过的编号，对方应当忽略。",
                "Numbers that the receiver has had are to be passed over there.",
            ),
        ),
        verb=Said("重新推送", "Push again"),
        action_url=reverse("staff:subscription_redeliver", args=[stream.subscription]),
        back_url=reverse("staff:subscription", args=[stream.subscription]),
    )


def _set_aside(stream: StreamState, dead: list[DeadEvent]) -> Confirm:
    return Confirm(
        title=Said("放弃一条变更", "Set an event aside"),
        consequences=(
            Said(
                "这一条不再推送，同一主体后面的变更继续推送；仍可按编号查询。",
                "It is pushed no more and what waits behind it goes on; it can still be asked for by its number.",
            ),
        ),
        verb=Said("放弃", "Set aside"),
        action_url=reverse("staff:subscription_set_aside", args=[stream.subscription]),
        back_url=reverse("staff:subscription", args=[stream.subscription]),
        danger=True,
        fields=(
            Field(
                name="seq",
                label=Said("编号", "Number"),
                control="select",
                choices=[Choice(str(one.seq), str(one.seq)) for one in dead],
            ),
            Field(name="reason", label=Said("理由", "Reason"), control="textarea"),
        ),
    )


def _dead(dead: list[DeadEvent]) -> Table:
    return Table(
        id="dead",
        tall=False,
        caption=Said("未能送达的变更", "Events that never arrived"),
        columns=DEAD,
        rows=[
            Row(
                {
                    "seq": one.seq,
                    "kind": KINDS[ChangeKind(one.kind)],
                    "at": one.at,
                    "attempts": one.attempts,
                    "problem": problem_said(one.problem),
                    "held": one.held,
                }
            )
            for one in dead
        ],
        empty=Said("都已送达，或正在推送。", "All have arrived or are on their way."),
    )
