"""What scenarios do with requests: take one in, dispatch, return, reply, verify, merge, import, and look one up."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.incidents import queries, services
from shuzhi.business.incidents.services.taking_in import Told
from shuzhi.business.incidents.types import Channel, Request
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import queries as workflow

CODE = "20260316"


class _Says(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Taking(_Says):
    """What a caller said, and how."""

    desk: str
    channel: Channel = Channel.CALL
    subject: str
    said: str = ""
    place: str = ""
    caller: str = ""


class OfRequest(_Says):
    """A request, with a note where the step asks for one."""

    number: str
    note: str = ""


class Dispatching(OfRequest):
    """To which office; by default the one that the table proposes."""

    office: str | None = None


class Verifying(OfRequest):
    """What the caller said of it."""

    solved: bool
    satisfaction: int | None = Field(default=None)


class Rating(_Says):
    """What the caller says by number and code: 1 is very dissatisfied, 5 very satisfied."""

    number: str
    code: str = CODE
    score: int
    words: str = ""


class Merging(OfRequest):
    """Into which request."""

    into: str


class Importing(_Says):
    """A desk and a data set whose rows are requests."""

    desk: str
    dataset: str


class Asking(_Says):
    """A number and the code that goes with it."""

    number: str
    code: str = CODE


def take_in(said: Taking, stage: Stage) -> dict[str, Any]:
    """Take a request in."""
    told = Told(said.subject, said.said, said.place, said.caller)
    taken = services.take_in(
        desk=said.desk, channel=said.channel, told=told, code=CODE, by=stage.by, at=stage.at
    )
    return _told(taken.request)


def dispatch(said: Dispatching, stage: Stage) -> dict[str, Any]:
    """Give a request to an office."""
    return _told(
        services.dispatch(number=said.number, office=said.office, note=said.note, by=stage.by, at=stage.at)
    )


def give_back(said: OfRequest, stage: Stage) -> dict[str, Any]:
    """Return a request to the desk."""
    return _told(services.return_to_desk(number=said.number, note=said.note, by=stage.by, at=stage.at))


def reply(said: OfRequest, stage: Stage) -> dict[str, Any]:
    """Reply to a request."""
    return _told(services.reply(number=said.number, note=said.note, by=stage.by, at=stage.at))


def verify(said: Verifying, stage: Stage) -> dict[str, Any]:
    """Ask the caller whether it is solved."""
    return _told(
        services.verify(
            number=said.number, solved=said.solved, satisfaction=said.satisfaction, note=said.note,
            by=stage.by, at=stage.at,
        )
    )  # fmt: skip


def rate(said: Rating, stage: Stage) -> dict[str, Any]:
    """Rate a request by its number and code."""
    found = services.rate(**said.model_dump(), at=stage.at)
    return {"rating": found.id, "score": found.score, "dossier": found.dossier}


def merge(said: Merging, stage: Stage) -> dict[str, Any]:
    """Merge a request into another about the same matter."""
    return _told(services.merge(number=said.number, into=said.into, note=said.note, by=stage.by, at=stage.at))


def import_requests(said: Importing, stage: Stage) -> dict[str, Any]:
    """Make requests of a data set's rows."""
    made = services.import_requests(
        desk=said.desk, dataset=said.dataset, code=lambda: CODE, by=stage.by, at=stage.at
    )
    return {
        "rows": made.rows, "opened": made.opened, "merged": made.merged, "known": made.known,
        "quarantined": made.quarantined, "balances": made.balances,
    }  # fmt: skip


def look(said: OfRequest, stage: Stage) -> dict[str, Any]:
    """A request as it stands."""
    del stage
    return _told(queries.request(said.number))


def look_up(said: Asking, stage: Stage) -> dict[str, Any]:
    """What a caller sees by number and code."""
    del stage
    found, dossier, steps = queries.status(said.number, said.code)
    return {
        "number": found.number, "state": dossier.state, "office": dossier.office, "open": dossier.is_open,
        "steps": len(steps),
    }  # fmt: skip


def _told(found: Request) -> dict[str, Any]:
    dossier = workflow.dossier(found.dossier) if found.dossier else None
    return {
        "number": found.number, "category": found.category, "urgency": found.urgency, "office": found.office,
        "caller": found.caller, "anonymous": found.is_anonymous, "dossier": found.dossier,
        "merged_into": found.merged_into, "others": found.others, "returns": found.returns,
        "reopenings": found.reopenings, "solved": found.is_solved, "satisfaction": found.satisfaction,
        "state": dossier.state if dossier else "merged", "due_on": dossier.due_on if dossier else None,
        "handler": dossier.office if dossier else None,
    }  # fmt: skip


def _words(zh: str, en: str) -> Words:
    return Words(zh=zh, en=en)


DESK = {"desk": "incidents"}
VERBS = (
    Verb("take in", _words("受理诉求", "take a request in"), Taking, take_in, names=DESK),
    Verb("dispatch", _words("转办", "dispatch a request"), Dispatching, dispatch, names={"office": "offices"}),
    Verb("return request", _words("退回改派", "return a request"), OfRequest, give_back),
    Verb("reply", _words("答复", "reply to a request"), OfRequest, reply),
    Verb("verify", _words("回访核实", "ask whether it is solved"), Verifying, verify),
    Verb("rate request", _words("凭码评价诉求", "rate a request by number and code"), Rating, rate),
    Verb("merge request", _words("并单", "merge a request"), Merging, merge),
    Verb("import requests", _words("批量转入诉求", "make requests of rows"), Importing, import_requests, names=DESK),
    Verb("request", _words("查看诉求", "look at a request"), OfRequest, look, looks=True),
    Verb("request status", _words("凭码查询诉求", "look up by number and code"), Asking, look_up, looks=True),
)  # fmt: skip
