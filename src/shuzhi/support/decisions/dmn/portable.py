"""A decision with all that it needs as one JSON document (随表携带), for evaluators that parse nothing.

Decision tables and literal expressions go along; what else a decision may be made of (other boxes, knowledge models,
services, imports, broken cells) is listed under `unsupported`, by name: such a decision is asked at the server.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.kinds import GENERAL
from shuzhi.support.decisions.dmn.model import (
    Decision,
    Expression,
    InputColumn,
    InputData,
    Item,
    Literal,
    OutputColumn,
    Rule,
    Table,
    Text,
)
from shuzhi.support.decisions.dmn.rulebook import Rulebook
from shuzhi.support.decisions.dmn.rulebook.book import Book, desk_of
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, in_order
from shuzhi.support.decisions.dmn.tables.cells import index_column
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.errors import LimitExceeded
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.tree import VERSION, packed
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.types import Basis, Period

_WORDS = {kinds.CONTEXT: "context", kinds.LIST: "list", kinds.FUNCTION: "function", kinds.RANGE: "range"}


def portable(rules: Rulebook, decision: str) -> dict[str, Any]:
    """The document of a decision, ready for `json.dumps`.

    Raises:
        DecisionUnknown, DecisionAmbiguous: see `Rulebook.part`.
    """
    book, unit = rules.part(decision, kind=DecisionUnit)
    assert isinstance(unit, DecisionUnit)
    writer = _Writer(book)
    document = {
        "v": VERSION,
        "decision": unit.name,
        "rules": rules.digest,
        "inputs": writer.inputs([*in_order(unit), unit]),
        "decisions": [writer.decision(each) for each in [*in_order(unit), unit]],
    }
    return {**document, "types": writer.named_types(), "unsupported": sorted(writer.unsupported)}


class _Writer:
    def __init__(self, book: Book) -> None:
        self.book = book
        self.unsupported: set[str] = set()
        parts = book.model.definitions.parts
        self.parts = {id(book.unit(part)): part for part in parts}

    def inputs(self, units: list[DecisionUnit]) -> list[dict[str, Any]]:
        needs = {id(need.unit): need.unit for unit in units for need in unit.needs}
        found = [each for each in needs.values() if isinstance(each, InputUnit) and id(each) in self.parts]
        return [
            {"name": each.name, "variable": each.variable, "type": self.type_of(self._written(each))}
            for each in found
        ]

    def _written(self, unit: InputUnit | DecisionUnit) -> str:
        part = self.parts[id(unit)]
        assert isinstance(part, (InputData, Decision))
        return part.variable.type

    def decision(self, unit: DecisionUnit) -> dict[str, Any]:
        part = self.parts.get(id(unit))
        if not isinstance(part, Decision) or any(form.unit for form in unit.forms):
            self.unsupported.add(unit.name)
            return {"name": unit.name}
        for need in unit.needs:
            if need.path or not isinstance(need.unit, (InputUnit, DecisionUnit)):
                self.unsupported.add(need.unit.name)
        desk = replace(desk_of(self.book, part, unit.needs), faults=[])
        made = {
            "name": unit.name,
            "variable": unit.variable,
            "type": self.type_of(part.variable.type),
            "needs": [[need.unit.name, need.unit.variable] for need in unit.needs],
            **_law(unit.bases, None),
        }
        if unit.forms:
            values = part.values or ()
            bodies = [each.value for each in values] or [part.expression]
            made["forms"] = [
                {**_law(form.bases, form.period), "logic": self.logic(body, desk)}
                for form, body in zip(unit.forms, bodies, strict=True)
            ]
        else:
            made["logic"] = self.logic(part.expression, desk)
        return made

    def logic(self, box: Expression | None, desk: Desk) -> dict[str, Any] | None:
        if isinstance(box, Literal):
            return {"literal": self.tree(box.text, desk), "type": self.type_of(box.type)}
        if isinstance(box, Table):
            return {"table": self.table(box, desk)}
        self.unsupported.add(desk.decision)
        return None

    def tree(self, text: Text, desk: Desk) -> list[Any] | None:
        return self._packed(desk.parse(text), desk)

    def tests(self, text: Text | None, desk: Desk) -> list[Any] | None:
        if text is None or text.text.strip() in ("", "-"):
            return None
        return self._packed(desk.parse_tests(text), desk)

    def _packed(self, node: nodes.Node | None, desk: Desk) -> list[Any] | None:
        try:
            if node is not None:
                return packed(node)
        except LimitExceeded:
            pass
        self.unsupported.add(desk.decision)
        return None

    def table(self, table: Table, desk: Desk) -> dict[str, Any]:
        return {
            "policy": table.hit_policy.value,
            "aggregation": table.aggregation.value if table.aggregation else None,
            "inputs": [self._input(table, at, desk) for at in range(len(table.inputs))],
            "outputs": [self._output(each, desk) for each in table.outputs],
            "rules": [self._rule(table, rule, desk) for rule in table.rules],
        }

    def _input(self, table: Table, at: int, desk: Desk) -> dict[str, Any]:
        column: InputColumn = table.inputs[at]
        cells = [self._cell(rule.tests[at], desk) for rule in table.rules]
        index = index_column(cells)
        tree = desk.parse(column.expression) if column.expression is not None else None
        return {
            "heading": column.heading,
            "name": tree.name if isinstance(tree, nodes.Name) else "",
            "tree": self._packed(tree, desk),
            "type": self.type_of(column.type),
            "allowed": self.tests(self._allowed(column), desk),
            "asked": [row for row in range(len(cells)) if index.asked >> row & 1],
            "kinds": [each.name for each in kinds.SIMPLE_TYPES if each.kind in index.kinds],
            "tested": index.tested,
        }

    def _cell(self, text: Text, desk: Desk) -> nodes.Node | None:
        return nodes.AnyTest() if text.text.strip() in ("", "-") else desk.parse_tests(text)

    def _allowed(self, column: InputColumn) -> Text | None:
        text = column.allowed
        if text is None or text.text.strip() in ("", "-"):
            item = self.book.kinds.items.get(normal_name(column.type)) if column.type else None
            text = item.allowed if item is not None and not item.is_collection else None
        return text

    def _output(self, column: OutputColumn, desk: Desk) -> dict[str, Any]:
        text = column.allowed
        if (text is None or not text.text.strip()) and column.type:
            item = self.book.kinds.items.get(normal_name(column.type))
            text = item.allowed if item is not None else None
        default = column.default if column.default is not None and column.default.text.strip() else None
        return {
            "name": normal_name(column.name),
            "type": self.type_of(column.type),
            "order": self.tests(text, desk),
            "default": self.tree(default, desk) if default else None,
        }

    def _rule(self, table: Table, rule: Rule, desk: Desk) -> dict[str, Any]:
        said = zip(table.annotations, rule.annotations, strict=False)
        return {
            "row": rule.number,
            "tests": [self.tests(each, desk) for each in rule.tests],
            "texts": [" ".join(each.text.split()) for each in rule.tests],
            "outputs": [self.tree(each, desk) for each in rule.outputs],
            "annotations": [list(pair) for pair in said if pair[1]],
            **_law(rule.bases, rule.period),
        }

    def type_of(self, written: str) -> Any:
        """A type as JSON: its name, or a word with its parts; what has none is unsupported."""
        item = self.book.kinds.items.get(normal_name(written)) if written else None
        if item is not None:
            return self._item(item)
        found = GENERAL.get(normal_name(written)) if written else kinds.ANY
        if isinstance(found, kinds.SimpleType):
            return found.name
        if found in (kinds.ANY, kinds.NULL):
            return "Any" if found is kinds.ANY else "Null"
        word = _WORDS.get(found) if found is not None else None
        if word is None:
            self.unsupported.add(written)
        return word or "Any"

    def _item(self, item: Item, level: int = 0) -> Any:
        if item.function is not None or level > 10:  # noqa: PLR2004 - types that speak of themselves
            self.unsupported.add(item.name)
            return "Any"
        parts = [[normal_name(each.name), self._item(each, level + 1)] for each in item.components]
        own = self.book.kinds.items.get(normal_name(item.type)) if item.type else None
        made = ["context", parts] if parts else self._item(own, level + 1) if own else self.type_of(item.type)
        made = self._restricted(made, item.allowed)
        made = ["list", made] if item.is_collection else made
        return self._restricted(made, item.constraint)

    def _restricted(self, made: Any, text: Text | None) -> Any:
        desk = desk_of(self.book, self.book.model.definitions.parts[0], ())
        tests = self.tests(text, replace(desk, faults=[]))
        return ["allowed", made, tests] if tests else made

    def named_types(self) -> dict[str, Any]:
        """The types of the file by name; those that can't go along are only missed where they are named."""
        before = set(self.unsupported)
        made = {name: self._item(item) for name, item in self.book.kinds.items.items()}
        self.unsupported = before
        return made


def _law(bases: tuple[Basis, ...], period: Period | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"basis": [str(each) for each in bases]} if bases else {}
    days = {"from": period.since, "until": period.until} if period else {}
    return facts | {name: day.isoformat() for name, day in days.items() if day}
