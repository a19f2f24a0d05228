"""The contract's operations."""

from __future__ import annotations

import base64
import binascii
from datetime import date, datetime
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http.multipartparser import MultiPartParserError
from django.utils.dateparse import parse_datetime

from shuzhi.business.registration import queries, services
from shuzhi.business.registration.errors import DocumentRefused
from shuzhi.business.registration.govstack import documents
from shuzhi.business.registration.types import Span
from shuzhi.foundation.clock import day_of
from shuzhi.support.mediator.calling import Asked
from shuzhi.support.mediator.errors import BadInput

APPLY, OPERATE = "registration.apply", "registration.operate"
TIMEFRAMES = ("day", "week", "month", "year")
Told = dict[str, Any]


def list_services(asked: Asked) -> list[Told]:
    """The services that are offered, or those of a name."""
    return [documents.service(each) for each in queries.services(name=asked.query("name"))]


def read_service(asked: Asked, number: str) -> Told:
    """One service."""
    del asked
    return documents.service(queries.service(number))


def list_forms(asked: Asked, number: str) -> list[Told]:
    """The forms of a service."""
    del asked
    return [documents.form(each) for each in queries.forms(number)]


def read_form(asked: Asked, number: str) -> Told:
    """One form with its schema."""
    del asked
    return documents.form(queries.form(number), is_whole=True)


def apply(asked: Asked, number: str) -> Told:
    """An application taken."""
    queries.service(number)
    asked.require(APPLY, number)
    made = services.submit_application(
        service=number, client=asked.client, at=asked.at, **_sent(asked.body())
    )
    return documents.application(made)


def list_applications(asked: Asked) -> list[Told]:
    """The applications that the caller may see."""
    found = queries.applications(
        by=asked.client,
        service=asked.query("serviceId"),
        applicant=asked.query("applicantId"),
        first=asked.number("firstResult", 0),
        size=asked.number("maxResult", queries.MOST),
        order=asked.query("sortBy") or "",
        is_descending=asked.query("sortOrder") == "desc",
    )
    return [documents.listed(each) for each in found]


def read_application(asked: Asked, number: str) -> Told:
    """One application."""
    return documents.application(queries.application(number, by=asked.client))


def revise_application(asked: Asked, number: str) -> Told:
    """What an operator changed in an application."""
    found = queries.application(number, by=asked.client)
    asked.require(OPERATE, found.service.id)
    body = asked.body()
    said = _sent(body)
    if "formData" not in body:
        said |= {"form": found.form, "data": None}
    documents_said = said["documents"] if "documentUrls" in body else None
    changed = services.revise_application(
        number=number, client=asked.client, at=asked.at, applicant=said["applicant"], name=said["name"],
        form=said["form"], data=said["data"], documents=documents_said,
    )  # fmt: skip
    return documents.application(changed)


def list_tasks(asked: Asked) -> list[Told]:
    """The open tasks of applications that the caller may see."""
    found = queries.tasks(
        by=asked.client,
        today=day_of(asked.at),
        application=asked.query("fileId"),
        main=asked.query("mainTaskId"),
        holder=asked.query("assigneeId"),
        first=asked.number("firstResult", 0),
        size=asked.number("maxResult", queries.MOST),
        is_descending=asked.query("sortOrder") == "desc",
    )
    return [documents.task(each) for each in found]


def read_task(asked: Asked, number: str) -> Told:
    """One task."""
    return documents.whole_task(queries.task(number, by=asked.client, today=day_of(asked.at)))


def complete_task(asked: Asked, number: str) -> Told:
    """A task finished."""
    queries.task(number, by=asked.client, today=day_of(asked.at))
    data = asked.body().get("data", {})
    if not isinstance(data, dict):
        raise BadInput(problem="data is no object")
    return documents.completed(
        services.complete_task(number=number, data=data, client=asked.client, at=asked.at), data
    )


def hand_in(asked: Asked) -> Told:
    """A document, as a file of a form or in base64."""
    content = _content(asked)
    url = services.hand_in_document(
        content=content, client=asked.client, at=asked.at, metadata=asked.query("additionalMetadata") or ""
    )
    return {"code": 200, "type": "document", "message": "File successfully uploaded", "url": url}


def _content(asked: Asked) -> bytes:
    try:
        names = list(asked.request.FILES)
        sent = asked.request.FILES.get(names[0]) if names else None
        if isinstance(sent, UploadedFile) and (sent.size or 0) <= 20_000_000:  # noqa: PLR2004 - as services.applying has it
            return bytes(sent.read())
        text = asked.request.POST.get("file", "")
        return base64.b64decode(text, validate=True)
    except (
        binascii.Error,
        ValueError,
        MultiPartParserError,
        BadRequest,
        SuspiciousOperation,
        RequestDataTooBig,
    ):
        raise DocumentRefused(problem="no file in base64") from None


def statistics(asked: Asked) -> list[Told]:
    """How many applications were decided, and how."""
    said = {
        name: asked.query(name) for name in ("startDate", "endDate", "registrationName", "operator", "role")
    }
    timeframe = asked.query("timeframe")
    if timeframe is not None and timeframe not in TIMEFRAMES:
        raise BadInput(problem="timeframe is none of day, week, month, year")
    span = Span(_day("startDate", said["startDate"]), _day("endDate", said["endDate"]))
    counted = queries.statistics(
        span=span, name=said["registrationName"], operator=said["operator"], role=said["role"]
    )
    references: Told = {name: value for name, value in said.items() if value}
    references |= {f"timeframe{each.capitalize()}": each == timeframe for each in TIMEFRAMES}
    return [
        {
            "processed": counted.processed,
            "approved": counted.approved,
            "sentBack": counted.sent_back,
            "rejected": counted.rejected,
            "references": references,
        }
    ]


def _day(name: str, text: str | None) -> date | None:
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadInput(problem=f"{name} is no day") from None
    if not 1900 <= found.year <= 9000:  # noqa: PLR2004 - days that can be reckoned with
        raise BadInput(problem=f"{name} is no day")
    return found


def _sent(body: Told) -> Told:
    """What an application brings.

    Raises:
        BadInput: a part of it is not in its form.
    """
    applicant, name = body.get("applicantId"), body.get("applicationName") or ""
    if not isinstance(applicant, str) or not 0 < len(applicant) <= 200:  # noqa: PLR2004
        raise BadInput(problem="applicantId is needed")
    form = {} if body.get("formData") is None else body["formData"]
    links = [] if body.get("documentUrls") is None else body["documentUrls"]
    if not isinstance(name, str) or len(name) > 200 or not isinstance(form, dict):  # noqa: PLR2004
        raise BadInput(problem="applicationName or formData is not in its form")
    data, number = form.get("data") or {}, form.get("eFormId") or ""
    if not isinstance(data, dict) or not isinstance(number, str) or len(number) > 60:  # noqa: PLR2004
        raise BadInput(problem="formData is not in its form")
    if not isinstance(links, list) or not all(isinstance(each, str) for each in links):
        raise BadInput(problem="documentUrls is no list of addresses")
    return {
        "applicant": applicant,
        "name": name,
        "drafted_at": _moment(body.get("created")),
        "form": number,
        "data": data,
        "documents": links,
    }


def _moment(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        found = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or not 1900 <= found.year <= 9000:  # noqa: PLR2004
        raise BadInput(problem="created is no time")
    return found
