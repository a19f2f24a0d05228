"""Unfolding (展开): blocks of entries become rows that pages can search, each exactly once.

One transaction takes a block off the list and writes its rows, so a process killed in between leaves the block
folded and a second unfolder finds nothing. Until then readers see a folded block's entries through the view.
"""

from __future__ import annotations

import structlog
from django.db import DataError, IntegrityError, connection, transaction

log = structlog.get_logger(__name__)

AT_ONCE = 200  # blocks in a transaction

_UNFOLD = """
WITH taken AS (
    SELECT f.block_id FROM security_foldedblock f
    WHERE f.block_id > %(after)s ORDER BY f.block_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), found AS MATERIALIZED (
    SELECT b.id AS block, b.count, e.*
    FROM taken t JOIN security_auditblock b ON b.id = t.block_id CROSS JOIN LATERAL security_unfold(b.entries) e
), whole AS (
    SELECT block FROM found GROUP BY block, count HAVING count(*) = count
), gone AS (
    DELETE FROM security_foldedblock f USING whole w WHERE f.block_id = w.block
), written AS (
    INSERT INTO security_auditentry (at, action, target, actor, office, purpose, basis, outcome, facts, digest,
                                     subjects, block, place)
    SELECT at, action, target, actor, office, purpose, basis, outcome, facts, digest, subjects, block, place
    FROM found JOIN whole USING (block) ORDER BY block, place
    RETURNING 1
)
SELECT (SELECT count(*) FROM taken), (SELECT max(block_id) FROM taken),
       (SELECT count(*) FROM whole), (SELECT count(*) FROM written)
"""


def unfold_waiting(*, most: int = 1_000_000) -> int:
    """Unfold what waits, in several transactions, to about `most` entries; returns how many entries."""
    total, after, at_once = 0, 0, AT_ONCE
    while total < most:
        try:
            taken, last, whole, written = _unfold(after, at_once)
        except (DataError, IntegrityError):
            if at_once == 1:
                after = _skip(after)
            at_once = 1  # one of them doesn't fit the table: the others must not wait for it
            continue
        total += written
        if taken > whole:
            log.error("audit.block_not_readable", after=after, blocks=taken - whole)
        if taken < at_once:
            break
        after = last
    return total


@transaction.atomic
def _unfold(after: int, most: int) -> tuple[int, int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_UNFOLD, {"after": after, "most": most})
        found: tuple[int, int, int, int] = cursor.fetchone()
    return found


def _skip(after: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(block_id) FROM security_foldedblock WHERE block_id > %s", [after])
        (block,) = cursor.fetchone()
    log.error("audit.block_does_not_fit", block=block)
    return int(block)
