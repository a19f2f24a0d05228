"""What scenarios do with loops: open a dossier, act on it, look at it and at an inbox."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import queries, services
from shuzhi.support.workflow.types import Dossier


class Opening(BaseModel):
    """What a dossier begins with."""

    model_config = ConfigDict(extra="forbid")

    loop: str
    subject: str
    title: Words
    office: str
    requester: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)


class Act(BaseModel):
    """A step on a dossier; `version` is what the actor saw of it."""

    model_config = ConfigDict(extra="forbid")

    dossier: int
    action: str
    note: str = ""
    evidence: dict[str, Any] | None = None
    version: int | None = None


class OfDossier(BaseModel):
    """A dossier by its number."""

    model_config = ConfigDict(extra="forbid")

    dossier: int


class Inbox(BaseModel):
    """What waits for the step's actor; of one loop, where it is named."""

    model_config = ConfigDict(extra="forbid")

    loop: str | None = None


def open_dossier(said: Opening, stage: Stage) -> dict[str, Any]:
    """Begin a loop."""
    opened = services.open_dossier(
        loop=said.loop,
        subject=said.subject,
        title=said.title,
        office=said.office,
        requester=said.requester,
        facts=said.facts,
        by=stage.by,
        at=stage.at,
    )
    return _told(opened, stage)


def act(said: Act, stage: Stage) -> dict[str, Any]:
    """Take an action on a dossier."""
    acted = services.act(
        dossier=said.dossier,
        action=said.action,
        note=said.note,
        evidence=said.evidence,
        version=said.version,
        by=stage.by,
        at=stage.at,
    )
    return _told(acted, stage)


def look(said: OfDossier, stage: Stage) -> dict[str, Any]:
    """A dossier as the step's actor may read it, with its history."""
    found = queries.readable_dossier(said.dossier, actor=stage.by)
    return _told(found, stage) | {"history": [step.action or "open" for step in queries.history(found.id)]}


def look_at_inbox(said: Inbox, stage: Stage) -> list[dict[str, Any]]:
    """What waits for the step's actor, with light and days left."""
    rows = queries.inbox(actor=stage.by, today=day_of(stage.at), at=stage.at)
    return [
        _told(row.dossier, stage)
        | {"light": row.light, "days_left": row.days_left, "offers": [offer.id for offer in row.offers]}
        for row in rows
        if said.loop in (None, row.dossier.loop)
    ]


def _told(dossier: Dossier, stage: Stage) -> dict[str, Any]:
    day = day_of(stage.at)
    return {
        "id": dossier.id,
        "loop": dossier.loop,
        "subject": dossier.subject,
        "office": dossier.office,
        "requester": dossier.requester,
        "state": dossier.state,
        "open": dossier.is_open,
        "due_on": dossier.due_on,
        "late": bool(dossier.due_on and dossier.is_open and dossier.due_on < day),
        "version": dossier.version,
    }


VERBS = (
    Verb(
        "open dossier",
        Words(zh="立案", en="open a dossier"),
        Opening,
        open_dossier,
        names={"loop": "loops", "office": "offices"},
    ),
    Verb("act", Words(zh="办理", en="act on a dossier"), Act, act),
    Verb("dossier", Words(zh="查看案卷", en="look at a dossier"), OfDossier, look, looks=True),
    Verb(
        "inbox",
        Words(zh="查看待办", en="look at the inbox"),
        Inbox,
        look_at_inbox,
        looks=True,
        names={"loop": "loops"},
    ),
)
