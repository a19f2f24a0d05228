"""Measures of cases (办件指标): sums of days, since a province has tens of millions; what they open are the matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from shuzhi.business.indicators.types import Amount, Count
from shuzhi.business.matters.cases import queries


def handled_on_one_network(day: date) -> Amount:
    """K03: of the year's cases of applied-for matters, those accepted on this platform; the others were reported by offices' own systems."""
    here, all_, matters = queries.handled_on_one_network(day)
    return Amount(here, all_, matters)


def handled_across_nodes(day: date) -> Amount:
    """通办: of the year's cases that came from other nodes or went to them, those that are decided."""
    decided, all_, matters = queries.across_nodes(day)
    return Amount(decided, all_, matters)


CASES: dict[str, Callable[[date], Count | Amount]] = {
    "cases_on_one_network": handled_on_one_network,
    "cases_across_nodes": handled_across_nodes,
}
