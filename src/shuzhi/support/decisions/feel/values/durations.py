"""Durations: days and time as nanoseconds, years and months as months (10.3.2.3.7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

SECOND = 1_000_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND


@dataclass(frozen=True, slots=True, order=True)
class DayDuration:
    """Days and time, in nanoseconds."""

    nanos: int

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """Days, hours, minutes and nanoseconds, without the sign."""
        days, rest = divmod(abs(self.nanos), DAY)
        hours, rest = divmod(rest, HOUR)
        minutes, rest = divmod(rest, MINUTE)
        return days, hours, minutes, rest

    @property
    def sign(self) -> int:
        """-1 for a negative duration, else 1."""
        return -1 if self.nanos < 0 else 1

    def __str__(self) -> str:
        """As XPath writes it, in normal form."""
        days, hours, minutes, nanos = self.parts
        time = "".join(f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M")) if number)
        time += f"{seconds_text(nanos)}S" if nanos else ""
        text = (f"{days}D" if days else "") + (f"T{time}" if time else "")
        return f"{'-' if self.nanos < 0 else ''}P{text or 'T0S'}"


@dataclass(frozen=True, slots=True, order=True)
class MonthDuration:
    """Years and months, in months."""

    months: int

    def __str__(self) -> str:
        """As XPath writes it, in normal form."""
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return f"{'-' if self.months < 0 else ''}P{text or '0M'}"


def seconds_text(nanos: int) -> str:
    """Seconds with no more decimals than needed."""
    seconds, fraction = divmod(nanos, SECOND)
    return f"{seconds}.{fraction:09d}".rstrip("0").rstrip(".") if fraction else str(seconds)


def seconds_of(nanos: int) -> Decimal:
    """Seconds as a number."""
    return Decimal(seconds_text(nanos)) if nanos >= 0 else -Decimal(seconds_text(-nanos))
