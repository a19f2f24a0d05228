"""Finding, setting aside, taking, paying, coming back; and that nothing is paid twice."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
import yaml
from django.db import DatabaseError, transaction
from tests.unit.business.benefits import world
from tests.unit.business.benefits.world import AT, OFFICER, PLATFORM, POLICY, STRANGER, account_of, put_firm

from shuzhi.business.benefits import errors, ledger, models, queries, services
from shuzhi.business.benefits.drivers import Outcome, Result
from shuzhi.business.benefits.types import State
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeal_loop():
    """The loop of appeals, as its pack declares it."""
    text = (world.ROOT / "packs/platform/governance/loops/benefit-appeal.yaml").read_text("utf-8")
    declared = LoopDeclaration.model_validate(yaml.safe_load(text))
    loops.install_loop(declaration=declared, pack="platform/governance", by=PLATFORM, at=AT)


def state_of(uscc):
    return queries.finding(queries.number_of(POLICY, uscc)).state


def confirm(uscc, at=AT):
    return services.confirm(finding=queries.number_of(POLICY, uscc), by=account_of(uscc), at=at)


def pay(at=AT):
    return services.pay_waiting(by=PLATFORM, at=at)


def holds():
    return queries.differences(POLICY, "2026") == []


class TestRunning:
    @pytest.mark.parametrize("rule", [world.RULE, world.SLOW_RULE])
    def test_finds_whom_the_rule_entitles_in_sql_or_without(self, rule):
        world.install(rule)
        small, large = put_firm(1, insured=10), put_firm(2, insured=100)

        made = world.run()

        assert (made.rows, made.eligible, made.fresh, made.in_sql) == (2, 1, 1, rule == world.RULE)
        assert made.reasons == {"人数不少于 100": 1}
        assert queries.finding(queries.number_of(POLICY, small)).amount == 6000
        assert queries.number_of(POLICY, large) is None

    def test_says_what_is_missing(self):
        world.install()
        uscc = put_firm(1, premiums="")

        made = world.run()

        assert (made.eligible, made.unknown) == (0, 1)
        assert queries.explain(POLICY, uscc, at=AT).missing == ("保费",)

    def test_again_finds_nobody_twice(self):
        world.install()
        uscc = put_firm(1)
        world.run()
        confirm(uscc)
        pay()

        made = world.run(AT + timedelta(days=1))

        assert (made.eligible, made.fresh) == (1, 0)
        assert models.Order.objects.count() == 1
        assert state_of(uscc) is State.PAID

    def test_belongs_to_the_policys_office(self):
        world.install()
        put_firm(1)

        with pytest.raises(Forbidden):
            services.run_policy(policy=POLICY, by=STRANGER, at=AT)

    def test_is_refused_outside_the_period(self):
        world.install()

        with pytest.raises(errors.PolicyClosed):
            world.run(AT + timedelta(days=400))

    def test_an_empty_register_is_said(self):
        world.install()

        with pytest.raises(errors.RegisterNotBuilt):
            world.run()
        assert queries.runs(POLICY)[0].problem.zh.startswith("基础库")

    def test_who_is_no_longer_entitled_makes_room(self):
        world.install()
        first, second = put_firm(1, premiums="1000"), put_firm(2, premiums="1000", insured=20)
        world.run()
        assert (state_of(first), state_of(second)) == (State.RESERVED, State.WAITING)

        put_firm(1, premiums="1000", insured=200)
        world.run()

        assert (state_of(first), state_of(second)) == (State.LAPSED, State.RESERVED)
        assert holds()


class TestBudget:
    def test_serves_the_declared_order_and_tells_the_rest(self):
        world.install()
        usccs = [put_firm(n, premiums="1000", insured=50 - n) for n in range(3)]

        world.run()

        assert [state_of(one) for one in usccs] == [State.WAITING, State.WAITING, State.RESERVED]
        last = queries.number_of(POLICY, usccs[0])
        assert queries.place_in_queue(last) == 2
        assert queries.finding(last).told_at == AT

    def test_nobody_jumps_the_queue(self):
        """The second does not fit; the third, though small enough, waits behind it."""
        world.install()
        first, second, third = (
            put_firm(1, premiums="1000", insured=1),
            put_firm(2, premiums="1000", insured=2),
            put_firm(3, insured=3),
        )

        world.run()

        assert [state_of(one) for one in (first, second, third)] == [
            State.RESERVED,
            State.WAITING,
            State.WAITING,
        ]

    def test_a_larger_budget_serves_who_waits(self):
        world.install()
        usccs = [put_firm(n, premiums="1000") for n in range(3)]
        world.run()

        services.install_policy(
            declaration=world.declared(budget="1800.00"), pack="test/jobs", by=PLATFORM, at=AT
        )

        assert [state_of(one) for one in usccs] == [State.RESERVED] * 3
        assert holds()

    def test_can_not_fall_below_what_is_set_aside(self):
        world.install()
        put_firm(1, premiums="1000")
        world.run()

        with pytest.raises(errors.BudgetBelowUse):
            services.install_policy(
                declaration=world.declared(budget="599.99", cap="599"), pack="test/jobs", by=PLATFORM, at=AT
            )

    def test_the_table_itself_refuses_to_overspend(self):
        world.install()

        with pytest.raises(DatabaseError), transaction.atomic():
            models.Budget.objects.update(reserved=60000, paid=60000)

    def test_the_ledger_is_never_changed(self):
        world.install()

        for change in (
            lambda: models.Posting.objects.update(fen=1),
            lambda: models.Posting.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestTaking:
    def test_pays_once_however_often_it_is_tapped(self):
        world.install()
        uscc = put_firm(1)
        world.run()

        for _ in range(3):
            confirm(uscc)
            pay()

        assert state_of(uscc) is State.PAID
        assert ledger.balance(ledger.recipient_account(queries.number_of(POLICY, uscc))) == 6000
        assert ledger.balance(ledger.TRANSIT) == 0
        assert holds()

    def test_is_the_recipients_own(self):
        world.install()
        uscc, other = put_firm(1), put_firm(2)
        world.run()

        with pytest.raises(errors.NotYours):
            services.confirm(finding=queries.number_of(POLICY, uscc), by=account_of(other), at=AT)

    def test_of_what_has_changed_since_it_was_seen_is_refused(self):
        world.install()
        uscc = put_firm(1)
        world.run()
        seen = queries.finding(queries.number_of(POLICY, uscc))

        with pytest.raises(errors.FindingChanged):
            services.confirm(finding=seen.id, by=account_of(uscc), at=AT, version=seen.version - 1)

    def test_without_an_account_asks_for_one(self):
        world.install()
        uscc = put_firm(1, account="")
        world.run()
        with pytest.raises(errors.AccountWrong):
            confirm(uscc)

        services.name_account(
            finding=queries.number_of(POLICY, uscc), account="3300 0000 1234", account_name="第1家",
            by=account_of(uscc), at=AT,
        )  # fmt: skip

        assert confirm(uscc).state is State.CONFIRMED

    def test_deemed_after_the_declared_working_days(self):
        world.install(confirm={"how": "deemed", "working_days": 5})
        uscc = put_firm(1)
        world.run()

        assert services.confirm_deemed(by=PLATFORM, at=AT + timedelta(days=7)) == 0
        assert services.confirm_deemed(by=PLATFORM, at=AT + timedelta(days=8)) == 1
        assert state_of(uscc) is State.CONFIRMED

    def test_what_is_not_taken_in_the_period_lapses(self):
        world.install()
        uscc = put_firm(1)
        world.run()

        services.close_ended(by=PLATFORM, at=AT + timedelta(days=400))

        assert state_of(uscc) is State.LAPSED
        assert holds()


class TestPaying:
    @pytest.mark.parametrize("tail", ["9001", "9002"])
    def test_a_silent_bank_is_asked_by_the_key_and_pays_once(self, tail):
        world.install()
        uscc = put_firm(1, account=f"33000000{tail}")
        world.run()
        confirm(uscc)

        pay()
        pay()

        assert state_of(uscc) is State.PAID
        assert models.SandboxTransfer.objects.count() == 1
        assert services.reconcile(by=PLATFORM, at=AT).is_clean
        assert holds()

    def test_what_comes_back_is_paid_to_the_right_account(self):
        world.install()
        uscc = put_firm(1, account="330000009003")
        world.run()
        confirm(uscc)
        pay()
        assert services.reconcile(by=PLATFORM, at=AT).returned == 1
        assert state_of(uscc) is State.RETURNED
        assert holds()

        services.name_account(
            finding=queries.number_of(POLICY, uscc), account="330000001234", account_name="第1家", by=OFFICER, at=AT,
            evidence="开户许可证",
        )  # fmt: skip
        pay()

        assert state_of(uscc) is State.PAID
        assert queries.budget(POLICY).paid == 6000
        assert services.reconcile(by=PLATFORM, at=AT).is_clean
        assert holds()

    def test_a_doubled_callback_books_once(self):
        from shuzhi.business.benefits.services.paying import _book

        world.install()
        uscc = put_firm(1)
        world.run()
        confirm(uscc)
        pay()
        key = models.Order.objects.get().key

        for _ in range(2):
            _book(key, Outcome(Result.SETTLED), by=PLATFORM, at=AT)

        assert models.Posting.objects.filter(finding__isnull=False).count() == 2
        assert holds()

    def test_tells_what_the_bank_and_we_say_differently(self):
        world.install()
        uscc = put_firm(1)
        world.run()
        confirm(uscc)
        pay()
        line = SimpleNamespace(key="ghost", amount=1, outcome=Outcome(Result.SETTLED))
        bank = SimpleNamespace(statement=lambda: iter([line]))

        found = services.reconcile(by=PLATFORM, at=AT, through=bank)

        assert found.unknown == ("ghost",)
        assert found.missing == (models.Order.objects.get().key,)


class TestAppealing:
    def test_upheld_with_the_right_facts_finds_and_pays(self, appeal_loop):
        world.install()
        uscc = put_firm(1, insured=200)
        world.run()
        dossier = services.appeal(policy=POLICY, said="人数有误", by=account_of(uscc), at=AT)
        with pytest.raises(errors.AppealOpen):
            services.appeal(policy=POLICY, said="人数有误", by=account_of(uscc), at=AT)
        with pytest.raises(errors.FactUnknown), transaction.atomic():
            services.uphold(dossier=dossier.id, facts={"利润": "1"}, note="核实", by=OFFICER, at=AT)
        with pytest.raises(Forbidden), transaction.atomic():
            services.uphold(dossier=dossier.id, facts={"人数": "20"}, note="核实", by=STRANGER, at=AT)

        services.uphold(dossier=dossier.id, facts={"人数": "20"}, note="核实", by=OFFICER, at=AT)

        assert state_of(uscc) is State.RESERVED
        assert queries.finding(queries.number_of(POLICY, uscc)).facts["人数"] == "20"

    def test_dismissed_changes_nothing(self, appeal_loop):
        world.install()
        uscc = put_firm(1, insured=200)
        world.run()
        dossier = services.appeal(policy=POLICY, said="人数有误", by=account_of(uscc), at=AT)

        services.dismiss(dossier=dossier.id, note="参保人数以缴费为准", by=OFFICER, at=AT)

        assert queries.number_of(POLICY, uscc) is None
        assert not models.Appeal.objects.get().is_open


class TestRecovering:
    def test_a_repayment_is_booked_once_and_makes_room(self):
        world.install()
        first, second = put_firm(1, premiums="1000"), put_firm(2, premiums="1000")
        world.run()
        confirm(first)
        pay()
        number = queries.number_of(POLICY, first)
        services.recover(finding=number, reason="材料虚假", by=OFFICER, at=AT)
        for _ in range(2):
            services.repay(finding=number, fen=10000, reference="回单1", by=OFFICER, at=AT)
        assert queries.budget(POLICY).paid == 50000
        with pytest.raises(errors.AmountOfRepayment):
            services.repay(finding=number, fen=50001, reference="回单2", by=OFFICER, at=AT)

        services.repay(finding=number, fen=50000, reference="回单3", by=OFFICER, at=AT)

        assert (state_of(first), state_of(second)) == (State.RECOVERED, State.RESERVED)
        assert holds()
