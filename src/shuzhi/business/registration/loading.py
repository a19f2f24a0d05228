"""Samples (样例导入): services, applications and tasks of a file, as the contract's test deployments have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from shuzhi.business.registration import models, services
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.mediator.types import Client


@transaction.atomic
def load_samples(*, samples: Mapping[str, Any], client: Client, by: Actor, at: datetime) -> dict[str, int]:
    """Bring what a file in the form of the building block's `test-data.json` holds; what is there already stays.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("registration.offer", by=by)
    offered = sum(_offer(each, client.office, by, at) for each in _each(samples, "services"))
    tasks = {str(each.get("fileId")): each for each in _each(samples, "tasks")}
    given = {str(each.get("fileId")): each for each in (*tasks.values(), *_each(samples, "applications"))}
    for each in given.values():
        service = str(each.get("serviceId"))
        _offer({"id": service, "name": str(each.get("serviceName") or service)}, client.office, by, at)
    taken = sum(_take(number, each, tasks.get(number), client, at) for number, each in given.items())
    return {"services": offered, "applications": taken}


def _each(samples: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in samples.get(name) or [] if isinstance(each, dict))


def _offer(told: Mapping[str, Any], office: str, by: Actor, at: datetime) -> int:
    if models.Service.objects.filter(id=told["id"]).exists():
        return 0
    forms = [{**each, "id": each["eFormId"]} for each in _each(told, "eForms")]
    facts = {name: told[name] for name in ("serviceBody", "isExecutable", "isClosed") if name in told}
    services.offer_service(
        number=told["id"], name=told["name"], office=office, by=by, at=at, code=str(told.get("code", "")),
        version=str(told.get("version", "1")), kind=str(told.get("type", "Public")),
        description=str(told.get("description", "")), facts=facts, forms=forms,
    )  # fmt: skip
    return 1


def _take(
    number: str, told: Mapping[str, Any], task: Mapping[str, Any] | None, client: Client, at: datetime
) -> int:
    if models.Application.objects.filter(id=number).exists():
        return 0
    made = services.submit_application(
        service=str(told.get("serviceId")), applicant=str(told.get("applicantId") or "unknown"), client=client, at=at,
        name=str(told.get("taskTitle") or told.get("name") or ""), drafted_at=parse_datetime(str(told.get("created", ""))),
        form=str(told.get("eformId") or told.get("eFormId") or ""), documents=[str(each) for each in told.get("documentUrls") or []],
        number=number,
    )  # fmt: skip
    if task is not None:
        models.Task.objects.filter(application_id=made.id).update(id=str(task["taskId"])[:60])
    return 1
