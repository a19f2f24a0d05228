"""Over generated histories of payers, clerks, faults, storms and lost workers: the money moves once and every fen is traced."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.support.payments import world
from tests.unit.support.payments.test_payments import call_back
from tests.unit.support.payments.world import APPROVER, AT, CLERK, PAYER, PLATFORM, RESIDENT

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.errors import PlatformError
from shuzhi.support.payments import ledger, models, queries, services

HOWS = ["pay", "decline", "pay-silent", "pay-storm", "pay-late"]
ACTS = [
    "begin",
    "till",
    "till",
    "refund",
    "refund",
    "forward",
    "close",
    "expire",
    "storm",
    "reconcile",
    "lost",
]
ORDERS = st.lists(st.decimals("0.01", "300", places=2), min_size=1, max_size=3)
PAYOUTS = st.lists(st.sampled_from(["5555", "9001", "9002", "9003", "9004"]), max_size=2)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.sampled_from(HOWS), st.integers(1, 40000)),
    max_size=14,
)


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25)
@given(orders=ORDERS, payouts=PAYOUTS, steps=STEPS)
def test_whatever_happens_the_books_agree(orders, payouts, steps):
    from django.db import transaction

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, transaction.atomic():
        bank = world.open_bank(Path(folder), patch)
        numbers = [world.place(str(yuan)).number for yuan in orders]
        for tail in payouts:
            world.pay_out(tail=tail)
        for what, which, how, fen in steps:
            _take(bank, what, numbers[which % len(numbers)], how, fen)
            _look(bank)
        for _ in range(4):  # in the end the gateway answers
            services.bring_forward(by=PLATFORM, at=AT)
        _look(bank, over=True)
        transaction.set_rollback(True)


def _take(bank, what, number, how, fen):
    from django.db import transaction

    late, yuan = AT + timedelta(days=4), Decimal(fen).scaleb(-2)
    acts = {
        "begin": lambda: services.begin_payment(order=number, proven={PAYER}, by=RESIDENT, at=AT),
        "till": lambda: services.use_till(order=number, how=how, proven={PAYER}, by=RESIDENT, at=AT),
        "refund": lambda: services.refund(order=number, amount=yuan, reason="退", by=APPROVER, at=AT),
        "forward": lambda: services.bring_forward(by=PLATFORM, at=AT),
        "close": lambda: services.close_order(order=number, reason="撤", by=CLERK, at=AT),
        "expire": lambda: services.close_overdue(by=PLATFORM, at=late),
        "storm": lambda: [call_back(told) for told in bank.book.callbacks()],
        "reconcile": lambda: services.reconcile(day=day_of(AT), by=PLATFORM, at=late),
        "lost": lambda: _lost(bank),
    }
    try:
        with transaction.atomic():
            acts[what]()
    except PlatformError:
        return  # refused, or no answer


class Killed(Exception):
    """A worker that dies after the gateway was asked, before it booked."""


def _lost(bank):
    """What goes out is done at the gateway; whoever asked dies before the answer is booked, again and again."""

    class Dying:
        def __getattr__(self, name):
            return getattr(bank, name)

        def ask(self, told, *, at):
            bank.ask(told, at=at)
            raise Killed

    try:
        services.bring_forward(by=PLATFORM, at=AT, through=Dying())
    except Killed:
        return


def _look(bank, *, over=False):
    assert queries.differences() == []
    with bank.book.writing() as rows:
        at_bank = {
            row["key"]: row["fen"] for row in rows.execute("SELECT key, fen FROM ask WHERE state = 'done'")
        }
    total = 0
    for order in models.Order.objects.all():
        mine = {
            key: fen
            for key, fen in at_bank.items()
            if key == order.number or key.startswith(f"R{order.number[1:]}-")
        }
        back = sum(fen for key, fen in mine.items() if key.startswith("R"))
        assert order.refunded <= order.received <= order.amount
        assert back <= mine.get(order.number, 0), "more went back than came"
        if over:
            assert (order.received, order.refunded) == (mine.get(order.number, 0), back)
            assert order.refunding == order.refunded
        total += ledger.balance(ledger.party_account(order.number))
    total += ledger.balance(ledger.office_account(world.OFFICE)) + ledger.balance(ledger.TRANSIT)
    assert total == 0, "the ledger's sum is nought"
