"""Boxed expressions in SQL: literals, contexts, lists, conditionals, invocations, functions, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn import model
from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.model import Expression, Spot, Text
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values.types import ANY, FeelType, FunctionOf
from shuzhi.support.decisions.sql import logic
from shuzhi.support.decisions.sql.expressions import Sheet, Writer
from shuzhi.support.decisions.sql.fitting import fitted
from shuzhi.support.decisions.sql.literals import chosen
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    Broken,
    Closure,
    Known,
    Listing,
    Record,
    Refused,
    Shape,
    Sql,
)
from shuzhi.support.decisions.types import Fault


@dataclass(frozen=True, eq=False)
class Page:
    """A part of a rule file that is being written: its desk, its variables, and where reasons go."""

    sheet: Sheet
    desk: Desk
    names: Mapping[str, Shape]
    reasons: Callable[[Sql], None] = lambda _sql: None

    def at(self, *, row: int | None = None, heading: str = "") -> Page:
        """The same for a row or cell of a table."""
        return replace(self, desk=self.desk.at(row=row, heading=heading))

    def binding(self, names: Mapping[str, Shape]) -> Page:
        """The same with more variables; tables within are no longer the decision's own."""
        return replace(
            self, desk=self.desk.declaring(names), names={**self.names, **names}, reasons=lambda _sql: None
        )

    def writer(self, text: Text) -> Writer:
        """What makes SQL of a text here."""
        return Writer(self.sheet, self.desk.types, self.names, text, self.desk.place(text.spot))

    def literal(self, text: Text, kind: FeelType | str = ANY, *, kept: bool = False) -> Shape:
        """A text's shape, as the type asks for it."""
        node = self.desk.parse(text)
        if node is None:
            return BROKEN
        made = self.writer(text).write(node)
        wanted = self.desk.kind(kind, text.spot) if isinstance(kind, str) else kind
        return self.fitting(made, wanted, text.spot, kept=kept)

    def fitting(self, made: Shape, kind: FeelType, spot: Spot, *, kept: bool = False) -> Shape:
        """As the type asks for it; what never fits is null, or with `kept` stays."""
        if isinstance(made, Broken) or kind is ANY:
            return made
        try:
            fit = fitted(made, kind, self.writer(Text("", spot)))
        except Refused as refused:
            return self.refuse(refused, spot)
        if fit is None:
            return made if kept else NULL
        return fit

    def refuse(self, refused: Refused, spot: Spot) -> Broken:
        """Note why a box can't be made into SQL."""
        words = Words(zh=refused.zh, en=refused.en)
        self.sheet.faults.append(Fault("sql-refused", self.desk.place(spot), words))
        return BROKEN

    def box(self, box: Expression | None) -> Shape:
        """A boxed expression's shape."""
        if box is None:
            return NULL
        try:
            made = SHAPES[type(box)](box, self)
        except Refused as refused:
            return self.refuse(refused, box.spot)
        kind = self.desk.kind(box.type, box.spot)
        if isinstance(box, model.Function) and not isinstance(kind, FunctionOf):
            return made
        return self.fitting(made, kind, box.spot, kept=True)


def _literal(box: model.Literal, page: Page) -> Shape:
    return page.literal(box.text)


def _table(box: model.Table, page: Page) -> Shape:
    from shuzhi.support.decisions.sql.tables import write_table

    return write_table(box, page)


def _context(box: model.Context, page: Page) -> Shape:
    entries: dict[str, Shape] = {}
    for entry in box.entries:
        made = page.box(entry.value)
        if entry.variable is None:
            return made
        name, spot = normal_name(entry.variable.name), entry.variable.spot
        entries[name] = page.fitting(made, page.desk.kind(entry.variable.type, spot), spot)
        page = page.binding({name: entries[name]})
    return BROKEN if any(isinstance(each, Broken) for each in entries.values()) else Record(entries)


def _listing(box: model.Listing, page: Page) -> Shape:
    items = [page.box(each) for each in box.items]
    return BROKEN if any(isinstance(each, Broken) for each in items) else Listing(tuple(items))


def _relation(box: model.Relation, page: Page) -> Shape:
    rows = []
    for row in box.rows:
        entries = {
            normal_name(column.name): page.fitting(
                page.box(cell), page.desk.kind(column.type, column.spot), column.spot
            )
            for column, cell in zip(box.columns, row, strict=False)
        }
        if any(isinstance(each, Broken) for each in entries.values()):
            return BROKEN
        rows.append(Record(entries))
    return Listing(tuple(rows))


def _conditional(box: model.Conditional, page: Page) -> Shape:
    made = [page.box(each) for each in (box.condition, box.then, box.otherwise)]
    if any(isinstance(each, Broken) for each in made):
        return BROKEN
    condition, then, otherwise = made
    asked = logic.truth(condition)
    page.sheet.doubt(logic.null(logic.boolean(asked)))
    if isinstance(condition, Known):
        return then if condition.value is True else otherwise
    return chosen([(logic.certainly(asked), then)], otherwise)


def _invocation(box: model.Invocation, page: Page) -> Shape:
    called = page.box(box.called)
    given = {normal_name(each.parameter.name): page.box(each.value) for each in box.bindings}
    if isinstance(called, Broken) or any(isinstance(each, Broken) for each in given.values()):
        return BROKEN
    if not isinstance(called, Closure):
        raise Refused("only functions of the rules can be invoked in SQL", "SQL 中只能调用规则内的函数")
    if not set(given) <= {name for name, _ in called.parameters}:
        return NULL
    whole = {name: given.get(name, NULL) for name, _ in called.parameters}
    return page.writer(Text("", box.spot)).called(called, whole)


def _function(box: model.Function, page: Page) -> Shape:
    if box.kind != "FEEL":
        raise Refused(f"external functions ({box.kind}) are not run", f"不执行外部函数（{box.kind}）")
    parameters = tuple(
        (normal_name(each.name), page.desk.kind(each.type, each.spot)) for each in box.parameters
    )
    return Closure(page.desk.decision, parameters, lambda given: page.binding(given).box(box.body))


def _refused(box: Any, page: Page) -> Shape:
    del page
    what = type(box).__name__.lower()
    raise Refused(
        f"a boxed {what} is not made into SQL: write it as FEEL", "该盒装表达式不能转换为 SQL，请改写为 FEEL"
    )


SHAPES: dict[type, Callable[[Any, Page], Shape]] = {
    model.Literal: _literal,
    model.Table: _table,
    model.Context: _context,
    model.Relation: _relation,
    model.Listing: _listing,
    model.Conditional: _conditional,
    model.Invocation: _invocation,
    model.Function: _function,
    model.Filter: _refused,
    model.Iteration: _refused,
}
