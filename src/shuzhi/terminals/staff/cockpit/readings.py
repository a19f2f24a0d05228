"""Indicators as tiles: the value against its target, and which way it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from shuzhi.business.indicators import queries
from shuzhi.business.indicators.types import IndicatorDeclaration, Value
from shuzhi.terminals.design.types import Figure, Said, Share, Tone
from shuzhi.terminals.staff.cockpit.moments import Moment

PROVINCIAL = re.compile(r"K[0-9]{2}")


@dataclass(frozen=True)
class Reading:
    """An indicator with its last values, the oldest first."""

    declared: IndicatorDeclaration
    values: tuple[Value, ...]

    @property
    def latest(self) -> Value | None:
        """The newest value."""
        return self.values[-1] if self.values else None

    @property
    def is_below(self) -> bool:
        """Whether the newest value misses the target."""
        return self.latest is not None and self._misses(self.latest)

    @property
    def below_since(self) -> date | None:
        """The first day of the present run below target, as far as the values go back."""
        since = None
        for value in reversed(self.values):
            if not self._misses(value):
                break
            since = value.day
        return since

    def _misses(self, value: Value) -> bool:
        target = self.declared.target
        return target is not None and value.value is not None and value.value < target


def readings(*, day: date) -> list[Reading]:
    """Every indicator with its values until a day; two statements."""
    trends = queries.trends(day=day)
    return [Reading(found, tuple(trends.get(found.indicator, ()))) for found in queries.indicators()]


def tile(reading: Reading, moment: Moment) -> Figure:
    """A reading as a tile that opens its page."""
    value = reading.latest
    tone, state = _state(reading)
    return Figure(
        label=label_of(reading.declared),
        value=Share(value.numerator, value.denominator) if value else Share(0, 0),
        url=moment.onward(reverse("staff:indicator", args=[reading.declared.indicator])),
        day=value.day if value else None,
        trend=[float(each.value) for each in reading.values if each.value is not None],
        tone=tone,
        state=state,
    )  # fmt: skip


def label_of(declared: IndicatorDeclaration) -> Said:
    """Its title; the province's own indicators bear the number by which leaders know them."""
    number = f"{declared.indicator} " if PROVINCIAL.fullmatch(declared.indicator) else ""
    return Said(f"{number}{declared.title.zh}", f"{number}{declared.title.en}")


def urgency(reading: Reading) -> tuple[bool, Decimal, bool, bool, str]:
    """Those below target first, the furthest below before the others; those with nothing to count last."""
    value = reading.latest.value if reading.latest else None
    gap = (value - reading.declared.target) if value is not None and reading.declared.target else Decimal(0)
    name = reading.declared.indicator
    below = reading.is_below
    return not below, gap if below else Decimal(0), value is None, not PROVINCIAL.fullmatch(name), name


def target_of(reading: Reading) -> Said:
    """The target in words: 目标 99%（2025 年）."""
    target, year = reading.declared.target, reading.declared.target_year
    if target is None:
        return Said("没有定目标", "no target")
    zh = f"目标 {target * 100:.0f}%" + (f"（{year} 年）" if year else "")
    return Said(zh, f"target {target * 100:.0f}%" + (f" ({year})" if year else ""))


def _state(reading: Reading) -> tuple[Tone, Said]:
    target = target_of(reading)
    if reading.latest is None:
        return Tone.NEUTRAL, Said("还没有计算", "Not computed yet")
    if reading.latest.value is None:
        return Tone.NEUTRAL, Said(f"还没有可计的，{target.zh}", f"Nothing to count yet, {target.en}")
    if reading.declared.target is None:
        return Tone.NEUTRAL, target
    if reading.is_below:
        return Tone.WARNING, Said(f"低于{target.zh}", f"Below {target.en}")
    return Tone.SUCCESS, Said(f"达到{target.zh}", f"Reaches {target.en}")
