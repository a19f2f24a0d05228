"""Sealing (封存): committed entries get their place in the Merkle log, and its head is signed, batch by batch.

Writers never wait for one another: only the sealer, alone under an advisory lock, gives places.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from shuzhi.pillars.security import blocks, models
from shuzhi.pillars.security.crypto import node, signing
from shuzhi.pillars.security.log import merkle, reading
from shuzhi.pillars.security.log.notes import Head, sign_head

PURPOSE = "audit"  # of the key that signs heads
_SEALING = 0x5348555A  # the advisory lock of the one sealer

_WAITING = """
SELECT u.id, u.entry, u.block, coalesce(b.count, 1)
FROM security_unsealed u LEFT JOIN security_auditblock b ON b.id = u.block ORDER BY u.id LIMIT %s
"""
_TILES = """
INSERT INTO security_audittile (level, number, hashes) VALUES (%s, %s, %s)
ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes
"""


class _Waiting(NamedTuple):
    id: int
    entry: int | None
    block: int | None
    entries: int


class _Batch(NamedTuple):
    runs: list[models.AuditRun]
    leaves: list[bytes]
    done: list[int]


@transaction.atomic
def seal(*, at: datetime, most: int = 50_000) -> int:
    """Give entries that wait their places and sign the new head; returns how many were sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEALING])
    if not (waiting := _waiting(most)):
        return 0
    log = _log(at)
    hasher, size = merkle.Hasher(log.algorithm), log_size()
    batch = _batch(waiting, hasher, size)
    if batch.leaves:
        _append(log, hasher, size, batch.leaves, at)
        models.AuditRun.objects.bulk_create(batch.runs, batch_size=2000)
        models.Unsealed.objects.filter(id__in=batch.done).delete()
    return len(batch.leaves)


def log_size() -> int:
    """How many entries have their place."""
    last = models.AuditHead.objects.order_by("-size").values_list("size", flat=True).first()
    return last or 0


def read_tile(level: int, number: int) -> bytes:
    """A tile's hashes; none if it isn't there."""
    found = models.AuditTile.objects.filter(level=level, number=number).values_list("hashes", flat=True)
    return bytes(found.first() or b"")


def _log(at: datetime) -> models.AuditLog:
    found = models.AuditLog.objects.order_by("id").first()
    return found or models.AuditLog.objects.create(
        origin=f"shuzhi.audit/{uuid.uuid4().hex[:16]}", algorithm=node.suite().digest, begun_at=at
    )


def _waiting(most: int) -> list[_Waiting]:
    with connection.cursor() as cursor:
        rows = [_Waiting(*row) for row in reading.read(cursor, _WAITING, most)]
    total = 0
    taken: list[_Waiting] = []
    for row in rows:
        total += row.entries
        if taken and total > most:
            break
        taken.append(row)
    return taken


def _batch(waiting: Sequence[_Waiting], hasher: merkle.Hasher, size: int) -> _Batch:
    found = _contents(waiting)
    runs: list[models.AuditRun] = []
    contents: list[bytes] = []
    done: list[int] = []
    for each in waiting:
        if (content := found.get((each.entry, each.block))) is None:
            continue  # gone before it was sealed: it stays on the list, and verifying names it
        first = size + len(contents)
        last = runs[-1] if runs else None
        if each.entry and last and last.entry and last.entry + last.count == each.entry:
            last.count += 1
        else:
            runs.append(models.AuditRun(first=first, count=len(content), entry=each.entry, block=each.block))
        contents += content
        done.append(each.id)
    return _Batch(runs, hasher.leaves(contents), done)


def _contents(waiting: Iterable[_Waiting]) -> dict[tuple[int | None, int | None], list[bytes]]:
    waiting = list(waiting)
    entries = [each.entry for each in waiting if each.entry]
    numbers = [each.block for each in waiting if each.block]
    found: dict[tuple[int | None, int | None], list[bytes]] = {}
    with connection.cursor() as cursor:
        if entries:
            for row in reading.read(cursor, reading.BY_ID, entries):
                (entry,) = row[reading.NAMES]
                found[entry, None] = [reading.bytes_of(row)]
    for block, content in models.AuditBlock.objects.filter(id__in=numbers).values_list("id", "entries"):
        found[None, block] = blocks.lines(content)
    return found


def _append(
    log: models.AuditLog, hasher: merkle.Hasher, size: int, leaves: list[bytes], at: datetime
) -> None:
    grown = merkle.grow(hasher, read_tile, size, leaves)
    with connection.cursor() as cursor:
        cursor.executemany(_TILES, [(*place, hashes) for place, hashes in grown.items()])

    def read(level: int, number: int) -> bytes:
        return grown.get((level, number)) or read_tile(level, number)

    total = size + len(leaves)
    root = merkle.Tree(hasher, read, total).root()
    head = Head(log.origin, total, root, at, log.algorithm)
    models.AuditHead.objects.create(size=total, root=root, note=sign_head(head, _signing_key(at)), at=at)


def _signing_key(at: datetime) -> signing.SigningKey:
    ring = node.keyring()
    return ring.signer(ring.active(PURPOSE) or ring.make(PURPOSE, node.suite().signature, at=at))
