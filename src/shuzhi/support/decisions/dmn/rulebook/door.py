"""The door (入口): values of JSON and Python become FEEL values of the types that the rules declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import DecimalException
from functools import lru_cache
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.kinds import Reference
from shuzhi.support.decisions.dmn.model import Decision, InputData
from shuzhi.support.decisions.dmn.rulebook.book import Book
from shuzhi.support.decisions.dmn.rulebook.units import (
    DecisionUnit,
    InputUnit,
    KnowledgeUnit,
    ServiceUnit,
    Unit,
)
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values import from_python
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.literals import date_from, datetime_from, duration_from, time_from
from shuzhi.support.decisions.feel.values.types import ANY, ContextOf, FeelType, ListOf, Restricted

_FROM_TEXT = {
    kinds.DATE: date_from,
    kinds.TIME: time_from,
    kinds.DATE_TIME: datetime_from,
    kinds.DAY_DURATION: duration_from,
    kinds.MONTH_DURATION: duration_from,
}


def adopted(book: Book, unit: Unit, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs by normal name as FEEL values, and what could not be taken in."""
    types = expected(book, unit)
    given: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in inputs.items():
        key = _key(name)
        try:
            given[key] = _from_text(from_python(value), types.get(key, ANY))
        except (TypeError, DecimalException, RecursionError):
            words = Words(zh=f"无法读取“{name}”的值", en=f"the value of “{name}” can't be read")
            problems.append(Problem("unreadable", words, None, name, "ill-typed"))
    return given, problems


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return normal_name(str(name))


def expected(book: Book, unit: Unit) -> dict[str, FeelType]:
    """The types of all that may be handed in, by normal name: input data, and values for decisions."""
    if isinstance(unit, (KnowledgeUnit, ServiceUnit)) and unit.function is not None:
        return {each.name: each.type for each in unit.function.parameters}
    definitions = book.model.definitions
    return book.once(
        "expected", lambda: _types(book, (*definitions.decisions, *definitions.inputs), expected, unit)
    )


def asked_for(book: Book, unit: Unit) -> dict[str, FeelType]:
    """The types of what comes from outside only: input data, or the parameters of a function."""
    if isinstance(unit, (KnowledgeUnit, ServiceUnit)):
        return expected(book, unit)
    return book.once("asked_for", lambda: _types(book, book.model.definitions.inputs, asked_for, unit))


def _types(
    book: Book,
    parts: Iterable[Decision | InputData],
    below: Callable[[Book, Unit], dict[str, FeelType]],
    unit: Unit,
) -> dict[str, FeelType]:
    types: dict[str, FeelType] = {}
    for part in parts:
        made = book.unit(part)
        if isinstance(made, (InputUnit, DecisionUnit)):
            types[made.variable] = made.kind
    for name, imported in book.below.items():
        inside = below(imported, unit)
        types.update(
            {normal_name(name): ContextOf(tuple(inside.items()))} if not name.startswith(UNNAMED) else inside
        )
    return types


def _from_text(value: Any, kind: FeelType) -> Any:
    """A text as the date, time or duration that the type asks for, however deep; else as it is."""
    while isinstance(kind, (Restricted, Reference)):
        kind = kind.base if isinstance(kind, Restricted) else kind.meant()
    if isinstance(value, str):
        read = _FROM_TEXT.get(kind) if isinstance(kind, kinds.SimpleType) else None
        found = read(value) if read else None
        return value if found is None else found
    if isinstance(value, list) and isinstance(kind, ListOf):
        return [_from_text(each, kind.item) for each in value]
    if isinstance(value, dict):
        parts = dict(kind.components()) if isinstance(kind, ContextOf) else {}
        named = {_key(name): each for name, each in value.items()}
        return {name: _from_text(each, parts.get(name, ANY)) for name, each in named.items()}
    return value
