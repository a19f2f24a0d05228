"""Reading decision tables (决策表)."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from shuzhi.support.decisions.dmn.model import (
    Aggregation,
    HitPolicy,
    InputColumn,
    OutputColumn,
    Rule,
    Table,
    Text,
)
from shuzhi.support.decisions.dmn.reading import extensions
from shuzhi.support.decisions.dmn.reading.extensions import Columns
from shuzhi.support.decisions.dmn.reading.notebook import Notebook, name_of, spot_of, text_of, type_of
from shuzhi.support.decisions.dmn.xml import Element
from shuzhi.support.decisions.types import Basis, Period

Word = TypeVar("Word", bound=StrEnum)

_SHORT = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
    "C": "COLLECT",
}


def read_table(element: Element, notes: Notebook) -> Table:
    """A decision table; every fault of every row is noted."""
    inputs = tuple(_input(each, number, notes) for number, each in enumerate(element.all("input"), 1))
    outputs = _outputs(element, notes)
    annotations = tuple(name_of(each.get("name")) for each in element.all("annotation"))
    columns = extensions.columns_of(element, annotations, notes)
    policy = _word(element, "hitPolicy", HitPolicy, notes) or HitPolicy.UNIQUE
    aggregation = _word(element, "aggregation", Aggregation, notes)
    if aggregation and policy is not HitPolicy.COLLECT:
        zh, en = "只有 COLLECT 才能汇总", "only COLLECT may aggregate"
        notes.note(element, "aggregation-misplaced", zh, en)
    shape = _Shape(inputs, outputs, annotations, columns)
    rules = tuple(shape.rule(each, number, notes) for number, each in enumerate(element.all("rule"), 1))
    notes.row, notes.heading = None, ""
    return Table(
        policy,
        aggregation,
        element.get("preferredOrientation", "Rule-as-Row"),
        element.get("outputLabel"),
        inputs,
        outputs,
        annotations,
        rules,
        type_of(element, notes),
        spot_of(element),
    )


def _word(element: Element, attribute: str, words: type[Word], notes: Notebook) -> Word | None:
    written = name_of(element.get(attribute)).upper().replace("_", " ")
    if not written:
        return None
    try:
        return words(_SHORT.get(written, written))
    except ValueError:
        known = "、".join(words)
        zh = f"{attribute} 应为 {known} 之一，而不是 {written}"
        notes.note(element, "word-unknown", zh, f"{attribute} must be one of {known}, not {written}")
        return None


def _input(element: Element, number: int, notes: Notebook) -> InputColumn:
    holder = element.child("inputExpression")
    expression = text_of(holder, notes)
    heading = name_of(element.get("label") or (expression.text if expression else "")) or str(number)
    if expression is None or not expression.text.strip():
        notes.heading = heading
        notes.note(element, "input-missing", "输入列缺少表达式", "the input column has no expression")
        notes.heading, expression = "", None
    kind = type_of(holder, notes) if holder is not None else ""
    return InputColumn(
        heading, expression, kind, text_of(element.child("inputValues"), notes), spot_of(element)
    )


def _outputs(element: Element, notes: Notebook) -> tuple[OutputColumn, ...]:
    found = list(element.all("output"))
    if not found:
        notes.note(element, "output-missing", "决策表没有输出列", "the table has no output column")
    outputs = tuple(_output(each, number, notes) for number, each in enumerate(found, 1))
    names = [each.name for each in outputs]
    for each, output in zip(found, outputs, strict=True):
        if len(outputs) > 1 and not output.name:
            notes.note(
                each, "output-unnamed", "多个输出列时每列都要有名称", "one of several outputs has no name"
            )
        elif names.count(output.name) > 1:
            zh, en = f"输出列“{output.name}”重复", f"output “{output.name}” stands twice"
            notes.note(each, "output-twice", zh, en)
    return outputs


def _output(element: Element, number: int, notes: Notebook) -> OutputColumn:
    name = name_of(element.get("name"))
    return OutputColumn(
        name,
        name_of(element.get("label")) or name or str(number),
        type_of(element, notes),
        text_of(element.child("outputValues"), notes),
        text_of(element.child("defaultOutputEntry"), notes),
        spot_of(element),
    )


class _Shape:
    """The columns that each row must fill."""

    def __init__(
        self,
        inputs: tuple[InputColumn, ...],
        outputs: tuple[OutputColumn, ...],
        annotations: tuple[str, ...],
        columns: Columns,
    ) -> None:
        self.headings = tuple(each.heading for each in inputs)
        self.outputs = tuple(each.heading for each in outputs)
        self.annotations, self.columns = annotations, columns

    def rule(self, element: Element, number: int, notes: Notebook) -> Rule:
        notes.row = number
        tests = self._cells(element, "inputEntry", self.headings, notes)
        outputs = self._cells(element, "outputEntry", self.outputs, notes)
        said = tuple(_annotation(each) for each in element.all("annotationEntry"))
        stated = dict(zip(self.annotations, said, strict=False))
        return Rule(
            number,
            tests,
            outputs,
            said,
            self._period(element, stated, notes),
            self._bases(element, stated),
            spot_of(element),
        )

    def _cells(
        self, element: Element, kind: str, headings: tuple[str, ...], notes: Notebook
    ) -> tuple[Text, ...]:
        found = list(element.all(kind))
        if len(found) != len(headings):
            zh = f"{kind} 应有 {len(headings)} 个，实有 {len(found)} 个"
            notes.note(
                element, "cells-miscounted", zh, f"expected {len(headings)} {kind}, found {len(found)}"
            )
        cells = []
        for heading, each in zip(headings, found, strict=False):
            notes.heading = heading
            text = text_of(each, notes)
            if text is None or (kind == "outputEntry" and not text.text.strip()):
                text = self._empty(kind, each, notes)
            cells.append(text)
        notes.heading = ""
        return (*cells, *(Text("", spot_of(element)) for _ in headings[len(cells) :]))

    def _empty(self, kind: str, element: Element, notes: Notebook) -> Text:
        if kind == "outputEntry":
            notes.note(element, "cell-empty", "输出单元格为空", "the output cell is empty")
            return Text("null", spot_of(element))
        return Text("-", spot_of(element))

    def _period(self, element: Element, stated: dict[str, str], notes: Notebook) -> Period | None:
        own = extensions.period_of(element, notes)
        spot = spot_of(element)
        since = extensions.day_of(stated.get(self.columns.since, ""), spot, notes)
        until = extensions.day_of(stated.get(self.columns.until, ""), spot, notes)
        if own is None and since is None and until is None:
            return None
        if own is not None and (since or until):
            notes.note(spot, "validity-twice", "有效期只能写一次", "the validity is stated twice")
        return own or extensions.ordered(Period(since, until), spot, notes)

    def _bases(self, element: Element, stated: dict[str, str]) -> tuple[Basis, ...]:
        title = stated.get(self.columns.basis, "").strip().strip('"')
        return (*extensions.bases_of(element), *((Basis(title),) if title else ()))


def _annotation(element: Element) -> str:
    holder = element.child("text")
    return (holder.text if holder is not None else element.text).strip()
