"""Cases: decided at once, or by people; corrected once; delivered, objected to, withdrawn, counted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, CLERK, COLLEAGUE, INCOME, QIAN, STRANGER, ZHAO

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import errors, figures, numbers, queries, services
from shuzhi.business.matters.cases.types import Action, Delivery, Had, Point, State
from shuzhi.foundation.outbox.models import Message
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.credentials.types import State as Standing
from shuzhi.support.workflow import services as loops

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def submit(by, at=AT, **more):
    return services.submit(matter=INCOME, by=by, at=at, **more)


def reviewed(by, at=AT, **more):
    """A case that waits for a clerk, with its letter."""
    return submit(by, at, answers={"letter": ["sha"]}, **more)


class TestNumbers:
    @given(st.dates(date(2000, 1, 1), date(2999, 12, 31)), st.integers(1, 2**62))
    def test_are_read_as_written(self, day, running):
        assert numbers.read(numbers.written(day, running)) == (f"{day:%Y%m%d}", running)

    @given(st.integers(1, 10**8 - 1), st.integers(0, 16), st.integers(1, 9))
    def test_a_wrong_digit_is_found(self, running, place, shift):
        digits = numbers.written(date(2026, 11, 20), running).replace("-", "")
        wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]

        assert numbers.read(wrong) is None


class TestInstant:
    def test_is_decided_by_what_another_process_has_just_installed(self):
        """Declarations that this process has read are not what it goes by once others stand in the tables."""
        world.install()
        world.put(ZHAO)
        zhao = world.resident()
        assert submit(zhao).title.zh == "开具工资收入证明"

        with connection.cursor() as elsewhere:
            elsewhere.execute(
                """UPDATE matters_matter SET declared = jsonb_set(declared, '{title,zh}', '"新事项名"');
                UPDATE credentials_kind SET declared = jsonb_set(declared, '{prefix}', '"XZM"');
                UPDATE registers_register SET declared = jsonb_set(declared, '{fields,0,identifier}', 'false')"""
            )
        case = submit(zhao)

        assert (case.title.zh, case.state, case.credential) == ("新事项名", State.SUBMITTED, "")
        assert (
            "缺少" in queries.history(case.number)[-1].note
        )  # the register is not asked by this number any more
        assert credentials.kind(INCOME).prefix == "XZM"

    def test_is_written_once_as_it_was_decided(self):
        world.install()
        world.put(ZHAO)
        zhao = world.resident()
        submit(zhao)

        with CaptureQueriesContext(connection) as seen:
            case = submit(zhao)

        written = [
            each["sql"] for each in seen if "matters_case" in each["sql"] and "SELECT" not in each["sql"][:6]
        ]
        assert len(written) == 1
        row = models.Case.objects.get(id=case.id)
        assert (row.state, row.version, row.closed_at, row.credential) == ("granted", 3, AT, case.credential)
        assert [step.action for step in queries.history(case.number)] == [
            Action.SUBMIT,
            Action.ACCEPT,
            Action.GRANT,
        ]
        told = AuditEntry.objects.filter(target=f"case/{case.number}").order_by("id")
        assert list(told.values_list("action", flat=True)) == [
            "matters.submit",
            "matters.accept",
            "matters.grant",
        ]
        news = Message.objects.filter(payload__case=case.number).order_by("id")
        assert list(news.values_list("event", flat=True)) == ["CaseSubmitted", "CaseDecided", "CaseClosed"]

    def test_grants_with_credential_explanation_and_audit(self):
        world.install()
        world.put(ZHAO)

        case = submit(world.resident())

        assert (case.state, case.is_open, case.is_instant) == (State.GRANTED, False, True)
        issued = credentials.credential(case.credential)
        assert (issued.holder, issued.facts["monthly_income"]) == (ZHAO, 9500)
        assert any("第七十四条" in line.zh for line in queries.explanation(case.number))
        assert [step.action for step in queries.history(case.number)] == [
            Action.SUBMIT, Action.ACCEPT, Action.GRANT,
        ]  # fmt: skip
        assert AuditEntry.objects.filter(target=f"case/{case.number}").count() == 3

    def test_refusal_says_which_rule_and_a_person_may_be_asked(self):
        world.install()
        world.put(ZHAO, income="0")
        zhao = world.resident()

        case = submit(zhao)

        assert (case.state, case.reason) == (State.REFUSED, "本期没有申报工资收入")
        again = services.hand_over(case=case.number, by=zhao, at=AT + DAY)
        assert (again.state, again.is_open) == (State.ACCEPTED, True)
        granted = services.decide(
            case=case.number, granted=True, by=CLERK, at=AT + DAY, facts={"monthly_income": 4200}
        )
        assert credentials.credential(granted.credential).facts["monthly_income"] == 4200

    def test_what_no_register_knows_goes_to_a_person(self):
        world.install()

        case = submit(world.resident())

        assert case.state is State.SUBMITTED
        assert {each.id for each in case.missing} == {"name", "employer", "income"}
        assert "转人工" in queries.history(case.number)[-1].note

    def test_a_credential_that_cannot_be_made_leaves_no_half_decision(self):
        world.install(
            materials=[
                {"id": "income", "title": {"zh": "月工资收入", "en": "i"}, "source": "register", "field": "income.monthly_income"},
                {"id": "employer", "title": {"zh": "工作单位", "en": "e"}, "source": "register", "field": "income.employer"},
            ]
        )  # fmt: skip
        world.put(ZHAO)

        case = submit(world.resident())  # the credential needs a name, which nobody was asked for

        assert (case.state, case.credential, case.version) == (State.SUBMITTED, "", 2)
        assert credentials.credentials_of("resident_id", ZHAO) == []

    def test_the_same_key_is_the_same_case(self):
        world.install()
        world.put(ZHAO)
        zhao = world.resident()

        first, second = submit(zhao, key="k1"), submit(zhao, key="k1", at=AT + DAY)

        assert first.number == second.number
        assert len(credentials.credentials_of("resident_id", ZHAO)) == 1
        with pytest.raises(errors.KeyTaken):
            submit(world.resident(QIAN, "qian"), key="k1")


class TestWhose:
    def test_nobody_applies_for_others_but_a_clerk_at_the_window(self):
        world.install()
        world.put(QIAN)
        zhao = world.resident()

        with pytest.raises(errors.NotYourCase):
            submit(zhao, applicant=f"resident_id/{QIAN}")
        with pytest.raises(errors.NotYourCase):
            submit(CLERK, applicant=f"resident_id/{QIAN}")
        case = submit(CLERK, applicant=f"resident_id/{QIAN}", channel="window")
        assert (case.holder, case.agent, case.state) == (QIAN, CLERK.name, State.GRANTED)
        assert [each.number for each in queries.own_cases(by=world.resident(QIAN, "qian"), at=AT)] == [
            case.number
        ]

    def test_no_proof_no_case(self):
        world.install()

        with pytest.raises(errors.NoProofOfApplicant):
            submit(CLERK)

    def test_others_see_nothing(self):
        world.install()
        world.put(ZHAO)
        case = submit(world.resident())

        with pytest.raises(errors.NoSuchCase):
            queries.own_case(case.number, by=world.resident(QIAN, "qian"), at=AT)
        with pytest.raises(Forbidden):
            queries.staff_case(case.number, by=STRANGER, at=AT)


class TestAtTheCounter:
    def test_asks_once_for_everything_and_the_clock_stands(self):
        world.install_reviewed()
        zhao = world.resident()
        case = submit(zhao)  # on Friday; to be answered within five working days

        with pytest.raises(errors.MaterialsMissing):
            services.accept(case=case.number, by=CLERK, at=AT)
        asked = services.ask_correction(
            case=case.number, points=[Point("申请书", "请本人签字")], by=CLERK, at=AT + 3 * DAY
        )
        assert (asked.state, asked.due_at) == (State.CORRECTING, None)
        back = services.correct(case=case.number, answers={"letter": ["x"]}, by=zhao, at=AT + 13 * DAY)
        assert (back.state, back.materials[0].had) == (State.SUBMITTED, Had.UPLOADED)
        with pytest.raises(errors.AskedAlready):
            services.ask_correction(
                case=case.number, points=[Point("申请书", "")], by=CLERK, at=AT + 13 * DAY
            )

    @pytest.mark.parametrize(("act", "state"), [("agree", State.GRANTED), ("refuse", State.REFUSED)])
    def test_the_loop_decides(self, act, state):
        world.install_reviewed()
        case = reviewed(world.resident())
        accepted = services.accept(case=case.number, by=CLERK, at=AT)

        with pytest.raises(errors.ReviewUnderWay):
            services.decide(case=case.number, granted=True, by=CLERK, at=AT)
        loops.act(dossier=int(accepted.review.split("/")[1]), action=act, by=CLERK, at=AT, note="看过")
        deliver_waiting(at=AT)

        assert queries.case(case.number, at=AT).state is state

    def test_two_clerks_at_once_the_second_is_told(self):
        world.install_reviewed(handling={"instant": f"{INCOME}/结论"})
        world.put(ZHAO)
        case = reviewed(world.resident())  # an upload: somebody has to look at it

        services.accept(case=case.number, by=CLERK, at=AT, version=case.version)
        with pytest.raises(errors.CaseChanged):
            services.accept(case=case.number, by=COLLEAGUE, at=AT, version=case.version)

    def test_refusals_need_a_reason_and_the_office(self):
        world.install_reviewed()
        case = reviewed(world.resident())

        with pytest.raises(errors.ReasonMissing):
            services.reject(case=case.number, reason=" ", by=CLERK, at=AT)
        with pytest.raises(Forbidden):
            services.reject(case=case.number, reason="无权", by=STRANGER, at=AT)
        assert (
            services.reject(case=case.number, reason="不属于本部门", by=CLERK, at=AT).state
            is State.NOT_ACCEPTED
        )

    def test_nobody_answered_in_five_working_days(self):
        world.install_reviewed()
        case = reviewed(world.resident())

        assert services.accept_deemed(by=world.PLATFORM, at=AT + 6 * DAY) == 0
        assert services.accept_deemed(by=world.PLATFORM, at=AT + 8 * DAY) == 1
        found = queries.case(case.number, at=AT + 8 * DAY)
        assert (found.state, found.accepted_at, found.is_late) == (State.ACCEPTED, AT, True)

    def test_delivery_at_the_window_ends_it(self):
        world.install()
        world.put(ZHAO)
        case = submit(world.resident(), delivery=Delivery.WINDOW)
        assert (case.state, case.is_open) == (State.GRANTED, True)

        done = services.deliver(case=case.number, way=Delivery.WINDOW, by=CLERK, at=AT + DAY)

        assert not done.is_open
        with pytest.raises(errors.NotInState):
            services.deliver(case=case.number, way=Delivery.WINDOW, by=CLERK, at=AT + DAY)

    def test_withdrawn_before_it_is_decided(self):
        world.install_reviewed()
        zhao = world.resident()
        case = reviewed(zhao)
        services.accept(case=case.number, by=CLERK, at=AT)

        done = services.withdraw(case=case.number, by=zhao, at=AT)
        deliver_waiting(at=AT)

        assert (done.state, queries.case(case.number, at=AT).state) == (State.WITHDRAWN, State.WITHDRAWN)


class TestMinutes:
    def test_stop_while_the_applicant_corrects(self):
        world.install_reviewed(time={"promised_minutes": 60})
        zhao = world.resident()
        case = reviewed(zhao)
        minute = timedelta(minutes=1)
        services.accept(case=case.number, by=CLERK, at=AT)
        services.ask_correction(case=case.number, points=[Point("签字", "")], by=CLERK, at=AT + 50 * minute)

        back = services.correct(case=case.number, by=zhao, at=AT + 500 * minute)

        assert back.due_at == AT + 510 * minute


class TestObjections:
    @pytest.mark.parametrize(("act", "state"), [("uphold", State.ACCEPTED), ("dismiss", State.REFUSED)])
    def test_upheld_it_is_decided_anew(self, act, state):
        world.install()
        world.put(ZHAO, income="0")
        zhao = world.resident()
        case = services.object_to(case=submit(zhao).number, said="单位补报了", by=zhao, at=AT)

        with pytest.raises(errors.ObjectionOpen):
            services.object_to(case=case.number, said="再说一次", by=zhao, at=AT)
        loops.act(dossier=int(case.objection.split("/")[1]), action=act, by=CLERK, at=AT, note="已核")
        deliver_waiting(at=AT)

        assert queries.case(case.number, at=AT).state is state

    def test_a_grant_that_is_decided_anew_ends_the_first_credential(self):
        world.install()
        world.put(ZHAO)
        zhao = world.resident()
        first = submit(zhao)
        objected = services.object_to(case=first.number, said="金额不对", by=zhao, at=AT)
        loops.act(
            dossier=int(objected.objection.split("/")[1]), action="uphold", by=CLERK, at=AT, note="属实"
        )
        deliver_waiting(at=AT)
        world.put(ZHAO, income="9900")

        second = services.decide(case=first.number, granted=True, by=CLERK, at=AT)

        assert credentials.credential(first.credential).state is Standing.REVOKED
        assert credentials.credential(second.credential).facts["monthly_income"] == 9900


class TestCommitments:
    def test_granted_at_once_and_revoked_when_broken(self):
        world.install(commitment={"allowed": True, "checked_within_days": 10})
        world.put(ZHAO)
        zhao = world.resident()

        case = submit(zhao, commits=True)

        assert (case.state, bool(case.commitment["signature"])) == (State.GRANTED, True)
        loops.act(
            dossier=int(case.check.split("/")[1]), action="break", by=COLLEAGUE, at=AT, note="单位不存在"
        )
        deliver_waiting(at=AT)
        assert queries.case(case.number, at=AT).state is State.REVOKED
        assert credentials.credential(case.credential).state is Standing.REVOKED
        with pytest.raises(errors.CommitmentNotAllowed):
            submit(zhao, commits=True)

    def test_kept_it_stays(self):
        world.install(commitment={"allowed": True})
        world.put(ZHAO)
        case = submit(world.resident(), commits=True)

        loops.act(dossier=int(case.check.split("/")[1]), action="confirm", by=CLERK, at=AT)
        deliver_waiting(at=AT)

        assert queries.history(case.number)[-1].action is Action.KEPT

    def test_not_where_the_matter_knows_none(self):
        world.install()
        world.put(ZHAO)

        with pytest.raises(errors.CommitmentNotAllowed):
            submit(world.resident(), commits=True)
        assert models.Case.objects.count() == 0


class TestLists:
    def test_go_on_from_the_last_line_by_deadline_and_by_number(self):
        world.install_reviewed()
        zhao = world.resident()
        numbers_ = [reviewed(zhao, at=AT + n * timedelta(minutes=1)).number for n in range(5)]

        for waiting, expected in ((True, numbers_), (False, numbers_[::-1])):
            seen, after = [], ""
            while True:
                page = queries.cases(by=CLERK, at=AT, waiting=waiting, after=after, most=2)
                seen += [line.number for line in page.lines]
                if not (after := page.following):
                    break
            assert sorted(seen) == sorted(expected)
            assert waiting or seen == expected

    def test_clerks_see_their_office_only(self):
        world.install_reviewed()
        reviewed(world.resident())

        assert queries.cases(by=STRANGER, at=AT, office="human-resources").lines == ()
        assert len(queries.cases(by=world.BUREAU, at=AT, office="human-resources").lines) == 1

    @pytest.mark.parametrize("after", ["~", "x", "2026-01-01T00:00:00+00:00~x", "9" * 40, "２"])
    def test_a_mark_that_is_nonsense_begins_anew(self, after):
        world.install_reviewed()
        reviewed(world.resident())

        assert len(queries.cases(by=CLERK, at=AT, waiting=True, after=after).lines) == 1
        assert len(queries.cases(by=CLERK, at=AT, after=after).lines) == 1


class TestFigures:
    def test_k03_counts_what_other_systems_handled(self):
        world.install()
        world.put(ZHAO)
        zhao = world.resident()
        for n in range(3):
            submit(zhao, at=AT + n * DAY)
        services.report_elsewhere(
            matter=INCOME, reference="A-1", holder=QIAN, scheme="resident_id", handled_at=AT, by=CLERK, at=AT
        )

        day = AT.date() + 2 * DAY
        before = figures.handled_on_one_network(day)
        figures.count_days(today=day)

        assert before == figures.handled_on_one_network(day) == (3, 4, frozenset({"matter/income-proof"}))
        assert figures.count_days(today=day) == 0

    def test_submitting_costs_a_bounded_number_of_statements(self, django_assert_max_num_queries):
        world.install()
        world.put(ZHAO)
        zhao = world.resident()
        submit(zhao)

        with django_assert_max_num_queries(13):
            submit(zhao)
