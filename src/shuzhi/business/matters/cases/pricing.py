"""What a matter costs in a case (费用核定): its amount, or what its rule says of the answers; once, and with the way to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import FeeUnknown
from shuzhi.business.matters.cases.gathering import gathered_again
from shuzhi.business.matters.cases.judging import asked, document_of
from shuzhi.business.matters.errors import NoSuchMatter
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.library.situations import is_part
from shuzhi.business.matters.types import Charge, DecisionRef, MatterDeclaration
from shuzhi.foundation.errors import PlatformError
from shuzhi.support.decisions.dmn.answers import Status
from shuzhi.support.decisions.queries import reason as reason_of
from shuzhi.support.payments import money
from shuzhi.support.payments.errors import AmountWrong

AMOUNT, BECAUSE = ("金额", "amount"), ("依据", "理由", "because")
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Price:
    """How many fen, why, and how the rule came to it. Nought is an exemption."""

    fen: int
    because: str = ""
    document: Mapping[str, Any] | None = None


def charges_of(declared: MatterDeclaration) -> frozenset[Charge]:
    """When anything of a matter is asked for: its own fee, and those of a journey's parts."""
    found = [declared, *_parts(declared)] if declared.is_journey else [declared]
    return frozenset(each.fee.charge for each in found if each.fee.charge)


def assessed(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> list[models.Assessed]:
    """What a case costs, part by part: as it was worked out before, else worked out now, all of it or nothing.

    Raises:
        FeeUnknown: a rule says no amount that can be charged.
    """
    kept = list(models.Assessed.objects.filter(case_id=row.id).order_by("id"))
    return kept or models.Assessed.objects.bulk_create(worked_out(row, declared, at=at))


def worked_out(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> list[models.Assessed]:
    """What a case would cost by its answers as they are now; nothing is kept.

    Raises:
        FeeUnknown: a rule says no amount that can be charged.
    """
    facts = gathered_again(row, declared, at=at).facts
    owed = [declared] if declared.fee.charge else []
    owed += [each for each in _parts(declared) if each.fee.charge and is_part(each.matter, declared, facts)]
    return [_assessed(row, each, facts, at=at) for each in owed]


def _parts(declared: MatterDeclaration) -> Iterator[MatterDeclaration]:
    """The parts of a journey that are on offer."""
    for name in declared.journey:
        try:
            yield library.matter(name).declaration
        except NoSuchMatter:
            continue


def _assessed(row: models.Case, of: MatterDeclaration, facts: Facts, *, at: datetime) -> models.Assessed:
    fee, price = of.fee, price_of(of, facts, at=at)
    assert fee.charge is not None
    return models.Assessed(
        case_id=row.id, part="" if of.matter == row.matter else of.matter, title=of.title.model_dump(), office=of.office,
        fen=price.fen, because=price.because[:500], document=dict(price.document or {}), charge=fee.charge.value,
        refunded=fee.refunded, days=fee.pay_within_days, at=at,
    )  # fmt: skip


def price_of(declared: MatterDeclaration, facts: Facts, *, at: datetime) -> Price:
    """What a matter costs, given the answers.

    Raises:
        FeeUnknown: its rule says nothing, less than nought, a part of a fen, or more than can be paid.
    """
    if declared.fee.decision is None:
        return Price(money.fen_of(declared.fee.amount))
    try:
        return _by_rule(declared, declared.fee.decision, facts, at=at)
    except FeeUnknown:
        raise
    except PlatformError as refusal:
        raise _unknown(declared, str(refusal), refusal.message_zh) from refusal


def _by_rule(declared: MatterDeclaration, ref: DecisionRef, facts: Facts, *, at: datetime) -> Price:
    answer = asked(ref, facts, at=at)
    told = reason_of(answer)
    if answer.status is not Status.VALUE:
        raise _unknown(declared, told.en, told.zh)
    context = answer.value if isinstance(answer.value, Mapping) else {AMOUNT[0]: answer.value}
    because = str(_first(context, BECAUSE) or told.zh)
    fen = _fen(declared, _first(context, AMOUNT))
    return Price(fen, because, document_of(ref, answer))


def _fen(declared: MatterDeclaration, value: Any) -> int:
    if not isinstance(value, Decimal | int) or isinstance(value, bool):
        raise _unknown(declared, "the rule says no amount", "规则没有给出金额")
    if value == 0:
        return 0
    try:
        return money.fen_of(value)
    except AmountWrong as refusal:
        raise _unknown(
            declared, f"{value}: {refusal}", f"{value}，{refusal.message_zh.rstrip('。')}"
        ) from None


def _unknown(declared: MatterDeclaration, why: str, why_zh: str) -> FeeUnknown:
    title = declared.title
    return FeeUnknown(
        matter=title.en, matter_zh=title.zh, why=why.rstrip(".")[:300], why_zh=why_zh.rstrip("。")[:300]
    )


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if found.get(name) is not None), None)
