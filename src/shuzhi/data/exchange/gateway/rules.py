"""The rules, pure and in order: each lets a call pass or raises the refusal that names it.

format → key → timestamp → signature → nonce → subscription → period → purpose → rate, quota → parameters → query
"""

from __future__ import annotations

from datetime import UTC, datetime

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway import refusals
from shuzhi.data.exchange.gateway.calls import Call
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.types import InterfaceStatus, SubscriptionStatus
from shuzhi.data.exchange.vault import Vault
from shuzhi.foundation.clock import day_of

WINDOW_SECONDS = 300
STATUSES_ZH = {
    SubscriptionStatus.REQUESTED: "审批中",
    SubscriptionStatus.REFUSED: "不予共享",
    SubscriptionStatus.WITHDRAWN: "申请已撤回",
    SubscriptionStatus.REVOKED: "已撤销",
    SubscriptionStatus.EXPIRED: "已到期",
}


def authenticate(call: Call, grant: Grant | None, *, vault: Vault, at: datetime) -> Grant:
    """Key known → timestamp in the window → signature right."""
    if grant is None:
        raise refusals.KeyUnknown
    if abs(at.timestamp() - call.timestamp) > WINDOW_SECONDS:
        raise refusals.OutsideWindow(
            seconds=WINDOW_SECONDS, now=at.astimezone(UTC).isoformat(timespec="seconds")
        )
    secret = vault.open(grant.key_id, grant.sealed_secret)
    if not signing.is_signed_by(secret, algorithm=call.algorithm, message=call.signed, given=call.signature):
        raise refusals.SignatureWrong
    return grant


def entitle(call: Call, grant: Grant, *, at: datetime) -> None:
    """Subscription active and for this interface → inside its period → for its purpose."""
    if grant.interface != call.interface:
        raise refusals.NotSubscribed
    if not grant.key_live:
        raise refusals.NotActive(status="the key was revoked", status_zh="密钥已作废")
    if grant.status != SubscriptionStatus.GRANTED:
        raise refusals.NotActive(status=grant.status, status_zh=STATUSES_ZH[SubscriptionStatus(grant.status)])
    if grant.interface_status != InterfaceStatus.PUBLISHED:
        raise refusals.NotActive(status="the interface was withdrawn", status_zh="接口已停用")
    today = day_of(at)
    if not grant.since <= today <= grant.until:
        raise refusals.OutsidePeriod(since=grant.since, until=grant.until, today=today)
    stated_otherwise = call.purpose is not None and call.purpose != grant.purpose
    no_longer_allowed = grant.terms.purposes and grant.purpose not in grant.terms.purposes
    if stated_otherwise or no_longer_allowed:
        raise refusals.PurposeRefused
