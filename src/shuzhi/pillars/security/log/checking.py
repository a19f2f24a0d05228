"""Recomputing a stretch of the log (分段复算): entries as they are stored against the hashes in the tiles.

Free of Django, because long logs are checked by several processes, each on a connection of its own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, NamedTuple

from shuzhi.pillars.security import blocks
from shuzhi.pillars.security.log import merkle, reading
from shuzhi.pillars.security.log.findings import Finding, Reason

STRETCH = merkle.WIDTH * 64
_BLOCK, _PLACE = -2, -1  # the names of a row of `reading.BY_BLOCK`

_RUNS = """
SELECT first, count, entry, block FROM security_auditrun
WHERE first >= coalesce((SELECT max(first) FROM security_auditrun WHERE first <= %s), 0) AND first < %s
ORDER BY first
"""
_TILES = "SELECT number, hashes FROM security_audittile WHERE level = 0 AND number >= %s AND number < %s ORDER BY number"
_BLOCKS = "SELECT id, entries, count FROM security_auditblock WHERE id = ANY(%s)"
_FOLDED = "SELECT block_id FROM security_foldedblock WHERE block_id = ANY(%s)"


class Leaf(NamedTuple):
    """A place, the name of its entry, and its content; None if that is gone."""

    place: int
    entry: str
    content: bytes | None


class Part(NamedTuple):
    """Places of the log that were written together: entries from `entry` on, or a block; `offset` is the first's in it."""

    place: int
    offset: int
    contents: list[bytes | None]
    entry: int | None
    block: int | None

    def leaves(self) -> Iterator[Leaf]:
        """Each place by itself."""
        for at, content in enumerate(self.contents):
            offset = self.offset + at
            name = blocks.reference(self.block, offset) if self.block else f"e{(self.entry or 0) + offset}"
            yield Leaf(self.place + at, name, content)


@dataclass
class Stretch:
    """What recomputing places `first` to `last` found."""

    first: int
    last: int
    findings: list[Finding] = field(default_factory=list)
    roots: list[bytes] = field(default_factory=list)  # of the whole tiles of leaves
    tails: dict[int, list[bytes]] = field(
        default_factory=dict
    )  # by head: the peaks after its last whole tile
    entries: int = 0  # rows met, to find later those that were put in
    unfolded: int = 0
    blocks: int = 0


def check_stretch(
    cursor: reading.Cursor, hasher: merkle.Hasher, first: int, last: int, heads: Sequence[int]
) -> Stretch:
    """Recompute a stretch that begins at a tile; `heads` are the sizes of heads within it."""
    found = Stretch(first, last)
    stored = stored_hashes(cursor, first, last)
    _compare(found, hasher, list(parts_of(cursor, found)), stored)
    stored += [bytes(merkle.BYTES)] * (last - first - len(stored))  # hashes that are gone fit nothing
    for at in range(0, last - first - merkle.WIDTH + 1, merkle.WIDTH):
        found.roots.append(hasher.complete(stored[at : at + merkle.WIDTH]))
    for size in heads:
        begin = (size - first) // merkle.WIDTH * merkle.WIDTH
        found.tails[size] = hasher.peaks(stored[begin : size - first])
    return found


def fits_digest(content: bytes, row: Sequence[Any]) -> bool:
    """Whether a row's digest is that of its content."""
    return bool(row[reading.DIGEST] == hashlib.sha256(content).hexdigest())


def stored_hashes(cursor: reading.Cursor, first: int, last: int) -> list[bytes]:
    """The hashes of these places' leaves as the tiles hold them."""
    wanted = first // merkle.WIDTH, -(-last // merkle.WIDTH)
    tiles = {number: bytes(hashes) for number, hashes in reading.read(cursor, _TILES, *wanted)}
    full = merkle.WIDTH * merkle.BYTES
    parts = [tiles.get(number, b"").ljust(full, b"\0") for number in range(*wanted)]
    return merkle.split(b"".join(parts))[: last - first]


def leaves_of(cursor: reading.Cursor, found: Stretch) -> Iterator[Leaf]:
    """What is stored for each place of the stretch; what does not fit there is noted in its findings."""
    for part in parts_of(cursor, found):
        yield from part.leaves()


def parts_of(cursor: reading.Cursor, found: Stretch) -> Iterator[Part]:
    """The same in parts as they were written: most are blocks, whose entries need no names while all is well."""
    runs = reading.read(cursor, _RUNS, found.first, found.last)
    entries = _entries(cursor, runs, found)
    written = _blocks(cursor, runs, found)
    place = found.first
    for first, count, entry, block in runs:
        begin, end = max(place, first), min(first + count, found.last)
        if begin >= end:
            continue
        found.findings += [Finding(Reason.EMPTY, empty) for empty in range(place, begin)]
        place, wanted = end, range(begin - first, end - first)
        if entry is not None:
            yield Part(begin, wanted.start, [entries.get(entry + at) for at in wanted], entry, None)
        else:
            lines: list[bytes | None] = [*written.get(block, ())[wanted.start : wanted.stop]]
            yield Part(begin, wanted.start, lines + [None] * (len(wanted) - len(lines)), None, block)
    found.findings += [Finding(Reason.EMPTY, empty) for empty in range(place, found.last)]


def _entries(cursor: reading.Cursor, runs: Sequence[Any], found: Stretch) -> dict[int, bytes]:
    wanted = [
        entry + offset
        for first, count, entry, _ in runs
        if entry is not None
        for offset in range(max(0, found.first - first), min(count, found.last - first))
    ]
    if not wanted:
        return {}
    contents = {}
    for row in reading.read(cursor, reading.BY_ID, wanted):
        (number,) = row[reading.NAMES]
        contents[number] = content = reading.bytes_of(row)
        if not fits_digest(content, row):
            found.findings.append(Finding(Reason.CHANGED, _place(runs, number), f"e{number}", "digest"))
    found.entries += len(contents)
    return contents


def _place(runs: Sequence[Any], number: int) -> int | None:
    near = (
        first + number - entry for first, count, entry, _ in runs if entry and 0 <= number - entry < count
    )
    return next(near, None)


def _blocks(cursor: reading.Cursor, runs: Sequence[Any], found: Stretch) -> dict[int, list[bytes]]:
    # A block that two stretches share is looked at by the one in which it begins; both need its lines.
    places = {block: first for first, _, _, block in runs if block is not None}
    if not places:
        return {}
    stored = {number: (blocks.lines(content), count) for number, content, count in
              reading.read(cursor, _BLOCKS, list(places))}  # fmt: skip
    own = [number for number in stored if places[number] >= found.first]
    check_blocks(cursor, {number: stored[number][0] for number in own}, found, places)
    counted = {first: count for first, count, _, _ in runs}
    for number in own:
        lines, count = stored[number]
        if not len(lines) == count == counted[places[number]]:
            found.findings.append(Finding(Reason.CHANGED, places[number], f"b{number}", "count"))
    return {number: lines for number, (lines, _) in stored.items()}


def check_blocks(
    cursor: reading.Cursor, written: dict[int, list[bytes]], found: Stretch, places: dict[int, int]
) -> None:
    """What searches see of these blocks must be what stands in them."""
    if not written:
        return
    folded = {number for (number,) in reading.read(cursor, _FOLDED, list(written))}
    shown: dict[int, list[Any]] = defaultdict(list)
    for row in reading.read(cursor, reading.BY_BLOCK, list(written)):
        shown[row[_BLOCK]].append(row)
        found.unfolded += 1
    found.blocks += len(written)
    for block, lines in written.items():
        rows = sorted(shown[block], key=itemgetter(_PLACE))
        if (block in folded and not rows) or _all_shown(lines, rows):
            continue
        for place, reason in _misfits(lines, rows):
            first = None if reason is Reason.INSERTED else places.get(block)
            at = None if first is None else first + place
            found.findings.append(Finding(reason, at, blocks.reference(block, place)))


def _all_shown(lines: list[bytes], rows: list[Any]) -> bool:
    """Whether the rows are the block's lines, each once, in columns and digests: for a block at a time, as it's fastest."""
    sha256 = hashlib.sha256
    return (
        [row[_PLACE] for row in rows] == list(range(len(lines)))
        and list(map(reading.bytes_of, rows)) == lines
        and [row[reading.DIGEST] for row in rows] == [sha256(line).hexdigest() for line in lines]
    )


def _misfits(lines: list[bytes], rows: list[Any]) -> Iterator[tuple[int, Reason]]:
    by_place: dict[int, list[Any]] = {place: [] for place in range(len(lines))}
    for row in rows:
        by_place.setdefault(row[_PLACE], []).append(row)
    for place, here in sorted(by_place.items()):
        fitting = place < len(lines) and any(
            _all_shown(lines[place : place + 1], [(*row[:_PLACE], 0)]) for row in here
        )
        if not here:
            yield place, Reason.NOT_SHOWN
        elif not 0 <= place < len(lines) or (fitting and len(here) > 1):
            yield place, Reason.INSERTED
        elif not fitting:
            yield place, Reason.SHOWN_OTHERWISE


def _compare(found: Stretch, hasher: merkle.Hasher, parts: list[Part], stored: list[bytes]) -> None:
    present = [content for part in parts for content in part.contents if content is not None]
    hashes = hasher.leaves(present)
    if len(present) == len(stored) and hashes == stored:
        return
    where = {hash_: found.first + at for at, hash_ in enumerate(stored)}
    computed = iter(hashes)
    for leaf in (leaf for part in parts for leaf in part.leaves()):
        if leaf.content is None:
            found.findings.append(Finding(Reason.MISSING, leaf.place, leaf.entry))
        elif (mine := next(computed)) != stored[leaf.place - found.first]:
            belongs = where.get(mine)
            reason = Reason.CHANGED if belongs is None else Reason.MOVED
            detail = "" if belongs is None else f"→ {belongs}"
            found.findings.append(Finding(reason, leaf.place, leaf.entry, detail))
