"""Services, applications and tasks in the contract's form."""

from __future__ import annotations

from typing import Any

from shuzhi.business.registration.types import STATUS_TITLES, Application, Form, Service, Status, Task

Told = dict[str, Any]


def service(found: Service) -> Told:
    """A service."""
    return {
        "id": found.id,
        "name": found.name,
        "version": found.version,
        "type": found.kind,
        "isExecutable": bool(found.facts.get("isExecutable", True)),
        "isClosed": bool(found.facts.get("isClosed", False)),
        "description": found.description,
        "serviceBody": found.facts.get("serviceBody", []),
    }


def form(found: Form, *, is_whole: bool = False) -> Told:
    """A form, with its schema where it is asked for by itself."""
    told: Told = {
        "eFormId": found.id,
        "name": found.name,
        "description": found.description,
        "version": found.version,
        "latest": True,
    }
    return told | ({"schema": found.schema} if is_whole else {})


def status(code: Status) -> Told:
    """A status with its title."""
    return {"code": code.value, "title": STATUS_TITLES[code].en}


def submitted(found: Application) -> Told:
    """What was sent."""
    told: Told = {
        "applicationName": found.name,
        "applicantId": found.applicant,
        "formData": {"data": found.data, "eFormId": found.form},
        "documentUrls": list(found.documents),
    }
    return told | ({"created": found.drafted_at.isoformat()} if found.drafted_at else {})


def application(found: Application) -> Told:
    """An application with what was sent."""
    return {
        "fileId": found.id,
        "applicantId": found.applicant,
        "registered": found.registered_at.isoformat(),
        "serviceId": found.service.id,
        "serviceName": found.service.name,
        "status": status(found.status),
        "ended": found.is_over,
        "applicationData": submitted(found),
    }


def listed(found: Application) -> Told:
    """An application in a list."""
    return {
        "fileId": found.id,
        "mainTaskId": str(found.case),
        "taskTitle": f"{found.service.name} {found.name}".strip(),
        "roleId": found.service.office,
        "roleName": found.service.office,
        "assigneeId": found.operator,
        "operatorName": found.operator,
        "status": status(found.status),
        "applicantId": found.applicant,
        "created": (found.drafted_at or found.registered_at).isoformat(),
        "registered": found.registered_at.isoformat(),
        "description": found.name,
        "serviceName": found.service.name,
        "serviceId": found.service.id,
        "eformId": found.form,
        "documentUrls": list(found.documents),
        "additionalMeta": {"data": {}},
    }


def task(found: Task) -> Told:
    """A task in a list."""
    return {
        "taskId": found.id,
        "mainTaskId": str(found.application.case),
        "name": found.title.en,
        "assigneeId": found.holder,
        "roleId": found.office,
        "created": found.opened_at.isoformat(),
        "description": found.title.zh,
        "serviceId": found.application.service.id,
        "serviceName": found.application.service.name,
        "fileId": found.application.id,
        "eFormId": found.application.form,
        "status": status(found.application.status),
    }


def whole_task(found: Task) -> Told:
    """A task with the application's data."""
    told = task(found)
    told = {name: value for name, value in told.items() if name not in {"mainTaskId", "name"}}
    data = found.application.data
    return told | {"taskName": found.title.en, "formVariables": _objects(data), "data": _objects(data)}


def completed(found: Task, data: Told) -> Told:
    """A task that was finished."""
    return {
        "taskId": found.id,
        "fileId": found.application.id,
        "serviceId": found.application.service.id,
        "status": status(found.application.status),
        "variables": {"data": {"data": _objects(data)}},
    }


def _objects(data: Told) -> Told:
    """The contract lets each value be an object only; what is none stands in one."""
    return {name: value if isinstance(value, dict) else {"value": value} for name, value in data.items()}
