"""A form compiled: its fields in the order in which they depend on one another, every expression parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import Compiled, compile_expression
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.nodes import Node
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values import from_python
from shuzhi.support.forms.engine.fields import FormField, kind_of
from shuzhi.support.forms.engine.patterns import portable_pattern
from shuzhi.support.forms.types import Constraint, FieldLayout, FormDeclaration

TODAY = "today"
LIMITS = Limits(steps=50_000, depth=50, items=10_000, characters=50_000, problems=20)


@dataclass(frozen=True)
class Rule:
    """One expression: its text, its tree, and which answers it asks."""

    text: str
    tree: Node
    run: Compiled = field(compare=False, repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Every name that it speaks of."""
        return frozenset(each.name for each in nodes.walk(self.tree) if isinstance(each, nodes.Name))

    def ask(self, variables: Mapping[str, Any], now: datetime | None) -> tuple[Any, str]:
        """The value, and what it is worth: value, not_evaluable or error."""
        scope = Scope(variables, limits=LIMITS, now=now)
        value = self.run(scope)
        wrong = any(each.kind == "rule" for each in scope.problems)
        return value, "error" if wrong else "not_evaluable" if scope.problems else "value"


@dataclass(frozen=True)
class CompiledForm:
    """A form ready to be asked."""

    declaration: FormDeclaration
    fields: Mapping[str, FormField]
    order: tuple[str, ...]
    visible: Mapping[str, tuple[Rule, ...]]
    required: Mapping[str, Rule]
    value: Mapping[str, Rule]
    constraints: tuple[tuple[Constraint, Rule], ...]


def names_of(form: FormDeclaration) -> Names:
    """What a form's expressions may speak of: its answers, its facts, and the day."""
    return Names.of([*form.schema_.get("properties", {}), *form.facts, TODAY])


def rule_of(text: str, names: Names) -> Rule:
    """An expression parsed and compiled.

    Raises:
        FeelSyntaxError: the text is no FEEL.
        LimitExceeded: it is too deep or too long.
    """
    tree = parse_expression(text, names=names)
    return Rule(text, tree, compile_expression(tree))


def compile_form(form: FormDeclaration) -> CompiledForm:
    """A checked form, compiled. `parts.py` says what is wrong with one that is not."""
    names = names_of(form)
    properties = form.schema_.get("properties", {})
    needed = set(form.schema_.get("required", ()))
    fields = {
        each.field: _field(each, properties[each.field], required=each.field in needed)
        for _, _, each in form.placed
    }
    logic = form.logic
    visible = {
        name: tuple(rule_of(text, names) for text in texts) for name, texts in visible_texts(form).items()
    }
    value = {name: rule_of(text, names) for name, text in logic.value.items()}
    return CompiledForm(
        declaration=form,
        fields=fields,
        order=in_order(fields, dependencies(visible, value, fields)),
        visible=visible,
        required={name: rule_of(text, names) for name, text in logic.required.items()},
        value=value,
        constraints=tuple((each, rule_of(each.that, names)) for each in logic.constraints),
    )


def _field(layout: FieldLayout, schema: Mapping[str, Any], *, required: bool) -> FormField:
    items = schema.get("items") or {}
    needed = items.get("required", ())
    cells = {
        each.field: _field(each, items["properties"][each.field], required=each.field in needed)
        for each in layout.rows
    }
    return FormField(layout.field, kind_of(schema) or "", schema, layout, required, _pattern(schema), cells)


def _pattern(schema: Mapping[str, Any]) -> re.Pattern[str] | None:
    return portable_pattern(schema["pattern"]) if "pattern" in schema else None


def visible_texts(form: FormDeclaration) -> dict[str, list[str]]:
    """What must be true for a field to show: of its page, of its section, its own."""
    found: dict[str, list[str]] = {}
    for page, section, each in form.placed:
        keys = (f"page/{page.id}", f"section/{section.id}", each.field)
        texts = [form.logic.visible[key] for key in keys if key in form.logic.visible]
        if texts:
            found[each.field] = texts
    return found


def dependencies(
    visible: Mapping[str, Iterable[Rule]], value: Mapping[str, Rule], fields: Mapping[str, object]
) -> dict[str, set[str]]:
    """Which answers must be known before a field's own."""
    found = {name: set[str]() for name in fields}
    for name in fields:
        rules = [*visible.get(name, ()), *([value[name]] if name in value else [])]
        found[name] = {each for rule in rules for each in rule.names if each in fields}
    return found


def in_order(fields: Iterable[str], needs: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The fields so that each comes after those it depends on; what goes in a circle is left out."""
    ordered: list[str] = []
    waiting = list(fields)
    while waiting:
        ready = [name for name in waiting if needs[name] <= set(ordered)]
        if not ready:
            break
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return tuple(ordered)


def fact_values(form: FormDeclaration, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that a form declares, as FEEL values; what is not given is null."""
    from shuzhi.support.forms.engine.fields import feel_value

    return {name: feel_value(kind, facts.get(name)) for name, kind in form.facts.items()}


def today_of(at: datetime) -> Any:
    """The day in China, as FEEL has it."""
    from shuzhi.foundation.clock import day_of

    return from_python(day_of(at))


def words_of(form: FormDeclaration, name: str) -> Words:
    """A field's title."""
    return form.field(name).title
