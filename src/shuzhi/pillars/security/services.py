"""Writes of this room that are asked for by people; everything else writes to the log through `audit`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy, queries, subjects
from shuzhi.pillars.security.queries import LoggedAct
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def ask_who_saw(
    *, scheme: str, value: str, by: Actor, at: datetime, page: int = 1, size: int = queries.PAGE
) -> list[LoggedAct]:
    """Who saw a subject's data, why and on what basis (谁看过我的数据), the newest first.

    Asking is itself an entry about the subject. The identifier is neither stored nor logged.

    Raises:
        Forbidden: the actor may not ask.
    """
    policy.require("audit.subject", by=by)
    references = subjects.references_of(scheme, value)
    found = queries.acts_about(references, page=page, size=size)
    audit.record(
        "audit.subject_asked",
        target="audit/subjects",
        by=by,
        at=at,
        subjects=references,
        scheme=scheme,
        page=page,
    )
    return found
