"""What scenarios do in a hall: take a number, book, call, serve, pass over, transfer, close the day, look."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.business.halls import queries, services
from shuzhi.business.halls.types import Precedence, Ticket
from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OfHall(_Says):
    """A hall."""

    hall: str


class Taking(OfHall):
    """A queue of a hall, and why somebody goes first."""

    queue: str
    precedence: Precedence = Precedence.NONE


class Booking(OfHall):
    """A queue, and a time of the scenario's day or of another."""

    queue: str
    begins: datetime


class CheckingIn(OfHall):
    """An appointment's code."""

    code: str


class AtWindow(OfHall):
    """A window of a hall."""

    window: str


class Sending(AtWindow):
    """Where to: another queue or another window."""

    queue: str = ""
    to_window: str = ""


class Numbered(OfHall):
    """A number of today."""

    number: str


class OfCase(_Says):
    """A case's number, and its code or the last six characters of the applicant's identity number."""

    number: str | int
    proof: str


def take(said: Taking, stage: Stage) -> dict[str, Any]:
    """Take a number."""
    return _told(
        services.take_number(
            hall=said.hall, queue=said.queue, precedence=said.precedence, by=stage.by, at=stage.at
        )
    )


def book(said: Booking, stage: Stage) -> dict[str, Any]:
    """Book a time."""
    begins = said.begins if said.begins.tzinfo else said.begins.replace(tzinfo=CHINA)
    made = services.book(hall=said.hall, queue=said.queue, begins_at=begins, by=stage.by, at=stage.at)
    return {"code": made.code, "begins": made.begins_at.isoformat()}


def check_in(said: CheckingIn, stage: Stage) -> dict[str, Any]:
    """Turn an appointment into a number."""
    return _told(services.check_in(hall=said.hall, code=said.code, by=stage.by, at=stage.at))


def call(said: AtWindow, stage: Stage) -> dict[str, Any]:
    """Call the next number, or the window's own once more."""
    mine = queries.current(said.hall, said.window, at=stage.at)
    act = services.recall if mine is not None and mine.state == "called" else services.call_next
    return _told(act(hall=said.hall, window=said.window, by=stage.by, at=stage.at))


def begin(said: AtWindow, stage: Stage) -> dict[str, Any]:
    """The person is at the window."""
    return _told(services.begin(hall=said.hall, window=said.window, by=stage.by, at=stage.at))


def finish(said: AtWindow, stage: Stage) -> dict[str, Any]:
    """The person was served."""
    return _told(services.finish(hall=said.hall, window=said.window, by=stage.by, at=stage.at))


def pass_over(said: AtWindow, stage: Stage) -> dict[str, Any]:
    """Nobody came."""
    return _told(services.pass_over(hall=said.hall, window=said.window, by=stage.by, at=stage.at))


def put_back(said: Numbered, stage: Stage) -> dict[str, Any]:
    """Who was passed over is there now."""
    return _told(services.put_back(hall=said.hall, number=said.number, by=stage.by, at=stage.at))


def transfer(said: Sending, stage: Stage) -> dict[str, Any]:
    """Send the person to another window or queue."""
    return _told(
        services.transfer(
            hall=said.hall, window=said.window, queue=said.queue, to_window=said.to_window,
            by=stage.by, at=stage.at,
        )
    )  # fmt: skip


def close(said: _Says, stage: Stage) -> dict[str, Any]:
    """Close the days before today."""
    del said
    return {"closed": services.close_days(by=stage.by, at=stage.at)}


def look(said: OfHall, stage: Stage) -> dict[str, Any]:
    """A hall's day in figures."""
    found = queries.figures(queries.hall(said.hall), day_of(stage.at))
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


def look_up(said: OfCase, stage: Stage) -> dict[str, Any]:
    """Where a case stands, as the kiosk says it."""
    found = services.look_up(number=str(said.number), proof=said.proof, by=stage.by, at=stage.at)
    return {
        "number": found.number, "title": found.title.zh, "state": found.state.zh, "open": found.is_open,
        "office": found.office, "stages": [title.zh for title, _ in found.stages],
    }  # fmt: skip


def _told(found: Ticket) -> dict[str, Any]:
    return {
        "number": found.number, "queue": found.queue, "state": found.state.value, "window": found.window,
        "ahead": found.ahead, "calls": found.calls, "precedence": found.precedence.value,
    }  # fmt: skip


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


HALL = {"hall": "halls"}
VERBS = (
    Verb("take number", _words("取号", "take a number"), Taking, take, names=HALL),
    Verb("book time", _words("预约", "book a time"), Booking, book, names=HALL),
    Verb("check in", _words("预约取号", "turn an appointment into a number"), CheckingIn, check_in, names=HALL),
    Verb("call number", _words("叫号", "call a number"), AtWindow, call, names=HALL),
    Verb("begin serving", _words("开始办理", "begin to serve"), AtWindow, begin, names=HALL),
    Verb("finish serving", _words("办结号票", "finish serving"), AtWindow, finish, names=HALL),
    Verb("pass over", _words("过号", "pass over a number"), AtWindow, pass_over, names=HALL),
    Verb("put back", _words("过号找回", "put a number back"), Numbered, put_back, names=HALL),
    Verb("transfer number", _words("转窗口", "send to another window"), Sending, transfer, names=HALL),
    Verb("look up case", _words("凭码查办件", "look a case up by number and proof"), OfCase, look_up, looks=True),
    Verb("close hall days", _words("大厅日终", "close the days before"), _Says, close),
    Verb("hall figures", _words("大厅数字", "a hall's day in figures"), OfHall, look, names=HALL, looks=True),
)  # fmt: skip
