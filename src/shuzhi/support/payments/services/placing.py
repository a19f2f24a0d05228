"""Placing orders (开单): an order under its key is one order, however often it is placed."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.payments import models, queries
from shuzhi.support.payments.errors import AccountWrong, CurrencyUnknown, KeyTaken, NotAgain, PartyWrong
from shuzhi.support.payments.money import fen_of, yuan_of
from shuzhi.support.payments.queries import again_key
from shuzhi.support.payments.services import returning
from shuzhi.support.payments.services.booking import locked
from shuzhi.support.payments.types import STATE_TITLES, Kind, Order, OrderState

GOOD_FOR = timedelta(days=3)
SCHEMES = ("resident_id", "uscc")
SAME = ("kind", "subject", "party", "amount", "office", "account")
Entropy = Callable[[int], bytes]


def place_order(
    *, subject: str, payer: str, amount: Decimal, reason: Words, office: str, by: Actor, at: datetime,
    currency: str = "CNY", key: str = "", good_for: timedelta | None = GOOD_FOR, entropy: Entropy = os.urandom,
) -> Order:  # fmt: skip
    """Ask somebody for money (缴费单): `amount` yuan to an office about a subject (`case/9`).

    The same `key` again is the same order; without one every call is an order of its own. `good_for`: how long it can
    be paid; None: for good.

    Raises:
        AmountWrong, CurrencyUnknown, PartyWrong: as they say.
        KeyTaken: the key stands for another order.
        Forbidden: the actor may not place orders of this office.
    """
    policy.require("payments.place", by=by, office=office)
    facts = _facts(Kind.CHARGE, subject, payer, amount, currency, reason, office)
    facts["expires_at"] = at + good_for if good_for else None
    return _placed(facts, key, by=by, at=at, entropy=entropy)


def place_payout(
    *, subject: str, payee: str, amount: Decimal, reason: Words, office: str, account: str, account_name: str,
    key: str, by: Actor, at: datetime, currency: str = "CNY", entropy: Entropy = os.urandom,
) -> Order:  # fmt: skip
    """Pay somebody (拨付单) to an account. The key says what is paid for: nothing is paid for it twice.

    Raises:
        AccountWrong, AmountWrong, CurrencyUnknown, PartyWrong, KeyTaken, Forbidden: as they say.
    """
    policy.require("payments.pay_out", by=by, office=office)
    if not (account.isascii() and account.isdecimal() and 8 <= len(account) <= 32 and account_name.strip()):  # noqa: PLR2004
        raise AccountWrong
    facts = _facts(Kind.PAYOUT, subject, payee, amount, currency, reason, office)
    facts |= {"account": account, "account_name": account_name.strip()[:300]}
    return _placed(facts, key, by=by, at=at, entropy=entropy)


def pay_again(
    *, order: str, account: str, account_name: str, by: Actor, at: datetime, entropy: Entropy = os.urandom
) -> Order:
    """Pay a payout again that came back or was refused, to the account that is right. Once: the next try is of the new order.

    Raises:
        NotAgain: it has arrived, is under way, or never went.
        KeyTaken: it was paid again already, to another account.
        AccountWrong, NoSuchOrder, Forbidden: as they say.
    """
    with transaction.atomic():
        row = locked(order)
        policy.require("payments.pay_out", by=by, office=row.office)
        found = queries.order_of(row)
        if not found.may_go_again:
            raise NotAgain(
                number=order, state=STATE_TITLES[found.state].zh, state_en=STATE_TITLES[found.state].en
            )
        made = place_payout(
            subject=row.subject, payee=row.party, amount=yuan_of(row.amount), reason=found.reason, office=row.office,
            account=account, account_name=account_name, key=again_key(order), by=by, at=at, entropy=entropy,
        )  # fmt: skip
        returning.close_dossier(order, again=made.number, by=by, at=at)
    return made


def _facts(  # noqa: PLR0917 - what stands on every order, as both kinds name it
    kind: Kind, subject: str, party: str, amount: Decimal, currency: str, reason: Words, office: str
) -> dict[str, Any]:
    scheme, _, number = party.partition("/")
    if scheme not in SCHEMES or not number or len(party) > 60:  # noqa: PLR2004
        raise PartyWrong
    if currency != "CNY":
        raise CurrencyUnknown(currency=currency[:10])
    return {
        "kind": kind.value, "subject": subject[:200], "party": party, "amount": fen_of(amount), "account": "",
        "reason": {"zh": reason.zh, "en": reason.en}, "office": office, "currency": currency,
    }  # fmt: skip


@transaction.atomic
def _placed(facts: dict[str, Any], key: str, *, by: Actor, at: datetime, entropy: Entropy) -> Order:
    number = f"P{at.astimezone(CHINA):%Y%m%d}{int.from_bytes(entropy(8)) % 10**12:012d}"
    key = key[:200] or number
    found = models.Order.objects.filter(key=key).first()
    if found is None:
        row = models.Order(number=number, key=key, state=OrderState.OPEN, made_at=at, **facts)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # another process placed it meanwhile
            found = models.Order.objects.get(key=key)
        else:
            audit.record(
                "payments.placed", target=f"order/{number}", by=by, at=at, kind=facts["kind"], subject=facts["subject"],
                owner=facts["office"], fen=facts["amount"],
            )  # fmt: skip
            return queries.order_of(row)
    if any(getattr(found, name) != facts[name] for name in SAME):
        raise KeyTaken(number=found.number)
    return queries.order_of(found)
