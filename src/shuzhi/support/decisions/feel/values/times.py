"""Times of the day and dates with times, with no zone, an offset, or a zone by name (10.3.2.3.4 and 6)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from shuzhi.support.decisions.feel.values.dates import Date, date_from_ordinal
from shuzhi.support.decisions.feel.values.durations import DAY, HOUR, MINUTE, SECOND, seconds_text

LAST_OFFSET = 14 * 3600


@dataclass(frozen=True, slots=True)
class Offset:
    """A fixed distance from UTC, in seconds."""

    seconds: int

    def __str__(self) -> str:
        """`Z`, `+08:00` or `-01:02:03`."""
        if not self.seconds:
            return "Z"
        minutes, seconds = divmod(abs(self.seconds), 60)
        text = f"{'-' if self.seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
        return f"{text}:{seconds:02d}" if seconds else text


@dataclass(frozen=True, slots=True)
class Region:
    """A time zone by its name in the IANA database."""

    name: str

    def __str__(self) -> str:
        """`@Asia/Shanghai`."""
        return f"@{self.name}"


Zone = Offset | Region | None


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo | None:
    """The rules of a zone, or None where no such zone is known."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def make_offset(seconds: int) -> Offset | None:
    """The offset, or None beyond 14 hours."""
    return Offset(seconds) if abs(seconds) <= LAST_OFFSET else None


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day, in nanoseconds since midnight, and its zone."""

    nanos: int
    zone: Zone = None

    @property
    def hour(self) -> int:
        """0 to 23."""
        return self.nanos // HOUR

    @property
    def minute(self) -> int:
        """0 to 59."""
        return self.nanos % HOUR // MINUTE

    @property
    def second_nanos(self) -> int:
        """The nanoseconds since the full minute."""
        return self.nanos % MINUTE

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC; of a named zone its standard time, since a time has no day."""
        if isinstance(self.zone, Offset):
            return self.zone.seconds
        return None if self.zone is None else _standard_offset(self.zone.name)

    @property
    def of_day(self) -> int:
        """Nanoseconds since midnight UTC where the zone is known, else since midnight there."""
        return self.nanos - (self.offset or 0) * SECOND

    def __str__(self) -> str:
        """As XML Schema writes it, with the zone's name after an at sign."""
        seconds, dot, fraction = seconds_text(self.second_nanos).partition(".")
        zone = "" if self.zone is None else str(self.zone)
        return f"{self.hour:02d}:{self.minute:02d}:{int(seconds):02d}{dot}{fraction}{zone}"


@dataclass(frozen=True, slots=True)
class DateTime:
    """A day and a time of that day."""

    date: Date
    time: Time

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC on that day."""
        zone = self.time.zone
        if isinstance(zone, Region):
            return _offset_on(zone.name, self.date, self.time.nanos)
        return None if zone is None else zone.seconds

    @property
    def local(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00 by the clock there."""
        return self.date.ordinal * DAY + self.time.nanos

    @property
    def instant(self) -> int:
        """Nanoseconds since 1970-01-01T00:00:00Z; without a zone the clock there is taken as it is."""
        return self.local - (self.offset or 0) * SECOND

    def __str__(self) -> str:
        """As XML Schema writes it."""
        return f"{self.date}T{self.time}"


def make_time(hour: int, minute: int, nanos: int, zone: Zone = None) -> Time | None:
    """The time, `nanos` being those of the seconds, or None where there is none."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= nanos < MINUTE):  # noqa: PLR2004 - the clock's face
        return None
    return Time(hour * HOUR + minute * MINUTE + nanos, zone)


def datetime_at(instant: int, zone: Zone) -> DateTime | None:
    """The local date and time of an instant in a zone; without a zone the instant is local already."""
    offset = zone.seconds if isinstance(zone, Offset) else 0
    if isinstance(zone, Region):
        offset = _offset_at(zone.name, instant)
    days, nanos = divmod(instant + offset * SECOND, DAY)
    date = date_from_ordinal(days)
    return None if date is None else DateTime(date, Time(nanos, zone))


def _near(date: Date) -> int:
    """A year that Python's calendar has and that falls on the same weekdays."""
    return date.year if 1900 <= date.year <= 9000 else 2000 + date.year % 400  # noqa: PLR2004 - the zone rules' reach


def _seconds(delta: dt.timedelta | None) -> int:
    return int(delta.total_seconds()) if delta is not None else 0


def _offset_on(name: str, date: Date, nanos: int) -> int:
    zone = zone_info(name)
    day = dt.datetime(_near(date), date.month, date.day, tzinfo=zone)
    return _seconds((day + dt.timedelta(microseconds=nanos // 1000)).utcoffset())


def _offset_at(name: str, instant: int) -> int:
    days, nanos = divmod(instant, DAY)
    date = date_from_ordinal(days) or Date(2000, 1, 1)
    day = dt.datetime(_near(date), date.month, date.day, tzinfo=dt.UTC)
    moment = day + dt.timedelta(microseconds=nanos // 1000)
    return _seconds(moment.astimezone(zone_info(name)).utcoffset())


@lru_cache(maxsize=1024)
def _standard_offset(name: str) -> int:
    day = dt.datetime(2020, 1, 1, tzinfo=zone_info(name))
    return _seconds(day.utcoffset()) - _seconds(day.dst())
