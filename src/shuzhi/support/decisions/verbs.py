"""What scenarios ask of rules: a decision of the rules in force, as of the scenario's day or another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.parts import Known
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.decisions import queries
from shuzhi.support.decisions.types import RulesDeclaration


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


def check_question(said: Mapping[str, Any], known: Known, folder: Path) -> Iterator[Words]:
    """The rules have that decision, and it needs what is given."""
    del folder
    declared = known.value("rules", str(said.get("rules")))
    if not isinstance(declared, RulesDeclaration):
        return
    decisions, decision = queries.decisions_of(declared), str(said.get("decision"))
    if decision.startswith("="):
        return
    if decision not in decisions:
        there = "、".join(decisions)
        yield Words(
            zh=f"没有决策 {decision}；现有：{there}", en=f"no decision {decision}; there are: {there}"
        )
        return
    given = said.get("given")
    asked = {name for needed in decisions.values() for name in needed}
    for name in given if isinstance(given, Mapping) else ():
        if name not in asked:
            there = "、".join(decisions[decision])
            yield Words(zh=f"没有输入 {name}；需要：{there}", en=f"no input {name}; it needs: {there}")


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
        check=check_question,
        names={"rules": "rules"},
    ),
)
