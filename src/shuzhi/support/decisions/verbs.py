"""What scenarios ask of rules: a decision of the rules in force, as of the scenario's day or another."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.decisions import queries


class Question(BaseModel):
    """Which rules, which decision of them, and what it is asked about."""

    model_config = ConfigDict(extra="forbid")

    rules: str
    decision: str
    given: dict[str, Any] = Field(default_factory=dict)
    as_of: date | None = None


def decide(said: Question, stage: Stage) -> dict[str, Any]:
    """The answer, what is missing for one, and the reason in words."""
    rules = queries.installed_rules(said.rules)
    inputs = {name: _typed(value) for name, value in said.given.items()}
    answer = rules.decide(
        said.decision, inputs, as_of=said.as_of or day_of(stage.at), at=stage.at, trace=True
    )
    return {
        "status": answer.status,
        "value": answer.value,
        "missing": list(answer.missing),
        "reason": queries.reason(answer).zh,
    }


def _typed(value: Any) -> Any:
    """Every scalar of a pack is a text; what is plainly a number, true or false is given as that."""
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value


VERBS = (
    Verb(
        "decide",
        Words(zh="按规则决定", en="ask a decision"),
        Question,
        decide,
        looks=True,
        names={"rules": "rules"},
    ),
)
