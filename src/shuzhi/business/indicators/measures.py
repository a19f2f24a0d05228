"""The measures that indicators name: each reads the platform's own acts and returns the two sets it compares.

What a measure leaves out matters as much as what it counts; docs/rooms/indicators.md says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from shuzhi.business.indicators.measures_of_benefits import BENEFITS
from shuzhi.business.indicators.measures_of_cases import CASES
from shuzhi.business.indicators.measures_of_halls import HALLS
from shuzhi.business.indicators.measures_of_incidents import INCIDENTS
from shuzhi.business.indicators.types import Amount, Count, IndicatorDeclaration, Item
from shuzhi.business.secops import queries as secops
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Status
from shuzhi.data.exchange import queries as exchange
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.quality import queries as quality
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.support.archive import queries as archive
from shuzhi.support.ratings import queries as ratings
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.processes import terms
from shuzhi.support.workflow.types import Dossier

T = TypeVar("T")
Measure = Callable[[date], Count | Amount]


def catalogued(day: date) -> Count:
    """K12: of the data sets that should be in this node's catalog, those whose entry is published.

    Should be there: what a source delivers, what a register is made of, what an office proposed. An entry that was
    withdrawn counts only while data of it are still delivered or needed. Entries harvested from other nodes are theirs.
    """
    del day  # the catalog's present state; the value is kept on the day it is computed
    own = catalog.own_statuses()
    proposed = {name for name, status in own.items() if status is not Status.WITHDRAWN}
    return Count(
        numerator=_datasets(name for name, status in own.items() if status is Status.PUBLISHED),
        denominator=_datasets(proposed | _demanded()),
    )


def collected(day: date) -> Count:
    """K13: of the data sets that somebody needs (a source, a register), those with a collected batch."""
    del day
    demanded = _datasets(_demanded())
    return Count(numerator=_datasets(sources.collected_datasets()) & demanded, denominator=demanded)


def corrected_in_time(day: date) -> Count:
    """K14: of the quality issues whose working day is over or that are corrected, those corrected in time.

    An issue whose due day falls into a year without a published calendar is neither; it is listed as undecidable.
    """
    in_time, due = quality.issue_timeliness(day)
    return Count(
        numerator=_dossiers(in_time & due),
        denominator=_dossiers(due),
        undecidable=_dossiers(quality.undecidable_issues(day)),
    )


def shared(day: date) -> Count:
    """K15: of the requests to share catalogued data that are decided or overdue, those that are met.

    A request that is still within its ten working days is neither met nor unmet, and one that waits for the asking
    office to mend it has no clock: counting either would punish an office for being asked today. Past its due day an
    undecided request counts as unmet.
    """
    met, asked = exchange.share_satisfaction(day)
    undecided = exchange.undecided_requests(day)
    late = frozenset(found.id for found in _open_and_overdue(undecided, day))
    counted = decided_or_late(asked, undecided, late)
    return Count(numerator=_dossiers(met & counted), denominator=_dossiers(counted))


def opened(day: date) -> Count:
    """K16: of all collected data items (fields), those that are open to the public, masked ones included."""
    del day
    every = _items(sources.collected_fields())
    return Count(numerator=_items(opendata.open_fields()) & every, denominator=every)


def archived(day: date) -> Count:
    """K02: of the closed cases that are to be archived, those that are and passed the four checks."""
    filed, closed = archive.archived(day)
    return Count(numerator=_named(filed), denominator=_named(closed))


def rated_satisfied(day: date) -> Count:
    """满意率: of all ratings that were given, as they stood on the day, those of 4 and 5."""
    happy, rated = ratings.satisfaction(day)
    return Count(_ratings(happy), _ratings(rated))


def rectified(day: date) -> Count:
    """K17: of the security incidents that are closed or past their due day, those closed by it.

    False alarms were no incidents. A drill's incidents count only where the drill was planned so.
    """
    in_time, counted, undecidable = secops.rectified(day)
    return Count(_dossiers(in_time), _dossiers(counted), _dossiers(undecidable))


MEASURES: dict[str, Measure] = {
    "catalogued": catalogued,
    "collected": collected,
    "corrected_in_time": corrected_in_time,
    "shared": shared,
    "opened": opened,
    "archived": archived,
    "rated_satisfied": rated_satisfied,
    "rectified": rectified,
    **BENEFITS,
    **CASES,
    **INCIDENTS,
    **HALLS,
}


def cases_in_time(declared: IndicatorDeclaration, day: date) -> Count:
    """Of the cases of a process that have ended or are past their term, those that ended within it.

    The term is in working days or in minutes. Time for which nobody but the requester was waited for does not count:
    an office can't hasten it.
    """
    assert declared.of is not None  # the checker asks for it, and for one of the terms
    if declared.minutes is not None:
        return _in_minutes(declared.of, declared.minutes, day)
    assert declared.working_days is not None
    in_time, counted, undecidable = set(), set(), set()
    for case in terms.case_terms(process=declared.of, until=day):
        if case.working_days is None:
            undecidable.add(case.case)
        elif case.ended or case.working_days > declared.working_days:
            counted.add(case.case)
            in_time |= {case.case} if case.working_days <= declared.working_days else set()
    return Count(_cases(in_time), _cases(counted), _cases(undecidable))


def _in_minutes(process: str, term: int, day: date) -> Count:
    taken = {each.case: each for each in terms.case_minutes(process=process, until=day)}
    late = {case for case, each in taken.items() if each.minutes is not None and each.minutes > term}
    ended = {case for case, each in taken.items() if each.ended}
    return Count(_cases(ended - late), _cases(ended | late))


def dossiers_in_time(declared: IndicatorDeclaration, day: date) -> Count:
    """Of the dossiers of a loop that are closed or past their due day, those closed by it.

    One whose due day is not known (a year without a published calendar) is in neither.
    """
    assert declared.of is not None  # the checker asks for it
    in_time, counted, undecidable = workflow.timeliness(loop=declared.of, day=day)
    return Count(_dossiers(in_time), _dossiers(counted), _dossiers(undecidable))


def satisfied_with(declared: IndicatorDeclaration, day: date) -> Count:
    """The same of one process or loop."""
    happy, rated = ratings.satisfaction(day, matter=declared.of)
    return Count(_ratings(happy), _ratings(rated))


MEASURES_OF: dict[str, Callable[[IndicatorDeclaration, date], Count]] = {
    "cases_in_time": cases_in_time,
    "dossiers_in_time": dossiers_in_time,
    "cases_satisfied": satisfied_with,
    "dossiers_satisfied": satisfied_with,
}
"""Measures that an indicator says more to: what they are about, and which term."""


def measured(declared: IndicatorDeclaration, day: date) -> Count | Amount:
    """What an indicator counts on a day."""
    plain = MEASURES.get(declared.measure)
    return plain(day) if plain else MEASURES_OF[declared.measure](declared, day)


def decided_or_late(asked: frozenset[T], undecided: frozenset[T], late: frozenset[T]) -> frozenset[T]:
    """Of what was asked, all on which a word was said, and all whose time is over."""
    return (asked - undecided) | (asked & late)


def _demanded() -> set[str]:
    return {source.dataset for source in sources.sources()} | registers.demanded_datasets()


def _open_and_overdue(dossiers: frozenset[int], day: date) -> list[Dossier]:
    return workflow.dossiers(ids=dossiers, due_before=day, size=max(len(dossiers), 1))


def _datasets(ids: Iterable[str]) -> frozenset[Item]:
    return frozenset(f"dataset/{name}" for name in ids)


def _dossiers(ids: Iterable[int]) -> frozenset[Item]:
    return frozenset(f"dossier/{number}" for number in ids)


def _cases(ids: Iterable[int]) -> frozenset[Item]:
    return frozenset(f"case/{number}" for number in ids)


def _named(subjects: Iterable[str]) -> frozenset[Item]:
    """Archived subjects as drill-down knows them: a process is a case there."""
    return frozenset(one.replace("process/", "case/", 1) for one in subjects)


def _ratings(ids: Iterable[int]) -> frozenset[Item]:
    return frozenset(f"rating/{number}" for number in ids)


def _items(fields: Mapping[str, Iterable[str]]) -> frozenset[Item]:
    return frozenset(f"dataset/{dataset}#{field}" for dataset, names in fields.items() for field in names)
