"""Loops as packs declare them, and dossiers as other rooms and pages see them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.types import Role

SLUG = r"^[a-z][a-z0-9-]*$"
CHAIN = "|".join(role for role in Role if role not in (Role.SYSTEM, Role.RESIDENT))
ESCALATION = rf"^([a-z][a-z0-9-]*/)?({CHAIN})$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class _Named(_Declared):
    id: str = Field(pattern=SLUG)
    title: Words


Thing = TypeVar("Thing", bound=_Named)


class Who(StrEnum):
    """Whose hand an action waits for, seen from the dossier."""

    OFFICE = "office"  # the office that handles the dossier
    REQUESTER = "requester"  # the office or person that asked
    BUREAU = "bureau"  # the data bureau
    ANY = "any"  # anyone who holds one of the roles


class Need(StrEnum):
    """What must come with an action."""

    NOTE = "note"
    EVIDENCE = "evidence"


NEED_TITLES = {
    Need.NOTE: Words(zh="办理意见", en="a note"),
    Need.EVIDENCE: Words(zh="佐证材料", en="evidence"),
}


class State(_Named):
    """A state of a loop. In one with `stops_clock` the deadline waits: the next word is not the office's."""

    final: bool = False
    stops_clock: bool = False

    @property
    def runs_clock(self) -> bool:
        """Whether working days count while a dossier is here."""
        return not (self.final or self.stops_clock)


class Due(_Declared):
    """The deadline in working days from the day of opening; `amber` days before it the light changes.

    `escalate` is the chain that is called in when it is late, one more each day: a role in the dossier's office, or
    of a superior one (`data-bureau/bureau`).
    """

    working_days: int = Field(ge=0, le=1000)
    amber: int = Field(default=0, ge=0)
    escalate: tuple[Annotated[str, Field(pattern=ESCALATION)], ...] = Field(default=(), max_length=10)


class By(_Declared):
    """Who may: one of these roles (any, if none is named) on this side of the dossier."""

    who: Who
    roles: tuple[Role, ...] = ()


class Action(_Named):
    """A step that people or the platform may take.

    One that is `optional` (to withdraw, to revoke) may be taken, but is not waited for: it puts the dossier
    into nobody's inbox. `hands_to` names the fact of the dossier that says which office handles it from then on.
    """

    origins: tuple[str, ...] = Field(alias="from", min_length=1)
    to: str
    by: By
    needs: tuple[Need, ...] = ()
    optional: bool = False
    hands_to: str = Field(default="", exclude_if=lambda said: not said)


class LoopDeclaration(_Declared):
    """A loop as a pack declares it: `loops/<id>.yaml`."""

    loop: str = Field(pattern=SLUG)
    title: Words
    summary: Words | None = None
    start: str
    states: tuple[State, ...] = Field(min_length=2)
    due: Due
    actions: tuple[Action, ...] = Field(min_length=1)
    basis: tuple[Basis, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The definition as it is stored, with the names that YAML uses."""
        return self.model_dump(mode="json", by_alias=True)

    @cached_property
    def version(self) -> str:
        """The definition's hash: the same text is the same version, on every node."""
        canonical = json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    def state(self, state: str) -> State:
        """A state by id; KeyError if the loop has none of that name."""
        return _named(self.states, state)

    def action(self, action: str) -> Action:
        """An action by id; KeyError if the loop has none of that name."""
        return _named(self.actions, action)

    def actions_from(self, state: str) -> tuple[Action, ...]:
        """The actions that start from a state, in the order in which they are declared."""
        return tuple(action for action in self.actions if state in action.origins)


def _named(things: tuple[Thing, ...], name: str) -> Thing:
    for thing in things:
        if thing.id == name:
            return thing
    raise KeyError(name)


class DueReason(StrEnum):
    """Why a dossier's due day is what it is."""

    RUNNING = "running"  # it has a due day
    STOPPED = "stopped"  # the clock waits in this state
    NOT_PUBLISHED = "not_published"  # the holidays of the year it would fall in are not published yet


class Light(StrEnum):
    """How near the deadline is."""

    NONE = "none"
    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class Dossier:
    """A running or finished loop (案卷). `version` counts its steps; pass it back to act on what you saw."""

    id: int
    loop: str
    loop_version: str
    loop_title: Words
    subject: str
    title: Words
    office: str
    requester: str | None
    state: str
    state_title: Words
    opened_at: datetime
    due_on: date | None
    due_reason: DueReason
    closed_at: datetime | None
    facts: dict[str, Any]
    version: int

    @property
    def is_open(self) -> bool:
        """Whether the dossier has not reached a final state."""
        return self.closed_at is None


@dataclass(frozen=True)
class Step:
    """One line of a dossier's history. The first one, its opening, has neither action nor origin."""

    seq: int
    action: str | None
    title: Words
    origin: str | None
    state: str
    state_title: Words
    by: str
    by_title: str
    office: str | None
    at: datetime
    note: str
    evidence: dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """An action that an actor may take now, as a page shows it."""

    id: str
    title: Words
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class InboxLoad:
    """How much waits for somebody."""

    all: int
    late: int
    today: int


@dataclass(frozen=True)
class InboxRow:
    """A dossier that waits for the reader, with what the reader may do and the working days left (late: negative)."""

    dossier: Dossier
    offers: tuple[Offer, ...]
    days_left: int | None
    light: Light
    holder: str | None = None
    paused: str = ""


@dataclass(frozen=True)
class Pressing:
    """A dossier whose deadline is near or past, and whose hand it waits for: sides of the dossier, by name."""

    dossier: Dossier
    days_left: int | None
    light: Light
    waits_for: Who


@dataclass(frozen=True)
class DossierOpened:
    """A loop has begun."""

    dossier: int
    loop: str
    subject: str
    office: str
    state: str
    at: datetime
    due_on: date | None


@dataclass(frozen=True)
class DossierMoved:
    """A step was taken."""

    dossier: int
    loop: str
    subject: str
    action: str
    state: str
    at: datetime
    due_on: date | None


@dataclass(frozen=True)
class DossierClosed:
    """A dossier has reached a final state."""

    dossier: int
    loop: str
    subject: str
    action: str
    state: str
    at: datetime


@dataclass(frozen=True)
class WorkRow:
    """A line of the one inbox: a loop's dossier or a task of a process, in the same words.

    `item` is `dossier/7` or `task/9`; `number` is that of the dossier, or of the task's case.
    """

    item: str
    number: int
    title: Words
    under: Words
    state: Words
    office: str
    asker: str
    holder: str | None
    paused: str
    due_on: date | None
    days_left: int | None
    light: Light
    next: Words | None
