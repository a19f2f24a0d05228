"""Cases of processes and their tasks as other rooms and pages see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.types import Light


class CaseState(StrEnum):
    """How a case of a process is."""

    RUNNING = "running"
    FAULTY = "faulty"  # it stands still until somebody mends what `problem` says
    COMPLETED = "completed"
    FAILED = "failed"  # ended by an error that the process does not catch
    CANCELLED = "cancelled"


STATE_TITLES = {
    CaseState.RUNNING: Words(zh="办理中", en="Running"),
    CaseState.FAULTY: Words(zh="待排除故障", en="Standing still by a fault"),
    CaseState.COMPLETED: Words(zh="已办结", en="Completed"),
    CaseState.FAILED: Words(zh="异常结束", en="Ended by an error"),
    CaseState.CANCELLED: Words(zh="已撤销", en="Cancelled"),
}


@dataclass(frozen=True)
class ProcessCase:
    """A running or finished process. `version` counts its steps."""

    id: int
    process: str
    definition: str
    subject: str
    title: Words
    office: str
    requester: str | None
    state: CaseState
    problem: Words | None
    variables: dict[str, Any]
    standing: tuple[str, ...]
    passed: tuple[str, ...]
    opened_at: datetime
    closed_at: datetime | None
    version: int


@dataclass(frozen=True)
class ProcessTask:
    """A task for a person."""

    id: int
    case: int
    element: str
    title: Words
    case_title: Words
    process: str
    instance: int | None
    office: str
    form: str
    inputs: dict[str, Any]
    holder: str | None
    helpers: tuple[str, ...]
    paused: str
    opened_at: datetime
    due_on: date | None
    days_left: int | None
    light: Light
    is_open: bool
    case_version: int


@dataclass(frozen=True)
class Stage:
    """One thing that people do in a case, as whoever asked for it sees it: done, in hand, or to come."""

    title: Words
    office: str  # empty where it is found out only then
    state: Literal["done", "now", "next"]
    done_on: date | None = None
    due_on: date | None = None
    task: int | None = None  # where it is the reader's own to do
    certain: bool = True  # to come on every way


@dataclass(frozen=True)
class Result:
    """What came of one matter of a case, as whoever asked for it is told: done or not, its number, why not."""

    matter: Words
    office: str
    done: bool
    number: str = ""
    note: str = ""
    credential: str = ""


@dataclass(frozen=True)
class Progress:
    """A case with its stages: what is done, what is in hand, what is to come; and what has come of it."""

    case: ProcessCase
    stages: tuple[Stage, ...]
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class ProcessStep:
    """One line of a case's history."""

    seq: int
    kind: str
    element: str
    payload: dict[str, Any]
    by: str
    by_title: str
    office: str | None
    at: datetime
    note: str


@dataclass(frozen=True)
class ProcessStarted:
    """A case of a process has begun."""

    case: int
    process: str
    subject: str
    office: str
    at: datetime


@dataclass(frozen=True)
class ProcessMoved:
    """A case has taken a step."""

    case: int
    process: str
    subject: str
    kind: str
    element: str
    at: datetime


@dataclass(frozen=True)
class ProcessEnded:
    """A case is over."""

    case: int
    process: str
    subject: str
    state: str
    at: datetime
