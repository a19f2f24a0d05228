"""Files in pieces (分片交件): what is too long for one document goes ahead of it, piece by piece, each under a reference of its own.

A piece is signed and kept like everything that is handed over, so the same piece again is the same. No room takes it: the
document that follows names what the pieces make up, and its room reads them by their references. What was read, and what
nobody asked for in time, is emptied: of it only the digest stays, by which a late repetition is known again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import PieceMissing
from shuzhi.data.exchange.gateway.calls import DOCUMENT
from shuzhi.data.exchange.gateway.kinds.write_back import emptied
from shuzhi.data.exchange.types import InterfaceKind, JobState

PIECE = "piece"
BYTES = 64 * 1024  # of a file; written in base64 it fits into what a gateway takes
KEPT = timedelta(days=30)


def piece_of(content: bytes) -> dict[str, str]:
    """A piece as the document that is handed over."""
    return {PIECE: base64.b64encode(content).decode()}


def is_piece(document: Mapping[str, Any]) -> bool:
    """Whether a document is a piece, and for no room."""
    return set(document) == {PIECE}


def piece(job: models.Job, reference: str) -> bytes:
    """What came under a reference by the same subscription as a job.

    Raises:
        PieceMissing: nothing did, or it is no piece, or it is kept no more.
    """
    values = _rows(job, [reference]).values_list("asked__values", flat=True).first()
    try:
        return base64.b64decode(json.loads(values[DOCUMENT])[PIECE], validate=True)
    except (TypeError, KeyError, ValueError, AttributeError, binascii.Error):
        raise PieceMissing(reference=reference[:64]) from None


def empty(job: models.Job, references: Iterable[str]) -> None:
    """Keep no more than the digest of these pieces."""
    _empty(_rows(job, references))


def forget_pieces(*, at: datetime, most: int = 1000) -> int:
    """Empty the pieces that nobody has asked for within their time; returns how many."""
    over = models.Job.objects.filter(
        kind=InterfaceKind.WRITE_BACK.value, state=JobState.READY.value, outcome={"kept": True},
        done_at__lt=at - KEPT, asked__has_key="values",
    )  # fmt: skip
    return _empty(over.order_by("id")[:most])


def _rows(job: models.Job, references: Iterable[str]) -> Any:
    digests = [hashlib.sha256(each.encode()).hexdigest() for each in references]
    return models.Job.objects.filter(subscription=job.subscription_id, digest__in=digests)


def _empty(rows: Iterable[models.Job]) -> int:
    count = 0
    for row in rows:
        row.asked = emptied(row.asked)
        row.save(update_fields=["asked"])
        count += 1
    return count
