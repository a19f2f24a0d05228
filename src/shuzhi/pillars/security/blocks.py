"""Many audit entries in one row (审计块), for whoever writes thousands a second; free of Django.

A block is the entries' canonical JSON, one a line. So an entry costs its writer one encoding, proving needs no
second one, and an entry's identity is known at once: the block's id and the place in it. An entry counts from
the commit of its block; the worker later unfolds it into the table that pages search.

    row = blocks.row(at, entries)
    cursor = await connection.execute(blocks.INSERT, row)      # in the writer's own transaction
    block, = await cursor.fetchone()
    reference = blocks.reference(block, place)                 # of the entry at that place, from 0
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from shuzhi.pillars.security.canonical import Content
from shuzhi.pillars.security.errors import BlockTooLarge, NoSuchEntry, UnreadableEntry

MOST = 200  # entries in a block
INSERT = "INSERT INTO security_auditblock (at, count, entries) VALUES (%s, %s, %s) RETURNING id"

_REFERENCE = re.compile(r"(?:e([1-9][0-9]{0,17})|b([1-9][0-9]{0,17})\.([0-9]{1,3}))")


def encode(entries: Sequence[Content]) -> bytes:
    """The entries as a block.

    Raises:
        BlockTooLarge: more than `MOST` entries, or none.
    """
    return _joined([entry.canonical for entry in entries])


def row(at: datetime, entries: Sequence[Content]) -> tuple[datetime, int, bytes]:
    """The values that `INSERT` wants."""
    return at, len(entries), encode(entries)


def row_of_lines(at: datetime, canonical: Sequence[bytes]) -> tuple[datetime, int, bytes]:
    """The same of entries that are in their canonical form already."""
    return at, len(canonical), _joined(canonical)


def _joined(canonical: Sequence[bytes]) -> bytes:
    if not 0 < len(canonical) <= MOST:
        raise BlockTooLarge(count=len(canonical), most=MOST)
    return b"\n".join(canonical)


def lines(block: bytes | memoryview) -> list[bytes]:
    """The canonical bytes of each entry, in order."""
    return bytes(block).split(b"\n")


def decode(line: bytes) -> Content:
    """One entry from its canonical bytes.

    Raises:
        UnreadableEntry: somebody damaged it.
    """
    try:
        found: dict[str, Any] = msgspec.json.decode(line)
        subjects = tuple(found.pop("subjects", ()))
        return Content(at=datetime.fromisoformat(found.pop("at")), subjects=subjects, **found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableEntry(start=line[:40]) from error


def reference(block: int, place: int) -> str:
    """The name by which an entry of a block can be asked for."""
    return f"b{block}.{place}"


def read_reference(text: str) -> tuple[int | None, int | None, int | None]:
    """An entry's name as (entry, None, None), or (None, block, place).

    Raises:
        NoSuchEntry: it is no name of an entry.
    """
    if (found := _REFERENCE.fullmatch(text)) is None:
        raise NoSuchEntry(entry=text[:40])
    entry, block, place = (int(number) if number else None for number in found.groups())
    return entry, block, place
