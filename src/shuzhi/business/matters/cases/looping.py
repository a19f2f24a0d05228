"""A node that is its own partner (自连): for scenarios, which run on one node. Both sides' rules are the real ones; the wire is not there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services import receiving
from shuzhi.data.exchange.ports import Handed
from shuzhi.data.exchange.services import pieces
from shuzhi.data.exchange.services.handing import Told
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.files import file_store
from shuzhi.pillars.security.types import Actor

ITSELF = "itself"


def send_to_itself(
    *, interface: str, reference: str, document: Mapping[str, Any] | None, by: Actor, at: datetime
) -> Told:
    """What the other node would answer, were it this one."""
    del interface, by
    number = reference.rpartition("/")[0]
    if document is not None and pieces.is_piece(document):
        return Told(ITSELF, "received")  # what it is a piece of lies here already
    if document is not None:
        handed = Handed(0, ITSELF, "", reference, dict(document), partial(_piece, document))
        try:
            receiving.take(handed, at)
        except PlatformError as problem:
            told = {"code": problem.code, "message": str(problem), "message_zh": problem.message_zh}
            return Told(ITSELF, "failed", None, told)
    came = models.Came.objects.select_related("case").filter(node=ITSELF, number=number).first()
    if came is None:
        return Told(ITSELF, "received")
    return Told(ITSELF, "settled", receiving.told_of(number_of(came.case), at=at))


def _piece(document: Mapping[str, Any], reference: str) -> bytes:
    """A piece of a file of its own."""
    _, file, place = reference.rsplit("/", 2)
    sha256 = next(each["sha256"] for each in document["files"] if f"f{each['id']}" == file)
    with file_store().open(sha256) as stream:
        stream.seek((int(place) - 1) * pieces.BYTES)
        return stream.read(pieces.BYTES)
