"""Over generated histories of applicants, clerks and a faulty gateway: who is granted has paid once, who is not has paid nothing."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import fees_world as fees
from tests.unit.business.matters.cases_world import AT, CLERK, INCOME, PLATFORM

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import queries, services
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.types import State
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.payments import ledger
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments import services as payments

DAY = timedelta(days=1)
HOWS = st.sampled_from(["pay", "pay", "pay-silent", "pay-late", "decline"])
ACTS = st.sampled_from(["pay", "pay", "agree", "refuse", "withdraw", "expire", "correct", "news", "forward"])
STEPS = st.lists(st.tuples(ACTS, st.integers(0, 1), HOWS), max_size=10)
USES = st.sampled_from(["home", "other", "exempt", "below"])
REFUSED = st.sampled_from(["", "part-home", "part-sign"])


@pytest.mark.django_db(transaction=False)
@settings(max_examples=15)
@given(
    use=USES,
    charge=st.sampled_from(["acceptance", "decision"]),
    sign=st.booleans(),
    refused=REFUSED,
    steps=STEPS,
)
def test_money_follows_the_decision(use, charge, sign, refused, steps):
    from django.db import transaction
    from tests.unit.support.payments.world import open_bank

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch, transaction.atomic():
        open_bank(Path(folder), patch)
        journey = fees.begun_journey(sign=sign)
        world.install_reviewed(fee={**fees.CHARGED, "charge": charge})
        zhao = Actor(journey.applicant, "赵一", None, roles=frozenset({Role.RESIDENT}))
        given_in = {"letter": ["sha"], "use": use}
        case = services.submit(matter=INCOME, by=zhao, at=AT, answers=given_in)
        services.accept(case=case.number, by=CLERK, at=AT)
        for what, which, how in steps:
            _take(what, (case, journey)[which], how, zhao, refused)
            assert orders.differences() == []
            _never_too_much()
        for _ in range(4):  # in the end the gateway answers, and the news are heard
            payments.bring_forward(by=PLATFORM, at=AT)
            fees.news(AT)
        _look()
        transaction.set_rollback(True)


def _take(what, case, how, by, refused):
    from django.db import transaction

    is_journey = case.matter != INCOME
    acts = {
        "pay": lambda: [_pay(each.number, how) for each in queries.fees_to_pay(case.number)],
        "agree": lambda: _end(case, "agree", refused, is_journey=is_journey),
        "refuse": lambda: _end(case, "refuse", "part-home", is_journey=is_journey),
        "withdraw": lambda: services.withdraw(case=case.number, by=by, at=AT),
        "expire": lambda: payments.close_overdue(by=PLATFORM, at=AT + 4 * DAY),
        "correct": lambda: _correct(case, by),
        "news": lambda: fees.news(AT),
        "forward": lambda: payments.bring_forward(by=PLATFORM, at=AT),
    }
    try:
        with transaction.atomic():
            acts[what]()
    except (PlatformError, ValueError):
        return  # refused, no answer, or nothing that could end


def _pay(number, how):
    payer = orders.order(number).party
    payments.begin_payment(order=number, proven={payer}, by=PLATFORM, at=AT)
    payments.use_till(order=number, how=how, proven={payer}, by=PLATFORM, at=AT)


def _end(case, action, refused, *, is_journey):
    if is_journey:
        fees.end_journey(case, refused=refused)
    else:
        fees.settle(case, action, AT)


def _correct(case, by):
    services.ask_correction(case=case.number, points=[fees.POINT], by=CLERK, at=AT)
    services.correct(case=case.number, answers={"use": "other"}, by=by, at=AT)


def _net(placed):
    return sum(each.received - each.refunded for each in placed)


def _never_too_much():
    for row in models.Case.objects.all():
        for fee in queries.assessed_fees(number_of(row)):
            mine = [each for each in queries.fees(number_of(row)) if queries.part_of(each) == fee.part]
            assert sum(each.received - each.refunding for each in mine) <= fee.fen, "nothing is paid twice"


def _look():
    total = ledger.balance(ledger.TRANSIT)
    for row in models.Case.objects.all():
        placed = queries.fees(number_of(row))
        for fee in queries.assessed_fees(number_of(row)):
            net = _net([each for each in placed if queries.part_of(each) == fee.part])
            is_owed = row.state == State.GRANTED and fee.let_off is None
            if row.closed_at is not None:
                assert net == (fee.fen if is_owed else 0), (row.matter, row.state, fee)
        total += sum(ledger.balance(ledger.party_account(each.number)) for each in placed)
    offices = {each.office for row in models.Case.objects.all() for each in queries.fees(number_of(row))}
    total += sum(ledger.balance(ledger.office_account(office)) for office in offices)
    assert total == 0, "every fen is somewhere"
