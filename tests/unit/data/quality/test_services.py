from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.unit.data.quality.world import (
    BUREAU,
    FRIDAY,
    GOOD,
    HEADER,
    OFFICER,
    OTHER,
    PLATFORM,
    STRANGER,
    result,
)

from shuzhi.data.catalog.types import Dimension
from shuzhi.data.quality import queries, services
from shuzhi.data.quality.errors import BatchNotCollected, NoSuchRun, NotCheckedYet
from shuzhi.data.quality.types import Outcome, Place
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import Mode
from shuzhi.foundation.outbox.models import Message
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.models import Dossier

DAY = timedelta(days=1)
NAMELESS = ",9133010014304617XG,1980-01-21,王五六七,13800001111222\n"
FUTURE = "丙公司,91330182843963542R,2031-01-01,,\n"


def tallies(run):
    return {found.rule: (found.checked, found.failed) for found in run.results}


class TestCheckBatch:
    def test_counts_every_rule(self, office):
        run = office.send(GOOD, NAMELESS)

        assert tallies(run) == {
            "name-present": (2, 1),
            "code-valid": (2, 0),
            "code-unique": (2, 0),
            "founded-past": (2, 0),
            "contact-short": (2, 1),
            "phone-short": (1, 1),
            "in-time": (1, 0),
            "totals-right": (0, 0),
            "lately-founded": (1, 0),
            "quarantine": (2, 0),
        }
        assert (run.rows, run.quarantined) == (2, 0)
        assert [found.rule for found in run.failing] == ["name-present", "contact-short", "phone-short"]

    def test_counts_each_quarantined_row_once_under_the_rule_it_breaks(self, office):
        run = office.send(GOOD, "丁公司,91330182843963542A,1980-01-01,,\n", "戊公司,9133010014304617XG,x,,\n")

        assert (result(run, "code-valid").checked, result(run, "code-valid").failed) == (2, 1)
        assert (result(run, "quarantine").checked, result(run, "quarantine").failed) == (3, 1)
        assert result(run, "quarantine").fields == ("founded",)

    def test_scores_each_dimension_and_their_mean(self, office):
        run = office.send(GOOD, NAMELESS)

        assert run.scores == {
            Dimension.NORMATIVE: pytest.approx(5 / 7),  # two warnings fail
            Dimension.COMPLETE: 0.5,
            Dimension.ACCURATE: 1.0,
            Dimension.TIMELY: 1.0,
        }
        assert run.score == pytest.approx((5 / 7 + 0.5 + 1 + 1) / 4)

    def test_keeps_a_sample_that_shows_no_graded_value(self, office):
        run = office.send(GOOD, NAMELESS)

        (contact,), (phone,) = result(run, "contact-short").samples, result(run, "phone-short").samples
        assert contact.values == {"contact": "王***"}
        assert phone.row == 3
        assert "1380" not in phone.values["phone"]
        assert len(phone.values["phone"]) == 32

    def test_says_where_a_rule_was_answered(self, office):
        run = office.send(GOOD)

        assert result(run, "code-valid").place is Place.SCAN
        assert result(run, "in-time").place is Place.DATASET
        assert result(run, "quarantine").place is Place.COLLECTION

    def test_refuses_another_office(self, office):
        batch = office.collect(GOOD)

        with pytest.raises(Forbidden):
            services.check_batch(batch=batch.id, by=STRANGER, at=FRIDAY)

    def test_refuses_a_batch_that_is_not_collected(self, office):
        path = office.folder / "waiting.csv"
        path.write_text(HEADER + GOOD, "utf-8")
        batch = sources.receive_file(source=office.source, path=path, by=OFFICER, at=FRIDAY)

        with pytest.raises(BatchNotCollected) as refusal:
            services.check_batch(batch=batch.id, by=OFFICER, at=FRIDAY)

        assert "received" in refusal.value.message_zh

    def test_tells_the_outbox_and_the_audit_log(self, office):
        run = office.send(NAMELESS)

        assert Message.objects.get(event="BatchChecked").payload["failing"] == 3
        assert AuditEntry.objects.get(action="quality.checked").facts == {"run": run.id, "failing": 3}

    def test_checking_again_opens_no_second_issue(self, office):
        run = office.send(NAMELESS)
        services.check_batch(batch=run.batch, by=PLATFORM, at=FRIDAY + DAY)

        assert len(queries.runs(office.dataset)) == 2
        assert len(queries.issues(dataset=office.dataset)) == 1


class TestIssues:
    def test_opens_a_dossier_with_the_owning_office_due_in_one_working_day(self, office):
        office.send(NAMELESS)

        (issue,) = queries.issues(dataset=office.dataset)
        dossier = workflow.dossier(issue.dossier)
        assert (issue.rule, issue.failed, issue.due_on) == ("name-present", 1, date(2026, 9, 20))
        assert dossier.title.zh == "企业登记：name-present 有误"
        assert [row.dossier.id for row in workflow.inbox(actor=OFFICER, today=FRIDAY.date(), at=FRIDAY)] == [
            dossier.id
        ]

    def test_warnings_open_none(self, office):
        office.send("甲公司,91330182843963542R,1980-01-01,王五六七,\n")

        assert office.issues() == {}

    def test_corrected_data_close_it(self, office):
        office.send(NAMELESS)
        office.send(OTHER, at=FRIDAY + DAY)

        issue = office.issues(open_only=False)["name-present"]
        assert (issue.closed_on, issue.outcome) == (date(2026, 9, 19), Outcome.CORRECTED)
        assert not workflow.dossier(issue.dossier).is_open

    def test_a_batch_that_does_not_mention_the_row_corrects_nothing(self, office):
        office.send(NAMELESS)
        office.send(GOOD, at=FRIDAY + DAY, mode=Mode.INCREMENTAL)
        assert "name-present" in office.issues()

        office.send(OTHER, at=FRIDAY + 2 * DAY, mode=Mode.INCREMENTAL)
        assert office.issues() == {}

    def test_a_promise_that_was_not_kept_goes_back(self, office):
        office.send(NAMELESS)
        number = office.issues()["name-present"].dossier
        loops.act(dossier=number, action="correct", by=OFFICER, at=FRIDAY, evidence={"batch": "next"})
        office.send(NAMELESS, FUTURE, at=FRIDAY + DAY)

        assert workflow.dossier(number).state == "open"
        assert set(office.issues()) == {"name-present", "founded-past"}

    def test_the_same_fault_after_closing_is_a_new_issue(self, office):
        office.send(NAMELESS)
        office.send(OTHER)
        office.send(NAMELESS, GOOD, at=FRIDAY + DAY)

        assert len(queries.issues(dataset=office.dataset)) == 2
        assert len(office.issues()) == 1

    def test_an_upheld_appeal_ends_it(self, office):
        office.send(NAMELESS)
        number = office.issues()["name-present"].dossier
        loops.act(dossier=number, action="appeal", by=OFFICER, at=FRIDAY, note="该企业依法不公示名称")
        loops.act(dossier=number, action="uphold", by=BUREAU, at=FRIDAY, note="属实")
        deliver_waiting(at=FRIDAY)

        assert office.issues(open_only=False)["name-present"].outcome is Outcome.UPHELD

    def test_an_older_batch_checked_again_changes_no_issue(self, office):
        first = office.send(NAMELESS)
        office.send(OTHER)

        services.check_batch(batch=first.batch, by=PLATFORM, at=FRIDAY + DAY)

        assert office.issues() == {}
        assert queries.latest_run(office.dataset).batch != first.batch

    def test_quarantine_is_an_issue_until_a_batch_has_none(self, office):
        office.send(GOOD, "戊公司,9133010014304617XG,x,,\n")
        assert office.issues()["quarantine"].failed == 1

        office.send(GOOD, OTHER)
        assert office.issues() == {}

    def test_two_sources_of_one_data_set(self, make_office):
        first = make_office()
        second = make_office(dataset=first.dataset)
        first.send(NAMELESS)

        second.send(GOOD)
        assert "name-present" in first.issues()


class TestFreshness:
    def test_a_data_set_that_nobody_feeds_goes_stale_and_recovers(self, office):
        office.send(GOOD)

        assert services.check_freshness(by=PLATFORM, at=FRIDAY + 2 * DAY) == []
        (run,) = services.check_freshness(by=PLATFORM, at=FRIDAY + 4 * DAY)
        assert result(run, "in-time").failed == 1
        assert services.check_freshness(by=PLATFORM, at=FRIDAY + 5 * DAY) == []
        assert set(office.issues()) == {"in-time"}

        office.send(GOOD, OTHER, at=FRIDAY + 5 * DAY)
        assert office.issues() == {}


class TestTimeliness:
    def test_counts_what_was_corrected_within_one_working_day(self, office):
        office.send(NAMELESS, FUTURE)
        numbers = {rule: issue.dossier for rule, issue in office.issues().items()}
        office.send(OTHER, FUTURE, at=FRIDAY + 2 * DAY)  # Sunday, worked: the last day
        office.send(OTHER, GOOD, at=FRIDAY + 3 * DAY)

        def on(day):
            in_time, due = queries.issue_timeliness(day)
            return ([name for name, n in numbers.items() if n in kept] for kept in (in_time, due))

        assert [sorted(names) for names in on(date(2026, 9, 19))] == [[], []]
        assert [sorted(names) for names in on(date(2026, 9, 20))] == [["name-present"], ["name-present"]]
        assert [sorted(names) for names in on(date(2026, 9, 21))] == [
            ["name-present"],
            ["founded-past", "name-present"],
        ]

    def test_an_upheld_appeal_counts_on_neither_side(self, office):
        office.send(NAMELESS)
        number = office.issues()["name-present"].dossier
        loops.act(dossier=number, action="appeal", by=OFFICER, at=FRIDAY, note="该企业依法不公示名称")
        loops.act(dossier=number, action="uphold", by=BUREAU, at=FRIDAY + 9 * DAY, note="属实")
        services.follow_dossier(dossier=number)

        assert queries.issue_timeliness(date(2026, 10, 30)) == (set(), set())

    def test_the_clock_stands_while_an_appeal_is_decided(self, office):
        office.send(NAMELESS)
        number = office.issues()["name-present"].dossier
        loops.act(dossier=number, action="appeal", by=OFFICER, at=FRIDAY, note="无误")
        loops.act(dossier=number, action="dismiss", by=BUREAU, at=FRIDAY + 4 * DAY, note="请补")
        office.send(OTHER, at=FRIDAY + 5 * DAY)

        assert queries.issue_timeliness(date(2026, 9, 30)) == ({number}, {number})

    def test_in_a_year_without_a_calendar_it_is_not_decidable(self, office):
        first = datetime(2034, 3, 1, 1, tzinfo=UTC)
        office.send(NAMELESS, at=first)
        number = office.issues()["name-present"].dossier

        assert queries.issue_timeliness(date(2034, 3, 9)) == (set(), set())
        assert queries.undecidable_issues(date(2034, 3, 9)) == {number}

        office.send(OTHER, at=first + DAY)  # corrected, but in time or not?
        assert queries.issue_timeliness(date(2034, 3, 9)) == (set(), set())
        assert queries.undecidable_issues(date(2034, 3, 9)) == {number}

    @pytest.mark.parametrize(("due_on", "in_time"), [(date(2034, 3, 2), True), (date(2034, 3, 1), False)])
    def test_once_the_calendar_is_out_it_counts(self, office, due_on, in_time):
        first = datetime(2034, 3, 1, 1, tzinfo=UTC)
        office.send(NAMELESS, at=first)
        number = office.issues()["name-present"].dossier
        office.send(OTHER, at=first + DAY)
        Dossier.objects.filter(id=number).update(due_on=due_on, due_reason="running")

        assert queries.undecidable_issues(date(2034, 3, 9)) == set()
        assert queries.issue_timeliness(date(2034, 3, 9)) == ({number} if in_time else set(), {number})


class TestQueries:
    def test_scorecards_take_the_same_statements_for_many_data_sets(
        self, make_office, django_assert_num_queries
    ):
        for _ in range(4):
            make_office().send(NAMELESS)

        with django_assert_num_queries(3):
            cards = queries.scorecards()
        assert [(card.failing_rules, card.open_issues) for card in cards] == [(3, 1)] * 4
        with django_assert_num_queries(3):
            (score,) = queries.office_scores()
        assert (score.datasets, score.open_issues, score.scores[Dimension.COMPLETE]) == (4, 4, 0.0)
        with django_assert_num_queries(1):
            assert len(queries.issues(open_only=True)) == 4

    def test_lists_of_runs_do_not_load_results(self, office, django_assert_num_queries):
        for day in range(3):
            office.send(GOOD, f"{day},9133010014304617XG,,,\n", at=FRIDAY + day * DAY)

        with django_assert_num_queries(1):
            assert len(queries.runs(office.dataset)) == 3
        with django_assert_num_queries(2):
            assert len(queries.latest_run(office.dataset).results) == 10

    def test_say_what_is_not_there(self, office):
        with pytest.raises(NotCheckedYet):
            queries.scorecard(office.dataset)
        with pytest.raises(NotCheckedYet):
            queries.latest_run(office.dataset)
        with pytest.raises(NoSuchRun):
            queries.run(10**9)


def test_a_collected_batch_is_checked_by_a_job(office):
    from procrastinate.contrib.django.models import ProcrastinateJob

    batch = office.collect(GOOD)
    deliver_waiting(at=FRIDAY)

    job = ProcrastinateJob.objects.get(task_name="quality.check_batch")
    assert (job.args, job.lock) == ({"batch": batch.id}, f"quality/{office.dataset}")
