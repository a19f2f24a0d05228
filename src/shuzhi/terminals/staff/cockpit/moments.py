"""The moment a cockpit shows: now, or a past day whose values were kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest

from shuzhi.business.indicators import queries as indicators
from shuzhi.foundation.clock import CHINA, day_of, now

DAYS_OFFERED = 14


@dataclass(frozen=True)
class DayLink:
    """A day that can be looked at; the last one is the present."""

    day: date
    url: str
    on: bool
    live: bool


@dataclass(frozen=True)
class Moment:
    """The day looked at. `kept` keeps the reader's choices in every address of the page."""

    day: date
    at: datetime
    live: bool
    days: tuple[DayLink, ...]
    chosen: Mapping[str, str]

    def kept(self, **changes: object) -> str:
        """The query that keeps day and choices, with some changed; an empty one is left out."""
        day = "" if self.live else self.day.isoformat()
        asked = {"day": day, **self.chosen, **{name: str(value) for name, value in changes.items()}}
        return _query(asked)

    def onward(self, url: str) -> str:
        """An address of another page of the cockpit, on the same day."""
        return url + _query({"day": "" if self.live else self.day.isoformat()})


def moment_of(request: HttpRequest, **chosen: str) -> Moment:
    """The day that the address asks for, if values of it were kept; otherwise now."""
    at = now()
    today = day_of(at)
    kept = [day for day in indicators.kept_days(most=DAYS_OFFERED) if day < today]
    asked = _day(request.GET.get("day", ""))
    day = asked if asked in kept else today
    links = [
        DayLink(each, _query({"day": each.isoformat(), **chosen}) or "?", each == day, live=False)
        for each in kept
    ]
    present = DayLink(today, _query(chosen) or "?", day == today, live=True)
    return Moment(day, at.astimezone(CHINA), day == today, (*links, present), chosen)


def _query(asked: Mapping[str, str]) -> str:
    said = {name: value for name, value in asked.items() if value}
    return "?" + urlencode(said) if said else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
