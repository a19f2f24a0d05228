"""Request ids (请求编号): one id from the door to the last log line."""

from __future__ import annotations

import re
import secrets

HEADER = "X-Request-ID"
# What a proxy or a caller may hand in: nothing that could break a log line or a header.
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def request_id(offered: str | None) -> str:
    """The caller's own id when it is well-formed, else a new one."""
    if offered and WELL_FORMED.fullmatch(offered):
        return offered
    return secrets.token_hex(12)
