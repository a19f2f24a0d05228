"""Fees (收费): orders that the applicant pays, one for the case and one for each part of a journey that costs something.

The decision or the delivery waits for them. What is not granted is not paid for, and given back where the matter says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock
from shuzhi.business.matters.cases.errors import FeeUnknown
from shuzhi.business.matters.cases.pricing import assessed, charges_of, worked_out
from shuzhi.business.matters.cases.queries import part_of
from shuzhi.business.matters.cases.reading import clock_of, number_of
from shuzhi.business.matters.cases.services.moving import PLATFORM, declared_of, move, tell_step
from shuzhi.business.matters.cases.types import Action, FeesLetOff
from shuzhi.business.matters.types import Charge, MatterDeclaration
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import money
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments
from shuzhi.support.payments.types import LIVE, Order

LAPSED = "逾期未缴费，本次办理终止，可以重新申请"
BEFORE = frozenset({Charge.ACCEPTANCE, Charge.DECISION})
_ALSO = ("verdict", "is_instant", "reason")


def ask_on_acceptance(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """Ask for what is due with the acceptance. What can't be worked out holds up no acceptance, but every grant."""
    if declared is None or Charge.ACCEPTANCE not in charges_of(declared):
        return
    try:
        owed = _owed(row, declared, {Charge.ACCEPTANCE}, at=at)
    except FeeUnknown as refusal:
        move(row, Action.FEE, by=system(PLATFORM), at=at, note=refusal.message_zh, also=_ALSO)
        return
    if owed:
        _ask(row, owed, at=at)


def keeps_waiting(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> bool:
    """Whether a decision to grant has to wait for a fee; then it is asked for, and the office's clock stands.

    Raises:
        FeeUnknown: what it costs can't be worked out.
    """
    owed = owed_before(row, declared, at=at)
    if owed:
        _ask(row, owed, at=at, stands=True)
    return bool(owed)


def owed_before(
    row: models.Case, declared: MatterDeclaration | None, *, at: datetime
) -> list[models.Assessed]:
    """What must be paid before the case can be granted.

    Raises:
        FeeUnknown: what it costs can't be worked out.
    """
    if declared is None or not BEFORE & charges_of(declared):
        return []
    return _owed(row, declared, BEFORE, at=at)


def holds_delivery(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> bool:
    """Whether the result is delivered only once a fee has been paid.

    Raises:
        FeeUnknown: what it costs can't be worked out.
    """
    if declared is None or Charge.DELIVERY not in charges_of(declared):
        return False
    return bool(_owed(row, declared, {Charge.DELIVERY}, at=at))


def ask_on_grant(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """Ask for what the delivery of a granted case waits for."""
    if declared is not None and holds_delivery(row, declared, at=at):
        _ask(row, _owed(row, declared, {Charge.DELIVERY}, at=at), at=at)


def note_otherwise(row: models.Case, declared: MatterDeclaration | None, *, at: datetime) -> None:
    """After a correction: what was worked out stands; where it would be another amount now, the history tells the clerk."""
    kept = {each.part: each for each in models.Assessed.objects.filter(case_id=row.id)}
    if declared is None or not kept:
        return
    try:
        now = {each.part: each for each in worked_out(row, declared, at=at)}
    except FeeUnknown as refusal:
        move(row, Action.FEE, by=system(PLATFORM), at=at, note=refusal.message_zh)
        return
    said = [
        f"补正后应为 {_yuan(now.get(part))} 元，已核定 {_yuan(kept.get(part))} 元不变"
        for part in sorted({*kept, *now})
        if _yuan(now.get(part)) != _yuan(kept.get(part))
    ]
    if said:
        move(row, Action.FEE, by=system(PLATFORM), at=at, note="；".join(said))


def orders_of(row: models.Case) -> list[Order]:
    """Every order about a case."""
    return orders.orders_about(f"case/{number_of(row)}")


def parts_let_off(row: models.Case) -> frozenset[str]:
    """The parts that were not granted: nothing is owed for them."""
    return frozenset(models.LetOff.objects.filter(case_id=row.id).values_list("part", flat=True))


def let_off(row: models.Case, refused: Mapping[str, str], *, at: datetime) -> None:
    """Write down the parts that were not granted, and why; their orders are closed or given back by the news of it."""
    known = set(models.Assessed.objects.filter(case_id=row.id).values_list("part", flat=True))
    made = [
        models.LetOff.objects.get_or_create(
            case_id=row.id, part=part, defaults={"why": why[:500], "at": at}
        )[1]
        for part, why in sorted(refused.items())
        if part in known
    ]  # fmt: skip
    if any(made):
        publish(FeesLetOff(number_of(row), at), at=at)


def owe_again(row: models.Case) -> None:
    """A case is taken up again: every part may be granted once more."""
    models.LetOff.objects.filter(case_id=row.id).delete()


def give_back(
    row: models.Case,
    *,
    at: datetime,
    parts: Collection[str] | None = None,
    why: str = "办件未予批准，退还费用",
) -> None:
    """What was not granted: its open orders are closed, what was paid goes back where the matter says so.

    `parts` are those of a journey; without them all that the case cost.

    Raises:
        GatewayTimedOut: an order that somebody is paying is closed by the next try.
    """
    by = system(PLATFORM)
    for each in orders_of(row):
        if each.state in LIVE and (parts is None or part_of(each) in parts):
            payments.close_order(order=each.number, reason="办件已终止", by=by, at=at)
    refunded = _refunded_parts(row)
    for each in orders_of(row):
        if each.refundable and part_of(each) in (refunded if parts is None else refunded & set(parts)):
            amount = money.yuan_of(each.refundable)
            payments.refund(
                order=each.number, amount=amount, reason=why, key=f"fee/{each.number}", by=by, at=at
            )
            note = f"{each.reason.zh} {amount} 元"
            move(row, Action.REFUND, by=by, at=at, note=note, order=each.number)


def _refunded_parts(row: models.Case) -> set[str]:
    """The parts whose fee goes back where they are not granted; what was ordered before fees were kept goes by the matter."""
    kept = {each.part: each.refunded for each in models.Assessed.objects.filter(case_id=row.id)}
    if not kept and (declared := declared_of(row)) is not None:
        kept[""] = declared.fee.refunded
    return {part for part, goes_back in kept.items() if goes_back}


def is_paid(one: models.Assessed, found: list[Order]) -> bool:
    """Whether a fee is in and not given back; what costs nothing is."""
    mine = (each for each in found if part_of(each) == one.part)
    return one.fen == 0 or any(each.received - each.refunding >= one.fen for each in mine)


def _owed(
    row: models.Case, declared: MatterDeclaration, when: Collection[Charge], *, at: datetime
) -> list[models.Assessed]:
    """What is to be paid at these times and is not."""
    found, released = orders_of(row), parts_let_off(row)
    return [
        each
        for each in assessed(row, declared, at=at)
        if each.charge in when and each.part not in released and not is_paid(each, found)
    ]


def _ask(row: models.Case, owed: list[models.Assessed], *, at: datetime, stands: bool = False) -> None:
    """Place the orders, each once; with `stands` nothing but the fee is waited for."""
    earlier = orders_of(row)
    kept = clock.stop(clock_of(row), at=at) if stands else None
    waiting = {part_of(each) for each in earlier if each.state in LIVE}
    new = [each for each in owed if each.part not in waiting]
    if not new:
        if stands:
            move(row, Action.CHARGE, by=system(PLATFORM), at=at, kept=kept, note="等待缴费", also=_ALSO)
        return
    placed = [_placed(row, each, earlier, at=at) for each in new]
    note = "；".join(_said(each) for each in new)
    numbers = ", ".join(each.number for each in placed)
    move(row, Action.CHARGE, by=system(PLATFORM), at=at, kept=kept, note=note, also=_ALSO, order=numbers)
    tell_step(row, "fee", at=at)


def _placed(row: models.Case, one: models.Assessed, earlier: list[Order], *, at: datetime) -> Order:
    number = number_of(row)
    count = sum(part_of(each) == one.part for each in earlier) + 1
    return payments.place_order(
        subject=f"case/{number}", payer=f"{row.scheme}/{row.holder}", amount=money.yuan_of(one.fen), office=one.office,
        reason=Words(zh=f"{one.title['zh']}：费用", en=f"{one.title['en']}: fee"),
        key="/".join(filter(None, (f"case/{number}/fee", one.part, str(count)))), by=system(PLATFORM), at=at,
        good_for=None if one.charge == Charge.DELIVERY else timedelta(days=one.days),
    )  # fmt: skip


def _yuan(one: models.Assessed | None) -> str:
    return str(money.yuan_of(one.fen if one else 0))


def _said(one: models.Assessed) -> str:
    title = f"{one.title['zh']} " if one.part else ""
    return f"{title}{money.yuan_of(one.fen)} 元" + (f"（{one.because}）" if one.because else "")
