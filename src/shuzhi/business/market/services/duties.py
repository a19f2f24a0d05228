"""Deletion duties (删除义务): an office that was given data by a consent deletes them when it has ended, and says so.

The platform cannot reach into another office's systems. It can say exactly what was delivered, set a day, and go on asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.market import models
from shuzhi.business.market.types import DeletionDue, DeletionEnded
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, subjects
from shuzhi.pillars.security import queries as log
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.errors import NoSuchLoop

LOOP = "data-deletion"
OUTCOMES = {"deleted": "deleted", "kept": "kept"}


def on_consent_withdrawn(payload: Mapping[str, Any], at: datetime) -> None:
    """A consent ended: who was given something by it is told to delete it."""
    tell_receivers(consent=payload["consent"], by=system("market"), at=at)


def on_dossier_moved(payload: Mapping[str, Any], at: datetime) -> None:
    """An office confirmed, or said which law makes it keep the data."""
    if payload["loop"] != LOOP or payload["state"] not in OUTCOMES:
        return
    with transaction.atomic():
        row = models.DeletionDuty.objects.select_for_update().filter(dossier=payload["dossier"]).first()
        if row is None or row.outcome != "open":
            return
        last = workflow.history(payload["dossier"])[-1]
        row.outcome, row.note, row.closed_at = OUTCOMES[payload["state"]], last.note[:500], at
        row.save()
        audit.record(
            "market.deletion_confirmed", target=f"consent/{row.consent_id}", by=system("market"), at=at,
            subjects=_references(row.consent), receiver=row.office, result=row.outcome, confirmed_by=last.by,
        )  # fmt: skip
        outbox.publish(DeletionEnded(row.consent_id, row.office, row.outcome), at=at)


@transaction.atomic
def follow_expired(*, by: Actor, at: datetime, most: int = 500) -> int:
    """Consents that ran out since: the same duties as if they had been withdrawn; returns how many consents."""
    over = models.ConsentRecord.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        is_given=True, until__lte=at, followed_at=None
    )
    rows = list(over.order_by("until", "id")[:most])
    for row in rows:
        tell_receivers(consent=row.id, by=by, at=at)
    return len(rows)


@transaction.atomic
def tell_receivers(*, consent: str, by: Actor, at: datetime) -> int:
    """Open a duty for every office that the log shows to have been given something by this consent; how many were new.

    What another consent of the same person still allows that office is not asked back.
    """
    row = (
        models.ConsentRecord.objects.select_for_update(of=("self",))
        .select_related("individual")
        .get(id=consent)
    )
    ended = row.ended_at or row.until
    models.ConsentRecord.objects.filter(id=row.id).update(followed_at=at)
    if not row.individual.value or (row.is_given and row.until > at):
        return 0
    uses = log.uses_about(_references(row), since=row.since, until=max(ended, row.since))
    return sum(
        _open(
            row,
            office,
            [use for use in uses if use.office == office and use.purpose == row.purpose],
            by=by,
            at=at,
        )
        for office in sorted(row.receivers)
    )


def _open(row: models.ConsentRecord, office: str, uses: list[log.Use], *, by: Actor, at: datetime) -> bool:
    fields = sorted(set(row.fields) - _still_agreed(row, office, at))
    if not uses or not fields or row.duties.filter(office=office).exists():
        return False
    duty = models.DeletionDuty.objects.create(
        consent=row, office=office, fields=fields, deliveries=sum(use.times for use in uses),
        last_delivery_at=max(use.last_at for use in uses), opened_at=at,
    )  # fmt: skip
    duty.dossier = _dossier(duty, row, by=by, at=at)
    duty.save(update_fields=["dossier"])
    audit.record(
        "market.deletion_asked", target=f"consent/{row.id}", by=by, at=at, subjects=_references(row),
        receiver=office, fields=fields, deliveries=duty.deliveries,
    )  # fmt: skip
    outbox.publish(DeletionDue(row.id, office, fields), at=at)
    return True


def _still_agreed(row: models.ConsentRecord, office: str, at: datetime) -> set[str]:
    others = models.ConsentRecord.objects.filter(
        individual=row.individual_id, purpose=row.purpose, is_given=True, state="signed",
        receivers__contains=[office], since__lte=at, until__gt=at,
    ).exclude(id=row.id)  # fmt: skip
    return {field for fields in others.values_list("fields", flat=True) for field in fields}


def _dossier(duty: models.DeletionDuty, row: models.ConsentRecord, *, by: Actor, at: datetime) -> int | None:
    """The office's task in its inbox; none on a node whose packs know no such loop: the duty stands all the same."""
    try:
        workflow.loop(LOOP)
    except NoSuchLoop:
        return None
    title = Words(
        zh=f"授权已终止，请删除已取得的数据（用途：{row.purpose}，共 {duty.deliveries} 次提供）",
        en=f"A consent has ended: delete what was given by it ({row.purpose}, {duty.deliveries} deliveries)",
    )
    facts = {"consent": row.id, "fields": duty.fields, "deliveries": duty.deliveries}
    opened = loops.open_dossier(
        loop=LOOP,
        subject=f"consent/{row.id}",
        title=title,
        office=duty.office,
        requester=None,
        by=by,
        at=at,
        facts=facts,
    )
    return opened.id


def _references(row: models.ConsentRecord) -> list[str]:
    return subjects.references_of(row.individual.scheme, row.individual.value)
