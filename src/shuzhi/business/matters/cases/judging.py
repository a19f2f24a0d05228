"""Deciding by rule (秒办): the facts that were gathered go to the matter's decision; the answer explains itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from shuzhi.business.matters.types import DecisionRef
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Answer, Status, plain
from shuzhi.support.decisions.queries import Rulebook, explained, installed_rules, trace_of
from shuzhi.support.decisions.queries import reason as reason_of
from shuzhi.support.decisions.replaying.typed import input_types, value_of

GRANTED, BECAUSE = ("准予", "granted"), ("理由", "because")


@dataclass(frozen=True)
class Verdict:
    """What a rule says: granted or not, or neither where it can't be said; why; and what else it found out.

    `document` is kept with the case: rules, version, trace.
    """

    granted: bool | None
    because: str
    missing: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    document: Mapping[str, Any] = field(default_factory=dict)


def judge(ref: DecisionRef, facts: Mapping[str, Any], *, at: datetime) -> Verdict:
    """Ask the rule. It answers yes or no, or a context with `准予` (granted) and `理由` (because).

    Raises:
        RulesNotInstalled, DecisionUnknown: the matter names a decision that is not there.
    """
    return _verdict(ref, asked(ref, facts, at=at))


def asked(ref: DecisionRef, facts: Mapping[str, Any], *, at: datetime) -> Answer:
    """What a decision says of these facts, each found by the name of its input.

    Raises:
        RulesNotInstalled, DecisionUnknown: it is not there.
    """
    rules = installed_rules(ref.rules)
    kinds = _kinds(rules, ref.decision)
    given = {
        name: value_of(value, kind) if isinstance(value := facts[name], str) else value
        for name, kind in kinds.items()
        if facts.get(name) not in (None, "")
    }
    return rules.decide(ref.decision, given, as_of=day_of(at), at=at, strict=True, trace=True)


def document_of(ref: DecisionRef, answer: Answer) -> dict[str, Any]:
    """What is kept of an answer: which decision, and how it came to it."""
    trace = answer.trace.as_dict() if answer.trace else None
    return {"rules": ref.rules, "decision": ref.decision, "trace": trace}


def explanation(document: Mapping[str, Any]) -> list[Words]:
    """A kept verdict in words, line by line."""
    if not document.get("trace"):
        return []
    told = explained(trace_of(document["trace"]))
    lines = zip(told.zh.split("\n"), told.en.split("\n"), strict=False)
    return [Words(zh=zh, en=en) for zh, en in lines]


@lru_cache(maxsize=64)
def _kinds(rules: Rulebook, decision: str) -> Mapping[str, Any]:
    return input_types(rules, decision)


def _verdict(ref: DecisionRef, answer: Answer) -> Verdict:
    document = document_of(ref, answer)
    if answer.status is not Status.VALUE:
        return Verdict(None, reason_of(answer).zh, tuple(answer.missing), document=document)
    found = answer.value if isinstance(answer.value, Mapping) else {GRANTED[0]: answer.value}
    said = _first(found, GRANTED)
    granted = said if isinstance(said, bool) else None
    because = str(_first(found, BECAUSE) or "") or reason_of(answer).zh
    return Verdict(granted, because[:2000], (), {name: plain(each) for name, each in found.items()}, document)


def _first(found: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((found[name] for name in names if name in found), None)
