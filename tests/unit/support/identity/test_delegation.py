"""Acting for somebody else: given, accepted, in its matters and days only, over at once, and written under both names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import clocks

from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.pillars.standards.validators import resident_id
from shuzhi.support.identity import services as identity
from shuzhi.support.identity.delegation import errors, queries, services
from shuzhi.support.identity.delegation.types import Kind, Scope, State

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
TODAY = day_of(AT)
ROOT = system("console")
COUNTER = Actor("account/counter", "周办", "data-bureau", roles=frozenset({Role.BUREAU}))
FIRM = "91330106MA2CXXXX0K"
SCOPE = Scope(TODAY, TODAY + timedelta(days=30))
pytestmark = pytest.mark.django_db


def number(born: str, serial: str = "001") -> str:
    first = f"330106{born}{serial}"
    return first + resident_id.resident_id_check_character(first)


ANNA, BEN = number("19900101"), number("19880202", "003")


def account(username, person, *, proof=None, scheme="resident_id"):
    made = identity.open_account(
        username=username, person=person, office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=None, by=ROOT, at=AT,
    )  # fmt: skip
    if proof:
        identity.note_proof(username=username, scheme=scheme, value=proof, by=ROOT, at=AT)
    return made


@pytest.fixture
def people():
    return account("anna", "李娜", proof=ANNA), account("ben", "王本", proof=BEN)


def delegated(anna, ben, scope=SCOPE, kind=Kind.AGENT):
    offer = services.give(kind=kind, delegate_name=ben.title, scope=scope, by=anna, at=AT)
    return services.accept(code=offer.code, by=ben, at=AT)


class TestAgents:
    def test_act_once_they_have_accepted_and_not_before(self, people):
        anna, ben = people
        offer = services.give(kind=Kind.AGENT, delegate_name="王本", scope=SCOPE, by=anna, at=AT)
        assert not queries.may_act_for("ben", "account/anna", "births", AT)

        services.accept(code=offer.code.lower().replace("-", " "), by=ben, at=AT)

        for subject in ("account/anna", f"resident_id/{ANNA}", ANNA):
            assert queries.may_act_for("account/ben", subject, "births", AT)
        assert not queries.may_act_for("account/anna", "account/ben", "births", AT)

    def test_a_code_is_good_once_for_three_days_and_for_the_named_one(self, people):
        anna, ben = people
        offer = services.give(kind=Kind.AGENT, delegate_name="王本", scope=SCOPE, by=anna, at=AT)
        other = account("cai", "蔡某")

        for who, at in ((other, AT), (anna, AT), (ben, AT + timedelta(hours=73))):
            with pytest.raises(errors.CodeNotRight):
                services.accept(code=offer.code, by=who, at=at)
        services.accept(code=offer.code, by=ben, at=AT)
        with pytest.raises(errors.CodeNotRight):
            services.accept(code=offer.code, by=ben, at=AT)

    def test_somebody_of_the_same_name_can_be_meant_but_not_oneself(self, people):
        anna, _ = people
        offer = services.give(kind=Kind.AGENT, delegate_name=anna.title, scope=SCOPE, by=anna, at=AT)

        with pytest.raises(errors.NotForOneself):
            services.accept(code=offer.code, by=anna, at=AT)
        assert services.accept(code=offer.code, by=account("anna2", "李娜"), at=AT).state is State.IN_FORCE

    def test_matters_and_days_bound_them(self, people):
        anna, ben = people
        delegated(anna, ben, Scope(TODAY, TODAY + timedelta(days=2), ("births",)))

        assert queries.may_act_for("ben", "account/anna", "births", AT)
        assert not queries.may_act_for("ben", "account/anna", "marriages", AT)
        assert not queries.may_act_for("ben", "account/anna", None, AT)
        assert not queries.may_act_for("ben", "account/anna", "births", AT + timedelta(days=3))

    @pytest.mark.parametrize("who", ["anna", "ben", "counter"])
    def test_ends_at_once_whoever_of_them_ends_it(self, people, who):
        anna, ben = people
        made = delegated(anna, ben)

        services.end(delegation=made.id, by={"anna": anna, "ben": ben, "counter": COUNTER}[who], at=AT)

        assert not queries.may_act_for("ben", "account/anna", "births", AT)
        with pytest.raises(errors.NoSuchDelegation):
            services.end(delegation=made.id, by=anna, at=AT)

    def test_strangers_end_nothing_and_a_closed_account_acts_for_nobody(self, people):
        anna, ben = people
        made = delegated(anna, ben)
        with pytest.raises(errors.NoSuchDelegation):
            services.end(delegation=made.id, by=account("cai", "蔡某"), at=AT)

        identity.close_account(username="anna", by=ROOT, at=AT)
        assert not queries.may_act_for("ben", "account/anna", "births", AT)

    def test_an_endless_or_past_period_is_refused(self, people):
        for scope in (
            Scope(TODAY, TODAY - timedelta(days=1)),
            Scope(TODAY - timedelta(days=9), TODAY - timedelta(days=1)),
            Scope(TODAY, TODAY + timedelta(days=1200)),
        ):
            with pytest.raises(errors.ScopeNotRight):
                services.give(kind=Kind.AGENT, delegate_name="王本", scope=scope, by=people[0], at=AT)

    def test_both_names_stand_in_the_log_and_no_number(self, people):
        anna, ben = people
        delegated(anna, ben)
        entry = AuditEntry.objects.filter(action="identity.delegation_accepted").get()

        assert entry.actor == "account/ben"
        assert {node_reference("resident_id", ANNA), node_reference("resident_id", BEN)} <= set(
            entry.subjects
        )
        assert ANNA not in str(entry.facts)


class TestFirms:
    def test_a_clerk_acts_for_the_firm_and_whoever_proved_it(self, people):
        boss, ben = account("boss", "赵总", proof=FIRM, scheme="uscc"), people[1]
        delegated(boss, ben, kind=Kind.CLERK)

        assert queries.may_act_for("ben", f"uscc/{FIRM}", "licence", AT)
        assert queries.may_act_for("boss", FIRM.lower(), "licence", AT)
        assert not queries.may_act_for("anna", f"uscc/{FIRM}", "licence", AT)

    def test_nobody_gives_a_firm_that_is_not_proven_theirs(self, people):
        with pytest.raises(errors.NotProven):
            services.give(kind=Kind.CLERK, delegate_name="王本", scope=SCOPE, by=people[0], at=AT)


class TestGuardians:
    def note(self, ward, kind=Kind.GUARDIAN_OF_MINOR, by=COUNTER, until=TODAY + timedelta(days=18 * 365)):
        return services.note_guardian(
            kind=kind, ward=ward, ward_name="李小宝", guardian="anna", scope=Scope(TODAY, until),
            evidence="出生医学证明 A330001", by=by, at=AT,
        )  # fmt: skip

    def test_acts_until_the_day_before_the_eighteenth_birthday(self, people):
        child = number("20090601")
        made = self.note(child)
        assert not queries.may_act_for("anna", child, "school", AT)

        services.accept_noted(delegation=made.id, by=people[0], at=AT)

        assert made.scope.until == date(2027, 5, 31)
        assert queries.may_act_for("anna", f"resident_id/{child}", "school", AT)
        assert not queries.may_act_for("anna", child, "school", datetime(2027, 6, 1, 1, tzinfo=UTC))

    @given(st.dates(date(2008, 3, 4), TODAY))
    @settings(max_examples=60)
    def test_the_last_day_is_never_of_age(self, born):
        of_age = services.of_age_on(born)
        assert (of_age - timedelta(days=1)).year - born.year <= 18
        assert of_age > born.replace(year=born.year + 17, day=min(born.day, 28))

    def test_who_is_of_age_has_a_guardian_by_judgment_only(self, people):
        with pytest.raises(errors.NotAMinor):
            self.note(number("19500101"))
        made = self.note(number("19500101"), Kind.GUARDIAN_OF_INCAPABLE, until=TODAY + timedelta(days=300))
        assert made.state is State.OFFERED

    def test_residents_note_none_and_a_wrong_number_is_refused(self, people):
        with pytest.raises(Forbidden):
            self.note(number("20200101"), by=people[0])
        with pytest.raises(errors.NumberNotRight):
            self.note("33010620200101001Z")


class TestPages:
    @pytest.fixture(autouse=True)
    def still(self, monkeypatch):
        clocks.put(monkeypatch, lambda: AT)

    def client(self, username):
        from shuzhi.support.identity.models import Account

        client = Client()
        client.force_login(Account.objects.get(username=username))
        return client

    def test_from_giving_to_acting_to_the_end(self, people):
        anna, ben = self.client("anna"), self.client("ben")
        page = anna.post(
            "/my/account/delegations/give/",
            {"delegate": "王本", "since": "2026-03-02", "until": "2026-04-02"},
        ).content.decode()
        code = page.split('<code class="key">')[1][:11]
        ben.post("/my/account/delegations/accept/", {"code": code})
        row = queries.held("ben", AT)[0]

        ben.post("/my/account/acting/", {"delegation": row.id})
        assert "您正在为 李娜 代办" in ben.get("/my/account/").content.decode()

        anna.post(f"/my/account/delegations/{row.id}/end/")
        assert "您正在为" not in ben.get("/my/account/").content.decode()
        assert ben.post("/my/account/acting/", {"delegation": row.id}).status_code == 403

    def test_what_an_agent_does_is_written_under_both_names(self, people):
        row = delegated(*people)
        ben = self.client("ben")
        ben.post("/my/account/acting/", {"delegation": row.id})
        ben.post("/logout/")

        entry = AuditEntry.objects.get(action="identity.signed_out")
        assert (entry.actor, entry.facts["behalf"]) == ("account/ben", f"delegation/{row.id}")
        assert node_reference("resident_id", ANNA) in entry.subjects

    def test_the_numbers_of_others_open_nothing(self, people):
        row = delegated(*people)
        account("cai", "蔡某")
        cai = self.client("cai")

        assert cai.post(f"/my/account/delegations/{row.id}/end/").status_code == 404
        assert cai.post("/my/account/acting/", {"delegation": row.id}).status_code == 403
        assert cai.post("/my/account/acting/", {"delegation": "9" * 40}).status_code == 302
        assert "王本" not in cai.get("/my/account/delegations/").content.decode()
        assert queries.may_act_for("ben", "account/anna", None, AT)
