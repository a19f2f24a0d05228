"""The verbs of processes, as a scenario says them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.support.workflow.people import APPROVER, ASKER, BUREAU, FRIDAY, OFFICER, PLATFORM
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import TWO, install

from shuzhi.foundation.clock import standing
from shuzhi.foundation.errors import PlatformError
from shuzhi.packs.engines import verbs
from shuzhi.pillars.security.errors import Forbidden

pytestmark = pytest.mark.django_db
WAITING = drawn(
    SE + '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    '<boundaryEvent id="late" attachedToRef="sign"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>'
    '<userTask id="sign" name="签发" shuzhi:roles="data_officer" shuzhi:workingDays="1" shuzhi:escalate="leader"/><endEvent id="missed"/>'
    + flows("start>c", "c>sign", "sign>end", "late>missed"),
    top='<message id="M" name="answer"/>',
)


@dataclass
class Stage:
    by: Any = OFFICER
    at: datetime = FRIDAY
    given: dict[str, Any] = field(default_factory=dict)

    def latest(self, verb):
        return self.given.get(verb)

    def do(self, verb, by=None, **said):
        self.by = by or self.by
        found = verbs()[verb]
        with standing(self.at):
            self.given[verb] = found.run(found.says.model_validate(said), self)
        return self.given[verb]

    def begin(self, process="p", **more):
        words = {"zh": "出生登记", "en": "A birth"}
        return self.do(
            "start process",
            process=process,
            subject="person/7",
            title=words,
            office="market-regulation",
            **more,
        )


def test_a_case_goes_through_by_what_is_said():
    install(TWO)
    stage = Stage()

    case = stage.begin(variables={"child": "王小明"})
    assert (case["standing"], case["tasks"][0]["due_on"].isoformat()) == (["check"], "2026-09-22")
    assert [each["element"] for each in stage.do("tasks")] == ["check"]
    assert stage.do("tasks", by=APPROVER) == []
    stage.do("complete task", by=OFFICER, element="check", outputs={"ok": True})
    with pytest.raises(Forbidden):
        stage.do("complete task", by=OFFICER)
    done = stage.do("complete task", by=APPROVER)
    assert (done["state"], done["variables"]["ok"], done["open"]) == ("completed", True, False)
    assert stage.do("case", by=BUREAU)["passed"] == ["check", "end", "sign", "start"]
    with pytest.raises(Forbidden):
        stage.do("case", by=ASKER)
    assert [each["id"] for each in stage.do("cases", by=OFFICER, process="p")] == [case["id"]]
    assert stage.do("cases", by=ASKER) == []


def test_whoever_asked_sees_how_far_it_is_and_no_variables():
    install(TWO)
    from shuzhi.pillars.security.types import Actor, Role

    anna = Actor("account/anna-resident", roles=frozenset({Role.RESIDENT}))
    stage = Stage()
    stage.begin(requester=anna.name, variables={"secret": 1})

    seen = stage.do("case", by=anna)
    assert "variables" not in seen
    assert [(each["title"], each["state"]) for each in seen["stages"]] == [("核对", "now"), ("签发", "next")]
    assert len(stage.do("cases")) == 1


def test_messages_timers_and_hands():
    install(WAITING)
    stage = Stage()
    stage.begin()
    assert stage.do("bring message", by=PLATFORM, message="answer", key="person/8") == {
        "case": None,
        "arrived": False,
    }
    assert stage.do("bring message", message="answer", key="person/7")["arrived"]
    assert stage.do("claim", by=OFFICER, element="sign")["handled"] == ["claim"]
    stage.do("pause", note="等材料")
    with pytest.raises(PlatformError):
        stage.do("complete task")
    stage.do("resume")
    assert stage.do("give back")["handled"][-1] == "return"
    assert stage.do("remind", by=BUREAU, note="请抓紧")["handled"][-1] == "remind"
    stage.at += timedelta(hours=3)
    assert stage.do("wake cases", by=PLATFORM) == {"woken": 1}
    assert stage.do("case")["state"] == "completed"
    assert stage.do("tasks") == []


def test_deadlines_are_warned_of_and_cases_given_up():
    install(WAITING)
    stage = Stage()
    case = stage.begin()["id"]
    stage.do("bring message", by=PLATFORM, message="answer", key="person/7")
    stage.at += timedelta(days=4)
    assert stage.do("warn of deadlines") == {"warned": 1}
    ended = stage.do("cancel case", by=OFFICER, case=case, reason="重复")
    assert ended["state"] == "cancelled"
    assert stage.do("send signal", by=PLATFORM, signal="storm") == {"cases": 0}
    with pytest.raises(PlatformError, match="no open task"):
        stage.do("complete task", by=OFFICER, case=case)
