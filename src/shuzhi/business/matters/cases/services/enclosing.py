"""Files that go with a case to another node (随件材料): named in the message, sent ahead of it in pieces.

Only what was handed in with the case's own form goes; a digest that somebody writes into an answer moves no file. Each
carrying reads a file whole and compares it with its digest before a piece of it leaves, so that pieces of two contents
never mix. How many pieces have arrived stands in the crossing; one that got no answer goes again and counts once there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import FilesTooLarge
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services.moving import PLATFORM
from shuzhi.data.exchange.services.handing import Told
from shuzhi.data.exchange.services.pieces import BYTES, piece_of
from shuzhi.foundation.files import FileDamaged, file_store
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import system
from shuzhi.support.forms import queries as forms

MOST_FILES, MEGABYTE = 30, 1_000_000
MOST_BYTES = 100 * MEGABYTE
MOST_PIECES = 128  # with one carrying: other cases wait meanwhile
File = Mapping[str, Any]


class Way(Protocol):
    """The way to the other node."""

    def __call__(self, *, reference: str, document: Mapping[str, Any] | None) -> Told:
        """Hand over."""


def enclosed(submission: str, earlier: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The files of a submission as its message names them; what went with an earlier message is named, and not sent again.

    Raises:
        FilesTooLarge: they are too many, or too large.
    """
    found = forms.files(submission) if submission else []
    require_fit([each.size for each in found])
    before = [file for message in earlier for file in message.get("files", ())]
    gone, number = {file["sha256"] for file in before}, len(before)
    named = []
    for each in found:
        number += 1
        pieces = 0 if each.sha256 in gone else pieces_of(each.size)
        gone.add(each.sha256)
        named.append(
            {
                "id": number, "field": each.field, "name": each.name, "size": each.size, "sha256": each.sha256,
                "pieces": pieces,
            }
        )  # fmt: skip
    return named


def require_fit(sizes: Sequence[int]) -> None:
    """Refuse what is too much for one message.

    Raises:
        FilesTooLarge: it is.
    """
    if len(sizes) > MOST_FILES or sum(sizes) > MOST_BYTES:
        megabytes = -(-sum(sizes) // MEGABYTE)
        raise FilesTooLarge(
            files=len(sizes), megabytes=megabytes, most=MOST_FILES, most_megabytes=MOST_BYTES // MEGABYTE
        )


def pieces_of(size: int) -> int:
    """How many pieces a file of so many bytes has."""
    return -(-size // BYTES)


def reference_of(number: str, file: int, piece: int) -> str:
    """The name of a piece: of which case, which of its files, and the how manieth."""
    return f"{number}/f{file}/{piece}"


def send(crossing: models.Crossing, message: Mapping[str, Any], *, way: Way, number: str) -> bool:
    """Send the pieces of a message's files that have not arrived; whether all are there now.

    Raises:
        FileNotStored, FileDamaged: a file is not what was handed in; nothing of it leaves.
        PlatformError: the other node does not answer, or refuses.
    """
    waiting = _waiting(message.get("files", ()), crossing.pieces, number)
    for sent, (reference, content) in enumerate(waiting):
        if sent == MOST_PIECES:
            return False
        way(reference=reference, document=piece_of(content))
        crossing.pieces += 1
        _note(crossing)
    return True


def _note(crossing: models.Crossing) -> None:
    rows = models.Crossing.objects.filter(case_id=crossing.case_id, pieces__lt=crossing.pieces)
    rows.filter(arrived=crossing.arrived).update(pieces=crossing.pieces, failures=0, problem={})


def _waiting(files: Sequence[File], arrived: int, number: str) -> Iterator[tuple[str, bytes]]:
    """The pieces behind the first `arrived` ones."""
    for file in files:
        if arrived >= file["pieces"]:
            arrived -= file["pieces"]
            continue
        content = _whole(file["sha256"])
        for piece in range(arrived, file["pieces"]):
            yield reference_of(number, file["id"], piece + 1), content[piece * BYTES : (piece + 1) * BYTES]
        arrived = 0


def _whole(sha256: str) -> bytes:
    with file_store().open(sha256) as stream:
        content = stream.read()
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise FileDamaged(sha256=sha256, found=found)
    return content


def note_sent(
    crossing: models.Crossing, message: Mapping[str, Any], *, node: str, at: datetime
) -> None:  # fmt: skip
    """Enter into the log which files have arrived where; the other node's log names the same digests."""
    row = crossing.case
    for file in (each for each in message.get("files", ()) if each["pieces"]):
        audit.record(
            "matters.file_sent", target=f"case/{number_of(row)}", by=system(PLATFORM), at=at,
            subjects=[node_reference(row.scheme, row.holder)], node=node, field=file["field"],
            sha256=file["sha256"], size=file["size"],
        )  # fmt: skip
