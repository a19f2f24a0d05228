"""Registration: services, forms, applications, tasks, documents, statistics."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from tests.suites.govstack.asking import NUMBER, TEXT, TRUTH, Scenario, Service, fits, holds, listof, obj

MEMBER = {"Information-Mediator-Client": "eGovStack/GOV/90000009/eregistrations-dev"}
MOTHER, HEALTH = "f7d33db0-2809-484e-a780-76b7ccd4ecbf", "P2c9280957e579ad7017e58a3399f0068"
FORM, FILE = "d98a205a-679b-485b-823d-7a32a391e744", "81c4445c-bff6-11ed-afa1-0242ac120002"
REVISED, DONE = "b8508d35-c2f3-442b-88a1-267ca25e85c0", "d1e33d56-c5c7-4272-aeb6-bc2732cce1f2"
APPLICANT, NOT = "42962de0-bdb2-11ed-9397-0242ac120004", "n0t-ex1st1ng-thing#-1d"
DATA = {"data": {"additionalProp1": {}, "additionalProp2": {}, "additionalProp3": {}}}
STATUS = obj(code={"enum": ["PENDING", "APPROVED", "SENDBACK", "REJECTED"]}, title=TEXT)
SERVICE = obj("id", "name", "type", "version", closed=True, id=TEXT, name=TEXT, version=TEXT, type={"enum": ["None", "Private", "Public"]}, isExecutable=TRUTH, isClosed=TRUTH, description=TEXT, serviceBody=listof(obj(code=TEXT, value=TEXT)))  # fmt: skip
LISTED_FORM = obj(closed=True, eFormId=TEXT, name=TEXT, description=TEXT, version=TEXT, latest=TRUTH)
APPLICATION = obj("serviceId", "applicationData", fileId=TEXT, registered=TEXT, serviceId=TEXT, serviceName=TEXT, status=STATUS, ended=TRUTH, applicationData=obj("applicantId", applicantId=TEXT))  # fmt: skip
LISTED = obj("fileId", fileId=TEXT, mainTaskId=TEXT, taskTitle=TEXT, roleId=TEXT, status=STATUS, applicantId=TEXT, created=TEXT, registered=TEXT, serviceId=TEXT, eformId=TEXT, documentUrls=listof(TEXT))  # fmt: skip
TASK = obj(taskId=TEXT, mainTaskId=TEXT, name=TEXT, assigneeId=TEXT, created=TEXT, serviceId=TEXT, fileId=TEXT, eFormId=TEXT, status=STATUS)  # fmt: skip
COUNTS = listof(obj(closed=True, processed=NUMBER, approved=NUMBER, sentBack=NUMBER, rejected=NUMBER, references={"type": "object"}))  # fmt: skip


def samples() -> dict[str, Any]:
    """Services and applications as a test deployment has them, in the form that the building block's samples have."""
    names = {MOTHER: "Mother and Child Registration", HEALTH: "Good Health and Well-Being", "WWc9280957e579ad0007e58a3399f0068": "Industry and Infrastructure", "DEc9280007e579ad7017e58a3399k5528": "Zero Hunger"}  # fmt: skip
    forms = dict(zip(names, (FORM, "w12a205a-679b", "w12a89q9-679b", "k02a20pa-679b"), strict=True))
    services = [
        {"id": each, "name": name, "code": "MCTS" if each == MOTHER else "", "version": "123", "type": "None", "isExecutable": True, "isClosed": True, "description": "x", "serviceBody": [{"code": "a", "value": "b"}], "eForms": [{"eFormId": forms[each], "name": "FORM", "description": "x", "version": "1", "latest": True, "schema": {"additionalProp1": {}}}]}
        for each, name in names.items()
    ]  # fmt: skip
    applications = [
        {"fileId": each, "taskTitle": "Application", "applicantId": APPLICANT, "created": "2000-10-23T00:00:00.000Z", "serviceName": "Post partum registration", "serviceId": "42962de0-0000-11ed-0000-0242ac120004", "eformId": "x", "documentUrls": ["string"]}
        for each in (FILE, REVISED)
    ]  # fmt: skip
    tasks = [
        {"taskId": each, "taskName": "x", "fileId": file, "serviceId": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "serviceName": "Post partum registration", "created": "2023-05-29T09:40:33.444Z"}
        for each, file in ((FILE, "file-of-a-task"), (DONE, "file-of-another-task"))
    ]  # fmt: skip
    return {"services": services, "applications": applications, "tasks": tasks}


def scenarios() -> Iterator[Scenario]:
    """The suite's scenarios."""

    def services(name: str | None) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", "/services", 200, headers=None, params={"name": name} if name else {})
            fits(told, listof(SERVICE))
            holds(
                name is None
                or name == "Register Mother and Child"
                or [each["name"] for each in told] == [name]
            )

        return steps

    for name in (None, "Register Mother and Child", "Good Health and Well-Being", "Industry and Infrastructure", "Zero Hunger"):  # fmt: skip
        yield f"services: {name}", services(name)
    yield "service", lambda ask: fits(ask("GET", f"/services/{HEALTH}", 200, headers=MEMBER), SERVICE)
    yield "forms of a service", lambda ask: fits(ask("GET", f"/services/{HEALTH}/eForms", 200, headers=None), listof(LISTED_FORM))  # fmt: skip

    def form(ask: Service) -> None:
        told = ask("GET", f"/eForms/{FORM}", 200, headers=None)
        fits(told, obj(eFormId=TEXT, name=TEXT, version=TEXT, latest=TRUTH, schema={"type": "object"}))
        holds(told["eFormId"] == FORM)

    yield "form", form
    yield "form: none", lambda ask: ask("GET", "/eForms/n0t-ex1st1ng-eForm%23-1d", 404, headers=None)

    def apply(name: str | None, applicant: str, created: str | None) -> Any:
        def steps(ask: Service) -> None:
            body = {"applicantId": applicant} | (
                {"applicationName": name, "created": created} if name else {}
            )
            told = ask("POST", f"/services/{MOTHER}/applications", 200, body, headers=MEMBER)
            fits(told, APPLICATION)
            holds(told["serviceId"] == MOTHER)
            holds(told["applicationData"]["applicantId"] == applicant)

        return steps

    yield "apply: with nothing else", apply(None, APPLICANT, None)
    for name, applicant, created in (("Amya Yuko", "sgh123h5-bdb2-11ed-9397-fdae352dfa10", "2022-10-21T00:00:00.000Z"), ("Application name", "fdae352d-9397-bdb2-11ed-11ed9397bdb2", "2022-11-22T00:00:00.000Z"), ("Application", "11ed9397-11ed-9397-bdb2-sgh123h511ed", "2022-12-23T00:00:00.000Z")):  # fmt: skip
        yield f"apply: {name}", apply(name, applicant, created)
    yield "apply: for nothing", lambda ask: ask("POST", "/services/n0t-ex1st1ng-serv1ce-1d/applications", 404, {"applicantId": "23qwef41"}, headers=MEMBER)  # fmt: skip

    def applications(*, is_empty: bool = False, **query: Any) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", "/applications", 200, headers=MEMBER, params=query)
            fits(told, listof(LISTED))
            holds(not (is_empty and told))

        return steps

    yield "applications", applications()
    yield "applications: of a service", applications(serviceId="0b4e529c-fe1a-11ed-be56-0242ac120002")
    yield "applications: of an applicant", applications(applicantId=APPLICANT)
    yield "applications: all parameters", applications(serviceId=MOTHER, applicantId=APPLICANT, firstResult=2, maxResult=20, sortBy="created", sortOrder="asc")  # fmt: skip
    yield "applications: of no service", applications(is_empty=True, serviceId=NOT)
    yield "applications: of nobody", applications(is_empty=True, applicantId=NOT)

    def application(ask: Service) -> None:
        told = ask("GET", f"/applications/{FILE}", 200, headers=MEMBER)
        fits(told, APPLICATION)
        holds(told["fileId"] == FILE)

    yield "application", application
    yield "application: none", lambda ask: ask("GET", "/applications/n0t-ex1st1ng-serv1ce%23-1d", 404, headers=MEMBER)  # fmt: skip
    change = {"applicationName": "Amya Yuko", "applicantId": APPLICANT, "created": "2000-10-23T00:00:00.000Z", "formData": DATA | {"eFormId": APPLICANT}, "documentUrls": ["string"]}  # fmt: skip

    def revise(ask: Service) -> None:
        told = ask("PUT", f"/applications/{REVISED}", 200, change, headers=MEMBER)
        fits(told, APPLICATION)
        holds(told["fileId"] == REVISED)

    yield "application: changed", revise
    yield "application: none to change", lambda ask: ask("PUT", "/applications/n0t-ex1st1ng-file%23-1d", 404, change, headers=MEMBER)  # fmt: skip

    def tasks(*, is_empty: bool = False, **query: Any) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", "/tasks", 200, headers=MEMBER, params=query)
            fits(told, listof(TASK))
            holds(not (is_empty and told))

        return steps

    yield "tasks", tasks()
    yield "tasks: of an application", tasks(fileId=FILE)
    yield "tasks: of a task", tasks(mainTaskId=APPLICANT)
    yield "tasks: of somebody", tasks(assigneeId="42962de0-bdb2-11ed-9397-0242ac120022")
    yield "tasks: all parameters", tasks(fileId=FILE, mainTaskId="1", assigneeId="x", firstResult=2, maxResult=20, sortBy="created", sortOrder="asc")  # fmt: skip
    for field in ("fileId", "mainTaskId", "assigneeId"):
        yield f"tasks: of no {field}", tasks(is_empty=True, **{field: NOT})

    def task(ask: Service) -> None:
        told = ask("GET", f"/tasks/{FILE}", 200, headers=None)
        fits(told, obj(taskId=TEXT, taskName=TEXT, created=TEXT, formVariables={"type": "object"}, data={"type": "object"}, status=STATUS))  # fmt: skip
        holds(told["taskId"] == FILE)

    yield "task", task
    yield "task: none", lambda ask: ask("GET", "/tasks/n0t-ex1st1ng-task%23-1d", 404, headers=None)
    done = obj(taskId=TEXT, fileId=TEXT, serviceId=TEXT, status=STATUS, variables={"type": "object"})
    yield "task: completed", lambda ask: fits(ask("POST", f"/tasks/{DONE}/complete", 200, DATA, headers=None), done)  # fmt: skip
    yield "task: none to complete", lambda ask: ask("POST", "/tasks/n0t-ex1st1ng-task%23-1d/complete", 404, DATA, headers=None)  # fmt: skip

    def document(**query: str) -> Any:
        def steps(ask: Service) -> None:
            text = base64.b64encode(b"{fieldname: 'image'}").decode()
            for sent in (
                {"data": {"file": text}},
                {"files": {"file": ("a.pdf", b"%PDF-1.4", "application/pdf")}},
            ):
                told = ask("POST", "/documents", 200, headers=None, params=query, **sent)
                fits(told, obj("url", code=NUMBER, type=TEXT, message=TEXT, url=TEXT))

        return steps

    yield "document", document()
    yield "document: with metadata", document(additionalMetadata="additional metadata")
    refusal = obj(traceId=TEXT, code=TEXT, message=TEXT, localizedMessage=TEXT)
    yield "document: none", lambda ask: fits(ask("POST", "/documents", 400, headers=None), refusal)

    def statistics(status: int, headers: Any = MEMBER, **query: str) -> Any:
        def steps(ask: Service) -> None:
            told = ask("GET", "/data/statistics/1.0", status, headers=headers, params=query)
            if status == 200:
                fits(told, COUNTS)
                holds(ask.last.headers["content-type"] == "application/json; charset=utf-8")

        return steps

    yield "statistics", statistics(200)
    for since, until, frame in (("2021-01-30", "2021-01-30", "day"), ("2021-01-30", "2021-02-06", "week"), ("2020-12-30", "2021-01-30", "month"), ("2021-01-30", "2022-01-30", "year")):  # fmt: skip
        yield f"statistics: {frame}", statistics(200, startDate=since, endDate=until, registrationName="MCTS", operator="Ingmar Vali", role="Handler", timeframe=frame)  # fmt: skip
    for wrong in ("", "''", "invalid_header", "eGovStack/GOV/90000009/"):
        yield f"statistics: member {wrong!r}", statistics(400, headers={"Information-Mediator-Client": wrong})
    yield "statistics: no member", statistics(400, headers=None)
    yield "statistics: of nothing", statistics(404, registrationName="n0tex1st")
