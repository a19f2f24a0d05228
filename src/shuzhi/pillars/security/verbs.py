"""What scenarios look at in the audit log: what was written about a thing, and whether the log stands."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, services
from shuzhi.pillars.security.queries import Question, acts

MOST = 500


class Asked(BaseModel):
    """Which entries: action and target by their beginning."""

    model_config = ConfigDict(extra="forbid")

    action: str = ""
    target: str = ""
    outcome: str = ""


class OfSubject(BaseModel):
    """A person or firm by an identifier."""

    model_config = ConfigDict(extra="forbid")

    scheme: str
    value: str


class Nothing(BaseModel):
    """Nothing is to be said."""

    model_config = ConfigDict(extra="forbid")


def look(said: Asked, stage: Stage) -> list[dict[str, Any]]:
    """The entries, the newest first."""
    del stage
    question = Question(action=said.action, target=said.target, outcome=said.outcome)
    return [
        {
            "action": act.action,
            "target": act.target,
            "actor": act.actor,
            "office": act.office,
            "outcome": act.outcome,
        }
        for act in acts(question, size=MOST)
    ]


def verify(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Seal what was written and recompute the whole chain."""
    del said
    while audit.seal(at=stage.at):
        pass
    found = audit.verify()
    return {"entries": found.entries, "sealed": found.sealed, "whole": found.sealed == found.entries}


def ask_who_saw(said: OfSubject, stage: Stage) -> list[dict[str, Any]]:
    """Who saw somebody's data, when, why and on which law, the newest first."""
    found = services.ask_who_saw(scheme=said.scheme, value=said.value, by=stage.by, at=stage.at)
    return [
        {
            "action": act.action,
            "target": act.target,
            "actor": act.actor,
            "office": act.office,
            "outcome": act.outcome,
        }
        for act in found
    ]


VERBS = (
    Verb("audit", Words(zh="查看审计", en="look at the audit log"), Asked, look, looks=True),
    Verb("verify audit", Words(zh="校验审计", en="verify the audit log"), Nothing, verify, looks=True),
    Verb(
        "who saw",
        Words(zh="谁看过我的数据", en="ask who saw somebody's data"),
        OfSubject,
        ask_who_saw,
        looks=True,
    ),
)
