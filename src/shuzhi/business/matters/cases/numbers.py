"""Case numbers (办件编号): `20261122-00000123-4`, the day, a running number and a check digit, to be read out on the telephone.

The check digit is that of ISO 7064 MOD 11,10: it finds every single wrong digit and nearly every exchange of two.
"""

from __future__ import annotations

import re
from datetime import date

_WRITTEN = re.compile(r"^(\d{8})(\d{8,19})(\d)$")
_LEAVE_OUT = re.compile(r"[\s\-—–_]+")
_DIGITS = 8


def written(day: date, running: int) -> str:
    """The number of a case that was submitted on this day."""
    head, tail = f"{day:%Y%m%d}", f"{running:0{_DIGITS}d}"
    return f"{head}-{tail}-{check_digit(head + tail)}"


def read(number: str) -> tuple[str, int] | None:
    """Day and running number of what somebody typed, with or without dashes; None where it is no case number."""
    text = _LEAVE_OUT.sub("", number)
    found = _WRITTEN.match(text) if text.isascii() else None
    if found is None or check_digit(text[:-1]) != int(text[-1]):
        return None
    running = int(found[2])
    return (found[1], running) if running < 2**63 else None


def check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10
