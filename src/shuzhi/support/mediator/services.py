"""Writes: a system admitted, or ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.mediator import models
from shuzhi.support.mediator.errors import GrantUnknown
from shuzhi.support.mediator.queries import digest_of
from shuzhi.support.mediator.types import VERBS


@transaction.atomic
def admit_client(
    *, name: str, office: str, grants: Iterable[str], by: Actor, at: datetime, roles: Iterable[Role] = ()
) -> str:
    """Admit an outside system, or give it a new token and these grants; the token is returned and nowhere kept.

    Raises:
        GrantUnknown: a grant that there is not.
        Forbidden: the actor is no administrator.
    """
    policy.require("mediator.clients", by=by)
    given, held = sorted(set(grants)), sorted({Role(each).value for each in roles})
    for grant in given:
        if grant.partition(":")[0] not in VERBS:
            raise GrantUnknown(grant=grant, known=", ".join(VERBS))
    token = secrets.token_urlsafe(32)
    models.Client.objects.update_or_create(
        id=name,
        defaults={
            "office": office,
            "digest": digest_of(token),
            "grants": given,
            "roles": held,
            "made_at": at,
            "ended_at": None,
        },
    )
    audit.record(
        "mediator.client_admitted",
        target=f"client/{name}",
        by=by,
        at=at,
        office_of=office,
        grants=given,
        roles=held,
    )
    return token


@transaction.atomic
def end_client(*, name: str, by: Actor, at: datetime) -> None:
    """From now on this system is refused.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("mediator.clients", by=by)
    models.Client.objects.filter(id=name).update(ended_at=at)
    audit.record("mediator.client_ended", target=f"client/{name}", by=by, at=at)
