"""Fees that a rule works out, and fees of a journey's parts: once, explained, never changed; nothing half done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from pydantic import ValidationError
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import fees_world as fees
from tests.unit.business.matters.cases_world import AT, CLERK, INCOME, PLATFORM
from tests.unit.business.matters.fees_world import CHARGED, JOURNEY, pay, settle

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import errors, queries, services
from shuzhi.business.matters.cases.services.charging import LAPSED
from shuzhi.business.matters.cases.types import State
from shuzhi.business.matters.types import Fee, MatterDeclaration
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments
from shuzhi.support.payments.types import OrderState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def bank(tmp_path, monkeypatch):
    from tests.unit.support.payments.world import open_bank

    return open_bank(tmp_path, monkeypatch)


def accepted(use="home", **changes):
    """A reviewed case whose fee depends on what is registered."""
    fees.install_rule()
    world.install_reviewed(fee={**CHARGED, **changes})
    zhao = world.resident()
    answers = {"letter": ["sha"], "use": use, "copies": 1}
    case = services.submit(matter=INCOME, by=zhao, at=AT, answers=answers)
    return services.accept(case=case.number, by=CLERK, at=AT), zhao


def fee_of(case):
    (found,) = queries.assessed_fees(case.number)
    return found


class TestByRule:
    @pytest.mark.parametrize(("use", "fen"), [("home", 8000), ("other", 55000), ("garage", 8000)])
    def test_the_answers_say_how_much_and_why(self, use, fen):
        case, _ = accepted(use)

        found, order = fee_of(case), queries.fee_to_pay(case.number)
        assert (found.fen, order.amount) == (fen, fen)
        assert found.because in queries.history(case.number)[-1].note
        assert any("用途" in line.zh for line in found.explanation)
        assert queries.assessed_fee(order) == found

    def test_what_was_worked_out_stands_whatever_the_rule_or_the_answers_say_later(self):
        case, zhao = accepted("home")
        fees.install_rule(home="95")
        services.ask_correction(case=case.number, points=[fees.POINT], by=CLERK, at=AT)
        services.correct(case=case.number, answers={"use": "other"}, by=zhao, at=AT)
        pay(case, AT)

        assert fee_of(case).fen == 8000
        assert [each.received for each in queries.fees(case.number)] == [8000]
        with pytest.raises(DatabaseError), transaction.atomic():
            models.Assessed.objects.update(fen=1)

    def test_a_correction_that_would_cost_something_else_is_said(self):
        case, zhao = accepted("home")
        services.ask_correction(case=case.number, points=[fees.POINT], by=CLERK, at=AT)
        services.correct(case=case.number, answers={"use": "other"}, by=zhao, at=AT)

        last = queries.history(case.number)[-1]
        assert "550.00" in last.note
        assert "80.00" in last.note

    def test_nought_is_an_exemption(self):
        case, _ = accepted("exempt")
        settle(case, "agree", AT)

        assert (fee_of(case).fen, queries.fees(case.number)) == (0, [])
        assert queries.case(case.number, at=AT).state is State.GRANTED

    @pytest.mark.parametrize("use", ["nothing", "below", "digits", "text", "too_much", "unheard_of"])
    def test_no_amount_is_refused_and_nothing_is_done(self, use):
        case, _ = accepted(use)
        assert "费用算不出来" in queries.history(case.number)[-1].note
        settle(case, "agree", AT)

        after = queries.case(case.number, at=AT)
        assert (after.state, after.credential, after.review) == (State.ACCEPTED, "", "")  # with a person now
        with pytest.raises(errors.FeeUnknown) as refusal:
            services.decide(case=case.number, granted=True, by=CLERK, at=AT)
        assert "工资收入证明" in refusal.value.message_zh
        assert (queries.assessed_fees(case.number), queries.fees(case.number)) == ([], [])

    def test_once_the_rule_is_mended_it_goes_on(self):
        case, _ = accepted("below")
        settle(case, "agree", AT)
        fees.install_rule(below="20")

        services.decide(case=case.number, granted=True, by=CLERK, at=AT)
        pay(case, AT + DAY)
        granted = services.decide(case=case.number, granted=True, by=CLERK, at=AT + DAY)

        assert (granted.state, fee_of(case).fen) == (State.GRANTED, 2000)

    def test_a_refusal_gives_it_back(self):
        case, _ = accepted("other")
        pay(case, AT)
        settle(case, "refuse", AT + DAY)
        payments.bring_forward(by=PLATFORM, at=AT + DAY)

        (order,) = queries.fees(case.number)
        assert (order.received, order.refunded) == (55000, 55000)
        assert orders.differences() == []


class TestPartsOfAJourney:
    def test_each_part_that_is_needed_has_an_order_of_its_office(self):
        case = fees.begun_journey(sign=True)

        found = {queries.part_of(each): (each.office, each.amount) for each in queries.fees(case.number)}
        assert found == {"part-home": ("planning", 8000), "part-sign": ("urban-management", 3000)}
        assert sum(each.amount for each in queries.fees_to_pay(case.number)) == 11000

    def test_a_part_that_is_not_needed_costs_nothing(self):
        case = fees.begun_journey(sign=False)

        assert [queries.part_of(each) for each in queries.fees(case.number)] == ["part-home"]

    def test_the_part_that_is_refused_is_given_back_alone(self):
        case = fees.begun_journey(sign=True)
        pay(case, AT)
        fees.end_journey(case, refused="part-sign")
        payments.bring_forward(by=PLATFORM, at=AT)

        back = {queries.part_of(each): (each.received, each.refunded) for each in queries.fees(case.number)}
        assert back == {"part-home": (8000, 0), "part-sign": (3000, 3000)}
        assert queries.case(case.number, at=AT).state is State.GRANTED
        assert orders.differences() == []

    def test_the_part_that_is_refused_need_not_be_paid(self):
        case = fees.begun_journey(sign=True)
        fees.end_journey(case, refused="part-sign")
        assert queries.case(case.number, at=AT).state is State.ACCEPTED  # the home's fee is owed

        closed = {queries.part_of(each): each.state for each in queries.fees(case.number)}
        assert closed == {"part-home": OrderState.OPEN, "part-sign": OrderState.CLOSED}
        pay(case, AT)
        assert queries.case(case.number, at=AT).state is State.GRANTED

    def test_it_waits_until_all_parts_are_paid(self):
        case = fees.begun_journey(sign=True)
        fees.end_journey(case, refused="")
        first, second = queries.fees_to_pay(case.number)

        fees.pay_order(first.number, AT)
        assert queries.case(case.number, at=AT).state is State.ACCEPTED
        fees.pay_order(second.number, AT)
        assert queries.case(case.number, at=AT).state is State.GRANTED

    def test_one_part_not_paid_in_time_ends_it_and_gives_the_others_back(self):
        case = fees.begun_journey(sign=True)
        fees.pay_order(queries.fees_to_pay(case.number)[0].number, AT)

        late = AT + 5 * DAY
        payments.close_overdue(by=PLATFORM, at=late)
        fees.news(late)
        payments.bring_forward(by=PLATFORM, at=late)

        after = queries.case(case.number, at=late)
        assert (after.state, after.reason) == (State.REFUSED, LAPSED)
        assert sum(each.received - each.refunded for each in queries.fees(case.number)) == 0

    def test_a_part_that_is_no_part_is_refused(self):
        with pytest.raises(ValidationError):
            MatterDeclaration.model_validate(JOURNEY | {"journey_when": {"another": "true"}})


@pytest.mark.parametrize("said", [{"amount": 5, **CHARGED}, {"charge": "delivery"}])
def test_a_fee_is_an_amount_or_what_a_decision_says(said):
    with pytest.raises(ValidationError):
        Fee.model_validate(said)
