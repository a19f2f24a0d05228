"""What this node asks another office for (对外提问): entries of its own log, beside those of the office that answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def note_question(
    *,
    interface: str,
    gateway: str,
    key_id: str,
    question: str,
    keys: int,
    reveal: str,
    purpose: str,
    basis: str,
    by: Actor,
    at: datetime,
) -> None:
    """Enter a question for common keys (隐私求交) before it leaves: for what it is asked, and on what basis."""
    audit.record(
        "exchange.intersection_asked",
        target=f"interface/{interface}",
        by=replace(by, purpose=purpose, basis=basis),
        at=at,
        gateway=gateway,
        key=key_id,
        question=question,
        keys=keys,
        reveal=reveal,
    )


@transaction.atomic
def note_learned(
    *,
    interface: str,
    gateway: str,
    question: str,
    job: int,
    count: int,
    members: int,
    by: Actor,
    at: datetime,
) -> None:
    """Enter what was learned before it is shown: how many keys both hold, and how many of them are named."""
    audit.record(
        "exchange.intersection_learned",
        target=f"interface/{interface}",
        by=by,
        at=at,
        gateway=gateway,
        question=question,
        job=job,
        count=count,
        members=members,
    )
