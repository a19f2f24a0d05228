"""Dates and times as offices write them, read without guessing (GB/T 7408.1-2023, ISO 8601-1:2019)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from shuzhi.pillars.standards.validators.text import full_to_half

STANDARD = "GB/T 7408.1-2023"
CHINA = ZoneInfo("Asia/Shanghai")

_DAY = (
    re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?P<rest>.*)", re.ASCII),
    re.compile(r"(\d{4})()年(\d{1,2})月(\d{1,2})日?(?P<rest>.*)", re.ASCII),
    re.compile(r"(\d{4})()(\d{2})(\d{2})(?P<rest>(?:[T ]?\D.*|T.*|\d{6}|\d{2}:.*|[T ]\d.*)?)", re.ASCII),
)
_TIME = re.compile(
    r"[T ]?\s*(\d{1,2})[:时](\d{2})(?:[:分](?:(\d{2})(?:[.,](\d{1,9}))?)?)?秒?\s*(Z|[+-]\d{2}:?\d{2})?"
    r"|[T ]?(\d{2})(\d{2})(\d{2})()\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_SERIAL = re.compile(r"\d{1,7}(?:\.\d+)?", re.ASCII)
_SERIAL_EPOCH = date(1899, 12, 30)
# Excel believes in 1900-02-29 (serial 60), so that the serials before it count from another day.
_FIRST_SAFE_SERIAL, _LAST_SERIAL = 61, 2_958_465


def parse_date(text: str, *, excel_serials: bool = False) -> date | None:
    """The day that a text names, year first; None where it names none or leaves open which is the month.

    Reads 2019/2/28, 2019-02-28, 2019.2.28, 20190228, 2019年2月28日, and each of them followed by a time, which is checked
    and dropped. `28/02/2019` and `02/03/2019` are not read: whether the day or the month comes first would be a guess.
    Numbers such as 43524 are days only to Excel; they are read only with `excel_serials`.
    """
    written = full_to_half(text).strip()
    if excel_serials and _SERIAL.fullmatch(written) and not _is_compact_day(written):
        return _from_serial(written)
    parts = _split(written)
    if parts is None:
        return None
    day, rest = parts
    return day if not rest.strip() or _time_of(rest) is not None else None


def parse_datetime(text: str, *, zone: tzinfo = CHINA) -> datetime | None:
    """The moment that a text names, aware; None where it names no time of day.

    A text without an offset is taken to be in `zone`. A day alone is no moment: use `parse_date` for it.
    """
    parts = _split(full_to_half(text).strip())
    if parts is None or not parts[1].strip():
        return None
    found = _time_of(parts[1])
    if found is None:
        return None
    clock, offset = found
    return datetime.combine(parts[0], clock, tzinfo=offset or zone)


def _split(written: str) -> tuple[date, str] | None:
    for shape in _DAY:
        if (found := shape.fullmatch(written)) is None:
            continue
        try:
            return date(int(found[1]), int(found[3]), int(found[4])), found["rest"]
        except ValueError:
            return None
    return None


def _time_of(rest: str) -> tuple[time, tzinfo | None] | None:
    found = _TIME.fullmatch(rest.strip() if rest.startswith(" ") else rest)
    if found is None:
        return None
    hour, minute, second, fraction, offset = found.groups()[:5] if found[1] else found.groups()[5:]
    microsecond = int(((fraction or "") + "000000")[:6])
    try:
        clock = time(int(hour), int(minute), int(second or 0), microsecond)
        return clock, _offset(offset)
    except ValueError:
        return None


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text == "Z":
        return timezone.utc  # noqa: UP017
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _is_compact_day(written: str) -> bool:
    return len(written) == len("20190228") and written.isdigit()


def _from_serial(written: str) -> date | None:
    serial = int(written.partition(".")[0])
    if not _FIRST_SAFE_SERIAL <= serial <= _LAST_SERIAL:
        return None
    return _SERIAL_EPOCH + timedelta(days=serial)
