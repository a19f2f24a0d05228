"""FEEL in scenarios: what is expected, and values that earlier steps gave (a text that begins with `=`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words
from shuzhi.support.decisions.feel.compile import compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.evaluate import evaluate
from shuzhi.support.decisions.feel.names import Names, normal_name
from shuzhi.support.decisions.feel.nodes import Filter, Name, undeclared, walk
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.values import from_python, text_of, to_python

RESULT = ("result", "结果")
DEEPEST = 12
MOST_ITEMS = 5_000


def is_expression(written: object) -> bool:
    """Whether a value is to be worked out."""
    return isinstance(written, str) and written.startswith("=")


def faults_of(text: str, known: list[str]) -> Iterator[Words]:
    """What is wrong with an expression before it is run: its grammar, and names that nobody has kept."""
    try:
        node = parse_expression(text, names=Names.of([*known, *RESULT, "today"]))
        compile_expression(node)
    except (FeelSyntaxError, LimitExceeded) as error:
        yield Words(zh=error.message_zh, en=str(error))
        return
    inside = {id(name) for each in walk(node) if isinstance(each, Filter) for name in walk(each.condition)}
    for name in undeclared(node):
        if id(name) in inside:
            continue  # within […] a name may be one of the item's own
        there = "、".join([*known, *RESULT, "today"])
        yield Words(
            zh=f"没有名字“{name.name}”；可用：{there}",
            en=f"there is no name “{name.name}”; there are: {there}",
        )


def says_nothing(text: str, known: list[str]) -> bool:
    """Whether an expectation holds or fails whatever the steps gave: it speaks of no name."""
    names = [*known, *RESULT, "today"]
    try:
        return bool(parse_expression(text, names=Names.of(names))) and not any(name in text for name in names)
    except (FeelSyntaxError, LimitExceeded):
        return False


def is_name(text: str) -> bool:
    """Whether FEEL can speak of a value by this name."""
    try:
        node = parse_expression(text, names=Names.of([text]))
    except (FeelSyntaxError, LimitExceeded):
        return False
    return isinstance(node, Name)


def worked_out(text: str, kept: Mapping[str, Any], at: datetime) -> tuple[Any, list[str]]:
    """An expression's value, in FEEL, and why parts of it are null."""
    given = {normal_name(name): value for name, value in kept.items()}
    found = evaluate(text, {**given, "today": at.astimezone(CHINA).date()}, now=at.astimezone(CHINA))
    return found.value, [f"{each.zh} {each.en}" for each in found.problems]


def filled(written: Any, kept: Mapping[str, Any], at: datetime) -> Any:
    """What stands behind a verb, with every `=…` worked out."""
    if isinstance(written, dict):
        return {name: filled(value, kept, at) for name, value in written.items()}
    if isinstance(written, list):
        return [filled(value, kept, at) for value in written]
    if not is_expression(written):
        return written
    value, problems = worked_out(written[1:], kept, at)
    if value is None:
        raise ValueError("; ".join([written, *problems]))
    return _plain(to_python(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def said(value: Any) -> str:
    """A value as FEEL writes it, not too long."""
    text = text_of(from_python(value))
    return text if len(text) <= 200 else f"{text[:200]}…"  # noqa: PLR2004


def tellable(value: Any, depth: int = 0) -> Any:
    """What a verb gave, as FEEL can speak of it: records become contexts, enums their words."""
    if depth > DEEPEST:
        return None
    if value is None or (isinstance(value, (bool, str, int, float, Decimal)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(CHINA)
    if isinstance(value, date):
        return value
    return _many(value, depth + 1)


def _many(value: Any, depth: int) -> Any:
    if isinstance(value, BaseModel):
        return {name: tellable(getattr(value, name), depth) for name in type(value).model_fields}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: tellable(getattr(value, each.name), depth) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(tellable(name)): tellable(item, depth) for name, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((tellable(item, depth) for item in value), key=str)[:MOST_ITEMS]
    if isinstance(value, (list, tuple)):
        return [tellable(item, depth) for item in value[:MOST_ITEMS]]
    return str(value)
