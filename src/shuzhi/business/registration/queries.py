"""Reads: services, forms, applications, tasks, and how many were decided."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from shuzhi.business.registration import models
from shuzhi.business.registration.errors import (
    NoStatistics,
    NoSuchApplication,
    NoSuchForm,
    NoSuchService,
    NoSuchTask,
)
from shuzhi.business.registration.types import Application, Counted, Form, Service, Span, Status, Task
from shuzhi.foundation.clock import CHINA
from shuzhi.support.forms import queries as forms_room
from shuzhi.support.mediator.types import Client
from shuzhi.support.workflow.processes import queries as processes

MOST = 500
# By what applications may be sorted, and the column of ours that it is; anything else is by when they came.
SORTED = {"created": "registered_at", "name": "name", "nameCaseInsensitive": "name", "id": "id", "instanceId": "case", "assignee": "operator"}  # fmt: skip


def services(*, name: str | None = None) -> list[Service]:
    """The services that are offered, or those of a name."""
    rows = models.Service.objects.filter(ended_at=None).order_by("name", "id")
    return [service_value(row) for row in (rows if name is None else rows.filter(name=name))]


def service(number: str) -> Service:
    """One service.

    Raises:
        NoSuchService: it is not offered.
    """
    row = models.Service.objects.filter(id=number[:60], ended_at=None).first()
    if row is None:
        raise NoSuchService(service=number)
    return service_value(row)


def forms(of: str) -> list[Form]:
    """The forms that a service asks for."""
    rows = models.Form.objects.filter(service_id=service(of).id, service__ended_at=None).order_by("id")
    return [_form_value(row) for row in rows]


def form(number: str) -> Form:
    """One form with its schema.

    Raises:
        NoSuchForm: no service that is offered asks for it.
    """
    row = models.Form.objects.filter(id=number[:60], service__ended_at=None).first()
    if row is None:
        raise NoSuchForm(form=number)
    return _form_value(row)


def _form_value(row: models.Form) -> Form:
    schema, version = row.schema, row.version
    if row.form:
        declared = forms_room.form(row.form).declaration
        schema, version = dict(declared.schema_), declared.version
    return Form(row.id, row.service_id, row.name, row.description, version, schema)


def application(number: str, *, by: Client) -> Application:
    """One application, to whoever sent it and to whoever operates for its office.

    Raises:
        NoSuchApplication: there is none, or it is another's.
    """
    return application_value(row_of(number, by=by))


def row_of(number: str, *, by: Client) -> models.Application:
    """The row of `application`."""
    row = _visible(by).filter(id=number[:60]).first()
    if row is None:
        raise NoSuchApplication(application=number)
    return row


def applications(
    *,
    by: Client,
    service: str | None = None,
    applicant: str | None = None,
    first: int = 0,
    size: int = MOST,
    order: str = "",
    is_descending: bool = False,
) -> list[Application]:
    """Applications that the caller may see."""
    rows = _visible(by)
    if service is not None:
        rows = rows.filter(service_id=service[:60])
    if applicant is not None:
        rows = rows.filter(applicant=applicant[:200])
    column = SORTED.get(order, "registered_at")
    rows = rows.order_by(f"-{column}" if is_descending else column, "id")
    return [application_value(row) for row in rows[first : first + min(size, MOST)]]


def _visible(by: Client) -> QuerySet[models.Application]:
    rows = models.Application.objects.select_related("service")
    own = Q(client=by.id)
    things = by.things("registration.operate")
    if things is None:
        return rows.filter(own | Q(service__office=by.office))
    return rows.filter(own | Q(service__office=by.office, service_id__in=things))


def task(number: str, *, by: Client, today: date) -> Task:
    """One task.

    Raises:
        NoSuchTask: there is none, or it is of an application that the caller may not see.
    """
    row = models.Task.objects.select_related("application__service").filter(id=number[:60]).first()
    if row is None or not _visible(by).filter(id=row.application_id).exists():
        raise NoSuchTask(task=number)
    return _task_value(row, today)


def tasks(
    *,
    by: Client,
    today: date,
    application: str | None = None,
    main: str | None = None,
    holder: str | None = None,
    first: int = 0,
    size: int = MOST,
    is_descending: bool = False,
) -> list[Task]:
    """Open tasks of applications that the caller may see; `main` is the case that a task is part of."""
    rows = models.Task.objects.select_related("application__service").filter(
        application__in=_visible(by), application__is_over=False
    )
    if application is not None:
        rows = rows.filter(application_id=application[:60])
    if main is not None:
        rows = rows.filter(application__case=int(main)) if _is_number(main) else rows.none()
    rows = rows.order_by("-task" if is_descending else "task")
    found = [_task_value(row, today) for row in rows[: MOST * 2]]
    return [each for each in found if each.is_open and holder in (None, each.holder)][
        first : first + min(size, MOST)
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18  # noqa: PLR2004


def _task_value(row: models.Task, today: date) -> Task:
    found = processes.task(row.task, today=today)
    return Task(
        id=row.id,
        application=application_value(row.application),
        task=row.task,
        title=found.title,
        element=found.element,
        office=found.office,
        holder=found.holder or "",
        opened_at=found.opened_at,
        is_open=found.is_open,
    )


def statistics(*, span: Span, name: str | None, operator: str | None, role: str | None) -> Counted:
    """How many applications were decided in a span of days, as it is in China.

    Raises:
        NoStatistics: no service has this name or short name.
    """
    rows = models.Application.objects.exclude(decided_at=None)
    if name is not None:
        known = models.Service.objects.filter(Q(code=name) | Q(name=name))
        if not known.exists():
            raise NoStatistics(name=name)
        rows = rows.filter(service__in=known)
    if span.since is not None:
        rows = rows.filter(decided_at__gte=_midnight(span.since))
    if span.until is not None:
        rows = rows.filter(decided_at__lt=_midnight(span.until + timedelta(days=1)))
    if operator is not None:
        rows = rows.filter(operator=operator)
    if role is not None:
        rows = rows.filter(role=role)
    counted: dict[str, Any] = dict(rows.values_list("status").annotate(count=Count("id")).order_by("status"))
    approved, back, rejected = (
        counted.get(each, 0) for each in (Status.APPROVED, Status.SENDBACK, Status.REJECTED)
    )
    return Counted(approved + back + rejected, approved, back, rejected)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=CHINA)


def needs_file(sha256: str) -> bool:
    """Whether a document has this content."""
    return models.Document.objects.filter(sha256=sha256).exists()


def service_value(row: models.Service) -> Service:
    """A row as other rooms see it."""
    return Service(
        row.id, row.name, row.code, row.version, row.kind, row.description, row.process, row.office, row.facts
    )


def application_value(row: models.Application) -> Application:
    """A row as other rooms see it."""
    return Application(
        id=row.id,
        service=service_value(row.service),
        case=row.case,
        applicant=row.applicant,
        name=row.name,
        drafted_at=row.drafted_at,
        registered_at=row.registered_at,
        form=row.form,
        data=row.data,
        documents=tuple(row.documents),
        status=Status(row.status),
        is_over=row.is_over,
        operator=row.operator,
        client=row.client,
    )
