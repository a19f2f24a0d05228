"""The rules, pure and in order: each lets a call pass or raises the refusal that names it.

format → key → timestamp → signature → nonce → subscription → version → period → purpose → rate, quota → parameters → query
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.calls import HANDED, PARTS, RECEIPTS, Call
from shuzhi.data.exchange.gateway.standings import Standing
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.types import InterfaceKind, InterfaceStatus, SubscriptionStatus

WINDOW_SECONDS = 300
STATUSES_ZH = {
    SubscriptionStatus.REQUESTED: "审批中",
    SubscriptionStatus.REFUSED: "不予共享",
    SubscriptionStatus.WITHDRAWN: "申请已撤回",
    SubscriptionStatus.REVOKED: "已撤销",
    SubscriptionStatus.EXPIRED: "已到期",
}


def authenticate(call: Call, standing: Standing | None, *, at: datetime) -> None:
    """Key known → timestamp in the window → signature right."""
    if standing is None:
        raise refusals.KeyUnknown
    if abs(at.timestamp() - call.timestamp) > WINDOW_SECONDS:
        raise refusals.OutsideWindow(
            seconds=WINDOW_SECONDS, now=at.astimezone(UTC).isoformat(timespec="seconds")
        )
    if not standing.has_signed(call.signed, algorithm=call.algorithm, signature=call.signature):
        raise refusals.SignatureWrong


def entitle(call: Call, grant: Grant, *, today: date) -> None:
    """Subscription active and for this interface → its version not over → inside its period → for its purpose."""
    kind = grant.terms.kind
    misplaced = (call.of_events and kind is not InterfaceKind.EVENTS) or (
        call.errand == PARTS and kind is not InterfaceKind.INTERSECTION
    )
    misplaced |= call.errand != RECEIPTS and (call.errand == HANDED) != (grant.terms.port is not None)
    if grant.interface != call.interface or misplaced:
        raise refusals.NotSubscribed
    if not grant.key_live:
        raise refusals.NotActive(status="the key was revoked", status_zh="密钥已作废")
    if grant.status != SubscriptionStatus.GRANTED:
        raise refusals.NotActive(status=grant.status, status_zh=STATUSES_ZH[SubscriptionStatus(grant.status)])
    if grant.interface_status != InterfaceStatus.PUBLISHED:
        raise refusals.NotActive(status="the interface was withdrawn", status_zh="接口已停用")
    last_day = grant.terms.sunset_on
    if last_day is not None and today > last_day:
        raise refusals.VersionEnded.of(grant.terms)
    if not grant.since <= today <= grant.until:
        raise refusals.OutsidePeriod(since=grant.since, until=grant.until, today=today)
    stated_otherwise = call.purpose is not None and call.purpose != grant.purpose
    no_longer_allowed = grant.terms.purposes and grant.purpose not in grant.terms.purposes
    if stated_otherwise or no_longer_allowed:
        raise refusals.PurposeRefused
