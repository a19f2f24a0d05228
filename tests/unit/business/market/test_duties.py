"""After a consent has ended: who is told to delete, what the account holder sees, what is forgotten."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.unit.business.market import people
from tests.unit.business.market.people import AT, PURPOSE, TOPIC, USCC
from tests.unit.business.market.test_settling import install_loop

from shuzhi.business.market import models, queries, services
from shuzhi.business.market.kept import KEPT
from shuzhi.business.market.services.consents import Choice
from shuzhi.data.opendata.models import Following
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.messages.queries import contact
from shuzhi.support.messages.services import keep_contact
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops

pytestmark = pytest.mark.django_db
TAX = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.DATA_OFFICER}))
SOON = AT + timedelta(minutes=5)


def look(office="taxation", purpose=PURPOSE, at=AT, fields=("phone",), times=1):
    for _ in range(times):
        audit.record(
            "exchange.called", target="interface/firm-by-uscc", by=Actor("subscription/1", office=office, purpose=purpose),
            at=at, outcome="answered", subjects=[node_reference("uscc", USCC)], fields=list(fields),
        )  # fmt: skip


@pytest.fixture
def firm(db):
    people.install()
    install_loop("data-deletion")
    return people.open_account()


def give(by, at=AT, **changes):
    chosen = {"receivers": ("taxation", "market-regulation"), "fields": ("phone", "address"), "days": 30}
    choice = Choice(revision=queries.agreement(TOPIC).revision, **chosen | changes)
    return services.give_consent(
        agreement=TOPIC, individual=queries.require_holder(by).id, choice=choice, by=by, at=at
    )


def withdraw(by, given, at=SOON):
    services.withdraw_consent(consent=given.id, by=by, at=at)
    deliver(at)


def deliver(at):
    while outbox.deliver_waiting(at=at):
        pass


class TestDuties:
    def test_whoever_was_given_something_has_to_delete_and_confirm(self, firm):
        given = give(firm)
        look(times=3)
        look(purpose="别的用途", office="market-regulation")
        withdraw(firm, given)

        (duty,) = queries.duties()
        assert (duty.office, duty.deliveries, duty.fields, duty.outcome) == (
            "taxation", 3, ("address", "phone"), "open",
        )  # fmt: skip
        assert duty.due_on is not None
        loops.act(dossier=duty.dossier, action="confirm", by=TAX, at=SOON, note="已从贷款系统删除 3 条")
        while outbox.deliver_waiting(at=SOON):
            pass

        (duty,) = queries.duties(individual=queries.require_holder(firm).id)
        assert (duty.outcome, duty.note) == ("deleted", "已从贷款系统删除 3 条")
        written = json.dumps(list(models.DeletionDuty.objects.values()), default=str)
        assert USCC not in written
        assert audit.verify().verified

    def test_what_another_consent_still_allows_is_not_asked_back(self, firm):
        give(firm)
        look()
        people.install(version="2")
        again = give(firm, SOON, fields=("phone",))
        while outbox.deliver_waiting(at=SOON):
            pass
        (duty,) = queries.duties()
        assert duty.fields == ("address",)
        look(at=SOON + timedelta(minutes=1))
        withdraw(firm, again, SOON + timedelta(minutes=2))
        assert [one.fields for one in queries.duties()] == [("address",), ("phone",)]

    def test_a_consent_that_runs_out_asks_for_the_same(self, firm):
        give(firm)
        look()
        later = AT + timedelta(days=31)
        assert services.follow_expired(by=people.PLATFORM, at=AT + timedelta(days=29)) == 0
        assert services.follow_expired(by=people.PLATFORM, at=later) == 1
        assert services.follow_expired(by=people.PLATFORM, at=later) == 0
        assert [one.office for one in queries.duties()] == ["taxation"]

    def test_the_same_text_with_less_asks_for_the_difference_and_only_once(self, firm):
        give(firm)
        look(times=2)
        look(office="market-regulation")
        give(firm, SOON, receivers=("taxation",), fields=("phone",))
        deliver(SOON)
        asked = {one.office: (one.fields, one.deliveries) for one in queries.duties()}
        assert asked == {"taxation": (("address",), 2), "market-regulation": (("address", "phone"), 1)}
        titles = [one.title.zh for one in workflow.dossiers(loop="data-deletion")]
        assert len(titles) == 2
        assert all("已缩小" in each for each in titles)

        again = give(firm, SOON + timedelta(minutes=1), receivers=("taxation",), fields=("phone",))
        look(at=SOON + timedelta(minutes=2))
        withdraw(firm, again, SOON + timedelta(minutes=3))
        withdrawn = [one for one in queries.duties() if one.opened_at > SOON]
        assert [(one.office, one.fields) for one in withdrawn] == [("taxation", ("phone",))]

    def test_more_than_before_asks_nothing_back(self, firm):
        give(firm, fields=("phone",))
        look()
        give(firm, SOON)
        deliver(SOON)
        assert queries.duties() == []

    def test_what_is_given_again_after_a_withdrawal_is_asked_back_again(self, firm):
        for minutes in (0, 10):
            given = give(firm, AT + timedelta(minutes=minutes))
            look(at=AT + timedelta(minutes=minutes + 1))
            withdraw(firm, given, AT + timedelta(minutes=minutes + 2))
        assert [one.fields for one in queries.duties()] == [("address", "phone")] * 2

    def test_one_that_ran_out_twice_is_followed_twice(self, firm):
        for day in (0, 40):
            give(firm, AT + timedelta(days=day))
            look(at=AT + timedelta(days=day, hours=1))
            assert services.follow_expired(by=people.PLATFORM, at=AT + timedelta(days=day + 31)) == 1
        assert len(queries.duties()) == 2

    def test_nothing_was_given_nothing_is_asked(self, firm):
        given = give(firm)
        withdraw(firm, given)
        assert queries.duties() == []


class TestUseStatement:
    def test_says_who_for_what_how_often_and_by_which_consent(self, firm):
        given = give(firm)
        look(times=4)
        look(office="education", purpose="依法核验", fields=("name",))
        look(at=AT - timedelta(days=900))

        lines = queries.use_statement(queries.require_holder(firm), since=AT - timedelta(days=1), until=SOON)
        assert {(one.office, one.purpose, one.times, one.fields, one.title) for one in lines} == {
            ("taxation", PURPOSE, 4, ("phone",), given.title),
            ("education", "依法核验", 1, ("name",), None),
        }


class TestForgetting:
    def test_withdraws_everything_and_gives_a_receipt_that_tells_nothing(self, firm):
        give(firm)
        look()
        receipt = services.forget_me(by=firm, at=SOON)
        while outbox.deliver_waiting(at=SOON):
            pass

        holder = queries.require_holder(firm)
        assert (receipt.consents, receipt.drafts, receipt.files) == (1, 0, 0)
        assert not any(one.is_given for one in queries.grants_of(holder.id))
        assert [one.office for one in queries.duties(individual=holder.id)] == ["taxation"]
        assert queries.forgettings_of(holder.id) == [receipt]

    def test_reaches_addresses_and_what_is_followed_and_says_what_stays(self, firm):
        keep_contact(recipient=firm.name, mail="firm@example.org", phone="13800138000", by=firm, at=AT)
        Following.objects.create(account=firm.name, dataset="x", since=AT, seen_at=AT)
        Following.objects.create(account="account/other", dataset="x", since=AT, seen_at=AT)

        assert services.forget_me(by=firm, at=SOON).others == 2
        assert contact(firm) == ("", "", set())
        assert [one.account for one in Following.objects.all()] == ["account/other"]
        assert services.forget_me(by=firm, at=SOON).others == 0
        assert all("法" in one.basis.zh or "规定" in one.basis.zh for one in KEPT)
        assert any("会计法" in one.basis.zh for one in KEPT)
