"""Verifying the whole log (查验): every entry, hash, head and signature, in one snapshot of the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg.conninfo import make_conninfo

from shuzhi.pillars.security import models
from shuzhi.pillars.security.canonical import START
from shuzhi.pillars.security.errors import UnreadableHead
from shuzhi.pillars.security.log import merkle, proofs, sealing
from shuzhi.pillars.security.log.checking import STRETCH, Stretch, check_stretch
from shuzhi.pillars.security.log.findings import Finding, Reason, broken
from shuzhi.pillars.security.log.formerly import check_chain
from shuzhi.pillars.security.log.notes import read_head, signer_of
from shuzhi.pillars.security.log.sharing import Job, by_processes
from shuzhi.pillars.security.log.unplaced import check_unplaced

PROCESSES_FROM = 200_000  # entries; below, starting processes takes longer than they save

Progress = Callable[[int, int], None]
_Head = tuple[int, bytes, str]


@dataclass(frozen=True)
class Verification:
    """What verifying found: entries in all, how many are sealed, signed heads, that all fit, the newest root."""

    entries: int
    sealed: int
    heads: int
    verified: bool
    head: str


def verify(*, known_head: str | None = None, progress: Progress | None = None) -> Verification:
    """Recompute the whole log.

    Whoever noted an earlier head passes it as `known_head`, as a signed note or its root: a log that was cut short
    or written anew from the start no longer holds it.

    Raises:
        AuditBroken: something was changed, removed, moved or put in; its `findings` name every place.
    """
    with _one_moment() as snapshot:
        heads = _heads()
        size = heads[-1][0] if heads else 0
        log = models.AuditLog.objects.order_by("id").first()
        hasher = merkle.Hasher(log.algorithm) if log else merkle.Hasher()
        stretches = _recompute(hasher, size, [head[0] for head in heads], snapshot, progress or _silent)
        findings = [finding for stretch in stretches for finding in stretch.findings]
        findings += _check_upper(hasher, stretches)
        findings += _check_heads(hasher, stretches, heads)
        with connection.cursor() as cursor:
            waiting, unplaced = check_unplaced(cursor, stretches, size)
        links, former = check_chain()
        findings += unplaced + former
        if known_head and not _is_known(known_head, heads, links):
            findings.append(Finding(Reason.FORGOTTEN, detail=known_head[:80]))
    if findings:
        raise broken(_in_order(findings))
    root = heads[-1][1].hex() if heads else START
    return Verification(entries=size + waiting, sealed=size, heads=len(heads), verified=True, head=root)


@contextmanager
def _one_moment() -> Iterator[str]:
    """A snapshot that other connections can share; inside a transaction only this one sees what it wrote."""
    if connection.in_atomic_block:
        yield ""
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]


def _heads() -> list[_Head]:
    rows = models.AuditHead.objects.order_by("size").values_list("size", "root", "note")
    return [(size, bytes(root), note) for size, root, note in rows]


def _recompute(
    hasher: merkle.Hasher, size: int, heads: Sequence[int], snapshot: str, progress: Progress
) -> list[Stretch]:
    jobs = [
        Job(
            first=first,
            last=min(first + STRETCH, size),
            heads=tuple(each for each in heads if first < each <= first + STRETCH),
            algorithm=hasher.algorithm,
            address=_address(),
            snapshot=snapshot,
        )
        for first in range(0, size, STRETCH)
    ]
    done = []
    for stretch in by_processes(jobs) if snapshot and size >= PROCESSES_FROM else _here(jobs):
        done.append(stretch)
        progress(stretch.last, size)
    return done


def _here(jobs: Sequence[Job]) -> Iterator[Stretch]:
    for job in jobs:
        with connection.cursor() as cursor:
            yield check_stretch(cursor, merkle.Hasher(job.algorithm), job.first, job.last, job.heads)


def _address() -> str:
    chosen = connection.settings_dict
    return make_conninfo(
        host=chosen["HOST"],
        port=chosen["PORT"] or None,
        user=chosen["USER"],
        password=chosen["PASSWORD"],
        dbname=chosen["NAME"],
    )


def _check_upper(hasher: merkle.Hasher, stretches: Sequence[Stretch]) -> list[Finding]:
    """Tiles above the leaves must hold the roots of those below."""
    findings, level = [], 1
    row = [root for stretch in stretches for root in stretch.roots]
    while row:
        above = []
        for at in range(0, len(row), merkle.WIDTH):
            part = row[at : at + merkle.WIDTH]
            if sealing.read_tile(level, at // merkle.WIDTH) != b"".join(part):
                place = at * merkle.WIDTH**level
                findings.append(Finding(Reason.HASH, place, detail=f"tile {level}/{at // merkle.WIDTH}"))
            if len(part) == merkle.WIDTH:
                above.append(hasher.complete(part))
        level, row = level + 1, above
    return findings


def _check_heads(
    hasher: merkle.Hasher, stretches: Sequence[Stretch], heads: Sequence[_Head]
) -> list[Finding]:
    """Every head must be signed, say what its row says and be the root of the entries before it."""
    roots = iter([root for stretch in stretches for root in stretch.roots])
    tails = {size: tail for stretch in stretches for size, tail in stretch.tails.items()}
    keys, findings, peaks, pushed, good = proofs.public_keys(), [], merkle.Peaks(hasher), 0, 0
    fits = True
    for size, root, note in heads:
        while pushed < size // merkle.WIDTH:
            peaks.push(next(roots))
            pushed += 1
        if fits and hasher.fold([*peaks.hashes, *tails[size]]) != root:
            fits = False  # named once: all heads after it can't fit either
            findings.append(Finding(Reason.REWRITTEN, good, detail=f"{good}–{size - 1}"))
        good = size if fits else good
        if not _says(note, size, root) or signer_of(note, keys) is None:
            findings.append(Finding(Reason.SIGNATURE, size - 1, detail=f"head {size}"))
    return findings


def _says(note: str, size: int, root: bytes) -> bool:
    try:
        told = read_head(note)
    except UnreadableHead:
        return False
    return (told.size, told.root) == (size, root)


def _is_known(known: str, heads: Sequence[_Head], links: set[str]) -> bool:
    if "\n" in known:
        told = read_head(known)
        return any((size, root) == (told.size, told.root) for size, root, _ in heads)
    return known == START or known in links or any(root.hex() == known for _, root, _ in heads)


def _in_order(findings: list[Finding]) -> list[Finding]:
    """By place, each place once for each reason; what has no place last."""
    unique = {(finding.place, finding.entry, finding.reason): finding for finding in findings}
    return sorted(unique.values(), key=lambda finding: (finding.place is None, finding.place or 0))


def _silent(_done: int, _all: int) -> None:
    """Say nothing."""
