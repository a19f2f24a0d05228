"""Transactions that are given up, ad hoc sub-processes, links, and processes that begin by a signal or by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.support.workflow.people import FRIDAY, INSTALLER, OFFICER, PLATFORM
from tests.unit.support.workflow.processes.drawn import SE, Case, drawn, flows, users
from tests.unit.support.workflow.processes.test_services import install, open_tasks

from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import queries, services
from shuzhi.support.workflow.processes.checking import check_file

UNDO = "".join(
    f'<boundaryEvent id="c{a}" attachedToRef="{a}"><compensateEventDefinition/></boundaryEvent>'
    f'<userTask id="u{a}" isForCompensation="true"/><association id="as{a}" sourceRef="c{a}" targetRef="u{a}"/>'
    for a in "ab"
)
CANCEL = "<cancelEventDefinition/>"
TRANSACTION = drawn(
    SE
    + '<transaction id="t"><startEvent id="ts"/><parallelGateway id="pg"/>'
    + users("a", "b", "wait")
    + UNDO
    + '<exclusiveGateway id="x" default="f_x_te_6"/><endEvent id="te"/><endEvent id="no">'
    + CANCEL
    + "</endEvent>"
    + flows("ts>a", "a>pg", "pg>b", "pg>wait", "b>x", "x>no?bad", "x>te", "wait>te")
    + f'</transaction><boundaryEvent id="given_up" attachedToRef="t">{CANCEL}</boundaryEvent>'
    + users("after", "sorry")
    + '<endEvent id="end2"/>'
    + flows("start>t", "t>after", "after>end", "given_up>sorry", "sorry>end2")
)


class TestTransaction:
    def test_given_up_the_rest_ends_and_what_was_done_is_undone_the_last_first(self):
        case = Case(TRANSACTION)

        assert case.do("a").open == ["b", "wait"]
        assert case.do("b", bad=True).open == ["ub"]
        assert case.do("ub").open == ["ua"]
        assert case.do("ua").open == ["sorry"]
        assert case.do("sorry").ended
        assert case.failed is None

    def test_not_given_up_it_is_a_sub_process(self):
        case = Case(TRANSACTION)
        case.do("a").do("b", bad=False)
        assert case.do("wait").open == ["after"]
        assert case.do("after").ended


def adhoc(attributes="", condition="", inside=None):
    inside = users("phone", "visit", "letter") if inside is None else inside
    said = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    return drawn(
        SE + f'<adHocSubProcess id="f" {attributes}>{inside}{said}</adHocSubProcess>' + users("next")
        + flows("start>f", "f>next", "next>end")
    )  # fmt: skip


class TestAdHoc:
    def test_all_may_be_done_in_any_order(self):
        case = Case(adhoc())
        assert case.open == ["letter", "phone", "visit"]
        assert case.do("visit").do("phone").open == ["letter"]
        assert case.do("letter").open == ["next"]

    def test_once_the_condition_holds_the_rest_ends(self):
        case = Case(adhoc(condition="reached = true"))
        assert case.do("visit", reached=False).open == ["letter", "phone"]
        assert case.do("phone", reached=True).open == ["next"]
        assert case.do("next").ended

    def test_what_follows_something_waits_for_it(self):
        case = Case(adhoc(inside=users("phone", "visit", "report") + flows("visit>report")))
        assert case.open == ["phone", "visit"]
        assert case.do("visit").open == ["phone", "report"]


class TestLinks:
    BODY = (
        users("a", "b")
        + '<intermediateThrowEvent id="out"><linkEventDefinition name="page 2"/></intermediateThrowEvent>'
        + '<intermediateCatchEvent id="in"><linkEventDefinition name="page 2"/></intermediateCatchEvent>'
    )

    def test_lead_on_elsewhere_in_the_drawing(self):
        case = Case(drawn(SE + self.BODY + flows("start>a", "a>out", "in>b", "b>end")))
        assert case.do("a").open == ["b"]
        assert case.do("b").ended


MISTAKES = {
    "transaction-method": TRANSACTION.replace(b'<transaction id="t"', b'<transaction id="t" method="##Store"'),
    "cancel-uncaught": TRANSACTION.replace(f'attachedToRef="t">{CANCEL}'.encode(), b'attachedToRef="t"><errorEventDefinition/>'),
    "cancel-outside": drawn(f'<startEvent id="s"/><endEvent id="e">{CANCEL}</endEvent>' + flows("s>e")),
    "adhoc-event": adhoc(inside='<startEvent id="no"/>' + users("a") + flows("no>a")),
    "adhoc-empty": adhoc(inside=users("a", "b") + flows("a>b", "b>a")),
    "adhoc-in-turn": adhoc('ordering="Sequential"'),
    "adhoc-rest": adhoc('cancelRemainingInstances="false"'),
    "expression-syntax": adhoc(condition="]["),
    "link-unpaired": drawn(SE + TestLinks.BODY.replace('"page 2"/></intermediateThrow', '"page 3"/></intermediateThrow') + flows("start>a", "a>out", "in>b", "b>end")),
    "office-missing": drawn('<startEvent id="s"><timerEventDefinition><timeCycle>R/P1D</timeCycle></timerEventDefinition></startEvent>' + users("a") + flows("s>a")),
    "schedule": drawn('<startEvent id="s" shuzhi:office="o"><timerEventDefinition><timeCycle>R/PT1S</timeCycle></timerEventDefinition></startEvent>' + users("a") + flows("s>a")),
}  # fmt: skip


@pytest.mark.parametrize("rule", MISTAKES)
def test_what_does_not_run_is_named(rule):
    faults = check_file(MISTAKES[rule])[1]
    wanted = [each for each in faults if each.rule == rule]
    assert wanted, [each.rule for each in faults]
    assert all(each.line >= 1 and each.element and each.message.zh and each.message.en for each in wanted)


def scheduled(event: str) -> bytes:
    start = f'<startEvent id="s" shuzhi:office="market-regulation"><timerEventDefinition>{event}</timerEventDefinition></startEvent>'
    return drawn(start + users("a") + flows("s>a"))


@pytest.mark.django_db
class TestBeginning:
    def test_a_signal_begins_cases_and_reaches_those_that_wait(self):
        install(
            drawn('<startEvent id="s"><signalEventDefinition signalRef="S"/></startEvent>' + users("a") + flows("s>a"),
                  top='<signal id="S" name="storm"/>')
        )  # fmt: skip
        told = services.broadcast_signal(
            name="storm",
            payload={"level": 3, "subject": "place/x", "office": "market-regulation"},
            by=PLATFORM,
            at=FRIDAY,
        )
        assert told == 1
        (case,) = queries.cases(process="p")
        assert (case.subject, case.office, queries.case(case.id).variables["level"]) == (
            "place/x",
            "market-regulation",
            3,
        )

    def test_a_cycle_begins_one_case_a_turn_and_makes_up_for_missed_ones_by_one(self):
        install(scheduled("<timeCycle>R3/P1D</timeCycle>"))
        times = [FRIDAY + timedelta(days=n, minutes=1) for n in (0, 1, 1, 5, 5, 6, 7)]
        assert [services.fire_timers(by=PLATFORM, at=at) for at in times] == [0, 1, 0, 1, 1, 0, 0]
        case = queries.cases(process="p")[-1]
        assert (case.subject, case.office) == (
            f"schedule/{(FRIDAY + timedelta(days=1)).isoformat()}",
            "market-regulation",
        )
        assert [each.element for each in open_tasks(case)] == ["a"]

    def test_a_cycle_without_end_goes_on_after_a_long_rest(self):
        install(scheduled("<timeCycle>R/PT1M</timeCycle>"))
        for days in (0, 30, 30):
            services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=days, minutes=2))
        assert len(queries.cases(process="p")) == 2
        row = models.ProcessVersion.objects.get(current=True)
        assert row.due_at is not None
        assert row.due_at > FRIDAY + timedelta(days=30)

    def test_a_day_begins_one_case_and_one_that_is_past_none(self):
        install(scheduled("<timeDate>2026-09-19T08:00:00+08:00</timeDate>"))
        assert [services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=n)) for n in range(4)] == [
            0,
            1,
            0,
            0,
        ]
        install(scheduled("<timeDate>2026-09-01</timeDate>"))
        assert services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=9)) == 0

    def test_a_case_that_cannot_begin_holds_nothing_up(self):
        broken = scheduled("<timeCycle>R/P1D</timeCycle>").replace(
            b'<userTask id="a" name="a"/>',
            b'<scriptTask id="a" scriptFormat="feel" shuzhi:result="x"><script>for i in 1..9999 return for j in 1..9999 return 1</script></scriptTask>',
        )
        install(broken)
        for days in (1, 2):
            assert services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=days, minutes=1)) == 0
        assert models.ProcessVersion.objects.get(current=True).due_at > FRIDAY + timedelta(days=2)


@pytest.mark.django_db
class TestRetiring:
    def test_no_new_case_begins_in_any_way_and_those_on_their_way_end(self):
        install(scheduled("<timeCycle>R/P1D</timeCycle>"))
        services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=1, minutes=1))
        (case,) = queries.cases(process="p")

        assert (
            services.retire_process(process="p", by=INSTALLER, at=FRIDAY + timedelta(days=1, minutes=2)) == 1
        )
        assert services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=9)) == 0
        assert queries.processes() == []
        done = services.complete_task(task=open_tasks(case)[0].id, by=OFFICER, at=FRIDAY + timedelta(days=9))
        assert done.closed_at is not None
        assert services.retire_process(process="p", by=INSTALLER, at=FRIDAY + timedelta(days=9)) == 0

    def test_the_report_counts_them(self):
        from shuzhi.support.workflow.parts import dry_run_process

        declared = install(scheduled("<timeCycle>R/P1D</timeCycle>"))
        services.fire_timers(by=PLATFORM, at=FRIDAY + timedelta(days=1, minutes=1))
        (change,) = dry_run_process(declared, None)
        assert (change.kind, change.touches, change.refuses) == ("removed", 1, False)
