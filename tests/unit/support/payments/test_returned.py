"""Payouts that the payee's bank sends back: known by callback or statement, told to the office, paid again once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.support.payments import world
from tests.unit.support.payments.test_payments import call_back
from tests.unit.support.payments.world import APPROVER, AT, CLERK, NEXT_DAY, OFFICE, PLATFORM, STRANGER

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.support.payments import ledger, models, queries, services
from shuzhi.support.payments.drivers import Outcome, Result
from shuzhi.support.payments.errors import KeyTaken, NotAgain
from shuzhi.support.payments.services.booking import book
from shuzhi.support.payments.types import OrderState
from shuzhi.support.workflow import queries as loops

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=4)
RIGHT = {"account": "330000123455555", "account_name": "林一"}


def arrived(bank, tail="9005"):
    made = world.pay_out(tail=tail)
    return services.send_payout(order=made.number, by=PLATFORM, at=AT)


def came_back(bank):
    order = arrived(bank)
    for told in bank.book.callbacks(at=NEXT_DAY):
        call_back(told)
    return queries.order(order.number)


def open_dossiers(order):
    return loops.dossiers(loop="payout-returned", subject=f"payout/{order.number}", open_only=True)


def test_nothing_comes_back_before_its_day(bank):
    order = arrived(bank)
    for told in bank.book.callbacks(at=AT):
        call_back(told)

    assert queries.order(order.number).state is OrderState.PAID


def test_a_callback_brings_the_money_back_to_the_office(bank, receipts):
    order = came_back(bank)

    assert (order.state, order.received, order.problem) == (OrderState.RETURNED, 0, "收款账户户名不符")
    assert ledger.balance(ledger.office_account(OFFICE)) == 0
    assert queries.differences() == []
    assert queries.figures(OFFICE).returned == 1


def test_the_office_is_told_who_what_and_why(bank, receipts):
    order = came_back(bank)

    (dossier,) = open_dossiers(order)
    assert dossier.office == OFFICE
    assert dossier.facts["account_name"] == "林一"
    assert (dossier.facts["account_tail"], dossier.facts["yuan"]) == ("9005", "500.00")
    assert dossier.facts["why"] == "收款账户户名不符"
    assert dossier.due_on is not None


def test_a_storm_of_notices_changes_nothing(bank, receipts):
    order = came_back(bank)
    for told in bank.book.callbacks(at=NEXT_DAY):
        call_back(told)
    services.reconcile(day=day_of(NEXT_DAY), by=PLATFORM, at=LATER)

    assert len(open_dossiers(order)) == 1
    assert [line.said[:2] for line in queries.postings(order.number)].count("退汇") == 1


def test_a_statement_tells_it_too_and_both_days_agree(bank, receipts):
    order = arrived(bank)

    back = services.reconcile(day=day_of(NEXT_DAY), by=PLATFORM, at=LATER)
    first = services.reconcile(day=day_of(AT), by=PLATFORM, at=LATER)

    assert (back.booked, back.came, back.went, back.is_clean) == (1, 50000, 0, True)
    assert (first.matched, first.is_clean) == (1, True)
    assert queries.order(order.number).state is OrderState.RETURNED


def test_a_return_that_the_statement_does_not_know_is_a_difference(bank, receipts):
    order = arrived(bank, tail="5555")
    book(
        Outcome(order.number, Result.RETURNED, order.amount, "户名不符", day_of(NEXT_DAY)),
        by=PLATFORM,
        at=NEXT_DAY,
    )

    found = services.reconcile(day=day_of(NEXT_DAY), by=PLATFORM, at=LATER)

    assert [(one.key, one.kind) for one in found.differences] == [(order.number, "missing")]


def test_another_amount_is_not_booked(bank):
    order = arrived(bank)

    assert not book(Outcome(order.number, Result.RETURNED, 1, "户名不符"), by=PLATFORM, at=NEXT_DAY)
    assert queries.order(order.number).state is OrderState.PAID


def test_it_may_come_back_before_we_heard_that_it_arrived(bank, receipts):
    made = world.pay_out(tail="9001")  # done, without an answer
    services.send_payout(order=made.number, by=PLATFORM, at=AT)
    assert book(Outcome(made.number, Result.RETURNED, made.amount, "账户已销户"), by=PLATFORM, at=NEXT_DAY)

    assert queries.order(made.number).state is OrderState.RETURNED
    assert (queries.differences(), ledger.balance(ledger.TRANSIT)) == ([], 0)


class TestPayingAgain:
    def test_once_and_to_the_right_account(self, bank, receipts):
        order = came_back(bank)
        again = services.pay_again(order=order.number, **RIGHT, by=APPROVER, at=NEXT_DAY)
        same = services.pay_again(order=order.number, **RIGHT, by=APPROVER, at=NEXT_DAY)
        services.bring_forward(by=PLATFORM, at=NEXT_DAY)

        assert again.number == same.number
        assert queries.paid_again(order.number).state is OrderState.PAID
        assert open_dossiers(order) == []
        assert models.Order.objects.filter(received__gt=0).count() == 1
        with pytest.raises(KeyTaken):
            services.pay_again(
                order=order.number, account="330000123456666", account_name="林一", by=APPROVER, at=NEXT_DAY
            )

    def test_what_comes_back_again_is_paid_again_from_its_own_order(self, bank, receipts):
        first = came_back(bank)
        second = services.pay_again(
            order=first.number, account="330000123459005", account_name="林一", by=APPROVER, at=AT
        )
        services.send_payout(order=second.number, by=PLATFORM, at=AT)
        services.reconcile(day=day_of(NEXT_DAY), by=PLATFORM, at=LATER)
        third = services.pay_again(order=second.number, **RIGHT, by=APPROVER, at=LATER)

        assert queries.order(second.number).state is OrderState.RETURNED
        assert third.number not in (first.number, second.number)
        assert queries.differences() == []

    @pytest.mark.parametrize("tail", ["5555", "9002"])
    def test_what_has_arrived_or_is_under_way_is_not_paid_again(self, bank, tail):
        order = arrived(bank, tail)

        with pytest.raises(NotAgain):
            services.pay_again(order=order.number, **RIGHT, by=APPROVER, at=AT)

    def test_what_was_refused_may_be(self, bank):
        order = arrived(bank, "9004")

        assert services.pay_again(order=order.number, **RIGHT, by=APPROVER, at=AT).state is OrderState.OPEN

    @pytest.mark.parametrize("by", [CLERK, STRANGER])
    def test_only_by_whom_may_pay_for_the_office(self, bank, by):
        order = came_back(bank)

        with pytest.raises(Forbidden):
            services.pay_again(order=order.number, **RIGHT, by=by, at=NEXT_DAY)
