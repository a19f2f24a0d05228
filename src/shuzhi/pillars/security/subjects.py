"""Whom an entry is about (数据主体), as a keyed hash: the log answers "who saw my data" and names nobody.

Without the node's key a reference tells nothing, and can't be found by trying all identity numbers.
"""

from __future__ import annotations

import hmac
import unicodedata

KEY = "audit-subjects"  # the name of the node's secret
USCC, RESIDENT, ENTITY = "uscc", "resident-id", "entity"


def subject_reference(key: bytes, scheme: str, value: str) -> str:
    """The reference of one identifier: 128 bits of HMAC-SHA256 in hexadecimal.

    An identifier has one reference however it is typed: wide letters, small letters and spaces don't matter.
    """
    told = value if value.isascii() else unicodedata.normalize("NFKC", value)
    message = f"{scheme}\n{told.strip().upper()}".encode("utf-8", "replace")
    return hmac.digest(key, message, "sha256")[:16].hex()
