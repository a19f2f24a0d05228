"""Contracts, statements counted from the log, credit notes, objections."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.business.market import people
from tests.unit.business.market.people import BUREAU, TOPIC, USCC
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.world import AT, OFFICER, OWNER

from shuzhi.business.market import errors, models, parts, queries, services
from shuzhi.business.market.services.consents import Choice
from shuzhi.business.market.types import ProductDeclaration
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.packs import yaml
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

pytestmark = pytest.mark.django_db
MARCH, LATER = date(2026, 3, 1), datetime(2026, 4, 2, 2, 0, tzinfo=UTC)
PRODUCT = {
    "product": "firm-checks",
    "title": {"zh": "企业核验", "en": "Checks of firms"},
    "owner": "market-regulation",
    "interface": "firm-by-uscc",
    "agreement": TOPIC,
    "price": {"per": "call", "fen": 35},
    "shares": [
        {"party": "market-regulation", "role": "holder", "parts": 50},
        {"party": "data-bureau", "role": "platform", "parts": 20},
        {"party": "subjects", "role": "subjects", "parts": 30},
    ],
    "basis": [{"title": "浙江省公共数据条例", "since": "2022-03-01"}],
}


def offer(**changes):
    value = ProductDeclaration.model_validate(PRODUCT | changes)
    declared = Declaration("test/market", "x.yaml", value, {})
    parts.install_product(declared, Installation("test/market", None, people.PLATFORM, AT))


def install_loop(name):
    file = worlds.REPOSITORY / "packs/platform/governance/loops" / f"{name}.yaml"
    declared = LoopDeclaration.model_validate(yaml.read(file).value)
    loops.install_loop(declaration=declared, pack="platform/governance", by=people.PLATFORM, at=AT)


def delivered(subscription, uscc, at, outcome="answered", times=1):
    """Calls as the gateway notes them."""
    caller = Actor(f"subscription/{subscription}", office="taxation", purpose=people.PURPOSE)
    for _ in range(times):
        audit.record(
            "exchange.called", target="interface/firm-by-uscc", by=caller, at=at, outcome=outcome,
            subjects=[node_reference("uscc", uscc)], fields=["phone"],
        )  # fmt: skip


def consent_of(uscc, number):
    choice = Choice(queries.agreement(TOPIC).revision, ("taxation",), ("phone",), 30)
    given = services.record_for(
        agreement=TOPIC,
        scheme="uscc",
        value=uscc,
        choice=choice,
        by=BUREAU,
        at=AT,
        evidence=f"授权书 {number}",
    )
    return given.individual


@pytest.fixture
def sold(db):
    keys = worlds.build_world()
    people.install()
    offer()
    install_loop("settlement-dispute")
    return services.sign_contract(
        product="firm-checks", subscription=keys.record.subscription, since=date(2026, 3, 1),
        until=date(2026, 12, 31), by=OWNER, at=AT,
    )  # fmt: skip


def state(contract):
    return services.make_statement(contract=contract.id, month=MARCH, by=OWNER, at=LATER)


class TestStatements:
    def test_counts_what_the_gateway_answered_and_divides_it_to_the_fen(self, sold):
        one, other = consent_of(USCC, 1), consent_of("91330182843963542R", 2)
        delivered(sold.subscription, USCC, AT, times=2)
        delivered(sold.subscription, "91330182843963542R", AT)
        delivered(sold.subscription, USCC, AT, outcome="refused")
        delivered(sold.subscription + 900, USCC, AT)
        delivered(sold.subscription, USCC, AT + timedelta(days=31))

        made = state(sold)

        assert (made.number, made.deliveries, made.fen) == (f"S202603-{sold.id:06d}", 3, 105)
        assert made.lines == {
            "market-regulation": 53, "data-bureau": 21, f"individual/{one}": 21, f"individual/{other}": 10,
        }  # fmt: skip
        assert [(line.number, fen) for line, fen in queries.revenue_of(one)] == [(made.number, 21)]

    def test_is_made_once_and_stays_whatever_comes_later(self, sold):
        delivered(sold.subscription, USCC, AT)
        made = state(sold)
        delivered(sold.subscription, USCC, AT)
        offer(price={"per": "call", "fen": 99})

        assert state(sold) == made
        assert [one.number for one in services.make_statements(month=MARCH, by=BUREAU, at=LATER)] == [
            made.number
        ]
        assert queries.contracts()[0].terms.price.fen == 35

    def test_a_month_that_is_not_over_or_not_of_the_contract_is_refused(self, sold):
        for month, at in ((MARCH, AT), (date(2026, 2, 1), LATER), (date(2027, 1, 1), LATER)):
            with pytest.raises(errors.PeriodWrong):
                services.make_statement(contract=sold.id, month=month, by=OWNER, at=at)

    def test_a_price_by_the_month_does_not_depend_on_calls(self, sold):
        models.Contract.objects.filter(id=sold.id).update(
            terms=PRODUCT | {"price": {"per": "month", "fen": 1001}}
        )
        made = state(sold)
        assert (made.deliveries, made.fen, sum(made.lines.values())) == (0, 1001, 1001)
        assert made.lines["unclaimed"] == 300

    def test_only_the_owner_and_the_bureau_settle(self, sold):
        with pytest.raises(Forbidden):
            services.make_statement(contract=sold.id, month=MARCH, by=OFFICER, at=LATER)


class TestContracts:
    def test_one_at_a_time_and_of_the_products_interface(self, sold):
        again = {"product": "firm-checks", "since": MARCH, "until": MARCH, "by": OWNER, "at": AT}
        with pytest.raises(errors.WrongSubscription):
            services.sign_contract(subscription=sold.subscription, **again)
        with pytest.raises(errors.WrongSubscription):
            services.sign_contract(subscription=sold.subscription + 1, **again)
        with pytest.raises(errors.NoSuchProduct):
            services.sign_contract(subscription=sold.subscription, **again | {"product": "none"})


class TestCorrecting:
    def test_a_credit_note_leaves_the_statement_and_what_is_left_adds_up(self, sold):
        consent_of(USCC, 1)
        delivered(sold.subscription, USCC, AT, times=7)
        made = state(sold)
        note = services.credit(statement=made.number, fen=100, reason="重复计数", by=OWNER, at=LATER)

        assert (note.number, note.fen, note.corrects) == (f"{made.number}-C01", -100, made.number)
        assert sum(note.lines.values()) == -100
        kept = next(one for one in queries.statements() if one.corrects is None)
        assert kept == made
        with pytest.raises(errors.CreditRefused):
            services.credit(statement=made.number, fen=made.fen - 99, reason="x", by=OWNER, at=LATER)
        rest = services.credit(
            statement=made.number, fen=made.fen - 100, reason="全部冲减", by=OWNER, at=LATER
        )
        total = {name: made.lines[name] + note.lines[name] + rest.lines[name] for name in made.lines}
        assert set(total.values()) == {0}

    def test_the_buyer_objects_once_and_the_owner_answers(self, sold):
        made = state(sold)
        with pytest.raises(Forbidden):
            services.dispute(statement=made.number, reason="x", by=OWNER, at=LATER)
        number = services.dispute(statement=made.number, reason="次数不符", by=OFFICER, at=LATER)
        with pytest.raises(errors.AlreadyDisputed):
            services.dispute(statement=made.number, reason="再说一次", by=OFFICER, at=LATER)
        assert workflow.dossier(number).office == "market-regulation"
        assert loops.act(dossier=number, action="uphold", by=OWNER, at=LATER, note="与审计日志一致").closed_at
        assert audit.verify().verified
