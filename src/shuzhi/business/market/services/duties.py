"""Deletion duties (删除义务): an office that was given data deletes what no consent allows it any more, and says so.

The platform cannot reach into another office's systems. It can say exactly what was delivered, set a day, and go on asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.market import models, owing
from shuzhi.business.market.owing import Delivered, Span
from shuzhi.business.market.types import SIGNED, DeletionDue, DeletionEnded
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


def on_consent_changed(payload: Mapping[str, Any], at: datetime) -> None:
    """A consent ended, or was given anew with less: who was given what it allows no longer is told to delete it."""
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
    """Open a duty for every office that the log shows to have been given what is agreed to no longer; how many were new.

    That is everything after the consent ended, and the difference after it was given again with less. What a consent of
    the same person still allows that office is not asked back, nor what it was asked for already.
    """
    related = models.ConsentRecord.objects.select_for_update(of=("self",)).select_related("individual")
    row = related.filter(id=consent).first()
    if row is None:  # deleted since, as far as the contract lets an outside system: nothing was given by it
        return 0
    is_over = not row.is_given or row.until <= at
    if is_over:
        models.ConsentRecord.objects.filter(id=row.id).update(followed_at=at)
    if not row.individual.value or not (is_over or row.state == SIGNED):
        return 0
    told = models.Revision.objects.filter(schema="ConsentRecord", object=row.id).order_by("place")
    spans = owing.spans(told.values_list("snapshot", "at"))
    given = [(span, log.uses_about(_references(row), since=span.since, until=span.until)) for span in spans]
    offices = sorted({office for span in spans for office in span.receivers})
    return sum(_open(row, office, given, by=by, at=at) for office in offices)


def _open(
    row: models.ConsentRecord,
    office: str,
    given: list[tuple[Span, list[log.Use]]],
    *,
    by: Actor,
    at: datetime,
) -> bool:
    delivered = [
        Delivered(span.fields, sum(use.times for use in uses), max(use.last_at for use in uses))
        for span, every in given
        if office in span.receivers
        and (uses := [use for use in every if use.office == office and use.purpose == row.purpose])
    ]
    asked = [(frozenset(duty.fields), duty.opened_at) for duty in row.duties.filter(office=office)]
    found = owing.owed(delivered, agreed=_still_agreed(row, office, at), asked=asked)
    if found is None:
        return False
    duty = models.DeletionDuty.objects.create(
        consent=row, office=office, fields=list(found.fields), deliveries=found.deliveries,
        last_delivery_at=found.last_at, opened_at=at,
    )  # fmt: skip
    duty.dossier = _dossier(duty, row, by=by, at=at)
    duty.save(update_fields=["dossier"])
    audit.record(
        "market.deletion_asked", target=f"consent/{row.id}", by=by, at=at, subjects=_references(row),
        receiver=office, fields=duty.fields, deliveries=duty.deliveries,
    )  # fmt: skip
    outbox.publish(DeletionDue(row.id, office, duty.fields), at=at)
    return True


def _still_agreed(row: models.ConsentRecord, office: str, at: datetime) -> set[str]:
    """By this consent, if it holds, and by others of the same purpose."""
    holding = models.ConsentRecord.objects.filter(
        individual=row.individual_id, purpose=row.purpose, is_given=True, state=SIGNED,
        receivers__contains=[office], since__lte=at, until__gt=at,
    )  # fmt: skip
    return {field for fields in holding.values_list("fields", flat=True) for field in fields}


def _dossier(duty: models.DeletionDuty, row: models.ConsentRecord, *, by: Actor, at: datetime) -> int | None:
    """The office's task in its inbox; none on a node whose packs know no such loop: the duty stands all the same."""
    try:
        workflow.loop(LOOP)
    except NoSuchLoop:
        return None
    ended = not row.is_given or row.until <= at
    what_zh, what_en = ("已终止", "has ended") if ended else ("范围已缩小", "was narrowed")
    title = Words(
        zh=f"授权{what_zh}，请删除已取得的数据（用途：{row.purpose}，共 {duty.deliveries} 次提供）",
        en=f"A consent {what_en}: delete what was given by it ({row.purpose}, {duty.deliveries} deliveries)",
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
