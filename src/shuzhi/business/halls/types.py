"""Halls as packs declare them, and tickets as pages and other rooms see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis

SLUG = r"^[a-z][a-z0-9-]*$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class QueueDeclaration(_Declared):
    """A queue: what its tickets begin with, and how many appointments a slot takes; 0 for none."""

    id: str = Field(pattern=SLUG, max_length=40)
    letter: str = Field(pattern=r"^[A-Z]$")
    title: Words
    slot_minutes: int = Field(default=30, ge=5, le=240)
    slot_places: int = Field(default=0, ge=0, le=100)


class WindowDeclaration(_Declared):
    """A window, by the number over it, and the queues that it serves."""

    id: str = Field(pattern=SLUG, max_length=40)
    number: int = Field(ge=1, le=999)
    title: Words
    queues: tuple[str, ...] = Field(min_length=1)


class HallDeclaration(_Declared):
    """A hall: `halls/<id>.yaml`. Clerks of its `offices` serve at its windows.

    `ahead_minutes` is how much earlier a ticket with precedence (elders, disabled people) counts as taken; so nobody
    waits longer for others' precedence than that. `promised_minutes` is what the indicator measures waiting against.
    """

    hall: str = Field(pattern=SLUG, max_length=60)
    title: Words
    office: str
    offices: tuple[str, ...] = Field(min_length=1)
    place: Words
    opens: time = time(9, 0)
    closes: time = time(17, 0)
    queues: tuple[QueueDeclaration, ...] = Field(min_length=1)
    windows: tuple[WindowDeclaration, ...] = Field(min_length=1)
    ahead_minutes: int = Field(default=30, ge=0, le=120)
    promised_minutes: int = Field(default=15, ge=1, le=240)
    calls: int = Field(default=3, ge=1, le=10)
    basis: tuple[Basis, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> HallDeclaration:
        queues = {each.id for each in self.queues}
        if len(queues) != len(self.queues) or len({each.letter for each in self.queues}) != len(self.queues):
            raise ValueError("two queues have the same id or letter")
        if len({each.id for each in self.windows}) != len(self.windows):
            raise ValueError("two windows have the same id")
        if len({each.number for each in self.windows}) != len(self.windows):
            raise ValueError("two windows have the same number")
        served = {name for window in self.windows for name in window.queues}
        if served - queues:
            raise ValueError(f"no such queue: {', '.join(sorted(served - queues))}")
        if queues - served:
            raise ValueError(f"no window serves: {', '.join(sorted(queues - served))}")
        if self.closes <= self.opens:
            raise ValueError("a hall closes after it opens")
        return self

    def queue(self, name: str) -> QueueDeclaration | None:
        """The queue of that id."""
        return next((each for each in self.queues if each.id == name), None)

    def window(self, name: str) -> WindowDeclaration | None:
        """The window of that id."""
        return next((each for each in self.windows if each.id == name), None)


class Precedence(StrEnum):
    """Why somebody goes first."""

    NONE = "none"
    ELDER = "elder"
    DISABLED = "disabled"
    APPOINTMENT = "appointment"


PRECEDENCE_TITLES = {
    Precedence.NONE: Words(zh="普通", en="Usual"),
    Precedence.ELDER: Words(zh="老年人优先", en="Elder"),
    Precedence.DISABLED: Words(zh="残疾人优先", en="Disabled"),
    Precedence.APPOINTMENT: Words(zh="预约", en="Appointment"),
}


class TicketState(StrEnum):
    """How far a ticket is."""

    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    DONE = "done"
    NO_SHOW = "no_show"
    LEFT = "left"


STATE_TITLES = {
    TicketState.WAITING: Words(zh="等候", en="Waiting"),
    TicketState.CALLED: Words(zh="已叫号", en="Called"),
    TicketState.SERVING: Words(zh="办理中", en="Being served"),
    TicketState.DONE: Words(zh="已办完", en="Done"),
    TicketState.NO_SHOW: Words(zh="过号", en="Not there"),
    TicketState.LEFT: Words(zh="未办离开", en="Left"),
}


@dataclass(frozen=True)
class Ticket:
    """A place in a queue of one day (号票). `waited` counts seconds from taking it to the first call."""

    id: int
    hall: str
    number: str
    queue: str
    precedence: Precedence
    state: TicketState
    window: str
    taken_at: datetime
    called_at: datetime | None
    calls: int
    ahead: int = 0

    @property
    def waited(self) -> int | None:
        """Seconds until the first call."""
        return int((self.called_at - self.taken_at).total_seconds()) if self.called_at else None


@dataclass(frozen=True)
class Waiting:
    """One queue now: how many wait, and how long somebody who comes now waits for likely."""

    queue: QueueDeclaration
    waiting: int
    minutes: int | None


@dataclass(frozen=True)
class DayFigures:
    """One day of a hall: `taken = waiting + called + serving + done + no_show + left`; waits in minutes."""

    taken: int
    waiting: int
    called: int
    serving: int
    done: int
    no_show: int
    left: int
    median_wait: float | None
    longest_wait: float | None
    in_time: int
    counted: int


@dataclass(frozen=True)
class Slot:
    """A time that can be booked, and the places that are left."""

    begins_at: datetime
    left: int


@dataclass(frozen=True)
class Appointment:
    """A booked time; the code is told to who booked it."""

    id: int
    hall: str
    queue: str
    begins_at: datetime
    code: str
    ticket: str


@dataclass(frozen=True)
class TicketCalled:
    """A number was called to a window. Whose it is is not said."""

    hall: str
    ticket: int
    window: str
    at: datetime


@dataclass(frozen=True)
class TicketServed:
    """A ticket's person was served."""

    hall: str
    ticket: int
    at: datetime
