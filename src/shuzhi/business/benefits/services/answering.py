"""The recipient's word: take it, leave it, or name the right account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.business.benefits import models, queries
from shuzhi.business.benefits.errors import AccountWrong, NotYours, ReasonMissing
from shuzhi.business.benefits.services.allotting import allot_freed
from shuzhi.business.benefits.services.moving import declared_of, locked, move, shift
from shuzhi.business.benefits.types import Finding, How, OrderState, PolicyDeclaration, State
from shuzhi.business.market import queries as market
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards import calendars
from shuzhi.pillars.standards.calendars import CalendarNotPublished

SHORTEST, LONGEST = 8, 32


@transaction.atomic
def confirm(*, finding: int, by: Actor, at: datetime, version: int | None = None) -> Finding:
    """Take the benefit (确认领取) with one tap; a payment order is made. Again it changes nothing.

    Raises:
        NotYours: the account is another firm's or person's.
        NotInState: nothing is reserved for this finding.
        FindingChanged: it is not what the person saw.
        AccountWrong: no account is known; name one first.
    """
    row = locked(finding)
    require_recipient(row, by)
    if row.confirmed_at is not None and row.state in (State.CONFIRMED, State.PAID):
        return queries.finding_of(row)
    locked(finding, State.RESERVED, version=version)
    return _confirm(row, by=by, at=at, how=How.TAP)


@transaction.atomic
def decline(*, finding: int, reason: str, by: Actor, at: datetime) -> Finding:
    """Leave the benefit (放弃); its money goes to the next on the list.

    Raises:
        NotYours, NotInState: as they say.
    """
    row = locked(finding, State.RESERVED, State.WAITING, State.RETURNED, money=True)
    require_recipient(row, by)
    if row.state != State.WAITING:
        shift(row, reserved=-row.amount)
    move(row, State.DECLINED, by=by, at=at, reason=reason)
    allot_freed(policy=declared_of(row), by=by, at=at)
    return queries.finding_of(row)


@transaction.atomic
def name_account(
    *, finding: int, account: str, account_name: str, by: Actor, at: datetime, evidence: str = ""
) -> Finding:
    """Name the account that is right (更正账户). A payment that came back is ordered anew.

    The recipient does this; so may the policy's office, with what proves it.

    Raises:
        AccountWrong: it is no account.
        NotYours, ReasonMissing, NotInState: as they say.
    """
    row = locked(finding, State.WAITING, State.RESERVED, State.RETURNED)
    _require_hand(row, by, evidence)
    account, account_name = account.replace(" ", ""), account_name.strip()
    if not (account.isascii() and account.isdigit() and SHORTEST <= len(account) <= LONGEST and account_name):
        raise AccountWrong
    row.account, row.account_name = account, account_name[:300]
    state = State.CONFIRMED if row.state == State.RETURNED else State(row.state)
    audit.record(
        "benefits.account_named", target=f"benefit/{row.id}", by=by, at=at, tail=queries.tail(account),
        evidence=bool(evidence),
    )  # fmt: skip
    if state is State.CONFIRMED:
        order(row, at=at)
        move(row, state, by=by, at=at, reason="账户已更正，重新拨付")
    else:
        row.version += 1
        row.save()
    return queries.finding_of(row)


def confirm_deemed(*, by: Actor, at: datetime, most: int = 500) -> int:
    """Confirm what is deemed to be taken: so many working days after the recipient was told; returns how many."""
    count = 0
    for one in queries.policies():
        declared = one.declared
        if declared.confirm.how is How.DEEMED:
            count += sum(_deemed(number, declared, by=by, at=at) for number in _silent(declared, most))
    return count


def require_recipient(row: models.Finding, by: Actor) -> None:
    """Refuse whoever is not the recipient."""
    if queries.proven_by(by).get(declared_of(row).who.scheme) != row.recipient:
        raise NotYours


def order(row: models.Finding, *, at: datetime) -> models.Order:
    """The next attempt to pay a finding. Its key is new, since the bank has said of the last that it did not arrive."""
    attempt = models.Order.objects.filter(finding=row).count() + 1
    return models.Order.objects.create(
        key=f"{row.policy[:30]}-{row.id}-{attempt}", finding=row, attempt=attempt, amount=row.amount,
        account=row.account, account_name=row.account_name, state=OrderState.WAITING, made_at=at,
    )  # fmt: skip


def _confirm(row: models.Finding, *, by: Actor, at: datetime, how: How) -> Finding:
    if not row.account:
        raise AccountWrong
    row.confirmed_at = at
    order(row, at=at)
    move(row, State.CONFIRMED, by=by, at=at, how=how.value)
    return queries.finding_of(row)


def _silent(declared: PolicyDeclaration, most: int) -> list[int]:
    rows = models.Finding.objects.filter(
        policy=declared.policy, period=declared.period.id, state=State.RESERVED, told_at__isnull=False
    )
    return list(rows.order_by("told_at", "id").values_list("id", flat=True)[:most])


@transaction.atomic
def _deemed(number: int, declared: PolicyDeclaration, *, by: Actor, at: datetime) -> bool:
    row = locked(number)
    if row.state != State.RESERVED or row.told_at is None or not row.account:
        return False
    try:
        over = calendars.due_on(day_of(row.told_at), declared.confirm.working_days) < day_of(at)
    except CalendarNotPublished:
        return False
    if over:
        _confirm(row, by=by, at=at, how=How.DEEMED)
    return over


def _require_hand(row: models.Finding, by: Actor, evidence: str) -> None:
    if market.holder_of(by) is not None:
        require_recipient(row, by)
        return
    policy.require("benefits.decide", by=by, office=declared_of(row).office)
    if not evidence.strip():
        raise ReasonMissing
