"""A form as one document for the browser (随表携带): fields, order, trees of every rule, words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.tree import as_json
from shuzhi.support.forms.engine.compiling import CompiledForm, Rule
from shuzhi.support.forms.engine.fields import FormField
from shuzhi.support.forms.engine.messages import MESSAGES

VERSION = 1
_LIVE = (
    "format", "enum", "items", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
)  # fmt: skip
_NUMBERS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})


def portable(form: CompiledForm) -> dict[str, Any]:
    """The document, ready for `json.dumps`; a rule that can't go along is null and listed under `unsupported`."""
    unsupported: list[str] = []

    def tree(name: str, rule: Rule | None) -> Any:
        try:
            return as_json(rule.tree) if rule else None
        except LimitExceeded:
            unsupported.append(name)
            return None

    def trees(name: str, rules: Iterable[Rule]) -> list[Any]:
        return [tree(name, rule) for rule in rules]

    return {
        "v": VERSION,
        "form": form.declaration.id,
        "version": form.declaration.version,
        "fields": [_field(each) for each in form.fields.values()],
        "order": list(form.order),
        "facts": dict(form.declaration.facts),
        "visible": {name: trees(name, rules) for name, rules in form.visible.items()},
        "required": {name: tree(name, rule) for name, rule in form.required.items()},
        "value": {name: tree(name, rule) for name, rule in form.value.items()},
        "constraints": [
            {
                "id": each.id,
                "fields": list(each.fields),
                "names": sorted(rule.names),
                "tree": tree(each.id, rule),
                "message": each.message.model_dump(),
            }
            for each, rule in form.constraints
        ],
        "messages": {code: words.model_dump() for code, words in MESSAGES.items()},
        "unsupported": unsupported,
    }


def _field(field: FormField) -> dict[str, Any]:
    schema = {name: field.schema[name] for name in _LIVE if name in field.schema}
    return {
        "name": field.name,
        "kind": field.kind,
        "required": field.required,
        "title": {"zh": field.layout.title.zh, "en": field.layout.title.said("en")},
        # Limits go as texts: no digit is lost in a double.
        "schema": {name: str(value) if name in _NUMBERS else value for name, value in schema.items()},
        "cells": [_field(each) for each in field.cells.values()],
    }
