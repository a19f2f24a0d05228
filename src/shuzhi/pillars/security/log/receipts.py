"""Receipts (回执): what a party to an exchange keeps, to prove later that its call is in the log as it was.

A receipt is the entry's content, its proof of inclusion and a signed head; `verify_audit.py receipt FILE` checks it
without the platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection
from django.db.models.fields.json import KeyTextTransform

from shuzhi.pillars.security import blocks, models, policy
from shuzhi.pillars.security.errors import NoSuchEntry
from shuzhi.pillars.security.log import proofs, reading, sealing
from shuzhi.pillars.security.types import Actor

FORMAT = "shuzhi-receipt-1"
OWNER = "owner"  # the fact of an exchange's entry that names the owner's office


@dataclass(frozen=True)
class Receipt:
    """An entry with the proof that it is in the log; `content` is its canonical JSON."""

    entry: str
    content: str
    place: int
    proof: tuple[str, ...]
    head: str
    keys: tuple[str, ...]
    format: str = FORMAT


@dataclass(frozen=True)
class ConsistencyReceipt:
    """Two signed heads and the proof that the newer log begins with the older."""

    old: str
    new: str
    proof: tuple[str, ...]
    keys: tuple[str, ...]
    format: str = "shuzhi-consistency-1"


def receipt(name: str, *, by: Actor, at: datetime) -> Receipt:
    """The receipt of an entry, by its own name or by the request id that the gateway answered with.

    An entry that still waits is sealed first. Auditors may ask for any entry, an office for the calls that it made and
    for those to its own interfaces; to everybody else there is no such entry.

    Raises:
        NoSuchEntry: there is none that this actor may see.
    """
    found = next((act for act in _named(name) if _may_see(act, by)), None)
    if found is None:
        raise NoSuchEntry(entry=name[:80])
    reference = f"e{found.id}" if found.block is None else blocks.reference(found.block, found.place or 0)
    proven = proofs.inclusion_proof(reference)
    while proven is None and sealing.seal(at=at):
        proven = proofs.inclusion_proof(reference)
    if proven is None:
        raise NoSuchEntry(entry=name[:80])
    return Receipt(
        entry=reference,
        content=content_of(reference).decode(),
        place=proven.place,
        proof=proven.proof,
        head=proven.head.note,
        keys=_keys(),
    )


def consistency(old: int, new: int | None = None) -> ConsistencyReceipt:
    """Two heads with their proof, for `verify_audit.py consistency`.

    Raises:
        LogTooShort: the log has no head of one of these sizes.
    """
    found = proofs.consistency_proof(old, new)
    return ConsistencyReceipt(found.old.note, found.new.note, found.proof, _keys())


def content_of(reference: str) -> bytes:
    """An entry's canonical bytes.

    Raises:
        NoSuchEntry: there is none of this name.
    """
    entry, block, place = blocks.read_reference(reference)
    if entry is not None:
        with connection.cursor() as cursor:
            for row in reading.read(cursor, reading.BY_ID, [entry]):
                return reading.bytes_of(row)
    stored = models.AuditBlock.objects.filter(id=block or 0).values_list("entries", flat=True).first()
    lines = blocks.lines(stored) if stored else []
    if place is None or place >= len(lines):
        raise NoSuchEntry(entry=reference)
    return lines[place]


def as_json(told: Receipt | ConsistencyReceipt) -> bytes:
    """The file that a party keeps."""
    return msgspec.json.format(msgspec.json.encode(told), indent=1)


def _keys() -> tuple[str, ...]:
    return tuple(key.text for key in proofs.public_keys())


def _named(name: str) -> list[models.Act]:
    try:
        entry, block, place = blocks.read_reference(name)
    except NoSuchEntry:
        asked: Any = models.Act.objects.annotate(request=KeyTextTransform("request", "facts"))
        return list(asked.filter(facts__has_key="request", request=name).order_by("-at", "-id")[:20])
    if entry is not None:
        return list(models.Act.objects.filter(id=int(entry), block=None))
    return list(models.Act.objects.filter(block=block, place=place))


def _may_see(act: models.Act, by: Actor) -> bool:
    return policy.allows("audit.read", by=by) or (
        by.office is not None and by.office in (act.office, act.facts.get(OWNER))
    )
