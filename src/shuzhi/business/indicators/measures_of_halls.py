"""Measures of halls (大厅指标). Each counts tickets, by their number in the room, so that the figure opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from shuzhi.business.halls import queries
from shuzhi.business.indicators.types import Amount, Count


def called_in_time(day: date) -> Count:
    """等候达标率: of the tickets of thirty days that were called, or whose person left unserved, those called in time."""
    good, every = queries.waits_of(day)
    return Count(
        frozenset(f"ticket/{number}" for number in good), frozenset(f"ticket/{number}" for number in every)
    )


HALLS: dict[str, Callable[[date], Count | Amount]] = {"tickets_called_in_time": called_in_time}
