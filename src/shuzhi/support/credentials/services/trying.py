"""Checking with the node's own keys and lists of this moment (在线核验)."""

from __future__ import annotations

from datetime import datetime

from shuzhi.support.credentials import queries, trust
from shuzhi.support.credentials.types import Found
from shuzhi.support.credentials.verifying import Trust, check, check_sealed

PDF = b"%PDF-"


def verify(*, document: str | bytes, at: datetime) -> Found:
    """Check a credential in any of its forms: JSON, compact, PDF, stamp, code. Nothing is written.

    Raises:
        Unreadable, UnknownKey, NotGenuine, Expired, NotYet, StatusUnknown, Revoked, Suspended: as they say.
    """
    content = document if isinstance(document, bytes) else document.encode()
    known = Trust(trust.own_keys(), queries.ListsOfNow(at))
    if content.lstrip().startswith(PDF):
        from shuzhi.support.credentials import printing

        return check_sealed(content, known, printing.authority(), at=at)
    return check(content.decode("utf-8", "replace"), known, at=at)
