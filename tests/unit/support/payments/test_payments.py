"""Orders, the gateway's faults, refunds, expiry, receipts and reconciliation."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from tests.unit.support.payments.world import (
    APPROVER,
    AT,
    CLERK,
    NEXT_DAY,
    OFFICE,
    PAYER,
    PLATFORM,
    RESIDENT,
    STRANGER,
    paid,
    pay_out,
    place,
)

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.support.payments import errors, ledger, models, queries, services
from shuzhi.support.payments.drivers import Line, What
from shuzhi.support.payments.drivers.signing import sign
from shuzhi.support.payments.money import fen_of, yuan_of
from shuzhi.support.payments.types import OrderState, RefundState

pytestmark = pytest.mark.django_db
DAY = day_of(AT)


@pytest.fixture(autouse=True)
def _with_a_bank(bank):
    """Every test has a gateway of its own."""


def refund(order, yuan, *, by=APPROVER, at=AT, **more):
    return services.refund(order=order.number, amount=Decimal(yuan), reason="多收", by=by, at=at, **more)


@pytest.mark.parametrize("wrong", ["0", "-1", "0.001", "NaN", "Infinity", "1e15", "x"])
def test_an_amount_is_whole_fen(wrong):
    with pytest.raises(errors.AmountWrong):
        fen_of(wrong)
    assert yuan_of(fen_of("12345.6")) == Decimal("12345.60")


class TestPlacing:
    def test_the_same_key_is_the_same_order(self):
        one, two = place(key="case/9/fee"), place(key="case/9/fee")

        assert one == two
        assert one.state is OrderState.OPEN
        assert one.amount == 8000
        with pytest.raises(errors.KeyTaken):
            place("81.00", key="case/9/fee")
        assert place().number != place().number

    def test_only_the_office_asks_for_its_money(self):
        for by in (STRANGER, RESIDENT):
            with pytest.raises(Forbidden):
                place(by=by)
        with pytest.raises(errors.PartyWrong):
            place(payer="林一")
        with pytest.raises(errors.CurrencyUnknown):
            place(currency="USD")


class TestPaying:
    def test_paid_at_the_till(self, bank):
        found = paid(bank)

        assert found.state is OrderState.PAID
        assert found.received == 8000
        assert ledger.balance(ledger.office_account(OFFICE)) == 8000
        assert queries.differences() == []

    def test_nobody_pays_for_somebody_else(self, bank):
        made = place()
        with pytest.raises(errors.NoSuchOrder):
            services.begin_payment(order=made.number, proven={"uscc/x"}, by=RESIDENT, at=AT)

    def test_declined_can_be_tried_again(self, bank):
        declined = paid(bank, how="decline")
        assert declined.state is OrderState.SENT
        again = services.use_till(order=declined.number, how="pay", proven={PAYER}, by=RESIDENT, at=AT)
        assert again.state is OrderState.PAID
        with pytest.raises(errors.NotPayable):
            services.begin_payment(order=again.number, proven={PAYER}, by=RESIDENT, at=AT)

    def test_charged_without_a_word_is_found_out(self, bank):
        made = place()
        services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=AT)
        with pytest.raises(errors.GatewayTimedOut):
            services.use_till(order=made.number, how="pay-silent", proven={PAYER}, by=RESIDENT, at=AT)
        assert queries.order(made.number).state is OrderState.SENT

        assert services.bring_forward(by=PLATFORM, at=AT) == 1
        assert queries.order(made.number).state is OrderState.PAID

    def test_a_storm_of_callbacks_books_once(self, bank, client, settings):
        made = place()
        services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=AT)
        bank.cashier(made.number, "pay-storm", at=AT)
        told = bank.book.callbacks()
        assert len(told) == 5

        noted = [call_back(each) for each in told * 3]

        assert noted.count(True) == 1
        assert models.Posting.objects.count() == 1
        assert queries.order(made.number).received == 8000

    def test_what_the_gateway_did_not_sign_is_refused(self):
        made = place()
        told = {"event": "e", "key": made.number, "state": "done", "fen": 8000, "settled_on": None}
        with pytest.raises(errors.NotSignedByGateway):
            call_back(told, secret="guessed")
        with pytest.raises(errors.NotSignedByGateway):
            call_back(told, at=AT + timedelta(hours=1))
        assert call_back(told | {"key": "P0"}) is False
        assert call_back(told | {"fen": 1}) is False, "another amount is not booked"
        assert queries.order(made.number).state is OrderState.OPEN


def call_back(told, *, secret="shared", at=AT):
    facts = {name: told.get(name, "") for name in ("event", "key", "state", "fen", "settled_on", "problem")}
    body = json.dumps(facts).encode()
    headers = sign(secret, "POST", "/payments/callbacks", body, at=AT, nonce="n")
    return services.take_callback(
        secret="shared", path="/payments/callbacks", body=body, headers=headers, told=facts, by=PLATFORM, at=at
    )  # fmt: skip


class TestExpiry:
    def test_what_nobody_paid_is_closed(self):
        made = place()
        assert services.close_overdue(by=PLATFORM, at=AT + timedelta(days=2)) == 0
        assert services.close_overdue(by=PLATFORM, at=AT + timedelta(days=3)) == 1
        assert queries.order(made.number).state is OrderState.CLOSED

    def test_paid_in_the_last_moment_is_paid(self, bank):
        made = place()
        services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=AT)
        bank.cashier(made.number, "pay", at=AT)

        assert services.close_overdue(by=PLATFORM, at=AT + timedelta(days=3)) == 0
        assert queries.order(made.number).state is OrderState.PAID

    def test_charged_after_it_was_closed_goes_back_whole(self, bank):
        made = place()
        services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=AT)
        closed = services.close_order(order=made.number, reason="撤销", by=CLERK, at=AT)
        assert closed.state is OrderState.CLOSED
        bank.cashier(made.number, "pay-late", at=AT)
        for told in bank.book.callbacks():
            call_back(told)

        services.bring_forward(by=PLATFORM, at=AT)
        found = queries.order(made.number)
        assert (found.state, found.received, found.refunded) == (OrderState.CLOSED, 8000, 8000)
        assert ledger.balance(ledger.party_account(made.number)) == 0
        assert queries.differences() == []


class TestRefunds:
    def test_in_parts_and_never_more_than_was_paid(self, bank):
        order = paid(bank)
        first = refund(order, "30", key="a")
        assert refund(order, "30", key="a") == first
        refund(order, "50")
        with pytest.raises(errors.RefundTooMuch):
            refund(order, "0.01")
        with pytest.raises(Forbidden):
            refund(order, "1", by=CLERK)
        services.bring_forward(by=PLATFORM, at=AT)

        assert queries.order(order.number).refunded == 8000
        assert ledger.balance(ledger.office_account(OFFICE)) == 0
        assert queries.differences() == []

    @pytest.mark.parametrize(
        ("yuan", "first", "then"),
        [
            ("10.91", RefundState.SENT, RefundState.DONE),
            ("10.92", RefundState.SENT, RefundState.DONE),
            ("10.93", RefundState.SENT, RefundState.DONE),
            ("10.94", RefundState.FAILED, RefundState.FAILED),
        ],
    )
    def test_faults_of_the_gateway(self, bank, yuan, first, then):
        order = paid(bank)
        refund(order, yuan)

        for expected in (first, then):
            services.bring_forward(by=PLATFORM, at=AT)
            [found] = queries.refunds(order.number)
            assert found.state is expected
            assert queries.differences() == []
        assert queries.order(order.number).refundable == 8000 - (
            0 if then is RefundState.FAILED else found.amount
        )


class TestPayouts:
    @pytest.mark.parametrize(
        ("tail", "then"),
        [("5555", "paid"), ("9001", "paid"), ("9002", "paid"), ("9003", "paid"), ("9004", "failed")],
    )
    def test_arrive_once_whatever_the_bank_does(self, bank, tail, then):
        made = pay_out(tail=tail)
        for _ in range(3):
            services.send_payout(order=made.number, by=PLATFORM, at=AT)

        assert queries.order(made.number).state.value == then
        expected = 0 if then == "failed" else 50000
        assert ledger.balance(ledger.party_account(made.number)) == expected
        assert queries.differences() == []

    def test_nothing_is_paid_twice_under_one_key(self, bank):
        made = pay_out(key="finding/1", account="33000012345678")
        assert pay_out(key="finding/1", account="33000012345678").number == made.number
        with pytest.raises(errors.KeyTaken):
            pay_out(key="finding/1", account="33000012345679")
        with pytest.raises(errors.AccountWrong):
            pay_out(account="3300-1")


class TestReceipts:
    def test_a_receipt_is_a_credential_of_the_payer(self, bank, receipts):
        from shuzhi.support.credentials import queries as credentials

        order = paid(bank)
        number = services.give_receipt(order=order.number, by=PLATFORM, at=AT)

        assert services.give_receipt(order=order.number, by=PLATFORM, at=AT) == number
        found = credentials.credential(number)
        assert found.subject == PAYER
        assert found.facts["amount"] == "80.00"
        assert found.facts["order"] == order.number
        with pytest.raises(errors.NoReceipt):
            services.give_receipt(order=place().number, by=PLATFORM, at=AT)


class TestReconciling:
    def test_a_day_that_agrees(self, bank, receipts):
        order = paid(bank)
        refund(order, "10")
        pay_out()
        services.bring_forward(by=PLATFORM, at=AT)
        with pytest.raises(errors.StatementNotReady):
            services.reconcile(day=DAY, by=CLERK, at=AT)

        found = services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY)

        assert (found.lines, found.matched, found.booked) == (3, 3, 0)
        assert found.is_clean
        assert (found.came, found.went) == (8000, 51000)
        assert services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY) == found

    def test_what_no_callback_told_is_booked(self, bank, receipts):
        made = place(good_for=None)
        services.begin_payment(order=made.number, proven={PAYER}, by=RESIDENT, at=AT)
        bank.cashier(made.number, "pay-silent", at=AT)

        found = services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY)

        assert found.is_clean
        assert found.booked == 1
        assert queries.order(made.number).state is OrderState.PAID

    def test_differences_become_dossiers_and_close_when_they_are_gone(self, bank, receipts):
        from shuzhi.support.workflow import queries as loops

        one, two = paid(bank), paid(bank)
        lying = Lying(bank, gone={one.number}, more=[Line("P0", What.CHARGE, 5)], wrong={two.number: 7999})

        found = services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY, through=lying)

        assert {(each.key, each.kind) for each in found.differences} == {
            (one.number, "missing"), ("P0", "unknown"), (two.number, "amount"),
        }  # fmt: skip
        dossiers = [loops.dossier(each.dossier) for each in found.differences]
        assert {each.office for each in dossiers} == {OFFICE, "data-bureau"}
        again = services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY, through=lying)
        assert again.differences == found.differences, "one dossier for one difference"
        assert services.reconcile(day=DAY, by=CLERK, at=NEXT_DAY).is_clean
        assert {loops.dossier(each.id).state for each in dossiers} == {"agreed"}
        assert queries.reconciliations()[0].is_clean


class Lying:
    """A gateway whose statement is wrong."""

    def __init__(self, bank, *, gone, more, wrong):
        self.bank, self.gone, self.more, self.wrong = bank, gone, more, wrong

    def __getattr__(self, name):
        return getattr(self.bank, name)

    def statement(self, day, *, at):
        lines = [each for each in self.bank.statement(day, at=at) if each.key not in self.gone]
        return [replace(each, amount=self.wrong.get(each.key, each.amount)) for each in lines] + self.more


def test_a_home_that_was_emptied_has_a_new_book(tmp_path):
    from shuzhi.support.payments.sandbox import home_book

    home_book(tmp_path)
    shutil.rmtree(tmp_path / "sandbox")
    with home_book(tmp_path).writing() as rows:
        assert rows.execute("SELECT count(*) FROM ask").fetchone()[0] == 0
