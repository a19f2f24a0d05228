"""The measures that indicators name: each reads the platform's own acts and returns the two sets it compares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from shuzhi.business.indicators.types import Count, Item
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Status
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.quality import queries as quality
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources

Measure = Callable[[date], Count]


def catalogued(day: date) -> Count:
    """K12: of this node's own data sets, those whose catalog entry is published."""
    del day  # the catalog's present state; each day's value is kept when the day is computed
    own = [entry for entry in catalog.entries() if entry.node is None]
    return Count(
        numerator=_datasets(entry.id for entry in own if entry.status is Status.PUBLISHED),
        denominator=_datasets(entry.id for entry in own) | _datasets(_fed_by_sources()),
    )


def collected(day: date) -> Count:
    """K13: of the data sets that somebody needs (a source, a register), those with a collected batch."""
    del day
    demanded = _datasets(_fed_by_sources() | registers.demanded_datasets())
    return Count(numerator=_datasets(sources.collected_datasets()) & demanded, denominator=demanded)


def corrected_in_time(day: date) -> Count:
    """K14: of the quality issues whose working day is over or that are closed, those corrected in time."""
    in_time, due = quality.issue_timeliness(day)
    return Count(numerator=_dossiers(in_time), denominator=_dossiers(due))


def shared(day: date) -> Count:
    """K15: of the requests to share catalogued data, those that are met."""
    met, asked = exchange.share_satisfaction(day)
    return Count(numerator=_dossiers(met), denominator=_dossiers(asked))


def opened(day: date) -> Count:
    """K16: of all collected data items (fields), those that are open to the public."""
    del day
    every = _items(sources.collected_fields())
    return Count(numerator=_items(opendata.open_fields()) & every, denominator=every)


MEASURES: Mapping[str, Measure] = {
    "catalogued": catalogued,
    "collected": collected,
    "corrected_in_time": corrected_in_time,
    "shared": shared,
    "opened": opened,
}


def _fed_by_sources() -> set[str]:
    return {source.dataset for source in sources.sources()}


def _datasets(ids: Iterable[str]) -> frozenset[Item]:
    return frozenset(Item(id=f"dataset/{name}", url=f"/staff/catalog/{name}/") for name in ids)


def _dossiers(ids: Iterable[int]) -> frozenset[Item]:
    return frozenset(Item(id=f"dossier/{number}", url=f"/staff/dossiers/{number}/") for number in ids)


def _items(fields: Mapping[str, Iterable[str]]) -> frozenset[Item]:
    return frozenset(
        Item(id=f"dataset/{dataset}#{field}", url=f"/staff/catalog/{dataset}/#{field}")
        for dataset, names in fields.items()
        for field in names
    )
