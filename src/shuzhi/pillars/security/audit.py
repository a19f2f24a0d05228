"""Audit log (审计日志): append-only entries, sealed in batches into a hash chain that anyone can verify.

An entry is written in the transaction of the act it describes, so an act without its entry cannot
commit. Sealing gives entries their place in the chain a moment later: writers never wait for one another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from shuzhi.pillars.security import models
from shuzhi.pillars.security.errors import AuditBroken
from shuzhi.pillars.security.types import Actor

START = "0" * 64
_SEALING = 0x5348555A  # the advisory lock of the one sealer


@dataclass(frozen=True)
class Verification:
    """What verifying found: entries in all, how many of them are sealed, and the last link."""

    entries: int
    sealed: int
    head: str


def record(
    action: str,
    *,
    target: str,
    by: Actor,
    at: datetime,
    outcome: str = "done",
    **facts: object,
) -> None:
    """Write one entry in the running transaction."""
    entry = models.AuditEntry(
        at=at,
        action=action,
        target=target,
        actor=by.name,
        office=by.office,
        purpose=by.purpose,
        basis=by.basis,
        outcome=outcome,
        facts=json.loads(json.dumps(facts, default=str)),
    )
    entry.digest = digest(entry)
    entry.save()


def digest(entry: models.AuditEntry) -> str:
    """SHA-256 over the entry's canonical JSON: sorted keys, UTC time, no spaces."""
    content: dict[str, Any] = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": entry.action,
        "target": entry.target,
        "actor": entry.actor,
        "office": entry.office,
        "purpose": entry.purpose,
        "basis": entry.basis,
        "outcome": entry.outcome,
        "facts": entry.facts,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def next_link(previous: str, entry_digest: str) -> str:
    """The hash that ties an entry to all before it."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(entry_digest)).hexdigest()


@transaction.atomic
def seal(*, at: datetime, most: int = 50_000) -> int:
    """Give every committed, unsealed entry its place in the chain; returns how many were sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])
    last = models.AuditSeal.objects.order_by("-seq").first()
    seq, link = (last.seq, last.link) if last else (0, START)
    seals = []
    for entry_id, entry_digest in _unsealed(most):
        seq, link = seq + 1, next_link(link, entry_digest)
        seals.append(models.AuditSeal(seq=seq, entry_id=entry_id, link=link, sealed_at=at))
    models.AuditSeal.objects.bulk_create(seals, batch_size=2000)
    return len(seals)


def verify() -> Verification:
    """Recompute every entry's digest and the whole chain.

    Raises:
        AuditBroken: an entry was altered, removed or put in between; it names the first such place.
    """
    seq, link = 0, START
    for place in _chain():
        seq += 1
        if place.seq != seq:
            raise AuditBroken(entry=place.entry_id, seq=seq, reason="a link is missing")
        if digest(place.entry) != place.entry.digest:
            raise AuditBroken(entry=place.entry_id, seq=seq, reason="the entry's content was changed")
        link = next_link(link, place.entry.digest)
        if link != place.link:
            raise AuditBroken(entry=place.entry_id, seq=seq, reason="the link does not follow")
    return Verification(entries=models.AuditEntry.objects.count(), sealed=seq, head=link)


def _unsealed(most: int) -> Iterator[tuple[int, str]]:
    waiting = models.AuditEntry.objects.filter(seal=None).order_by("id")
    return iter(waiting.values_list("id", "digest")[:most])


def _chain() -> Iterator[models.AuditSeal]:
    chain = models.AuditSeal.objects.select_related("entry").order_by("seq")
    return chain.iterator(chunk_size=2000)
