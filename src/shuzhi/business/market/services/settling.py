"""Contracts over data products and what they come to (合同与结算), counted from the log, never from what anybody reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction

from shuzhi.business.market import models, queries
from shuzhi.business.market.errors import (
    AlreadyDisputed,
    CreditRefused,
    NoSuchContract,
    NoSuchProduct,
    NoSuchStatement,
    PeriodWrong,
    PriceRefused,
    ReasonMissing,
    WrongSubscription,
)
from shuzhi.business.market.sharing import settle
from shuzhi.business.market.types import Contract, ProductDeclaration, Statement
from shuzhi.data.exchange import queries as exchange
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy, subjects
from shuzhi.pillars.security import queries as log
from shuzhi.pillars.security.queries import Calls
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops

DISPUTE = "settlement-dispute"


@transaction.atomic
def sign_contract(
    *,
    product: str,
    subscription: int,
    since: date,
    until: date,
    by: Actor,
    at: datetime,
    fen: int | None = None,
) -> Contract:
    """Sell a product to the office of a subscription (签订合同), at the product's terms of today.

    `fen` is the price that was agreed on, where the product's is a guided one; later prices change nothing of it.

    Raises:
        NoSuchProduct, PeriodWrong: as they say.
        PriceRefused: the price is not within what the product allows.
        WrongSubscription: it is none of the product's interface, or already sold for some of these days.
        Forbidden: the actor speaks neither for the product's owner nor for the bureau.
    """
    found = models.Product.objects.select_for_update().filter(id=product).exclude(pack=None).first()
    if found is None:
        raise NoSuchProduct(product=product[:60])
    terms = ProductDeclaration.model_validate(found.declared)
    policy.require("market.settle", by=by, office=terms.owner)
    if until < since:
        raise PeriodWrong
    terms = _at_price(terms, fen)
    bought = exchange.subscription(subscription)
    taken = models.Contract.objects.filter(subscription=subscription, since__lte=until, until__gte=since)
    if bought.interface != terms.interface or bought.sandbox or taken.exists():
        raise WrongSubscription(subscription=subscription, product=product)
    row = models.Contract.objects.create(
        product=found, terms=terms.model_dump(mode="json"), buyer=bought.office, subscription=subscription, since=since,
        until=until, signed_by=by.name, signed_at=at,
    )  # fmt: skip
    audit.record(
        "market.contract_signed", target=f"contract/{row.id}", by=by, at=at, product=product, buyer=row.buyer,
        subscription=subscription, per=terms.price.per, fen=terms.price.fen, since=since, until=until,
    )  # fmt: skip
    return queries.contract_of(row)


@transaction.atomic
def make_statement(*, contract: int, month: date, by: Actor, at: datetime) -> Statement:
    """State what a month that is over comes to (月结). Asked again it is the same one: a statement is never changed.

    Raises:
        NoSuchContract: there is none of this number.
        PeriodWrong: the month is not over, or the contract does not reach into it.
        Forbidden: the actor speaks neither for the product's owner nor for the bureau.
    """
    row = models.Contract.objects.select_for_update().filter(id=contract).first()
    if row is None:
        raise NoSuchContract(contract=contract)
    terms = ProductDeclaration.model_validate(row.terms)
    policy.require("market.settle", by=by, office=terms.owner)
    first, last = _days_of(month)
    if (done := row.statements.filter(month=first, corrects=None).first()) is not None:
        return queries.statement_of(done)
    if last >= day_of(at) or row.since > last or row.until < first:
        raise PeriodWrong
    calls = Calls(
        terms.interface, f"subscription/{row.subscription}",
        _midnight(max(first, row.since)), _midnight(min(last, row.until) + timedelta(days=1)),
    )  # fmt: skip
    count = log.deliveries(calls)
    fen = terms.price.fen * (count if terms.price.per == "call" else 1)
    persons = _persons(terms, calls)
    made = models.Statement.objects.create(
        number=f"S{first:%Y%m}-{row.id:06d}", contract=row, month=first, deliveries=count, fen=fen,
        lines=settle(fen, _parts(terms), persons), weights=persons, made_by=by.name, made_at=at,
    )  # fmt: skip
    _note(made, by=by, at=at)
    return queries.statement_of(made)


@transaction.atomic
def make_statements(*, month: date, by: Actor, at: datetime) -> list[Statement]:
    """The statements of all contracts of a month that is over, those made before among them."""
    first, last = _days_of(month)
    rows = models.Contract.objects.filter(since__lte=last, until__gte=first).order_by("id")
    return [make_statement(contract=row.id, month=first, by=by, at=at) for row in rows]


@transaction.atomic
def credit(*, statement: str, fen: int, reason: str, by: Actor, at: datetime) -> Statement:
    """Give back a part of what a statement came to (红字结算单): a note of its own, the statement stays as it is.

    What each party has left after it is its share of what the statement now comes to.

    Raises:
        NoSuchStatement, ReasonMissing: as they say.
        CreditRefused: it is nothing, or more than is left.
        Forbidden: the actor speaks neither for the product's owner nor for the bureau.
    """
    row = (
        models.Statement.objects.select_for_update(of=("self",))
        .filter(number=statement, corrects=None)
        .first()
    )
    if row is None:
        raise NoSuchStatement(statement=statement[:40])
    terms = ProductDeclaration.model_validate(row.contract.terms)
    policy.require("market.settle", by=by, office=terms.owner)
    if not reason.strip():
        raise ReasonMissing
    before = list(row.credits.order_by("number"))
    left = row.fen + sum(note.fen for note in before)
    if not 0 < fen <= left:
        raise CreditRefused(left=left)
    made = models.Statement.objects.create(
        number=f"{row.number}-C{len(before) + 1:02d}", contract=row.contract, month=row.month, corrects=row,
        deliveries=0, fen=-fen, lines=_difference(terms, row.weights, left, left - fen),
        reason=reason.strip()[:500], made_by=by.name, made_at=at,
    )  # fmt: skip
    _note(made, by=by, at=at)
    return queries.statement_of(made)


@transaction.atomic
def dispute(*, statement: str, reason: str, by: Actor, at: datetime) -> int:
    """Object to a statement (结算异议); the product's owner has it in the inbox. Returns the dossier.

    Raises:
        NoSuchStatement, ReasonMissing: as they say.
        AlreadyDisputed: an objection is still open.
        Forbidden: the actor does not speak for the buyer.
    """
    row = models.Statement.objects.select_related("contract").filter(number=statement, corrects=None).first()
    if row is None:
        raise NoSuchStatement(statement=statement[:40])
    policy.require("market.dispute", by=by, office=row.contract.buyer)
    if not reason.strip():
        raise ReasonMissing
    subject = f"statement/{row.number}"
    if workflow.dossiers(loop=DISPUTE, subject=subject, open_only=True):
        raise AlreadyDisputed(statement=row.number)
    terms = ProductDeclaration.model_validate(row.contract.terms)
    title = Words(zh=f"结算单 {row.number} 的异议", en=f"Objection to statement {row.number}")
    opened = loops.open_dossier(
        loop=DISPUTE, subject=subject, title=title, office=terms.owner, requester=row.contract.buyer, by=by, at=at,
        facts={"statement": row.number, "fen": row.fen, "deliveries": row.deliveries, "reason": reason.strip()[:500]},
    )  # fmt: skip
    audit.record("market.disputed", target=subject, by=by, at=at, dossier=opened.id)
    return opened.id


def _at_price(terms: ProductDeclaration, fen: int | None) -> ProductDeclaration:
    if fen is None:
        return terms
    least = terms.price.fen if terms.price.floor is None else terms.price.floor
    if not least <= fen <= terms.price.fen:
        raise PriceRefused(product=terms.product, least=least, most=terms.price.fen)
    return terms.model_copy(update={"price": terms.price.model_copy(update={"fen": fen})})


def _difference(
    terms: ProductDeclaration, persons: Mapping[str, int], before: int, after: int
) -> dict[str, int]:
    had, has = settle(before, _parts(terms), persons), settle(after, _parts(terms), persons)
    return {name: has.get(name, 0) - had.get(name, 0) for name in sorted(had.keys() | has.keys())}


def _parts(terms: ProductDeclaration) -> dict[str, int]:
    parts: dict[str, int] = {}
    for share in terms.shares:
        parts[share.party] = parts.get(share.party, 0) + share.parts
    return parts


def _persons(terms: ProductDeclaration, calls: Calls) -> dict[str, int]:
    """How often each of those who agreed was what a call was about."""
    if terms.agreement is None or all(share.role != "subjects" for share in terms.shares):
        return {}
    agreed = models.Individual.objects.filter(consentrecord__agreement=terms.agreement).exclude(value="")
    whose = {
        subjects.node_reference(scheme, value): f"individual/{name}"
        for name, scheme, value in agreed.distinct().values_list("id", "scheme", "value")
    }
    found = log.deliveries_about(calls, sorted(whose))
    return {whose[reference]: times for reference, times in found.items()}


def _note(row: models.Statement, *, by: Actor, at: datetime) -> None:
    audit.record(
        "market.credited" if row.corrects_id else "market.stated", target=f"statement/{row.number}", by=by, at=at,
        contract=row.contract_id, month=row.month, deliveries=row.deliveries, fen=row.fen, lines=row.lines,
        reason=row.reason,
    )  # fmt: skip


def _days_of(month: date) -> tuple[date, date]:
    first = month.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)
