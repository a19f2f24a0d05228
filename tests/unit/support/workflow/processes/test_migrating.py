"""Running cases move to a new definition, or are named with the reason why they can't."""

from __future__ import annotations

import pytest
from tests.unit.support.workflow.people import FRIDAY, INSTALLER, OFFICER, declared
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows, users
from tests.unit.support.workflow.processes.test_services import install, open_tasks, start

from shuzhi.support.workflow import models
from shuzhi.support.workflow.processes import migrating, queries, services
from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.exporting import loop_as_bpmn
from shuzhi.support.workflow.processes.types import CaseState

OLD = drawn(SE + users("a", "b", "c") + flows("start>a", "a>b", "b>c", "c>end"))
NEW = drawn(SE + users("a", "c", "d") + flows("start>a", "a>d", "d>c", "c>end"))


def finish(case):
    for _ in range(5):
        for task in open_tasks(case):
            services.complete_task(task=task.id, by=OFFICER, at=FRIDAY)


def step(case):
    services.complete_task(task=open_tasks(case)[0].id, by=OFFICER, at=FRIDAY)


@pytest.mark.django_db
class TestMigrating:
    @pytest.fixture
    def cases(self):
        install(OLD)
        at_a, at_b, at_c = start(), start(), start()
        step(at_b)
        step(at_c)
        step(at_c)
        install(NEW)
        return at_a, at_b, at_c

    def test_a_dry_run_says_who_can_and_changes_nothing(self, cases):
        report = migrating.plan_migration(process="p")

        assert (report.can, report.cannot) == (2, 1)
        (refused,) = [group for group in report.groups if group.reasons]
        assert refused.standing == ("p/b",)
        assert "p/b" in refused.reasons[0].zh
        assert models.ProcessCase.objects.filter(definition_id=report.target).count() == 0

    def test_those_that_can_go_on_by_the_new_definition(self, cases):
        at_a, at_b, _ = cases
        report = migrating.migrate_cases(process="p", by=INSTALLER, at=FRIDAY)

        assert (report.moved, report.failed) == (2, ())
        step(at_a)
        assert queries.case(at_a.id).standing == ("p/d",)
        assert queries.case(at_b.id).definition != report.target
        for case in cases:
            finish(case)
            found = queries.case(case.id)
            assert found.state is CaseState.COMPLETED
            assert queries.replayed(case.id) == (found.variables, [])
        assert migrating.migrate_cases(process="p", by=INSTALLER, at=FRIDAY).moved == 0

    def test_an_event_added_around_what_is_open_is_a_reason(self):
        install(OLD)
        start()
        late = '<boundaryEvent id="t" attachedToRef="a"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>'
        install(drawn(SE + users("a", "b", "c") + late + flows("start>a", "a>b", "b>c", "c>end", "t>end")))

        (group,) = migrating.plan_migration(process="p").groups
        assert "边界事件" in group.reasons[0].zh

    def test_tasks_inside_sub_processes_and_joint_reviews_keep_their_place(self):
        body = (
            '<subProcess id="sub"><startEvent id="s1"/><userTask id="r"><multiInstanceLoopCharacteristics><loopCardinality>2'
            '</loopCardinality></multiInstanceLoopCharacteristics></userTask><endEvent id="e1"/>'
            + flows("s1>r", "r>e1")
            + "</subProcess>"
        )
        install(drawn(SE + body + flows("start>sub", "sub>end")))
        case = start()
        step(case)
        install(drawn(SE + body + users("then") + flows("start>sub", "sub>then", "then>end")))

        assert migrating.migrate_cases(process="p", by=INSTALLER, at=FRIDAY).moved == 1
        step(case)
        assert queries.case(case.id).standing == ("p/then",)


@pytest.mark.parametrize("loop", ["quality-issue", "share-request"])
def test_a_loop_is_exported_as_bpmn_that_is_sound(loop):
    model, faults = check_file(loop_as_bpmn(declared(loop)))

    assert faults == []
    assert {node.id for node in model.nodes.values()} >= {
        f"state-{state.id}" for state in declared(loop).states
    }
