"""The rules for a call that another node sent on (转发规则), besides those for every call."""

from __future__ import annotations

from datetime import datetime

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway import refusals, rules
from shuzhi.data.exchange.gateway.calls import CALL, FORWARDED, HANDED, Call
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.routing.messages import MOST_HOPS, Onward
from shuzhi.data.exchange.types import InterfaceKind

# Their results are kept under numbers of one subscription, which all offices of the other node would share.
NOT_SENT_ON = frozenset({InterfaceKind.FILE, InterfaceKind.WRITE_BACK})


def check_passage(call: Call, grant: Grant, *, at: datetime) -> None:
    """A node's key sends on, and no other does → no loop → the call inside is new, and the sender's → its purpose.

    The nonce of the sending is the name of the call inside: so the same call can't be sent on twice by the same node.

    Raises:
        NodeKeyOnly, LoopRefused, OnwardWrong, PurposeRefused: the first rule that it does not keep.
    """
    if call.errand in ((FORWARDED, HANDED) if grant.node is None else (CALL,)):
        raise refusals.NodeKeyOnly
    onward, origin = call.onward, call.origin
    if grant.node is None or onward is None or origin is None:
        return
    if grant.node.self in onward.hops or len(onward.hops) > MOST_HOPS:
        raise refusals.LoopRefused(hops=" → ".join(onward.hops)[:200])
    if grant.terms.kind in NOT_SENT_ON:
        raise refusals.OnwardWrong(
            node=grant.node.node,
            reason="calls of this kind are not sent on",
            reason_zh="此类接口不能跨节点调用",
        )
    if wrong := _fault(call, onward, origin, grant.node.node, at):
        raise refusals.OnwardWrong(node=grant.node.node, reason=wrong[0], reason_zh=wrong[1])
    if grant.terms.purposes and onward.purpose not in grant.terms.purposes:
        raise refusals.PurposeRefused


def _fault(call: Call, onward: Onward, origin: Call, sender: str, at: datetime) -> tuple[str, str] | None:
    """What does not hold together, in both languages."""
    if onward.hops[-1] != sender:
        return "it does not say that it comes from there", "未写明由该节点转发"
    if call.nonce != onward.call:
        return "its nonce is not the call's name", "随机数不是调用编号"
    if abs(at.timestamp() - origin.timestamp) > rules.WINDOW_SECONDS:
        return "the call inside is too old", "所附调用已过时"
    if origin.algorithm in signing.BY_PUBLIC_KEY and not _has_signed(origin, onward.public_key):
        return "the caller's signature does not fit", "所附调用的签名不符"
    return None


def _has_signed(origin: Call, public_key: str) -> bool:
    try:
        return signing.VERIFIERS[origin.algorithm](public_key.encode())(origin.signed, origin.signature)
    except ValueError:
        return False
