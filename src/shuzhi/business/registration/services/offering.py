"""What outside systems may offer (开放服务)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.registration import models, queries
from shuzhi.business.registration.errors import NoSuchService
from shuzhi.business.registration.types import Service
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms_room
from shuzhi.support.workflow.processes import queries as processes

PROCESS = "registration"  # the process of the pack platform/registration: one office reviews and decides


@transaction.atomic
def offer_service(
    *,
    number: str,
    name: str,
    office: str,
    by: Actor,
    at: datetime,
    process: str = PROCESS,
    code: str = "",
    version: str = "1",
    kind: str = "Public",
    description: str = "",
    facts: Mapping[str, Any] | None = None,
    forms: Iterable[Mapping[str, Any]] = (),
) -> Service:
    """Offer a service: its number, the process that handles it, and its forms; again, and it is changed.

    A form is `{id, name, description, version}` with `form` (one of the platform's) or `schema` (its own).

    Raises:
        NoSuchProcess, NoSuchForm: it names what there is not.
        Forbidden: the actor is no administrator.
    """
    policy.require("registration.offer", by=by)
    processes.process(process)
    told = {
        "name": name, "code": code, "version": version, "kind": kind, "description": description, "process": process,
        "office": office, "facts": dict(facts or {}), "made_at": at, "ended_at": None,
    }  # fmt: skip
    row, _ = models.Service.objects.update_or_create(id=number, defaults=told)
    for each in forms:
        if each.get("form"):
            forms_room.form(each["form"])
        models.Form.objects.update_or_create(
            id=each["id"],
            defaults={
                "service": row,
                "name": each.get("name", name)[:200],
                "description": each.get("description", ""),
                "version": str(each.get("version", "1"))[:30],
                "form": each.get("form", ""),
                "schema": each.get("schema") or {},
            },
        )
    audit.record("registration.service_offered", target=f"service/{number}", by=by, at=at, process=process)
    return queries.service_value(row)


@transaction.atomic
def end_service(*, number: str, by: Actor, at: datetime) -> None:
    """Take no more applications for a service; those on their way are handled.

    Raises:
        NoSuchService: it is not offered.
        Forbidden: the actor is no administrator.
    """
    policy.require("registration.offer", by=by)
    if not models.Service.objects.filter(id=number, ended_at=None).update(ended_at=at):
        raise NoSuchService(service=number)
    audit.record("registration.service_ended", target=f"service/{number}", by=by, at=at)
