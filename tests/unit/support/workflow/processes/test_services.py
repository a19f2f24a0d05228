"""Cases in the database: one transaction a step, nothing doubled, nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.support.workflow.people import (
    APPROVER,
    ASKER,
    BUREAU,
    FRIDAY,
    INSTALLER,
    LEADER,
    OFFICER,
    PLATFORM,
)
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows, users

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import models
from shuzhi.support.workflow.errors import ExpressionFailed, NoSuchProcess, ReasonMissing, Stale, TaskNotOpen
from shuzhi.support.workflow.processes import queries, registry, services
from shuzhi.support.workflow.processes.declaring import declare
from shuzhi.support.workflow.processes.types import CaseState

pytestmark = pytest.mark.django_db
TODAY = FRIDAY.date()
DAY = timedelta(days=1)
TOP = '<message id="M" name="answer"/><signal id="S" name="storm"/><error id="E" errorCode="no-house"/>'
TWO = drawn(
    SE
    + '<userTask id="check" name="核对" shuzhi:roles="data_officer" shuzhi:workingDays="3" shuzhi:amber="1" shuzhi:form="birth"/>'
    + '<userTask id="sign" name="签发" shuzhi:office="market-regulation" shuzhi:roles="approver"/>'
    + flows("start>check", "check>sign", "sign>end")
)


def install(content: bytes, process: str = "p", **beside: bytes):
    declared, faults = declare(
        process, (f"{process}.bpmn", content), [(f"{n}.bpmn", c) for n, c in beside.items()]
    )
    assert declared is not None, faults
    services.install_process(declaration=declared, pack="people/birth", by=INSTALLER, at=FRIDAY)
    return declared


def start(process: str = "p", at=FRIDAY, **variables):
    return services.start_process(
        process=process,
        subject="person/7",
        title=Words(zh="出生登记", en="A birth"),
        office="market-regulation",
        requester="taxation",
        by=OFFICER,
        at=at,
        variables=variables,
    )


def open_tasks(case):
    return queries.tasks(case.id, today=TODAY, open_only=True)


def do(case, by, at=FRIDAY, **more):
    return services.complete_task(task=open_tasks(case)[0].id, by=by, at=at, **more)


class TestSteps:
    def test_a_case_goes_through(self):
        install(TWO)
        case = start(child="王小明")

        (task,) = open_tasks(case)
        assert (task.title.zh, task.form, task.due_on.isoformat()) == ("核对", "birth", "2026-09-22")
        case = do(case, OFFICER, outputs={"ok": True}, version=case.version)
        assert case.standing == ("p/sign",)
        case = do(case, APPROVER, note="同意")
        assert case.state is CaseState.COMPLETED
        assert case.variables == {"child": "王小明", "ok": True}
        assert [(s.seq, s.kind, s.element) for s in queries.steps(case.id)] == [
            (1, "started", ""),
            (2, "completed", "check"),
            (3, "completed", "sign"),
        ]

    def test_a_task_is_for_its_seat(self):
        install(TWO)
        case = start()

        for other in (APPROVER, ASKER, LEADER):
            with pytest.raises(Forbidden):
                do(case, other)
        assert queries.case(case.id).version == 1

    def test_two_clerks_at_once_one_step(self):
        install(TWO)
        case = start()
        task = open_tasks(case)[0].id
        services.complete_task(task=task, by=OFFICER, at=FRIDAY)

        with pytest.raises(TaskNotOpen):
            services.complete_task(task=task, by=OFFICER, at=FRIDAY)
        with pytest.raises(Stale):
            services.complete_task(task=open_tasks(case)[0].id, by=APPROVER, at=FRIDAY, version=1)

    def test_a_new_version_is_for_new_cases(self):
        install(TWO)
        old = start()
        install(TWO.replace("核对".encode(), "复核".encode()))

        assert (open_tasks(start())[0].title.zh, open_tasks(old)[0].title.zh) == ("复核", "核对")
        assert do(old, OFFICER).definition == old.definition

    def test_unknown_processes_are_refused(self):
        with pytest.raises(NoSuchProcess):
            start("none")

    def test_history_alone_gives_the_present_state(self):
        install(TWO)
        case = do(start(child="王小明"), OFFICER, at=FRIDAY + DAY, outputs={"amount": 5})

        variables, standing = queries.replayed(case.id)
        assert (variables, tuple(standing)) == (case.variables, case.standing)

    def test_a_case_is_ended_with_a_reason(self):
        install(TWO)
        case = start()
        with pytest.raises(ReasonMissing):
            services.cancel_case(case=case.id, reason=" ", by=OFFICER, at=FRIDAY)
        with pytest.raises(Forbidden):
            services.cancel_case(case=case.id, reason="x", by=ASKER, at=FRIDAY)

        ended = services.cancel_case(case=case.id, reason="重复申请", by=OFFICER, at=FRIDAY)
        assert (ended.state, open_tasks(case)) == (CaseState.CANCELLED, [])

    def test_who_has_no_part_does_not_read(self):
        install(TWO)
        case = start()

        assert queries.readable_case(case.id, actor=BUREAU).id == case.id
        assert queries.readable_case(case.id, actor=ASKER).id == case.id
        with pytest.raises(Forbidden):
            queries.readable_case(
                case.id, actor=Actor("account/x", office="education", roles=frozenset({Role.APPROVER}))
            )


class TestTheServices:
    CALL = drawn(
        SE
        + '<serviceTask id="look" shuzhi:service="registers.find" shuzhi:result="found"><extensionElements>'
        + '<shuzhi:input name="id" value="child"/></extensionElements></serviceTask>'
        + users("fix", "next")
        + '<boundaryEvent id="b" attachedToRef="look"><errorEventDefinition errorRef="E"/></boundaryEvent>'
        + flows("start>look", "look>next", "next>end", "b>fix", "fix>end"),
        top=TOP,
    )

    @pytest.fixture
    def answering(self, monkeypatch):
        calls = []

        def service(call):
            calls.append((call.inputs, call.subject))
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        answers: list = []
        monkeypatch.setattr(registry, "_services", {**registry._services, "registers.find": service})
        return answers, calls

    def serve(self, case, at=FRIDAY):
        return services.run_services(case=case.id, by=PLATFORM, at=at)

    def test_are_called_in_a_step_of_their_own(self, answering):
        answers, calls = answering
        answers.append({"name": "王小明"})
        install(self.CALL)
        case = start(child="33010")

        assert services.cases_to_serve(at=FRIDAY) == [case.id]
        assert self.serve(case) == 1
        found = queries.case(case.id)
        assert (found.standing, found.variables["found"]) == (("p/next",), {"name": "王小明"})
        assert calls == [({"id": "33010"}, "person/7")]
        assert self.serve(case) == 0

    def test_a_register_that_is_down_makes_the_case_wait_and_say_so(self, answering):
        answers, _ = answering
        answers += [registry.ServiceUnavailable(service="人口库", why="连接超时"), 1]
        install(self.CALL)
        case = start(child="1")

        assert self.serve(case) == 0
        waiting = queries.case(case.id)
        assert "连接超时" in waiting.problem.zh
        assert waiting.state is CaseState.RUNNING
        assert services.cases_to_serve(at=FRIDAY) == []
        later = FRIDAY + timedelta(minutes=2)
        assert services.cases_to_serve(at=later) == [case.id]
        assert self.serve(case, later) == 1
        assert queries.case(case.id).problem is None

    def test_a_refusal_is_an_error_of_the_process(self, answering):
        answers, _ = answering
        answers.append(registry.ServiceRefused("no-house", "无住址"))
        install(self.CALL)
        case = start(child="1")
        self.serve(case)

        assert queries.case(case.id).standing == ("p/fix",)
        assert queries.replayed(case.id)[1] == ["p/fix"]

    def test_what_a_failing_service_wrote_is_not_there(self, answering):
        def writes_and_fails(call):
            models.Handled.objects.create(item="x", what="x", by="x", by_title="x", at=call.at)
            raise ZeroDivisionError

        install(self.CALL)
        case = start(child="1")
        registry.offer("registers.find", writes_and_fails)
        self.serve(case)

        assert not models.Handled.objects.filter(item="x").exists()
        assert "ZeroDivision" in queries.case(case.id).problem.en


class TestTimersAndMessages:
    def test_a_timer_is_found_by_the_index(self):
        late = '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>P3D</timeDuration></timerEventDefinition></boundaryEvent>'
        install(drawn(SE + users("a", "late") + late + flows("start>a", "a>end", "t>late", "late>end")))
        case = start()

        assert services.fire_timers(by=PLATFORM, at=FRIDAY + 2 * DAY) == 0
        assert services.fire_timers(by=PLATFORM, at=FRIDAY + 3 * DAY) == 1
        assert [task.element for task in open_tasks(case)] == ["late"]
        assert models.ProcessTask.objects.get(case=case.id, element="a").outcome == "withdrawn"
        assert not models.ProcessTimer.objects.exists()
        assert services.fire_timers(by=PLATFORM, at=FRIDAY + 4 * DAY) == 0

    def test_a_message_finds_its_case_by_the_key(self):
        install(
            drawn(
                SE
                + '<receiveTask id="r" messageRef="M" shuzhi:key="number"/>'
                + users("a")
                + flows("start>r", "r>a", "a>end"),
                top=TOP,
            )
        )
        one, two = start(number="A"), start(number="B")

        assert (
            services.send_message(name="answer", key="B", payload={"text": "好"}, by=PLATFORM, at=FRIDAY)
            == two.id
        )
        assert queries.case(two.id).standing == ("p/a",)
        assert queries.case(one.id).standing == ("p/r",)
        assert services.send_message(name="answer", key="B", payload={}, by=PLATFORM, at=FRIDAY) is None

    def test_a_message_begins_a_process(self):
        begins = (
            '<startEvent id="start"><messageEventDefinition messageRef="M"/></startEvent><endEvent id="end"/>'
        )
        install(drawn(begins + users("a") + flows("start>a", "a>end"), top=TOP))

        number = services.send_message(
            name="answer", key="person/9", payload={"office": "taxation"}, by=PLATFORM, at=FRIDAY
        )
        assert (queries.case(number).subject, queries.case(number).office) == ("person/9", "taxation")

    def test_a_signal_reaches_everyone(self):
        wait = (
            '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="S"/></intermediateCatchEvent>'
        )
        install(drawn(SE + wait + users("a") + flows("start>w", "w>a", "a>end"), top=TOP))
        cases = [start(), start()]

        assert services.broadcast_signal(name="storm", payload={"level": 3}, by=PLATFORM, at=FRIDAY) == 2
        assert [queries.case(each.id).standing for each in cases] == [("p/a",)] * 2


class TestAssigning:
    def test_by_expression_and_for_the_requester(self):
        body = '<userTask id="a" shuzhi:office="= target"/><userTask id="b" shuzhi:office="requester"/>'
        install(drawn(SE + body + flows("start>a", "a>b", "b>end")))
        case = start(target="taxation")

        assert open_tasks(case)[0].office == "taxation"
        assert open_tasks(do(case, ASKER))[0].office == "taxation"

    def test_a_joint_review_is_one_task_for_each_office(self):
        body = '<userTask id="a" shuzhi:office="= o"><multiInstanceLoopCharacteristics shuzhi:collection="offices" shuzhi:element="o"/></userTask>'
        install(drawn(SE + body + flows("start>a", "a>end")))
        case = start(offices=["taxation", "market-regulation"])

        assert [task.office for task in open_tasks(case)] == ["taxation", "market-regulation"]
        with pytest.raises(Forbidden):
            do(case, OFFICER)
        do(case, ASKER)
        assert do(case, OFFICER).state is CaseState.COMPLETED


class TestTitlesAndTerms:
    """A task's name and days may come from the case, so that one process serves many journeys."""

    ASKED = drawn(
        SE + '<userTask id="a" name="部门办理" shuzhi:title="each.matter" shuzhi:workingDays="=each.days" '
        'shuzhi:office="=each.office"><multiInstanceLoopCharacteristics shuzhi:collection="parts" '
        'shuzhi:element="each"/></userTask>' + flows("start>a", "a>end")
    )

    def test_each_instance_has_its_own(self):
        install(self.ASKED)
        parts = [
            {"office": "taxation", "matter": {"zh": "税务登记", "en": "Tax"}, "days": 1},
            {"office": "planning", "matter": "招牌备案", "days": 3},
            {"office": "planning", "matter": None, "days": None},
        ]

        tasks = open_tasks(start(parts=parts))

        assert [(each.title.zh, each.title.en) for each in tasks] == [
            ("税务登记", "Tax"), ("招牌备案", "招牌备案"), ("部门办理", "部门办理"),
        ]  # fmt: skip
        assert [each.due_on and each.due_on.isoformat() for each in tasks] == [
            "2026-09-20",
            "2026-09-22",
            None,
        ]

    @pytest.mark.parametrize("days", ["三天", -1, 1000, True])
    def test_what_is_no_number_of_days_is_refused(self, days):
        install(self.ASKED)

        with pytest.raises(ExpressionFailed, match="working days"):
            start(parts=[{"office": "taxation", "matter": "x", "days": days}])
