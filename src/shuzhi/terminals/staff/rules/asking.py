"""The form with which a decision is tried: a field for each typed input, each of which may be left unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.kinds import Reference
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, Unit
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import ContextOf, FeelType, Restricted
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.terminals.design.types import Choice, Field, Said, Words

DEEPEST = 3
UNKNOWN = Said("不知道", "Not known")
YES_NO = (Choice("true", Said("是", "Yes")), Choice("false", Said("否", "No")))
NO_NUMBER = Said("请填数字，例如 12 或 3.5。", "Give a number, such as 12 or 3.5.")
NO_JSON = Said(
    '请按 JSON 填写，例如 [1, 2] 或 {"名称": "甲"}。', 'Write it as JSON, such as [1, 2] or {"name": "A"}.'
)
HINTS: dict[str, Words] = {
    "time": Said("例如 09:30:00", "Such as 09:30:00"),
    "date and time": Said("例如 2026-03-01T09:30:00", "Such as 2026-03-01T09:30:00"),
    "days and time duration": Said("例如 P10D 或 PT2H", "Such as P10D or PT2H"),
    "years and months duration": Said("例如 P1Y2M", "Such as P1Y2M"),
    "json": Said("按 JSON 填写，例如 [1, 2]", "As JSON, such as [1, 2]"),
}


class Unreadable(ValueError):
    """What was typed is no value of the input's kind; the argument says so in both languages."""


@dataclass(frozen=True)
class Asked:
    """One thing that the form asks: which input, which component of it, and what kind of value."""

    name: str
    path: tuple[str, ...]
    kind: str
    choices: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The input's name, with its component's."""
        return " · ".join(self.path)

    def field(self, typed: str, error: Words = "") -> Field:
        """The field; what is left empty is not known."""
        options = YES_NO if self.kind == "boolean" else tuple(Choice(each, each) for each in self.choices)
        control = "select" if options else {"date": "date", "json": "textarea"}.get(self.kind, "text")
        return Field(
            name=self.name,
            label=self.label,
            control=control,  # type: ignore[arg-type]
            value=typed,
            hint=HINTS.get(self.kind, ""),
            error=error,
            choices=(Choice("", UNKNOWN), *options) if options else (),
            required=False,
            in_filter=True,
            short=self.kind in ("number", "date", "time", "boolean"),
            inputmode="decimal" if self.kind == "number" else "",
        )

    def value(self, typed: str) -> Any:
        """The value of what was typed; nothing where nothing was.

        Raises:
            Unreadable: it is no number, or no JSON.
        """
        text = typed.strip()
        if not text:
            return None
        if self.kind == "boolean":
            return text == "true"
        if self.kind == "number":
            return _number(text)
        return _json(text) if self.kind == "json" else text

    def as_dict(self) -> dict[str, object]:
        """For the page's script."""
        return {"name": self.name, "path": list(self.path), "kind": self.kind}


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable(NO_NUMBER) from None
    if not number.is_finite():
        raise Unreadable(NO_NUMBER)
    return number


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise Unreadable(NO_JSON) from None


def asked_of(rules: Rulebook, decision: str) -> tuple[Asked, ...]:
    """What must be asked to try a decision: the input data that it needs, itself or by way of others."""
    _, unit = rules.part(decision)
    found: dict[tuple[str, ...], Asked] = {}
    for path, each in _inputs(unit):
        for below, kind, choices in _leaves(each.kind, (*path, each.variable)):
            found.setdefault(below, Asked(f"in-{len(found)}", below, kind, choices))
    return tuple(found.values())


def _inputs(unit: Unit) -> Iterator[tuple[tuple[str, ...], InputUnit]]:
    waiting: list[tuple[tuple[str, ...], Unit]] = [((), unit)]
    seen: set[tuple[tuple[str, ...], int]] = set()
    for path, each in waiting:
        if isinstance(each, InputUnit):
            yield path, each
        elif isinstance(each, DecisionUnit) and (path, id(each)) not in seen:
            seen.add((path, id(each)))
            named = [
                ((*path, *(normal_name(n) for n in need.path if not n.startswith(UNNAMED))), need.unit)
                for need in each.needs
            ]
            waiting += [*named, *((path, form.unit) for form in each.forms if form.unit)]


def _leaves(kind: FeelType, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    bare, choices = _bare(kind)
    if isinstance(bare, ContextOf) and bare.fields and len(path) < DEEPEST:
        for name, inner in bare.fields:
            yield from _leaves(inner, (*path, name))
    else:
        word = bare.name if isinstance(bare, kinds.SimpleType) else "string" if bare is kinds.ANY else "json"
        yield path, word, choices


def _bare(kind: FeelType) -> tuple[FeelType, tuple[str, ...]]:
    """A type without what restricts it, and the values that are allowed where they are listed."""
    choices: tuple[str, ...] = ()
    while isinstance(kind, (Restricted, Reference)):
        if isinstance(kind, Reference):
            kind = kind.meant()
            continue
        listed = kind.tests.tests if isinstance(kind.tests, nodes.UnaryTests) else ()
        values = [str(each.value) for each in listed if isinstance(each, (nodes.String, nodes.Number))]
        if values and len(values) == len(listed):
            choices = choices or tuple(values)
        kind = kind.base
    return kind, choices


def inputs_of(asked: tuple[Asked, ...], typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, Words]]:
    """The inputs as typed, components within their contexts; and what could not be read, by field."""
    given: dict[str, Any] = {}
    wrong: dict[str, Words] = {}
    for each in asked:
        try:
            value = each.value(typed.get(each.name, ""))
        except Unreadable as reason:
            wrong[each.name] = reason.args[0]
            continue
        holder = given
        for name in each.path[:-1]:
            holder = holder.setdefault(name, {})
        if value is not None:
            holder[each.path[-1]] = value
    return given, wrong
