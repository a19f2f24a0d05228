"""Processes over the JSON API: what each reader may, and what is refused without a failure."""

from __future__ import annotations

import json

import pytest
from tests.unit.support.workflow.people import FRIDAY, PLATFORM
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import install

from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity

pytestmark = pytest.mark.django_db
PEOPLE = {
    "officer": ("market-regulation", Role.DATA_OFFICER),
    "approver": ("market-regulation", Role.APPROVER),
    "tax": ("taxation", Role.DATA_OFFICER),
    "bureau": ("data-bureau", Role.BUREAU),
    "anna": (None, Role.RESIDENT),
    "ben": (None, Role.RESIDENT),
}
PROCESS = drawn(
    SE
    + '<userTask id="check" name="核对" shuzhi:roles="data_officer" shuzhi:workingDays="3"/>'
    + '<userTask id="formed" name="填表" shuzhi:roles="data_officer" shuzhi:form="nosuch"/>'
    + '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    + '<userTask id="take" name="确认" shuzhi:office="requester"/>'
    + flows("start>check", "check>c", "c>take", "take>formed", "formed>end"),
    top='<message id="M" name="answer"/>',
)


@pytest.fixture
def ask(client):
    for name, (office, role) in PEOPLE.items():
        identity.open_account(
            username=name, person=name, office=office, division=None, roles=frozenset({role}), password=None,
            by=PLATFORM, at=FRIDAY,
        )  # fmt: skip
    install(PROCESS)

    def asked(who, path, said=None):
        from shuzhi.support.identity.models import Account

        client.logout()
        if who:
            client.force_login(Account.objects.get(username=who))
        where = f"/api/workflow/{path}"
        answer = (
            client.get(where) if said is None else client.post(where, json.dumps(said), "application/json")
        )
        assert answer.status_code < 500, answer.content
        return answer.status_code, answer.json()

    return asked


def begin(ask, who="officer", **variables):
    given = {
        "subject": "person/7", "title": {"zh": "出生登记", "en": "A birth"}, "office": "market-regulation",
        "requester": "account/anna", "variables": variables,
    }  # fmt: skip
    status, case = ask(who, "processes/p/cases", given)
    assert status == 200, case
    return case["id"]


def test_a_case_goes_through(ask):
    assert [each["process"] for each in ask("officer", "processes")[1]] == ["p"]
    case = begin(ask, secret=1.5)
    (task,) = ask("officer", "tasks")[1]
    assert (task["element"], task["title"]["zh"], task["case"]) == ("check", "核对", case)
    assert ask("officer", f"tasks/{task['id']}/claim", {})[1]["holder"] == "account/officer"
    status, moved = ask("officer", f"tasks/{task['id']}/complete", {"outputs": {"ok": True}, "version": 1})
    assert (status, moved["standing"], moved["variables"]["ok"]) == (200, ["p/c"], True)
    assert ask("officer", f"tasks/{task['id']}/complete", {})[0] == 409
    assert ask("tax", "messages", {"name": "answer", "key": "person/7"})[1] == {"case": None}
    assert ask("officer", "messages", {"name": "answer", "key": "person/7"})[1] == {"case": case}
    (own,) = ask("anna", "own/tasks")[1]
    for act in ("complete", "pause", "claim", "delegate"):  # what is hers to confirm is not hers to handle
        assert ask("anna", f"tasks/{own['id']}/{act}", {"note": "x", "outputs": {"granted": True}})[0] == 403
    assert ask("anna", f"own/tasks/{own['id']}/confirm", {})[1]["case"]["standing"] == ["p/formed"]
    (formed,) = ask("officer", "tasks")[1]
    assert ask("officer", f"tasks/{formed['id']}/complete", {})[1]["code"] == "workflow.task_has_form"
    assert ask("officer", f"tasks/{formed['id']}/form", {})[0] == 404  # no pack has that form
    kinds = [each["kind"] for each in ask("bureau", f"cases/{case}/history")[1]]
    assert kinds == ["started", "completed", "message", "completed"]
    assert len(ask("officer", f"cases/{case}/tasks")[1]) == 3
    assert ask("officer", f"cases/{case}/cancel", {"reason": "重复"})[1]["state"] == "cancelled"


def test_own_cases_say_how_far_they_are_and_nothing_else(ask):
    case = begin(ask, secret=1)
    status, seen = ask("anna", f"own/cases/{case}")
    assert (status, seen["case"]["variables"]) == (200, {})
    assert [(each["title"]["zh"], each["state"]) for each in seen["stages"]] == [
        ("核对", "now"), ("确认", "next"), ("填表", "next"),
    ]  # fmt: skip
    assert [each["variables"] for each in ask("anna", "own/cases")[1]] == [{}]
    assert ask("ben", "own/cases")[1] == []
    assert ask("ben", f"own/cases/{case}")[0] == 404


REFUSED = [
    (None, "cases", None, 401),
    (None, "own/cases", None, 401),
    ("tax", "cases/{case}", None, 403),
    ("tax", "cases/{case}/history", None, 403),
    ("tax", "tasks/{task}", None, 403),
    ("tax", "tasks/{task}/complete", {}, 403),
    ("tax", "tasks/{task}/claim", {}, 403),
    ("tax", "cases/{case}/cancel", {"reason": "x"}, 403),
    ("officer", "signals", {"name": "storm"}, 403),
    ("officer", "own/cases", None, 403),
    ("anna", "cases", None, 403),
    ("anna", "cases/{case}", None, 403),
    ("anna", "tasks/{task}/complete", {}, 403),
    ("anna", "own/tasks/{task}/confirm", {}, 403),
    ("anna", "messages", {"name": "answer", "key": "person/7"}, 403),
    ("anna", "processes/p/cases", {"subject": "x", "title": {"zh": "x", "en": "x"}, "office": "o"}, 403),
    ("officer", "tasks/{task}/dance", {}, 422),
    ("officer", "tasks/{task}/delegate", {"to": "nobody"}, 422),
    ("officer", "tasks/{task}/pause", {}, 422),
    ("officer", "tasks/999/complete", {}, 409),
    ("officer", "cases/999", None, 404),
    ("officer", "cases?size=100000", None, 422),
    ("officer", "cases?state=dancing", None, 422),
    (
        "officer",
        "processes/q/cases",
        {"subject": "x", "title": {"zh": "x", "en": "x"}, "office": "o"},
        404,
    ),
]


def test_what_is_refused(ask):
    case = begin(ask)
    task = ask("bureau", f"cases/{case}/tasks")[1][0]["id"]
    for who, path, said, status in REFUSED:
        assert ask(who, path.format(case=case, task=task), said)[0] == status, (who, path)
    assert ask("bureau", f"cases/{case}")[1]["version"] == 1


def test_what_no_case_can_keep_is_refused_whole(ask):
    case = begin(ask)
    task = ask("bureau", f"cases/{case}/tasks")[1][0]["id"]
    bad = (
        {"deep": json.loads("[" * 60 + "]" * 60)},
        {"many": list(range(210_000))},
        {"nothing": float("nan")},
        {"\0": 1},
        {"nul": "a\0b"},
    )
    for outputs in bad:
        status, said = ask("officer", f"tasks/{task}/complete", {"outputs": outputs})
        assert status in (400, 422), said
    assert ask("bureau", f"cases/{case}")[1]["version"] == 1


def test_a_list_of_cases_is_a_page_of_ones_own(ask):
    numbers = [begin(ask) for _ in range(3)]
    assert [each["id"] for each in ask("officer", "cases?size=2")[1]] == numbers[:0:-1]
    assert [each["id"] for each in ask("officer", f"cases?before={numbers[1]}&process=p")[1]] == numbers[:1]
    assert ask("tax", "cases")[1] == []
    assert len(ask("bureau", "cases?state=running")[1]) == 3
