"""Reading boxed expressions (方框表达式)."""

from __future__ import annotations

from collections.abc import Callable

from shuzhi.support.decisions.dmn import model
from shuzhi.support.decisions.dmn.model import Expression, Loop, Named
from shuzhi.support.decisions.dmn.reading.notebook import (
    Notebook,
    name_of,
    named,
    spot_of,
    text_of,
    type_of,
)
from shuzhi.support.decisions.dmn.reading.tables import read_table
from shuzhi.support.decisions.dmn.xml import Element


def find_expression(holder: Element, notes: Notebook) -> Expression | None:
    """The boxed expression directly within an element; None where there is none."""
    for child in holder.children:
        if child.name in _READERS and child.namespace == holder.namespace:
            return _READERS[child.name](child, notes)
    return None


def _within(element: Element, name: str, notes: Notebook) -> Expression | None:
    holder = element.child(name)
    found = find_expression(holder, notes) if holder is not None else None
    if found is None:
        zh, en = f"{element.name} 缺少 {name}", f"{element.name} has no {name}"
        notes.note(holder or element, "part-missing", zh, en)
    return found


def _literal(element: Element, notes: Notebook) -> Expression | None:
    text = text_of(element, notes)
    if element.child("importedValues") is not None:
        zh, en = "不支持从其他文件取值（importedValues）", "importedValues are not supported"
        notes.note(element, "imported-values", zh, en)
        return None
    if text is None or not text.text.strip():
        notes.note(element, "text-missing", "表达式为空", "the expression is empty")
        return None
    return model.Literal(text, type_of(element, notes), spot_of(element))


def _invocation(element: Element, notes: Notebook) -> Expression:
    called = find_expression(element, notes)
    if called is None:
        notes.note(element, "called-missing", "没有写明调用什么", "the invocation does not say what it calls")
    bindings = tuple(_binding(each, notes) for each in element.all("binding"))
    return model.Invocation(called, bindings, type_of(element, notes), spot_of(element))


def _binding(element: Element, notes: Notebook) -> model.Binding:
    parameter = element.child("parameter")
    return model.Binding(named(parameter or element, notes), find_expression(element, notes))


def _context(element: Element, notes: Notebook) -> Expression:
    entries = tuple(_entry(each, notes) for each in element.all("contextEntry"))
    names = [entry.variable.name for entry in entries if entry.variable]
    for entry in entries[:-1]:
        if entry.variable is None:
            zh, en = "只有最后一项可以没有名称", "only the last entry may be without a name"
            notes.note(element, "entry-unnamed", zh, en)
    for name in {name for name in names if names.count(name) > 1}:
        notes.note(element, "entry-twice", f"“{name}”重复", f"“{name}” stands twice")
    return model.Context(entries, type_of(element, notes), spot_of(element))


def _entry(element: Element, notes: Notebook) -> model.Entry:
    variable = element.child("variable")
    value = find_expression(element, notes)
    if value is None and not any(child.name in _READERS for child in element.children):
        notes.note(element, "entry-empty", "上下文项没有表达式", "the context entry has no expression")
    return model.Entry(named(variable, notes) if variable is not None else None, value)


def _relation(element: Element, notes: Notebook) -> Expression:
    columns = tuple(named(each, notes) for each in element.all("column"))
    rows = []
    for number, row in enumerate(element.all("row"), 1):
        cells = tuple(_expression(each, notes) for each in row.children if each.name in _READERS)
        if len(cells) != len(columns):
            zh = f"第 {number} 行应有 {len(columns)} 格，实有 {len(cells)} 格"
            en = f"row {number} should have {len(columns)} cells, it has {len(cells)}"
            notes.note(row, "cells-miscounted", zh, en)
        rows.append(cells)
    return model.Relation(columns, tuple(rows), type_of(element, notes), spot_of(element))


def _expression(element: Element, notes: Notebook) -> Expression | None:
    return _READERS[element.name](element, notes)


def _listing(element: Element, notes: Notebook) -> Expression:
    items = tuple(_expression(each, notes) for each in element.children if each.name in _READERS)
    return model.Listing(items, type_of(element, notes), spot_of(element))


def read_function(element: Element, notes: Notebook) -> model.Function:
    """A function definition; one that is not FEEL is kept, so that whoever calls it can be told."""
    kind = (element.get("kind") or element.get("{}kind") or "FEEL").upper()
    parameters = tuple(_parameter(each, notes) for each in element.all("formalParameter"))
    body = find_expression(element, notes)
    if kind not in ("FEEL", "F"):
        zh = f"不运行外部函数（{kind}）：只支持 FEEL 函数"
        notes.note(element, "function-external", zh, f"external functions ({kind}) are not run: FEEL only")
        body = None
    elif body is None:
        notes.note(element, "function-empty", "函数没有函数体", "the function has no body")
    return model.Function(
        "FEEL" if kind == "F" else kind, parameters, body, type_of(element, notes), spot_of(element)
    )


def _parameter(element: Element, notes: Notebook) -> Named:
    return named(element, notes)


def _conditional(element: Element, notes: Notebook) -> Expression:
    condition, then, otherwise = (_within(element, name, notes) for name in ("if", "then", "else"))
    return model.Conditional(condition, then, otherwise, type_of(element, notes), spot_of(element))


def _filter(element: Element, notes: Notebook) -> Expression:
    source, match = _within(element, "in", notes), _within(element, "match", notes)
    return model.Filter(source, match, type_of(element, notes), spot_of(element))


def _iteration(element: Element, notes: Notebook) -> Expression:
    variable = name_of(element.get("iteratorVariable"))
    if not variable:
        zh, en = "循环没有变量名", "the iterator has no variable"
        notes.note(element, "iterator-unnamed", zh, en)
    loop = Loop(element.name)
    source = _within(element, "in", notes)
    body = _within(element, "return" if loop is Loop.FOR else "satisfies", notes)
    return model.Iteration(loop, variable, source, body, type_of(element, notes), spot_of(element))


_READERS: dict[str, Callable[[Element, Notebook], Expression | None]] = {
    "literalExpression": _literal,
    "invocation": _invocation,
    "context": _context,
    "relation": _relation,
    "list": _listing,
    "functionDefinition": read_function,
    "decisionTable": read_table,
    "conditional": _conditional,
    "filter": _filter,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
}
