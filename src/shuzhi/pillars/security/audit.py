"""Audit log (审计日志): append-only entries, sealed in batches into a hash chain that anyone can verify.

An entry is written in the transaction of the act it describes, so an act without its entry cannot
commit. Sealing gives entries their place in the chain a moment later: writers never wait for one another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from shuzhi.pillars.security import blocks, models
from shuzhi.pillars.security.canonical import FIELDS, START, canonical_digest, content_of, next_link
from shuzhi.pillars.security.errors import AuditBroken, UnreadableEntry
from shuzhi.pillars.security.types import Actor

_SEALING = 0x5348555A  # the advisory lock of the one sealer
_AT_ONCE = 5000
_COLUMNS = ("at", "action", "target", "actor", "office", "purpose", "basis", "outcome", "facts", "subjects")


@dataclass(frozen=True)
class Verification:
    """What verifying found: entries in all, how many of them are sealed, that all fit, and the last link."""

    entries: int
    sealed: int
    verified: bool
    head: str


class _Place(NamedTuple):
    seq: int | None
    entry: int
    link: str | None
    digest: str | None
    content: dict[str, Any]


def record(
    action: str,
    *,
    target: str,
    by: Actor,
    at: datetime,
    outcome: str = "done",
    subjects: Sequence[str] = (),
    **facts: object,
) -> None:
    """Write one entry in the running transaction; `subjects` are references of those it is about."""
    content = content_of(
        at=at,
        action=action,
        target=target,
        actor=by.name,
        office=by.office,
        purpose=by.purpose,
        basis=by.basis,
        outcome=outcome,
        facts=facts,
        subjects=subjects,
    )
    stored = {name: getattr(content, name) for name in FIELDS} | {"subjects": list(content.subjects) or None}
    models.AuditEntry.objects.create(**stored, digest=content.digest)


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


def head() -> str:
    """The last link: whoever notes it outside can later prove that nothing before it was changed."""
    last = models.AuditSeal.objects.order_by("-seq").first()
    return last.link if last else START


def verify(*, known_head: str | None = None) -> Verification:
    """Recompute every entry's digest and the whole chain.

    Whoever noted an earlier head passes it as `known_head`: a log that was cut short or written anew from
    the start no longer holds it.

    Raises:
        AuditBroken: an entry was altered, removed or put in between; it names the first such place.
    """
    seq, link, met = 0, START, known_head in (None, START)
    for place in _chain():
        seq += 1
        link = _follow(place, seq, link)
        met = met or link == known_head
    if not met:
        raise AuditBroken(entry="–", seq=seq, reason="the head noted earlier is not in this chain")
    waiting = 0
    for waiting, place in enumerate(_waiting(), start=1):
        _check_content(place, seq + waiting)
    folded = sum(_check_block(block, seq) for block in _folded())
    return Verification(entries=seq + waiting + folded, sealed=seq, verified=True, head=link)


def _follow(place: _Place, seq: int, link: str) -> str:
    if place.seq != seq:
        raise AuditBroken(entry=place.entry, seq=seq, reason="a link is missing")
    if place.digest is None:
        raise AuditBroken(entry=place.entry, seq=seq, reason="the entry is missing")
    _check_content(place, seq)
    following = next_link(link, place.digest)
    if following != place.link:
        raise AuditBroken(entry=place.entry, seq=seq, reason="the link does not follow")
    return following


def _check_content(place: _Place, seq: int) -> None:
    if canonical_digest(**place.content) != place.digest:
        raise AuditBroken(entry=place.entry, seq=seq, reason="the entry's content was changed")


def _check_block(block: models.AuditBlock, seq: int) -> int:
    lines = blocks.lines(block.entries)
    try:
        whole = len(lines) == block.count and all(blocks.decode(line).canonical == line for line in lines)
    except UnreadableEntry:
        whole = False
    if not whole:
        raise AuditBroken(entry=f"b{block.id}", seq=seq, reason="the block's content was changed")
    return len(lines)


def _folded() -> Iterator[models.AuditBlock]:
    for number in list(models.FoldedBlock.objects.order_by("block_id").values_list("block_id", flat=True)):
        yield models.AuditBlock.objects.get(id=number)


def _unsealed(most: int) -> Iterator[tuple[int, str]]:
    waiting = models.AuditEntry.objects.filter(seal=None).order_by("id")
    return iter(waiting.values_list("id", "digest")[:most])


def _chain() -> Iterator[_Place]:
    # A left join: a seal whose entry is gone must be seen, not skipped.
    return _pages(
        "SELECT s.seq, s.entry_id, s.link, {columns} FROM security_auditseal s"
        " LEFT JOIN security_auditentry e ON e.id = s.entry_id WHERE s.seq > %s ORDER BY s.seq LIMIT %s",
        after=lambda place: place.seq or 0,
    )


def _waiting() -> Iterator[_Place]:
    return _pages(
        "SELECT NULL::bigint, e.id, NULL, {columns} FROM security_auditentry e WHERE e.id > %s AND NOT EXISTS"
        " (SELECT FROM security_auditseal s WHERE s.entry_id = e.id) ORDER BY e.id LIMIT %s",
        after=lambda place: place.entry,
    )


def _pages(sql: str, *, after: Any) -> Iterator[_Place]:
    query = sql.format(columns=", ".join(f"e.{name}" for name in ("digest", *_COLUMNS)))
    last, full = -(2**62), True
    while full:
        with connection.cursor() as cursor:
            cursor.execute(query, [last, _AT_ONCE])
            rows = cursor.fetchall()
        for seq, entry, link, digest, *content in rows:
            yield (place := _Place(seq, entry, link, digest, _content(content)))
            last = after(place)
        full = len(rows) == _AT_ONCE


def _content(values: list[Any]) -> dict[str, Any]:
    content = dict(zip(_COLUMNS, values, strict=True))
    content["facts"] = json.loads(content["facts"]) if content["facts"] is not None else None
    return content
