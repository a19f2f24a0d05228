"""Proofs from the log (证明): heads, places, inclusion, consistency."""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.pillars.security import blocks, models
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.errors import LogTooShort, NoSuchEntry
from shuzhi.pillars.security.log import merkle
from shuzhi.pillars.security.log.notes import PublicKey, read_head
from shuzhi.pillars.security.log.sealing import PURPOSE, read_tile


@dataclass(frozen=True)
class SignedHead:
    """A head of the log; `note` is its signed text, to be kept elsewhere."""

    size: int
    root: str
    note: str


@dataclass(frozen=True)
class Inclusion:
    """That an entry stands at `place` (from 0) of the log of `head`."""

    place: int
    proof: tuple[str, ...]
    head: SignedHead


@dataclass(frozen=True)
class Consistency:
    """That the log of the new head begins with the whole log of the old one."""

    old: SignedHead
    new: SignedHead
    proof: tuple[str, ...]


def head(size: int | None = None) -> SignedHead | None:
    """The newest signed head, or the one of this size; None when there is none."""
    rows = models.AuditHead.objects.order_by("-size")
    found = rows.first() if size is None else rows.filter(size=size).first()
    return SignedHead(found.size, bytes(found.root).hex(), found.note) if found else None


def place_of(reference: str) -> int | None:
    """The place of an entry in the log; None while it waits for sealing.

    Raises:
        NoSuchEntry: it names no entry.
    """
    entry, block, place = blocks.read_reference(reference)
    if entry is not None:
        run = models.AuditRun.objects.filter(entry__lte=entry).order_by("-entry").first()
        offset = entry - (run.entry or 0) if run else 0
    else:
        run = models.AuditRun.objects.filter(block=block).first()
        offset = place or 0
    if run and offset < run.count:
        return run.first + offset
    known = models.Unsealed.objects.filter(entry=entry, block=block).exists()
    if (run and block) or not known:
        raise NoSuchEntry(entry=reference)
    return None


def inclusion_proof(reference: str) -> Inclusion | None:
    """The proof that an entry is in the log of the newest head; None while it waits for sealing."""
    place = place_of(reference)
    newest = head()
    if place is None or newest is None:
        return None
    return Inclusion(place, _hexes(tree(newest).inclusion(place)), newest)


def consistency_proof(old: int, new: int | None = None) -> Consistency:
    """The proof that nothing before the old head was changed since. Both sizes must be those of heads.

    Raises:
        LogTooShort: the log has no head of one of these sizes.
    """
    first, second = head(old), head(new)
    if first is None or second is None or first.size > second.size:
        newest = head()
        raise LogTooShort(size=newest.size if newest else 0, asked=old if first is None else new)
    return Consistency(first, second, _hexes(tree(second).consistency(first.size)))


def tree(signed: SignedHead) -> merkle.Tree:
    """The tree of this head."""
    return merkle.Tree(merkle.Hasher(read_head(signed.note).algorithm), read_tile, signed.size)


def public_keys() -> list[PublicKey]:
    """The keys by which this node signs and ever signed heads."""
    log = models.AuditLog.objects.order_by("id").first()
    keys = node.keyring().list_keys(PURPOSE)
    return [PublicKey(log.origin, key.algorithm, key.public) for key in keys if log and key.public]


def _hexes(hashes: list[bytes]) -> tuple[str, ...]:
    return tuple(step.hex() for step in hashes)
