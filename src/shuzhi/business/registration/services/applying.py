"""Applying (申请): an application becomes a case, its documents are kept."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.registration import models, queries
from shuzhi.business.registration.errors import AnswersUnfit, ApplicationOver, DocumentRefused
from shuzhi.business.registration.services.following import follow_case
from shuzhi.business.registration.types import Application, Status
from shuzhi.foundation.files import file_store
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.forms.engine import validate
from shuzhi.support.mediator.types import Client
from shuzhi.support.workflow.processes import services as processes

LARGEST_DOCUMENT = 20_000_000


@transaction.atomic
def submit_application(
    *,
    service: str,
    applicant: str,
    client: Client,
    at: datetime,
    name: str = "",
    drafted_at: datetime | None = None,
    form: str = "",
    data: Mapping[str, Any] | None = None,
    documents: Iterable[str] = (),
    number: str | None = None,
) -> Application:
    """Take an application and begin its case; what is asked by a form has to fit it.

    Raises:
        NoSuchService, NoSuchForm: it is not offered.
        AnswersUnfit: the answers do not fit the form.
    """
    found, given = queries.service(service), dict(data or {})
    _check_answers(form, given)
    number, by = number or str(uuid.uuid4()), program(client)
    case = processes.start_process(
        process=found.process,
        subject=f"application/{number}",
        title=Words(zh=f"{found.name} {name}".strip()[:200], en=f"{found.name} {name}".strip()[:200]),
        office=found.office,
        requester=client.office,
        by=by,
        at=at,
        variables={"application": number, "service": found.id, "decision": ""},
    )
    models.Application.objects.create(
        id=number, service_id=found.id, case=case.id, applicant=applicant, name=name, drafted_at=drafted_at,
        registered_at=at, form=form, data=given, documents=list(documents), status=Status.PENDING, client=client.id,
    )  # fmt: skip
    audit.record(
        "registration.application_submitted",
        target=f"application/{number}",
        by=by,
        at=at,
        subjects=[node_reference("applicant", applicant)],
        service=found.id,
        case=case.id,
    )
    follow_case(case=case.id, by=by, at=at)
    return queries.application(number, by=client)


@transaction.atomic
def revise_application(
    *,
    number: str,
    client: Client,
    at: datetime,
    applicant: str,
    name: str,
    form: str,
    data: Mapping[str, Any] | None,
    documents: Iterable[str] | None,
) -> Application:
    """Change what an application holds, as its office's operators do; what it held before is kept.

    Raises:
        NoSuchApplication, ApplicationOver, AnswersUnfit: see there.
    """
    row = models.Application.objects.select_for_update().get(id=queries.row_of(number, by=client).id)
    if row.is_over:
        raise ApplicationOver(application=number)
    known = queries.application_value(row)
    given = dict(data) if data is not None else known.data
    if form != known.form or data is not None:
        _check_answers(form, given)
    before = {"name": row.name, "applicant": row.applicant, "form": row.form, "data": row.data, "documents": row.documents}  # fmt: skip
    by = client.actor
    models.Revision.objects.create(application=row, before=before, by=by.name, at=at)
    row.name, row.applicant, row.form, row.data = name or row.name, applicant, form, given
    row.documents = list(documents) if documents is not None else row.documents
    row.save(update_fields=["name", "applicant", "form", "data", "documents"])
    audit.record(
        "registration.application_revised",
        target=f"application/{number}",
        by=by,
        at=at,
        subjects=[node_reference("applicant", applicant)],
        fields=sorted(given)[:50],
    )
    return queries.application_value(row)


def _check_answers(form: str, data: Mapping[str, Any]) -> None:
    """Answers to a form that is known are held to it; an outside system may ask by a form of its own as well."""
    known = models.Form.objects.filter(id=form[:60]).exists()
    if not known:
        return
    schema = queries.form(form).schema
    if schema.get("type") == "object" and (faults := validate(schema, dict(data))):
        raise AnswersUnfit(problem=str(faults[0])[:200])


@transaction.atomic
def hand_in_document(*, content: bytes, client: Client, at: datetime, metadata: str = "") -> str:
    """Keep a document; returns the address by which applications name it.

    Raises:
        DocumentRefused: there is nothing in it, or too much.
    """
    if not content or len(content) > LARGEST_DOCUMENT:
        raise DocumentRefused(problem="the file is empty or larger than 20 MB")
    name = str(uuid.uuid4())
    stored = file_store().put(io.BytesIO(content), name)
    models.Document.objects.create(
        id=name, sha256=stored.sha256, size=stored.size, metadata=metadata[:1000], client=client.id, at=at
    )
    audit.record(
        "registration.document_handed_in",
        target=f"document/{name}",
        by=program(client),
        at=at,
        sha256=stored.sha256,
        size=stored.size,
    )
    return f"urn:uuid:{name}"


def program(client: Client) -> Actor:
    """The calling system as the program that it is: it holds nobody's seat."""
    return Actor(f"client/{client.id}", title=client.id, office=client.office, roles=frozenset({Role.SYSTEM}))
