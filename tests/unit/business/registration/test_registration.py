"""An application is a case: who sees it, who decides it, and that nothing ends without a decision."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.test import Client
from tests.suites.test_govstack import FILE

from shuzhi.business.registration import models, services
from shuzhi.pillars.security.types import Role, system
from shuzhi.support.mediator import services as mediator
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.support.workflow.processes import services as working
from shuzhi.support.workflow.processes.declaring import declare

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
BY = system("test")
BASE, MEMBER = "/govstack/registration", {"Information-Mediator-Client": "CN/GOV/330100/hospital"}
SCHEMA = {"type": "object", "properties": {"weight": {"type": "integer"}}, "required": ["weight"]}


class System:
    """An outside system."""

    def __init__(self, name, *grants, office="health-commission", roles=()):
        token = mediator.admit_client(name=name, office=office, grants=grants, roles=roles, by=BY, at=AT)
        self.headers = MEMBER | {"Authorization": f"Bearer {token}"}

    def __call__(self, method, path, body=None, status=200):
        answer = Client().generic(method, BASE + path, json.dumps(body or {}), headers=self.headers, content_type="application/json")  # fmt: skip
        assert answer.status_code == status, answer.content.decode()
        return answer.json()


@pytest.fixture
def hospital():
    declared, _ = declare("registration", ("registration.bpmn", FILE.read_bytes()))
    working.install_process(declaration=declared, pack="platform/registration", by=BY, at=AT)
    forms = [{"id": "form", "name": "Birth", "schema": SCHEMA}]
    services.offer_service(number="birth", name="Birth", office="health-commission", code="B", forms=forms, by=BY, at=AT)  # fmt: skip
    return System("hospital", "registration.apply", office="hospital-office")


def apply(hospital, status=200, **data):
    body = {"applicantId": "anna", "formData": {"eFormId": "form", "data": data or {"weight": 3200}}}
    return hospital("POST", "/services/birth/applications", body, status)


def test_sent_back_supplemented_approved(hospital):
    file = apply(hospital)["fileId"]
    desk = System("desk", "registration.operate", roles=[Role.APPROVER])
    clinic = System("clinic", "registration.apply", office="hospital-office", roles=[Role.DATA_OFFICER])

    def task():
        [one] = desk("GET", f"/tasks?fileId={file}")
        return one["taskId"]

    first = task()
    done = desk("POST", f"/tasks/{first}/complete", {"data": {"remark": "noted"}})
    assert done["status"]["code"] == "PENDING", "no decision was said"
    desk("POST", f"/tasks/{first}/complete", {"data": {"decision": "APPROVED"}}, 404)
    back = desk("POST", f"/tasks/{task()}/complete", {"data": {"decision": "SENDBACK"}})
    assert back["status"]["code"] == "SENDBACK"
    desk("POST", f"/tasks/{task()}/complete", {"data": {}}, 403)
    clinic("GET", f"/applications/{file}", status=404)
    row = models.Application.objects.get(id=file)
    [supplement] = list(processes.tasks(row.case, today=AT.date(), open_only=True))
    actor = mediator_actor("clinic")
    working.complete_task(task=supplement.id, by=actor, at=AT, outputs={"data": "proof"})
    services.follow_case(case=row.case, by=actor, at=AT)
    assert hospital("GET", f"/applications/{file}")["status"]["code"] == "PENDING"
    desk("POST", f"/tasks/{task()}/complete", {"data": {"status": {"code": "approved"}}})
    told = hospital("GET", f"/applications/{file}")
    assert (told["status"]["code"], told["ended"]) == ("APPROVED", True)
    [counts] = hospital("GET", "/data/statistics?registrationName=B")
    assert (counts["processed"], counts["approved"]) == (1, 1)
    assert desk("GET", "/tasks") == []


def mediator_actor(name):
    from shuzhi.support.mediator import queries

    return next(each for each in queries.clients() if each.id == name).actor


def test_a_task_that_is_not_there_is_not_there_whatever_the_method(hospital):
    [task] = System("desk", "registration.operate").__call__(
        "GET", f"/tasks?fileId={apply(hospital)['fileId']}"
    )
    hospital("POST", "/tasks/none", status=404)
    hospital("POST", f"/tasks/{task['taskId']}", status=405)


def test_a_program_and_another_office_decide_nothing(hospital):
    apply(hospital)
    program = System("program", "registration.operate")
    [one] = program("GET", "/tasks")
    assert program("POST", f"/tasks/{one['taskId']}/complete", {"data": {"decision": "APPROVED"}}, 403)[
        "code"
    ]
    stranger = System("stranger", "registration.operate", office="education", roles=[Role.APPROVER])
    assert stranger("GET", "/tasks") == []
    stranger("POST", f"/tasks/{one['taskId']}/complete", {"data": {}}, 404)
    assert hospital("GET", "/applications")[0]["status"]["code"] == "PENDING"


def test_answers_fit_the_form_and_changes_are_kept(hospital):
    assert apply(hospital, 400, weight="heavy")["code"] == "registration.answers_unfit"
    assert not models.Application.objects.exists()
    file = apply(hospital)["fileId"]
    desk = System("desk", "registration.operate", roles=[Role.APPROVER])
    hospital("PUT", f"/applications/{file}", {"applicantId": "anna"}, 403)
    changed = desk("PUT", f"/applications/{file}", {"applicantId": "anna", "formData": {"eFormId": "form", "data": {"weight": 3000}}})  # fmt: skip
    assert changed["applicationData"]["formData"]["data"] == {"weight": 3000}
    assert models.Revision.objects.get().before["data"] == {"weight": 3200}


@pytest.mark.parametrize("body", [{}, {"applicantId": 1}, {"applicantId": "a", "created": "soon"}, {"applicantId": "a", "formData": []}, {"applicantId": "a", "documentUrls": [1]}, {"applicantId": "a\x00"}])  # fmt: skip
def test_what_is_no_application(hospital, body):
    hospital("POST", "/services/birth/applications", body, 400)
