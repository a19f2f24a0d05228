"""Over generated histories of payers, clerks, faults, storms and lost workers: the money moves once and every fen is traced."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.support.payments import world
from tests.unit.support.payments.test_payments import call_back
from tests.unit.support.payments.world import APPROVER, AT, CLERK, NEXT_DAY, PAYER, PLATFORM, RESIDENT

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
    "returned",
    "again",
]
ORDERS = st.lists(st.decimals("0.01", "300", places=2), min_size=1, max_size=3)
PAYOUTS = st.lists(st.sampled_from(["5555", "9001", "9002", "9003", "9004", "9005", "9005"]), max_size=2)
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
            number = _payout(which) if what == "again" else numbers[which % len(numbers)]
            _take(bank, what, number, how, fen)
            _look(bank)
        for _ in range(4):  # in the end the gateway answers
            services.bring_forward(by=PLATFORM, at=AT)
        for day in _days_of_return(bank):
            services.reconcile(day=day, by=PLATFORM, at=AT + timedelta(days=9))
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
        "returned": lambda: [call_back(told) for told in bank.book.callbacks(at=NEXT_DAY)],
        "again": lambda: services.pay_again(
            order=number,
            account=f"33000012345{'9005' if fen % 2 else '5555'}",
            account_name="林一",
            by=APPROVER,
            at=AT,
        ),
    }
    try:
        with transaction.atomic():
            acts[what]()
    except PlatformError:
        return  # refused, or no answer


def _days_of_return(bank):
    with bank.book.writing() as rows:
        found = rows.execute("SELECT DISTINCT day FROM comeback ORDER BY day").fetchall()
    return [date.fromisoformat(row["day"]) for row in found]


def _payout(which):
    """A payout, among them those by which others were paid again."""
    found = models.Order.objects.filter(kind="payout").order_by("made_at", "number")
    return found[which % len(found)].number if found else "P0"


class Killed(Exception):
    """A worker that dies after the gateway was asked, before it booked."""


def _chain(order):
    """A payout, and those by which it was paid again."""
    found = [order]
    while again := models.Order.objects.filter(key=f"again/{found[-1].number}").first():
        found.append(again)
    return found


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
        returned = {row["key"]: row["fen"] for row in rows.execute("SELECT key, fen FROM comeback")}
    total = 0
    for first in models.Order.objects.filter(kind="payout").exclude(key__startswith="again/"):
        chain = _chain(first)
        assert sum(each.received for each in chain) <= first.amount, "nothing is paid twice"
        if over:
            stayed = sum(at_bank.get(each.number, 0) - returned.get(each.number, 0) for each in chain)
            assert stayed == sum(each.received for each in chain) <= first.amount
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
            came_back = returned.get(order.number, 0)
            assert (order.received, order.refunded) == (mine.get(order.number, 0) - came_back, back)
            assert order.refunding == order.refunded
        total += ledger.balance(ledger.party_account(order.number))
    total += ledger.balance(ledger.office_account(world.OFFICE)) + ledger.balance(ledger.TRANSIT)
    assert total == 0, "the ledger's sum is nought"
