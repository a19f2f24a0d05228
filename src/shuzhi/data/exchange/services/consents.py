"""Files and comparisons that were made by consents: taken back when a consent ends, kept no longer than the first of them holds."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.types import InterfaceKind, JobState
from shuzhi.data.exchange.work.errors import ConsentEnded
from shuzhi.data.exchange.work.places import file_of
from shuzhi.pillars.security import audit, consents
from shuzhi.pillars.security.erasing import erase_copy
from shuzhi.pillars.security.types import system


def take_back_files(office: str, topics: frozenset[str], at: datetime) -> None:
    """A consent ended: files for this office that rest on its topic are not given out any more, from the commit on.

    Their keys are destroyed as soon as it stands; where the process dies before that, by the next round of
    `remove_expired_results`.
    """
    ready = models.Job.objects.select_related("subscription__interface").filter(
        subscription__office=office,
        kind__in=[InterfaceKind.FILE.value, InterfaceKind.INTERSECTION.value],
        state=JobState.READY.value,
        expires_at__gt=at,
    )
    for row in ready.order_by("id"):
        if topics.isdisjoint(topics_of(queries.grant_of(row.subscription))):
            continue
        models.Job.objects.filter(id=row.id).update(expires_at=at)
        transaction.on_commit(partial(erase_copy, file_of(row.id, row.asked["form"])), robust=True)
        audit.record(
            "exchange.file_taken_back",
            target=f"interface/{row.subscription.interface_id}",
            by=system("exchange"),
            at=at,
            subscription=row.subscription_id,
            job=row.id,
            reason="consent",
        )


def settle_consents(grant: Grant, kept_until: datetime, *, at: datetime) -> datetime:
    """Until when a file that was begun at a moment may be kept.

    Raises:
        ConsentEnded: a consent that it may rest on ended since.
    """
    topics = topics_of(grant)
    if not topics:
        return kept_until
    consents.lock_copies(grant.office)
    if consents.ended_since(grant.office, topics, at):
        raise ConsentEnded
    first = consents.first_end(grant.office, topics, at)
    return kept_until if first is None else min(kept_until, first)


def topics_of(grant: Grant) -> frozenset[str]:
    """All topics that the interface asks consent for."""
    return frozenset().union(*grant.terms.topics.values())
