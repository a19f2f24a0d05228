"""How numbers, days and durations are written for people, in both languages."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from shuzhi.terminals.design.types.said import is_chinese

MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December".split(",")  # noqa: SIM905  (reads better)
MINUTE, HOUR = 60, 3600


def number(value: float | Decimal | None) -> str:
    """Thousands in groups; an absent number is a dash, not nought."""
    if value is None:
        return "—"
    if isinstance(value, int):
        return f"{value:,d}"
    return f"{Decimal(str(value)).normalize():,f}"


def day(value: date | None) -> str:
    """2026年11月22日, or 22 November 2026."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = _local(value).date()
    if is_chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | None) -> str:
    """The day and the minute, on the clock of the place."""
    if value is None:
        return "—"
    local = _local(value)
    if is_chinese():
        return f"{day(local)} {local:%H:%M}"
    return f"{day(local)}, {local:%H:%M}"


def machine_time(value: date | datetime | time) -> str:
    """The same time for machines."""
    return value.isoformat()


def percent(value: Decimal | None) -> str:
    """One decimal, half up, with its sign; unknown is a dash."""
    if value is None:
        return "—"
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def share(numerator: int, denominator: int) -> str:
    """98.4%（31,004／31,509）: a percentage and what it is of."""
    part = percent(Decimal(numerator) * 100 / Decimal(denominator) if denominator else None)
    if is_chinese():
        return f"{part}（{numerator:,d}／{denominator:,d}）"
    return f"{part} ({numerator:,d} of {denominator:,d})"


def duration(seconds: float | None) -> str:
    """1 分 20 秒, or 1 min 20 s; below a minute in seconds."""
    if seconds is None:
        return "—"
    whole = round(seconds)
    hours, minutes, rest = whole // HOUR, whole % HOUR // MINUTE, whole % MINUTE
    units = ("小时", "分钟", "秒") if is_chinese() else ("h", "min", "s")
    if hours:
        return f"{hours} {units[0]} {minutes} {units[1]}"
    if minutes:
        return f"{minutes} {units[1]} {rest} {units[2]}"
    return f"{rest} {units[2]}"


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
