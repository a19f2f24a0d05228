"""Entries without a place in the log (未入位): those that wait for sealing, and those that were put in."""

from __future__ import annotations

from collections.abc import Sequence

from shuzhi.pillars.security import blocks
from shuzhi.pillars.security.errors import UnreadableEntry
from shuzhi.pillars.security.log import reading
from shuzhi.pillars.security.log.checking import Stretch, check_blocks, fits_digest
from shuzhi.pillars.security.log.findings import Finding, Reason

MOST = 100  # entries that were put in are named up to this many

_WAITING = "SELECT entry, block FROM security_unsealed ORDER BY id"
_BLOCKS = "SELECT id, entries FROM security_auditblock WHERE id = ANY(%s)"
_COUNTS = """
SELECT (SELECT count(*) FROM security_auditentry WHERE block IS NULL),
       (SELECT count(*) FROM security_auditentry WHERE block IS NOT NULL),
       (SELECT count(*) FROM security_auditblock)
"""
_STRANGERS = """
SELECT 'e' || e.id FROM security_auditentry e WHERE e.block IS NULL
AND NOT EXISTS (SELECT FROM security_unsealed u WHERE u.entry = e.id)
AND NOT EXISTS (SELECT FROM (SELECT entry, count FROM security_auditrun WHERE entry <= e.id
                             ORDER BY entry DESC LIMIT 1) r WHERE e.id < r.entry + r.count)
UNION ALL
SELECT 'b' || e.block || '.' || e.place FROM security_auditentry e WHERE e.block IS NOT NULL
AND NOT EXISTS (SELECT FROM security_auditblock b WHERE b.id = e.block)
UNION ALL
SELECT 'b' || b.id FROM security_auditblock b
WHERE NOT EXISTS (SELECT FROM security_unsealed u WHERE u.block = b.id)
AND NOT EXISTS (SELECT FROM security_auditrun r WHERE r.block = b.id)
LIMIT %s
"""
_LAST_RUN = "SELECT max(first + count) FROM security_auditrun"
_LAST_TILE = (
    "SELECT number, length(hashes) FROM security_audittile WHERE level = 0 ORDER BY number DESC LIMIT 1"
)


def check_unplaced(
    cursor: reading.Cursor, stretches: Sequence[Stretch], size: int
) -> tuple[int, list[Finding]]:
    """How many entries wait, and what does not fit outside the log's places."""
    found = Stretch(size, size)
    waiting = _check_entries(cursor, found) + _check_blocks(cursor, found)
    findings = found.findings + _check_end(cursor, size)
    met = [
        sum(getattr(stretch, name) for stretch in (*stretches, found))
        for name in ("entries", "unfolded", "blocks")
    ]
    if list(reading.read(cursor, _COUNTS)[0]) != met:
        strangers = reading.read(cursor, _STRANGERS, MOST)
        findings += [Finding(Reason.INSERTED, entry=name) for (name,) in strangers]
    return waiting, findings


def _check_entries(cursor: reading.Cursor, found: Stretch) -> int:
    listed = [entry for entry, _ in reading.read(cursor, _WAITING) if entry]
    rows = reading.read(cursor, reading.BY_ID, listed)
    found.entries += len(rows)
    gone = set(listed)
    for row in rows:
        (number,) = row[reading.NAMES]
        gone.discard(number)
        if not fits_digest(reading.bytes_of(row), row):
            found.findings.append(Finding(Reason.CHANGED, entry=f"e{number}"))
    found.findings += [Finding(Reason.MISSING, entry=f"e{number}") for number in sorted(gone)]
    return len(listed)


def _check_blocks(cursor: reading.Cursor, found: Stretch) -> int:
    listed = [block for _, block in reading.read(cursor, _WAITING) if block]
    written = {number: blocks.lines(content) for number, content in reading.read(cursor, _BLOCKS, listed)}
    found.findings += [
        Finding(Reason.MISSING, entry=f"b{number}") for number in listed if number not in written
    ]
    for number, lines in written.items():
        if not all(map(_is_canonical, lines)):
            found.findings.append(Finding(Reason.CHANGED, entry=f"b{number}"))
    check_blocks(cursor, written, found, {})
    return sum(len(lines) for lines in written.values())


def _is_canonical(line: bytes) -> bool:
    try:
        return blocks.decode(line).canonical == line
    except UnreadableEntry:
        return False


def _check_end(cursor: reading.Cursor, size: int) -> list[Finding]:
    """The log must not go on behind its last head: then heads were taken away."""
    (((runs,),), tiles) = reading.read(cursor, _LAST_RUN), reading.read(cursor, _LAST_TILE)
    ends = [runs or 0, *(number * 256 + length // 32 for number, length in tiles)]
    return [Finding(Reason.HEAD_MISSING, size, detail=f"{size} / {max(ends)}")] if max(ends) > size else []
