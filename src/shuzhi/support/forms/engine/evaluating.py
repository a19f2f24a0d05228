"""What a set of answers means (求值): the one function that browser and server must agree on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.values import Date
from shuzhi.support.decisions.feel.values.numbers import plain
from shuzhi.support.forms.engine.compiling import TODAY, CompiledForm, Rule, fact_values, today_of
from shuzhi.support.forms.engine.fields import (
    BOOLEAN,
    CHOICES,
    DATE,
    FILES,
    INTEGER,
    NUMBER,
    ROWS,
    FormField,
    feel_rows,
    feel_value,
    read_answer,
    read_rows,
)
from shuzhi.support.forms.types import Answer, Answers, Fault, Outcome


def evaluate(form: CompiledForm, answers: Answers, *, facts: Mapping[str, Any], at: datetime) -> Outcome:
    """Which fields show, which are asked for, every value, and what is wrong.

    A field shows where its expressions are true; what is hidden has no value and asks nothing. A computed field has
    the value of its expression, whatever was sent. A rule that can't be evaluated for want of an answer says nothing.
    """
    return _Evaluation(form, facts, at).outcome(answers)


class _Evaluation:
    def __init__(self, form: CompiledForm, facts: Mapping[str, Any], at: datetime) -> None:
        self.form, self.at = form, at
        nothing = dict.fromkeys(form.fields)
        self.scope = {**nothing, **fact_values(form.declaration, facts), TODAY: today_of(at)}
        self.values: dict[str, Answer] = {}
        self.faults: dict[str, list[Fault]] = {}

    def outcome(self, answers: Answers) -> Outcome:
        visible = {}
        for name in self.form.order:
            visible[name] = all(self.ask(rule)[0] is True for rule in self.form.visible.get(name, ()))
            if visible[name]:
                self.take(self.form.fields[name], answers.get(name))
        required = {name: visible[name] and self.is_required(name) for name in self.form.order}
        for name, needed in required.items():
            if needed and self.values.get(name) is None and name not in self.faults:
                self.faults[name] = [self.form.fields[name].fault("required")]
        ordered = [name for name in self.form.fields if name in visible]
        errors = [fault for name in ordered for fault in self.faults.get(name, ())]
        return Outcome(
            {name: visible[name] for name in ordered},
            {name: required[name] for name in ordered},
            {name: self.values.get(name) for name in ordered if visible[name]},
            (*errors, *self.broken(visible)),
        )

    def take(self, field: FormField, given: object) -> None:
        if field.kind == ROWS:
            self.take_rows(field, given)
            return
        rule = self.form.value.get(field.name)
        value, fault = self.computed(field, rule) if rule else read_answer(field, given)
        self.values[field.name] = value
        if fault:
            self.faults[field.name] = [fault]
        self.scope[field.name] = None if fault else feel_value(field.kind, value)

    def take_rows(self, field: FormField, given: object) -> None:
        rows, faults = read_rows(field, given)
        self.values[field.name] = rows
        if faults:
            self.faults[field.name] = faults
        self.scope[field.name] = None if faults else feel_rows(field, rows)

    def computed(self, field: FormField, rule: Rule) -> tuple[Answer, Fault | None]:
        value, status = self.ask(rule)
        if status == "error":
            return None, field.fault("rule_fault")
        if value is None or status != "value":
            return None, None
        answer = answer_of(field.kind, value)
        return (None, field.fault("rule_fault")) if answer is None else read_answer(field, answer)

    def is_required(self, name: str) -> bool:
        if name in self.form.value:
            return False
        rule = self.form.required.get(name)
        return self.form.fields[name].required or (rule is not None and self.ask(rule)[0] is True)

    def broken(self, visible: Mapping[str, bool]) -> list[Fault]:
        """Constraints that are false among answers that are right by themselves."""
        found = []
        for constraint, rule in self.form.constraints:
            shown = [name for name in constraint.fields if visible.get(name)]
            if not shown or any(name in self.faults for name in rule.names):
                continue
            value, status = self.ask(rule)
            if status == "error":
                found.append(self.form.fields[shown[0]].fault("rule_fault"))
            elif status == "value" and value is not True:
                found.append(Fault(shown[0], f"constraint/{constraint.id}", constraint.message))
        return found

    def ask(self, rule: Rule) -> tuple[Any, str]:
        try:
            return rule.ask(self.scope, self.at)
        except LimitExceeded:
            return None, "error"


def answer_of(kind: str, value: Any) -> Answer:
    """A computed value as an answer; None where it is of another kind."""
    if kind in (INTEGER, NUMBER):
        return plain(value) if isinstance(value, Decimal) else None
    if kind == DATE:
        return str(value) if isinstance(value, Date) else None
    if kind == BOOLEAN:
        return value if isinstance(value, bool) else None
    if kind in (CHOICES, FILES):
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
        return list(value) if texts else None
    return value if isinstance(value, str) else None
