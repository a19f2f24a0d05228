"""Fees of cases: the decision or the delivery waits for them; what is not granted is not paid for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, CLERK, INCOME, PLATFORM, ZHAO

from shuzhi.business.matters.cases import errors, queries, services
from shuzhi.business.matters.cases.services.charging import LAPSED
from shuzhi.business.matters.cases.types import Delivery, State
from shuzhi.business.matters.types import Fee
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.support.archive import queries as archive
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments
from shuzhi.support.payments.types import OrderState
from shuzhi.support.workflow import services as loops

pytestmark = pytest.mark.django_db
DAY, FEN = timedelta(days=1), 1000
PAYER = frozenset({f"resident_id/{ZHAO}"})


@pytest.fixture(autouse=True)
def bank(tmp_path, monkeypatch):
    from tests.unit.support.payments.world import open_bank

    return open_bank(tmp_path, monkeypatch)


def fee(charge, **more):
    return {"amount": "10.00", "charge": charge, **more}


def submitted(*, at=AT, **changes):
    """An instant case of somebody whose income entitles them."""
    world.install(**changes)
    world.put(ZHAO)
    zhao = world.resident()
    return services.submit(matter=INCOME, by=zhao, at=at), zhao


def pay(case, by, at):
    order = queries.fee_to_pay(case.number)
    payments.begin_payment(order=order.number, proven=PAYER, by=by, at=at)
    payments.use_till(order=order.number, how="pay", proven=PAYER, by=by, at=at)
    news(at)
    return order.number


def news(at):
    while deliver_waiting(at=at):
        pass


def done(case):
    return [step.action.value for step in queries.history(case.number)]


class TestBeforeTheDecision:
    @pytest.mark.parametrize("charge", ["acceptance", "decision"])
    def test_an_instant_decision_waits_for_the_fee_and_no_longer(self, charge):
        case, zhao = submitted(fee=fee(charge))

        assert (case.state, case.credential) == (State.ACCEPTED, "")
        order = queries.fee_to_pay(case.number)
        assert (order.amount, order.party) == (FEN, f"resident_id/{ZHAO}")
        pay(case, zhao, AT + DAY)
        after = queries.case(case.number, at=AT + DAY)
        assert (after.state, after.is_open, after.is_late) == (State.GRANTED, False, False)
        assert after.credential
        assert archive.record_about(f"case/{case.number}").checked.holds

    def test_who_is_refused_by_the_rule_is_not_asked_to_pay(self):
        world.install(fee=fee("decision"))
        world.put(ZHAO, income="0")

        case = services.submit(matter=INCOME, by=world.resident(), at=AT)

        assert (case.state, queries.fees(case.number)) == (State.REFUSED, [])

    def test_what_is_not_paid_in_time_ends(self):
        case, _ = submitted(fee=fee("decision", pay_within_days=2))

        payments.close_overdue(by=PLATFORM, at=AT + 3 * DAY)
        news(AT + 3 * DAY)

        after = queries.case(case.number, at=AT + 3 * DAY)
        assert (after.state, after.reason) == (State.REFUSED, LAPSED)

    def test_a_clerks_decision_asks_once_and_is_taken_once_it_is_paid(self):
        world.install(fee=fee("decision"))
        zhao = world.resident()
        case = services.submit(matter=INCOME, by=zhao, at=AT, commits=False)
        assert case.state is State.SUBMITTED  # no register knows them: a person looks
        world.put(ZHAO)
        asked = services.ask_correction(case=case.number, points=[_point()], by=CLERK, at=AT)
        services.correct(case=asked.number, by=zhao, at=AT)
        services.accept(case=case.number, by=CLERK, at=AT)

        waits = services.decide(case=case.number, granted=True, by=CLERK, at=AT)
        assert waits.state is State.ACCEPTED
        services.decide(case=case.number, granted=True, by=CLERK, at=AT)  # impatient: no second order
        assert len(queries.fees(case.number)) == 1
        pay(case, zhao, AT + DAY)
        granted = services.decide(case=case.number, granted=True, by=CLERK, at=AT + DAY)

        assert granted.state is State.GRANTED
        assert done(case).count("charge") == 2


def _point():
    from shuzhi.business.matters.cases.types import Point

    return Point("收入", "补报")


class TestGivenBack:
    @pytest.mark.parametrize(("refunded", "given"), [(True, FEN), (False, 0)])
    def test_a_refusal_gives_back_what_the_matter_says(self, refunded, given):
        world.install_reviewed(fee=fee("acceptance", refunded=refunded))
        zhao = world.resident()
        case = services.submit(matter=INCOME, by=zhao, at=AT, answers={"letter": ["sha"]})
        accepted = services.accept(case=case.number, by=CLERK, at=AT)
        order = pay(case, zhao, AT)

        dossier = int(accepted.review.split("/")[1])
        loops.act(dossier=dossier, action="refuse", by=CLERK, at=AT + DAY, note="不符合")
        news(AT + DAY)

        found = orders.order(order)
        assert (queries.case(case.number, at=AT).state, found.refunding) == (State.REFUSED, given)
        assert orders.differences() == []

    def test_the_loops_grant_waits_for_the_fee(self):
        world.install_reviewed(fee=fee("acceptance"))
        zhao = world.resident()
        case = services.submit(matter=INCOME, by=zhao, at=AT, answers={"letter": ["sha"]})
        accepted = services.accept(case=case.number, by=CLERK, at=AT)

        loops.act(dossier=int(accepted.review.split("/")[1]), action="agree", by=CLERK, at=AT, note="看过")
        news(AT)
        assert queries.case(case.number, at=AT).state is State.ACCEPTED
        pay(case, zhao, AT + DAY)

        assert queries.case(case.number, at=AT + DAY).state is State.GRANTED

    def test_who_withdraws_owes_nothing(self):
        case, zhao = submitted(fee=fee("decision"))
        order = queries.fee_to_pay(case.number).number

        services.withdraw(case=case.number, by=zhao, at=AT)
        news(AT)

        assert orders.order(order).state is OrderState.CLOSED

    def test_money_that_comes_after_the_end_goes_back(self):
        case, zhao = submitted(fee=fee("decision", refunded=True))
        order = queries.fee_to_pay(case.number).number
        payments.begin_payment(order=order, proven=PAYER, by=zhao, at=AT)
        payments.use_till(order=order, how="pay", proven=PAYER, by=zhao, at=AT)

        services.withdraw(case=case.number, by=zhao, at=AT)  # before the news of the payment has come
        news(AT)

        found = orders.order(order)
        assert (found.received, found.refunding) == (FEN, FEN)


class TestBeforeTheDelivery:
    def test_the_result_is_delivered_once_it_is_paid(self):
        case, zhao = submitted(fee=fee("delivery"))

        assert (case.state, case.is_open, case.delivered_at) == (State.GRANTED, True, None)
        with pytest.raises(errors.FeeNotPaid):
            services.deliver(case=case.number, way=Delivery.WINDOW, by=CLERK, at=AT)
        pay(case, zhao, AT + 9 * DAY)

        after = queries.case(case.number, at=AT + 9 * DAY)
        assert (after.is_open, after.delivered_at) == (False, AT + 9 * DAY)
        assert done(case) == ["submit", "accept", "grant", "charge", "paid", "deliver", "archive"]


@pytest.mark.parametrize(
    "said",
    [{"refunded": True}, {"charge": "decision"}, {"amount": 5, "currency": "USD", "charge": "delivery"}],
)
def test_only_what_is_asked_for_in_yuan_can_be_charged(said):
    with pytest.raises(ValidationError):
        Fee.model_validate(said)
