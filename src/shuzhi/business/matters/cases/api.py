"""JSON end points of cases (办件): submit and have it decided, follow it, and what clerks do with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from pydantic import WithJsonSchema

from shuzhi.business.matters.cases import queries, services
from shuzhi.business.matters.cases.types import (
    STATE_TITLES,
    AssessedFee,
    Case,
    CaseLine,
    Delivery,
    Point,
    State,
    Tally,
)
from shuzhi.business.matters.types import Channel
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.payments.money import yuan_of
from shuzhi.support.payments.types import Order

router = Router(tags=["cases"])
LARGEST = 2**31 - 1
Version = Annotated[int | None, Field(default=None, ge=0, le=LARGEST)]
# Written out in each shape: other rooms have a State of their own.
Stage = Annotated[State, WithJsonSchema({"type": "string", "enum": [one.value for one in State]})]


class CaseIn(Schema):
    """What is asked for; the same `key` of the same applicant again is the same case."""

    matter: str = Field(max_length=60)
    answers: dict[str, Any] = Field(default_factory=dict)
    choices: dict[str, str] = Field(default_factory=dict)
    submission: str = Field(default="", max_length=30)
    applicant: str | None = Field(default=None, max_length=200)
    channel: Channel = Channel.ONLINE
    delivery: Delivery = Delivery.ONLINE
    key: str | None = Field(default=None, min_length=1, max_length=80)
    commits: bool = False


class PointIn(Schema):
    """One thing to be corrected."""

    what: str = Field(max_length=200)
    how: str = Field(default="", max_length=500)


class AskIn(Schema):
    """Everything that must be corrected."""

    points: list[PointIn] = Field(max_length=100)
    version: Version = None


class CorrectIn(Schema):
    """What was corrected."""

    answers: dict[str, Any] = Field(default_factory=dict)
    submission: str = Field(default="", max_length=30)
    note: str = Field(default="", max_length=2000)
    version: Version = None


class DecideIn(Schema):
    """The decision, its reason, and what the credential says besides."""

    granted: bool
    note: str = Field(default="", max_length=2000)
    facts: dict[str, Any] = Field(default_factory=dict)
    version: Version = None


class NoteIn(Schema):
    """A word with it."""

    note: str = Field(default="", max_length=2000)
    version: Version = None


class DeliverIn(NoteIn):
    """How it was delivered."""

    way: Delivery = Delivery.WINDOW


class ElsewhereIn(Schema):
    """A case that an office's own system handled."""

    matter: str = Field(max_length=60)
    reference: str = Field(min_length=1, max_length=60)
    scheme: str = Field(pattern="^(resident_id|uscc)$")
    holder: str = Field(min_length=1, max_length=30)
    handled_at: datetime


class AskedMaterialOut(Schema):
    """A material and where it stands."""

    id: str
    title: Words
    had: str


class ElsewhereOut(Schema):
    """Where another node handles a case (通办): its number there, why it waits, the credential that it issued."""

    node: str
    title: Words
    number: str
    sent: int
    messages: int
    waits: Words | None
    credential: dict[str, Any]


class CaseOut(Schema):
    """A case."""

    number: str
    matter: str
    title: Words
    office: str
    channel: str
    state: Stage
    state_title: Words
    reason: str
    version: int
    opened_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    days_left: int | None
    is_late: bool
    is_instant: bool
    credential: str
    materials: list[AskedMaterialOut]
    points: list[PointIn]
    explanation: list[Words]
    ways: list[str]
    elsewhere: ElsewhereOut | None


class LineOut(Schema):
    """A case in a list."""

    number: str
    matter: str
    office: str
    channel: str
    state: Stage
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    is_late: bool
    is_instant: bool


class ListOut(Schema):
    """A page of a list; `following` goes on behind it, empty at its end."""

    cases: list[LineOut]
    following: str


class StepOut(Schema):
    """One line of a case's history."""

    action: str
    state: str
    by: str
    office: str | None
    at: datetime
    note: str


class FeeOut(Schema):
    """What something costs in a case, in yuan as texts: why, line by line, and its order. `part` is the matter of a journey's part."""

    part: str
    title: dict[str, str]
    office: str
    amount: str
    because: str
    explanation: list[dict[str, str]]
    let_off: str | None
    order: str | None
    state: str | None
    received: str
    refunded: str


class TallyOut(Schema):
    """What became of a matter's cases."""

    matter: str
    office: str
    submitted: int
    accepted: int
    elsewhere: int
    granted: int
    refused: int
    instant: int
    in_time: int
    decided: int
    withdrawn: int
    corrected: int


class MatterCaseFilter(Schema):
    """Which cases: of an office, a matter, in a state; those that wait by their deadline; behind a mark."""

    office: str = Field(default="", max_length=60)
    matter: str = Field(default="", max_length=60)
    state: Stage | None = None
    waiting: bool = False
    number: str = Field(default="", max_length=40)
    after: str = Field(default="", max_length=80)
    most: int = Field(default=queries.PAGE, ge=1, le=200)


@router.post("", response={201: CaseOut})
@requires("matters.apply")
def submit(request: HttpRequest, given: CaseIn) -> Status[dict[str, Any]]:
    """Submit a case. What a rule can decide comes back decided, explained, and with its credential."""
    by, at = _actor(request), now()
    made = services.submit(**given.dict(), by=by, at=at)
    return Status(201, _told(made, with_why=made.is_instant))


@router.get("", response=ListOut)
@requires("matters.read")
def listing(request: HttpRequest, asked: Annotated[MatterCaseFilter, Query()]) -> dict[str, Any]:
    """A page of cases of one's office; the bureau reads those of all."""
    found = queries.cases(by=_actor(request), at=now(), **asked.dict())
    return {"cases": [_line(each) for each in found.lines], "following": found.following}


@router.get("/mine", response=list[CaseOut])
@requires("matters.mine")
def mine(request: HttpRequest) -> list[dict[str, Any]]:
    """One's own cases, the newest first."""
    return [_told(each) for each in queries.own_cases(by=_actor(request), at=now())]


@router.get("/figures", response=list[TallyOut])
@requires("matters.read")
def figures(
    request: HttpRequest, since: date, until: date, office: str = "", matter: str = ""
) -> list[Tally]:
    """What became of cases from one day to another, by matter."""
    by = _actor(request)
    reach = office if queries.sees_all(by) else (by.office or "")
    return queries.figures(since=since, until=until, office=reach, matter=matter)


@router.post("/elsewhere", response={201: CaseOut})
@requires("matters.report")
def elsewhere(request: HttpRequest, given: ElsewhereIn) -> Status[dict[str, Any]]:
    """Report a case that an office's own system handled."""
    made = services.report_elsewhere(**given.dict(), by=_actor(request), at=now())
    return Status(201, _told(made))


@router.get("/{number}", response=CaseOut)
@requires("matters.apply")
def one(request: HttpRequest, number: str) -> dict[str, Any]:
    """One case: one's own, or one of one's office."""
    return _told(_readable(request, number), with_why=True)


@router.get("/{number}/history", response=list[StepOut])
@requires("matters.apply")
def history(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What happened to a case."""
    found = _readable(request, number)
    return [
        {
            "action": step.action.value, "state": step.state.value, "by": step.by_title or step.by,
            "office": step.office, "at": step.at, "note": step.note,
        }
        for step in queries.history(found.number)
    ]  # fmt: skip


@router.get("/{number}/fees", response=list[FeeOut])
@requires("matters.apply")
def fees(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What a case costs as it was worked out, and how its orders stand; nothing before it is asked for."""
    found = _readable(request, number)
    placed = queries.fees(found.number)
    return [
        _fee(each, [one for one in placed if queries.part_of(one) == each.part])
        for each in queries.assessed_fees(found.number)
    ]


def _fee(one: AssessedFee, placed: list[Order]) -> dict[str, Any]:
    return {
        "part": one.part, "title": one.title.model_dump(), "office": one.office, "amount": str(yuan_of(one.fen)),
        "because": one.because, "explanation": [line.model_dump() for line in one.explanation], "let_off": one.let_off,
        "order": placed[-1].number if placed else None, "state": placed[-1].state.value if placed else None,
        "received": str(yuan_of(sum(each.received for each in placed))),
        "refunded": str(yuan_of(sum(each.refunded for each in placed))),
    }  # fmt: skip


@router.post("/{number}/accept", response=CaseOut)
@requires("matters.handle")
def accept(request: HttpRequest, number: str, given: NoteIn) -> dict[str, Any]:
    """Accept it."""
    return _done(request, services.accept, case=number, version=given.version)


@router.post("/{number}/reject", response=CaseOut)
@requires("matters.handle")
def reject(request: HttpRequest, number: str, given: NoteIn) -> dict[str, Any]:
    """Refuse to accept it, with the reason."""
    return _done(request, services.reject, case=number, reason=given.note, version=given.version)


@router.post("/{number}/ask", response=CaseOut)
@requires("matters.handle")
def ask(request: HttpRequest, number: str, given: AskIn) -> dict[str, Any]:
    """Say once what must be corrected."""
    points = [Point(each.what, each.how) for each in given.points]
    return _done(request, services.ask_correction, case=number, points=points, version=given.version)


@router.post("/{number}/correct", response=CaseOut)
@requires("matters.apply")
def correct(request: HttpRequest, number: str, given: CorrectIn) -> dict[str, Any]:
    """Correct it."""
    return _done(request, services.correct, case=number, **given.dict())


@router.post("/{number}/decide", response=CaseOut)
@requires("matters.decide")
def decide(request: HttpRequest, number: str, given: DecideIn) -> dict[str, Any]:
    """Decide it."""
    return _done(request, services.decide, case=number, **given.dict())


@router.post("/{number}/deliver", response=CaseOut)
@requires("matters.handle")
def deliver(request: HttpRequest, number: str, given: DeliverIn) -> dict[str, Any]:
    """Deliver the result."""
    return _done(request, services.deliver, case=number, **given.dict())


@router.post("/{number}/withdraw", response=CaseOut)
@requires("matters.apply")
def withdraw(request: HttpRequest, number: str, given: NoteIn) -> dict[str, Any]:
    """Withdraw it."""
    return _done(request, services.withdraw, case=number, **given.dict())


@router.post("/{number}/hand-over", response=CaseOut)
@requires("matters.apply")
def hand_over(request: HttpRequest, number: str, given: NoteIn) -> dict[str, Any]:
    """Have a person look at what a rule refused."""
    return _done(request, services.hand_over, case=number, **given.dict())


@router.post("/{number}/object", response=CaseOut)
@requires("matters.apply")
def object_to(request: HttpRequest, number: str, given: NoteIn) -> dict[str, Any]:
    """Object to the decision."""
    return _done(request, services.object_to, case=number, said=given.note, version=given.version)


def _done(request: HttpRequest, service: Callable[..., Case], **given: Any) -> dict[str, Any]:
    return _told(service(**given, by=_actor(request), at=now()))


def _readable(request: HttpRequest, number: str) -> Case:
    by, at = _actor(request), now()
    if by.has(Role.RESIDENT):
        return queries.own_case(number, by=by, at=at)
    policy.require("matters.read", by=by)
    return queries.staff_case(number, by=by, at=at)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _line(line: CaseLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in LineOut.model_fields}


def _told(case: Case, *, with_why: bool = False) -> dict[str, Any]:
    own = {name: getattr(case, name) for name in CaseOut.model_fields if hasattr(case, name)}
    return {
        **own,
        "state_title": STATE_TITLES[case.state],
        "materials": [{"id": each.id, "title": each.title, "had": each.had.value} for each in case.materials],
        "points": [{"what": each.what, "how": each.how} for each in case.points],
        "explanation": queries.explanation(case.number) if with_why else [],
        "ways": ways_out_of(case),
        "elsewhere": queries.crossing(case.number) if with_why else None,
    }


def ways_out_of(case: Case) -> list[str]:
    """What the applicant may do next, by the names of the end points."""
    return [each for each, possible in _WAYS.items() if possible(case)]


_WAYS: dict[str, Callable[[Case], bool]] = {
    "correct": lambda case: case.state is State.CORRECTING,
    "hand-over": lambda case: case.state is State.REFUSED and case.is_instant,
    "object": lambda case: case.state in (State.REFUSED, State.NOT_ACCEPTED, State.GRANTED),
    "withdraw": lambda case: case.state in (State.SUBMITTED, State.CORRECTING, State.ACCEPTED),
}
