"""Addresses and texts as logs and lists show them (脱敏)."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"\d{6,}")
KEPT = 4


def masked(address: str) -> str:
    """An address of which one can tell which it is, and not whose."""
    if "://" in address:
        return address.split("?", maxsplit=1)[0]
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    return f"{address[:3]}****{address[-KEPT:]}" if len(address) > KEPT + 3 else "****"


def plain_problem(problem: str) -> str:
    """What went wrong, without numbers and addresses that a gateway may repeat."""
    hidden = _NUMBERS.sub("…", problem)
    return re.sub(r"\S+@\S+", "…", hidden)[:300]
