"""Other nodes (互联节点): who they are, by which keys they are known, how calls go, and ending or taking up calls with one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.queries import PeerActivity
from shuzhi.data.exchange.routing.keys import fingerprint
from shuzhi.data.exchange.types import Peer, RoutedCall
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
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
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above, said

CALLS_SHOWN = 20
NODES = (
    Column("node", Said("节点", "Node")),
    Column("state", Said("状态", "State"), "chips"),
    Column("tier", Said("层级", "Level")),
    Column("failed", Said("24 小时失败", "Failed, 24 h"), "number"),
    Column("answered", Said("最近应答", "Last answer")),
    Column("called", Said("7 天来访", "Called us, 7 days"), "number"),
    Column("key", Said("公钥指纹", "Key fingerprint"), "code"),
)
CALLS = (
    Column("at", Said("时间", "Time"), "date"),
    Column("interface", Said("接口", "Interface")),
    Column("status", Said("结果", "Outcome"), "number"),
    Column("state", Said("存证", "Proof"), "chips"),
    Column("call", Said("调用编号", "Call"), "code"),
)
FAILURES = {
    "exchange.node_down": Said("没有应答", "No answer"),
    "exchange.answer_unproven": Said("应答没有有效签名", "An answer without its signature"),
}
PROOFS = {
    "answered": Chip(Said("已签名，待存证", "Signed, to be proven")),
    "proven": Chip(Said("已存证", "Proven"), Tone.SUCCESS),
    "disputed": Chip(Said("对方日志不符", "Disputed"), Tone.DANGER),
}
TRUSTED = Chip(Said("互联中", "Accepted"), Tone.SUCCESS)
SUSPENDED = Chip(Said("已停止", "Suspended"), Tone.DANGER)
TROUBLED = Chip(Said("有失败", "Failing"), Tone.WARNING)


@requires("exchange.nodes")
def listing(request: HttpRequest) -> HttpResponse:
    """All of them."""
    activity = queries.peer_activity(at=now())
    return page(
        request,
        "staff/exchange/nodes.html",
        title=Said("互联节点", "Other nodes"),
        lead=Said(
            "对端节点由应用包声明。只认其公钥签名，不认地址；停止后立即互不通调。",
            "Packs declare other nodes. Only what their keys have signed is believed; suspended, nothing goes either way.",
        ),
        trail=(Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),),
        nodes=Table(
            id="nodes",
            caption=Said("对端节点", "Nodes"),
            columns=NODES,
            rows=[_row(each, activity.get(each.id, PeerActivity())) for each in queries.peers()],
            empty=Said(
                "还没有对端节点。把对方的声明放入应用包的 peers/ 后，会列在这里。",
                "No other node yet. Put the other side's declaration into a pack's peers/ to see it here.",
            ),
        ),
    )


@requires("exchange.nodes")
def show(request: HttpRequest, node: str) -> HttpResponse:
    """One of them."""
    return _page(request, queries.peer(node))


@requires("exchange.nodes")
@require_POST
def trust(request: HttpRequest, node: str) -> HttpResponse:
    """End calls with a node, or take them up again, with the reason."""
    is_trusted = request.POST.get("trust") == "yes"
    reason = request.POST.get("reason", "").strip()
    try:
        services.trust_peer(node=node, is_trusted=is_trusted, by=actor_of(request), at=now(), reason=reason)
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, queries.peer(node), refusal=refusal)
    done = (
        Said("已恢复互联。", "Calls are taken up again.")
        if is_trusted
        else Said("已停止互联，立即生效。", "Suspended at once.")
    )
    messages.success(request, say(done))
    return HttpResponseRedirect(reverse("staff:exchange_node", args=[node]))


def _page(request: HttpRequest, peer: Peer, *, refusal: PlatformError | None = None) -> HttpResponse:
    activity = queries.peer_activity(at=now()).get(peer.id, PeerActivity())
    return page(
        request,
        "staff/exchange/node.html",
        title=said(peer.declaration.title),
        lead=Said(f"节点编号 {peer.id}", f"Node {peer.id}"),
        chips=_state(peer, activity),
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(Said("互联节点", "Other nodes"), reverse("staff:exchange_nodes")),
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        facts=_facts(peer, activity),
        change=_suspend(peer) if peer.trusted else _accept(peer),
        calls=Table(
            id="calls",
            caption=Said("对方应答过的调用", "Calls that it answered"),
            columns=CALLS,
            rows=[_call(each) for each in queries.routed_calls(node=peer.id, most=CALLS_SHOWN)],
            empty=Said("还没有调用。", "No call yet."),
        ),
    )


def _row(peer: Peer, activity: PeerActivity) -> Row:
    declared = peer.declaration
    return Row(
        {
            "node": Cell(said(declared.title), under=peer.id),
            "tier": titles.TIERS[declared.tier],
            "key": _two_lines(fingerprint(declared.keys[0])),
            "state": _state(peer, activity),
            "answered": _answered(activity),
            "failed": activity.failed,
            "called": activity.called,
        },
        url=reverse("staff:exchange_node", args=[peer.id]),
    )


def _two_lines(print_: str) -> Cell:
    groups = print_.split()
    return Cell(" ".join(groups[: len(groups) // 2 + 1]), under=" ".join(groups[len(groups) // 2 + 1 :]))


def _answered(activity: PeerActivity) -> Cell | str:
    if activity.answered_at is None:
        return ""
    return Cell(
        activity.answered_at,
        under=Said(f"24 小时 {activity.answered} 次", f"{activity.answered} in 24 h"),
    )


def _state(peer: Peer, activity: PeerActivity) -> list[Chip]:
    if not peer.trusted:
        return [SUSPENDED]
    return [TRUSTED, TROUBLED] if activity.failed else [TRUSTED]


def _facts(peer: Peer, activity: PeerActivity) -> list[Fact]:
    declared = peer.declaration
    office = name_of(organization.office_titles(), declared.office) if declared.office else ""
    keys = [
        Fact(Said(f"公钥指纹 {place}", f"Key fingerprint {place}"), fingerprint(key))
        for place, key in enumerate(declared.keys, start=1)
    ]
    failure = FAILURES.get(activity.failure, "")
    return [
        Fact(Said("层级", "Level"), titles.TIERS[declared.tier]),
        Fact(Said("网关地址", "Gateway"), declared.address),
        *keys,
        Fact(Said("代表部门", "Stands for it here"), office),
        Fact(Said("由其提供的接口", "Interfaces it serves"), "、".join(activity.interfaces)),
        Fact(Said("24 小时应答", "Answered, 24 h"), activity.answered),
        Fact(Said("最近应答", "Last answer"), activity.answered_at),
        Fact(Said("24 小时失败", "Failed, 24 h"), activity.failed),
        Fact(Said("最近失败", "Last failure"), activity.failed_at),
        Fact(Said("失败原因", "Reason"), failure),
        Fact(Said("存证不符", "Disputed"), activity.disputed),
        Fact(Said("7 天来访", "Called us, 7 days"), activity.called),
        Fact(Said("最近来访", "Last called us"), activity.called_on),
    ]


def _call(each: RoutedCall) -> Row:
    return Row(
        {
            "at": each.answered_at,
            "interface": Cell(each.interface, url=reverse("staff:interface", args=[each.interface])),
            "status": each.status,
            "state": [PROOFS[each.state]],
            "call": each.call,
        }
    )


def _suspend(peer: Peer) -> Confirm:
    title = peer.declaration.title
    return _change(
        peer,
        verb=Said("停止互联", "Suspend"),
        danger=True,
        consequences=(
            Said(
                f"{title.zh}的调用和发往它的调用立即被拒绝；本节点其他调用不受影响。",
                f"Calls from {title.en} and to it are refused at once; all others go on.",
            ),
            Said("可随时恢复，订阅和密钥不变。", "It can be taken up again; subscriptions and keys stay."),
        ),
    )


def _accept(peer: Peer) -> Confirm:
    return _change(
        peer,
        verb=Said("恢复互联", "Accept again"),
        danger=False,
        consequences=(
            Said(
                "恢复前请与对方电话核对公钥指纹。", "Before that, compare the key's fingerprint by telephone."
            ),
            Said("双方调用立即恢复，仍按各自订阅判定。", "Calls go on at once, by their subscriptions."),
        ),
    )


def _change(peer: Peer, *, verb: Said, danger: bool, consequences: tuple[Said, ...]) -> Confirm:
    return Confirm(
        title=verb,
        consequences=consequences,
        verb=verb,
        action_url=reverse("staff:exchange_node_trust", args=[peer.id]),
        back_url=reverse("staff:exchange_nodes"),
        danger=danger,
        fields=(Field(name="reason", label=Said("理由", "Reason"), control="textarea"),),
        hidden=(("trust", "no" if danger else "yes"),),
    )
