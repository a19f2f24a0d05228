"""Cases that other nodes hand over (收到的通办件): handled here as every case is, and told of step by step.

A matter is open to them where its channels name `node`. The node that handed it over has proven the applicant; it says so
under its signature, and the subscription says on what basis. It speaks for the applicant in that case, and in no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import queries
from shuzhi.business.matters.cases.errors import MessageUnreadable, NoSuchCase
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services import enclosures, handling
from shuzhi.business.matters.cases.services.enclosures import Enclosure
from shuzhi.business.matters.cases.services.moving import PLATFORM
from shuzhi.business.matters.cases.services.objecting import object_to
from shuzhi.business.matters.cases.services.submitting import submit
from shuzhi.business.matters.cases.types import Action, Delivery
from shuzhi.business.matters.types import Channel
from shuzhi.data.exchange import services as exchange
from shuzhi.data.exchange.ports import Handed
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.credentials import queries as credentials

PORT = "matters.cases"
MOST_NAMED = 1000


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Said = TypeVar("Said", bound=_Message)


class Submitted(_Message):
    """The first message: whose case it is, of which matter here, and what was said."""

    action: str
    matter: str = Field(max_length=60)
    applicant: str = Field(pattern=r"^(resident_id|uscc)/[0-9A-Za-z]{1,30}$")
    choices: dict[str, str] = Field(default_factory=dict, max_length=20)
    answers: dict[str, Any] = Field(default_factory=dict)
    delivery: Delivery = Delivery.ONLINE
    files: tuple[Enclosure, ...] = Field(default=(), max_length=MOST_NAMED)


class Followed(_Message):
    """What the applicant did later."""

    action: Action
    note: str = Field(default="", max_length=2000)
    answers: dict[str, Any] = Field(default_factory=dict)
    files: tuple[Enclosure, ...] = Field(default=(), max_length=MOST_NAMED)


@transaction.atomic
def take(handed: Handed, at: datetime) -> dict[str, Any]:
    """Take a message: the first of a case begins it, the others are what its applicant did.

    Raises:
        MessageUnreadable: it is not in its form.
        FilesTooLarge, FileBroken, FileRefused, PieceMissing: its files are not taken.
        PlatformError: what the room says to an applicant, it says to the node.
    """
    number, _, place = handed.reference.rpartition("/")
    by = replace(system(PLATFORM), name=f"node/{handed.node}", title=handed.node, office=handed.office)
    if place == "1":
        return _begun(handed, number, by=by, at=at)
    came = models.Came.objects.select_related("case").filter(node=handed.node, number=number).first()
    if came is None:
        raise NoSuchCase(case=number[:40])
    said = _read(Followed, handed.document)
    case = number_of(came.case)
    with enclosures.put_together(said.files, number=number, piece=handed.piece) as files:
        enclosures.keep(files, came.case, node=handed.node, by=by, at=at)
    if said.action is Action.CORRECT:
        handling.correct(case=case, answers=said.answers, note=said.note, by=by, at=at)
    elif said.action is Action.WITHDRAW:
        handling.withdraw(case=case, note=said.note, by=by, at=at)
    elif said.action is Action.OBJECT:
        object_to(case=case, said=said.note, by=by, at=at)
    else:
        raise MessageUnreadable(why=said.action.value)
    return {"case": case}


@transaction.atomic
def on_stepped(message: Mapping[str, Any], at: datetime) -> None:
    """A case that came from another node took a step: that node is told when it asks.

    The row is held first: of two messages at once the later one then tells the later state.
    """
    came = models.Came.objects.select_for_update().filter(case_id=message["id"]).first()
    if came is not None:
        exchange.tell_outcome(job=came.job, outcome=told_of(message["case"], at=at))


def told_of(number: str, *, at: datetime) -> dict[str, Any]:
    """What the other node is told of a case: how it stands, every step, and the credential as it was signed."""
    found = queries.case(number, at=at)
    return {
        "case": number, "state": found.state.value, "open": found.is_open, "instant": found.is_instant,
        "points": [{"what": each.what, "how": each.how} for each in found.points],
        "due_at": found.due_at.isoformat() if found.due_at else None, "due_reason": found.due_reason.value,
        "credential": _credential(found.credential),
        "steps": [
            {
                "seq": each.seq, "action": each.action.value, "state": each.state.value, "office": each.office,
                "at": each.at.isoformat(), "note": each.note,
            }
            for each in queries.history(number)
        ],
    }  # fmt: skip


def _begun(handed: Handed, number: str, *, by: Actor, at: datetime) -> dict[str, Any]:
    said = _read(Submitted, handed.document)
    with enclosures.put_together(said.files, number=number, piece=handed.piece) as files:
        made = submit(
            matter=said.matter, applicant=said.applicant, choices=said.choices, answers=said.answers,
            delivery=said.delivery, channel=Channel.NODE, key=f"node/{handed.node}/{number}"[:80], by=by, at=at,
        )  # fmt: skip
        enclosures.keep(files, models.Case.objects.get(id=made.id), node=handed.node, by=by, at=at)
    models.Came.objects.get_or_create(
        case_id=made.id,
        defaults={
            "node": handed.node, "office": handed.office, "number": number[:40], "job": handed.job, "came_at": at,
        },
    )  # fmt: skip
    return told_of(made.number, at=at)


def _read(form: type[Said], document: Mapping[str, Any]) -> Said:
    try:
        return form.model_validate(document)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise MessageUnreadable(why=where) from None


def _credential(number: str) -> dict[str, Any] | None:
    if not number:
        return None
    title = credentials.kind_of(number).title
    return {"number": number, "title": title.model_dump(), "file": credentials.signed(number).file}
