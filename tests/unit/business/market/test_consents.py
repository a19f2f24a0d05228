"""Giving, withdrawing, who may, and what the log says of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.unit.business.market import people
from tests.unit.business.market.people import AT, BUREAU, LEADER, TOPIC, USCC

from shuzhi.business.market import errors, queries, services
from shuzhi.business.market.services.consents import Choice
from shuzhi.foundation.outbox import models as outbox
from shuzhi.pillars.security import audit, subjects
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.support.identity import services as identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    people.install()
    return people.open_account()


def choice(**changes):
    chosen = {
        "revision": queries.agreement(TOPIC).revision,
        "receivers": ("taxation",),
        "fields": ("phone",),
        "days": 30,
    }
    return Choice(**chosen | changes)


def give(by, individual=None, evidence="", **changes):
    who = individual or queries.require_holder(by).id
    return services.give_consent(
        agreement=TOPIC, individual=who, choice=choice(**changes), by=by, at=AT, evidence=evidence
    )


def in_force():
    return list(security.Consent.objects.order_by("office").values_list("office", "fields", "value"))


class TestGiving:
    def test_puts_exactly_what_was_chosen_in_force(self, firm):
        given = give(firm, receivers=("taxation",), fields=("phone", "address"))

        assert in_force() == [("taxation", ["phone", "address"], USCC)]
        assert given.holds(AT)
        assert given.version == "1"
        assert "所选部门" in given.text.zh
        assert not given.holds(AT + timedelta(days=30))

    def test_again_replaces_what_was_chosen_before(self, firm):
        give(firm, receivers=("taxation", "market-regulation"))
        give(firm, receivers=("market-regulation",))

        assert in_force() == [("market-regulation", ["phone"], USCC)]

    def test_a_new_text_is_agreed_to_anew_and_the_old_one_is_kept(self, firm):
        first = give(firm)
        people.install(version="2", text={"zh": "新的文本。", "en": "New."})

        assert in_force(), "what was given stands"
        second = give(firm, fields=("address",))
        assert [one.text.zh for one in queries.grants_of(second.individual)] == ["新的文本。", first.text.zh]
        assert in_force() == [("taxation", ["address"], USCC)]

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"receivers": ("nobody",)}, errors.BeyondAgreement),
            ({"fields": ("salary",)}, errors.BeyondAgreement),
            ({"receivers": ()}, errors.NothingChosen),
            ({"days": 91}, errors.PeriodRefused),
            ({"days": 0}, errors.PeriodRefused),
            ({"revision": "another"}, errors.AgreementChanged),
        ],
    )
    def test_refuses_what_the_agreement_does_not_cover(self, firm, changes, error):
        with pytest.raises(error):
            give(firm, **changes)
        assert in_force() == []

    def test_nobody_agrees_for_another(self, firm):
        other = people.open_account("other", "91330182843963542R")
        mine = queries.require_holder(firm).id

        for by in (other, LEADER, people.open_account("unbound", bind=False)):
            with pytest.raises(Forbidden):
                give(by, individual=mine, evidence="口头")
        assert in_force() == []

    def test_a_clerk_does_with_evidence_only(self, firm):
        mine = queries.require_holder(firm).id
        with pytest.raises(errors.EvidenceMissing):
            give(BUREAU, individual=mine, evidence=" ")

        assert give(BUREAU, individual=mine, evidence="授权书 2026-17").via == "clerk"
        assert len(in_force()) == 1


class TestWithdrawing:
    def test_takes_effect_in_the_same_transaction(self, firm):
        given = give(firm)
        services.withdraw_consent(consent=given.id, by=firm, at=AT)

        assert in_force() == []
        assert security.ConsentEnd.objects.filter(office="taxation", topic=TOPIC, ended_at=AT).exists()
        with pytest.raises(errors.NotGiven):
            services.withdraw_consent(consent=given.id, by=firm, at=AT)

    def test_nobody_else_withdraws_it_or_learns_of_it(self, firm):
        given, other = give(firm), people.open_account("other", "91330182843963542R")

        with pytest.raises(Forbidden):
            services.withdraw_consent(consent=given.id, by=other, at=AT)
        with pytest.raises(errors.NoSuchConsent):
            services.withdraw_consent(
                consent=given.id, individual=queries.require_holder(other).id, by=other, at=AT
            )
        assert in_force()

    def test_ends_with_the_agreement(self, firm):
        give(firm)
        services.delete_agreement(name=TOPIC, by=people.PLATFORM, at=AT)
        assert in_force() == []


class TestLog:
    def test_says_what_happened_and_names_nobody(self, firm):
        given = give(
            BUREAU, individual=queries.require_holder(firm).id, evidence="赵一 33010619900101001X 签字"
        )
        services.withdraw_consent(consent=given.id, by=firm, at=AT)

        entries = security.AuditEntry.objects.filter(target=f"consent/{given.id}").order_by("id")
        assert [one.action for one in entries] == ["market.consent_given", "market.consent_withdrawn"]
        assert all(one.subjects == [subjects.node_reference("uscc", USCC)] for one in entries)
        written = json.dumps([one.facts for one in security.AuditEntry.objects.all()], ensure_ascii=False)
        assert USCC not in written
        assert "33010619900101001X" not in written
        events = json.dumps(
            list(outbox.Message.objects.values_list("payload", flat=True)), ensure_ascii=False
        )
        assert given.id in events
        assert USCC not in events
        assert audit.verify().verified

    def test_tells_the_firm_who_saw_its_data(self, firm):
        give(firm)
        me = queries.require_holder(firm)
        assert "market.consent_given" in {act.action for act in queries.seen_by_others(me)}


def test_an_account_is_bound_once(firm):
    with pytest.raises(errors.AlreadyBound):
        services.bind_account(
            username="firm", scheme="uscc", value="91330182843963542R", evidence="x", by=BUREAU, at=AT
        )
    with pytest.raises(errors.IdentifierWrong):
        services.bind_account(username="firm", scheme="uscc", value="123", evidence="x", by=BUREAU, at=AT)


def test_an_account_that_proved_to_be_somebody_else_sees_to_nothing(firm):
    identity.note_proof(username="firm", scheme="uscc", value="91330182843963542R", by=people.PLATFORM, at=AT)
    with pytest.raises(errors.NoDataAccount):
        queries.require_holder(firm)
    with pytest.raises(errors.AlreadyBound):
        people.open_account()
