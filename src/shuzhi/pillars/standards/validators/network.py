"""Mail addresses and web addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

EMAIL_STANDARD = "RFC 5321"
URL_STANDARD = "RFC 3986"

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[A-Za-z0-9\u00a1-\uffff](?:[A-Za-z0-9\u00a1-\uffff-]{0,61}[A-Za-z0-9\u00a1-\uffff])?")
_LOCAL_LIMIT, _TOTAL_LIMIT = 64, 254


def is_email(text: str) -> bool:
    """Whether the text is one mail address that can be reached over the network (no quoted forms)."""
    local, at, host = text.rpartition("@")
    if not at or len(local) > _LOCAL_LIMIT or len(text) > _TOTAL_LIMIT:
        return False
    return _LOCAL.fullmatch(local) is not None and "." in host and _is_host(host)


def is_url(text: str) -> bool:
    """Whether the text is a complete http or https address."""
    if any(character.isspace() for character in text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host:
        return False
    return ":" in host or _is_host(host)


def _is_host(host: str) -> bool:
    return all(_LABEL.fullmatch(label) for label in host.removesuffix(".").split("."))
