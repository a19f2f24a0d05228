"""What every step of a case shares: the lock, the state, the history, the audit entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import clock, numbers
from shuzhi.business.matters.cases.clock import Clock
from shuzhi.business.matters.cases.errors import CaseChanged, NoSuchCase, NotInState
from shuzhi.business.matters.cases.reading import case_of, clock_of, number_of, set_clock
from shuzhi.business.matters.cases.types import (
    STATE_TITLES,
    Action,
    Case,
    CaseClosed,
    CaseDecided,
    CaseStepped,
    HandedCaseStepped,
    State,
)
from shuzhi.business.matters.errors import NoSuchMatter
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.types import Channel, MatterDeclaration
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor

PLATFORM = "matters"
_CLOCK = ("unit", "left", "counted_at", "due_at", "due_reason", "rank_at")
_STATE = ("state", "version", "closed_at", "decided_at", "is_late")


def locked(number: str, *states: State, version: int | None = None) -> models.Case:
    """A case's row, held until the transaction ends, where it stands in one of these states and is as it was seen.

    Raises:
        NoSuchCase, NotInState, CaseChanged: as they say.
    """
    row = _found(number, prepared.locked)
    if version is not None and version != row.version:
        raise CaseChanged(case=number)
    if states and State(row.state) not in states:
        raise not_in_state(row)
    return row


def unlocked(number: str) -> models.Case:
    """A case's row to look at.

    Raises:
        NoSuchCase: there is none of this number.
    """
    return _found(number, prepared.found)


def _found(number: str, by_key: Callable[[type[models.Case], int], models.Case | None]) -> models.Case:
    found = numbers.read(number)
    row = by_key(models.Case, found[1]) if found else None
    if row is None or found is None or f"{day_of(row.opened_at):%Y%m%d}" != found[0]:
        raise NoSuchCase(case=number[:40])
    return row


def not_in_state(row: models.Case) -> NotInState:
    """The refusal of a step that does not start from here."""
    title = STATE_TITLES[State(row.state)]
    return NotInState(case=number_of(row), state=title.en, state_zh=title.zh)


def declared_of(row: models.Case) -> MatterDeclaration | None:
    """The case's matter as it is declared now; None where it is offered no more."""
    try:
        return library.matter(row.matter).declaration
    except NoSuchMatter:
        return None


def value_of(row: models.Case, declared: MatterDeclaration | None = None, *, at: datetime) -> Case:
    """A row with its matter's title."""
    found = declared or declared_of(row)
    return case_of(row, found.title if found else Words(zh=row.matter, en=row.matter), at=at)


def move(
    row: models.Case,
    action: Action,
    state: State | None = None,
    *,
    by: Actor,
    at: datetime,
    note: str = "",
    kept: Clock | None = None,
    also: tuple[str, ...] = (),
    **facts: Any,
) -> None:
    """Write one step: the row with what `also` changed, its line of history, its audit entry."""
    row.version += 1
    if state is not None:
        row.state = state.value
    if kept is not None:
        set_clock(row, kept)
    with prepared.together():
        prepared.change(row, *_STATE, *(_CLOCK if kept is not None else ()), *also)
        write_down(row, action, by=by, at=at, note=note, **facts)


def write_down(
    row: models.Case, action: Action, *, by: Actor, at: datetime, note: str = "", **facts: Any
) -> None:
    """The line of history and the audit entry of a step."""
    decides = action in (Action.GRANT, Action.REFUSE)
    prepared.note(
        models.CaseStep(
            case_id=row.id, seq=row.version, action=action.value, state=row.state, by=by.name,
            by_title=by.title, office=by.office, at=at, note=note[:2000], matter=row.matter,
            owner=row.office, channel=row.channel, is_instant=row.is_instant,
            in_time=clock.in_time(clock_of(row), at=at) if decides else None,
        )
    )  # fmt: skip
    audit.record(
        f"matters.{action.value}", target=f"case/{number_of(row)}", by=by, at=at,
        subjects=[node_reference(row.scheme, row.holder)], matter=row.matter, state=row.state, **facts,
    )  # fmt: skip
    if row.channel == Channel.NODE:
        publish(HandedCaseStepped(row.id, number_of(row)), at=at)


def decided(row: models.Case, *, at: datetime) -> None:
    """Set what a decision sets; the step that follows writes it."""
    row.decided_at = at
    row.is_late = row.is_late or clock.in_time(clock_of(row), at=at) is False


def tell_decided(row: models.Case, *, at: datetime) -> None:
    """Publish a decision."""
    publish(CaseDecided(number_of(row), row.matter, row.state, at), at=at)


def tell_step(row: models.Case, step: str, *, at: datetime) -> None:
    """Publish a step of which the applicant is told."""
    publish(CaseStepped(number_of(row), row.matter, step, at), at=at)


def close(row: models.Case, state: State, *, at: datetime) -> None:
    """Nothing more is to be done; the step that follows writes it."""
    row.closed_at = at
    publish(CaseClosed(number_of(row), row.matter, state.value, at), at=at)
