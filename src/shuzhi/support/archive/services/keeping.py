"""Keeping (保管利用): who reads a package says why and is noted; destroying takes a term that is over and two people."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.files import file_store
from shuzhi.foundation.outbox.services import publish
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.archive import models, queries
from shuzhi.support.archive.errors import Destroyed, NotProposed, PurposeMissing, SamePerson, StillKept
from shuzhi.support.archive.types import CaseDestroyed, Record


@transaction.atomic
def read_package(*, record: str, purpose: str, by: Actor, at: datetime) -> bytes:
    """The package, to be verified and read anywhere (利用).

    Raises:
        PurposeMissing, NoSuchRecord, Destroyed: as they say.
        FileNotStored, FileDamaged: the store lost it; the check says so too.
        Forbidden: it is another office's.
    """
    row = queries.row(record)
    policy.require("archive.read", by=by, office=row.office)
    if not purpose.strip():
        raise PurposeMissing
    if row.destroyed_at is not None:
        raise Destroyed(record=record)
    file_store().verify(row.sha256)
    audit.record("archive.read", target=f"archive/{record}", by=by, at=at, purpose=purpose.strip()[:200])
    return file_store().path(row.sha256).read_bytes()


@transaction.atomic
def propose_destruction(*, record: str, by: Actor, at: datetime) -> Record:
    """Propose to destroy what need not be kept any more.

    Raises:
        StillKept: its term is not over, or it is kept for good.
        NoSuchRecord, Destroyed, Forbidden: as they say.
    """
    row = _over(record, at)
    policy.require("archive.propose", by=by, office=row.office)
    row.proposed_by = by.name
    row.save(update_fields=["proposed_by"])
    audit.record("archive.destruction_proposed", target=f"archive/{record}", by=by, at=at)
    return queries.record_of(row)


@transaction.atomic
def destroy(*, record: str, by: Actor, at: datetime) -> Record:
    """Approve, and destroy the package; what it was and who did it stays known.

    Raises:
        NotProposed, SamePerson, StillKept, NoSuchRecord, Destroyed, Forbidden: as they say.
    """
    row = _over(record, at)
    policy.require("archive.destroy", by=by, office=row.office)
    if not row.proposed_by:
        raise NotProposed(record=record)
    if row.proposed_by == by.name:
        raise SamePerson
    row.destroyed_at = at
    row.save(update_fields=["destroyed_at"])
    audit.record("archive.destroyed", target=f"archive/{record}", by=by, at=at, sha256=row.sha256)
    publish(CaseDestroyed(record, row.subject, at), at=at)
    # Only once it is certain that the record says so; what outlives a killed worker is removed by the daily job.
    digest = row.sha256
    transaction.on_commit(lambda: file_store().path(digest).unlink(missing_ok=True))
    return queries.record_of(row)


def sweep() -> int:
    """Remove what destroyed records left in the store; returns how many."""
    gone = models.Record.objects.exclude(destroyed_at=None).order_by("id").values_list("sha256", flat=True)
    left = [digest for digest in gone.iterator() if file_store().has(digest)]
    for digest in left:
        file_store().path(digest).unlink(missing_ok=True)
    return len(left)


def _over(record: str, at: datetime) -> models.Record:
    row = queries.row(record, lock=True)
    if row.destroyed_at is not None:
        raise Destroyed(record=record)
    if row.keep_until is None or day_of(at) <= row.keep_until:
        raise StillKept(record=record, until=row.keep_until or "永久 / for good")
    return row
