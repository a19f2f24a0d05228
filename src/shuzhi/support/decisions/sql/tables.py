"""Decision tables in SQL: each row's condition once, then which row hits, then the outputs by that row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.model import Aggregation, HitPolicy, OutputColumn, Table, Text
from shuzhi.support.decisions.dmn.tables.cells import lookup_test
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_unary_tests
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.types import ANY, ListOf
from shuzhi.support.decisions.sql import lists, logic
from shuzhi.support.decisions.sql.boxes import Page
from shuzhi.support.decisions.sql.literals import FALSE, TRUE, UNKNOWN, chosen
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    NUMBER,
    Broken,
    Digits,
    Gathered,
    Known,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    is_null,
    lift,
)

_FALSE = ibis.literal(value=False)
SINGLE = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY, HitPolicy.ANY)


@dataclass(frozen=True, eq=False)
class Row:
    """A row that is valid on the day: its number, whether it hits, and what it gives."""

    number: int
    hits: Sql
    output: Shape
    sure: Sql | None = None  # the same where it must not hang on what is missing


def write_table(table: Table, page: Page) -> Shape:
    """A table's answer; refusals are noted cell by cell."""
    return _Writing(table, page).answer()


def _speaks_of_null(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Null) or any(map(_speaks_of_null, nodes.children(node)))


class _Writing:
    def __init__(self, table: Table, page: Page) -> None:
        self.table, self.page, self.sheet = table, page, page.sheet
        self.allowed: list[Sql] = []
        self.unknown: list[Sql] = []

    def answer(self) -> Shape:
        values = [self._value(at) for at in range(len(self.table.inputs))]
        rules = [rule for rule in self.table.rules if self._valid(rule.period)]
        conditions = [self._condition(rule, values) for rule in rules]
        outputs = [self._output(rule.outputs, rule.number) for rule in rules]
        otherwise = self._default()
        if any(isinstance(each, Broken) for each in (*values, *outputs, otherwise)):
            return BROKEN
        rows = [
            Row(rule.number, hits, output, sure)
            for rule, (hits, sure), output in zip(rules, conditions, outputs, strict=True)
            if hits is not FALSE
        ]
        self._doubt(rows)
        made = self._chosen(rows, otherwise)
        return chosen([(logic.negated(logic.both(self.allowed)), NULL)], made) if self.allowed else made

    def _valid(self, period: Any) -> bool:
        if period is None:
            return True
        if self.sheet.as_of is None:
            raise Refused("the rules are dated: say as of which day", "规则有时效，须指明按哪一天判断")
        return bool(period.holds(self.sheet.as_of))

    def _value(self, at: int) -> Shape:
        column = self.table.inputs[at]
        page = self.page.at(heading=column.heading)
        if column.expression is None:
            return NULL
        value = page.literal(column.expression, column.type, kept=True)
        if isinstance(value, Scalar) and value.sql.size > 1:
            value = Scalar(value.kind, self.sheet.keep(value.sql), value.digits, value.exact)
        allowed = _allowed_text(column.type, column.allowed, page.desk)
        if allowed is not None and not isinstance(value, Broken):
            node = page.desk.parse_tests(allowed)
            if node is not None:
                self.allowed.append(logic.certainly(page.writer(allowed).test(node, value)))
        return value

    def _condition(self, rule: Any, values: Sequence[Shape]) -> tuple[Sql, Sql]:
        """Whether a row hits; and the same where a missing value leaves open whether it does."""
        kept: list[Sql] = []
        sure: list[Sql] = []
        for column, text, value in zip(self.table.inputs, rule.tests, values, strict=True):
            if text.text.strip() in ("", "-"):
                continue
            page = self.page.at(row=rule.number, heading=column.heading)
            node = page.desk.parse_tests(text)
            if node is None or isinstance(value, Broken):
                continue
            answer = page.writer(text).test(node, value)
            if self.sheet.shared and answer.size > 1:
                answer = self.sheet.keep(answer)
            kept.append(self._doubtful(answer, value, node) if self.sheet.doubted else answer)
            sure.append(self._sure(kept[-1], value, node) if self.sheet.doubted else answer)
        hits = logic.both(kept)
        return hits, hits if sure == kept else logic.both(sure)

    def _sure(self, answer: Sql, value: Shape, node: nodes.Node) -> Sql:
        """A missing value meets `not("甲")`, but another value of it might not; only a cell that speaks of null means it."""
        if (
            answer in (TRUE, UNKNOWN)
            or _speaks_of_null(node)
            or not isinstance(value, Scalar | Known | Record)
        ):
            return answer
        missing = logic.null(value)
        if missing is FALSE:
            return answer
        return lift(lambda x, gone: ibis.ifelse(gone, ibis.null(dt.boolean), x), answer, missing)

    def _doubtful(self, answer: Sql, value: Shape, node: nodes.Node) -> Sql:
        """A condition that a missing value does not meet is not false: it is not known."""
        if answer is UNKNOWN and lookup_test(node) is not None and not is_null(value):
            return lift(lambda gone: ibis.ifelse(gone, ibis.null(dt.boolean), _FALSE), logic.null(value))
        if answer in (TRUE, UNKNOWN) or not isinstance(value, Scalar | Known | Record):
            return answer
        missing = logic.null(value)
        if missing is FALSE:
            return answer
        return lift(lambda x, gone: ibis.ifelse(gone, x.nullif(False), x), answer, missing)  # noqa: FBT003

    def _output(self, texts: Sequence[Text], number: int) -> Shape:
        made = [
            self._one(column, text, row=number)
            for column, text in zip(self.table.outputs, texts, strict=True)
        ]
        return self._joined(made)

    def _one(self, column: OutputColumn, text: Text, row: int | None = None) -> Shape:
        page = self.page.at(row=row, heading=column.heading)
        kind = page.desk.kind(column.type, column.spot)
        many = self.table.hit_policy not in SINGLE
        return page.literal(text, ANY if many and isinstance(kind, ListOf) else kind, kept=True)

    def _joined(self, made: Sequence[Shape]) -> Shape:
        if any(isinstance(each, Broken) for each in made):
            return BROKEN
        if len(made) == 1:
            return made[0]
        names = [normal_name(each.name) for each in self.table.outputs]
        return Record(dict(zip(names, made, strict=True)))

    def _default(self) -> Shape:
        outputs = self.table.outputs
        if not any(each.default is not None and each.default.text.strip() for each in outputs):
            return NULL
        return self._joined([self._one(each, each.default or Text("null", each.spot)) for each in outputs])

    def _doubt(self, rows: list[Row]) -> None:
        """Whether some row's answer is not known, before the first that hits if the first is taken."""
        if not self.sheet.doubted or not rows:
            return
        hits = [row.sure if row.sure is not None else row.hits for row in rows]
        if self.table.hit_policy is HitPolicy.FIRST:

            def first(*made: Any) -> Any:
                cases = [pair for each in made for pair in ((each, False), (each.isnull(), True))]
                return ibis.cases(*cases, else_=False)

            self.sheet.doubt(lift(first, *hits))
        else:
            self.sheet.doubt(logic.either([lift(lambda x: x.isnull(), each) for each in hits]))

    def _chosen(self, rows: list[Row], otherwise: Shape) -> Shape:  # noqa: PLR0911 - one a policy
        match self.table.hit_policy:
            case HitPolicy.FIRST:
                return self._first(rows, otherwise)
            case HitPolicy.PRIORITY:
                return self._first(sorted(rows, key=self._rank()), otherwise)
            case HitPolicy.UNIQUE:
                return self._unique(rows, otherwise)
            case HitPolicy.ANY:
                return self._any(rows, otherwise)
            case HitPolicy.OUTPUT_ORDER:
                return self._all(sorted(rows, key=self._rank()), otherwise)
            case HitPolicy.COLLECT if self.table.aggregation is not None:
                return self._aggregated(rows, otherwise)
        return self._all(rows, otherwise)

    def _first(self, rows: list[Row], otherwise: Shape) -> Shape:
        """The outputs of the first row that hits, by its place."""
        if not rows:
            return otherwise
        hit = self.sheet.keep(lift(_place, *(row.hits for row in rows)))
        self.page.reasons(lift(lambda x: _number(x, rows), hit))
        cases = [(_is(hit, at), row.output) for at, row in enumerate(rows)]
        return chosen(cases, otherwise)

    def _certain(self, rows: list[Row]) -> list[Row]:
        return [Row(row.number, logic.certainly(self._kept(row.hits)), row.output) for row in rows]

    def _kept(self, sql: Sql) -> Sql:
        return self.sheet.keep(sql) if sql.size > 1 else sql

    def _unique(self, rows: list[Row], otherwise: Shape) -> Shape:
        rows = self._certain(rows)
        made = self._first(rows, otherwise)
        if len(rows) <= 1:
            return made
        several = lift(lambda *each: _count(each) > 1, *(row.hits for row in rows))
        return chosen([(several, NULL)], made)

    def _any(self, rows: list[Row], otherwise: Shape) -> Shape:
        rows = self._certain(rows)
        made = self._first(rows, otherwise)
        if len(rows) <= 1:
            return made
        agree = [
            logic.either([logic.negated(row.hits), logic.certainly(logic.equal(row.output, made))])
            for row in rows
        ]
        none = logic.negated(logic.either([row.hits for row in rows]))
        return chosen([(none, otherwise), (logic.negated(logic.both(agree)), NULL)], made)

    def _all(self, rows: list[Row], otherwise: Shape) -> Shape:
        rows = self._certain(rows)
        if not rows:
            return (
                Known([]) if self.table.hit_policy is HitPolicy.COLLECT and is_null(otherwise) else otherwise
            )
        collecting = self.table.hit_policy is HitPolicy.COLLECT
        made = Gathered(tuple((row.hits, row.output) for row in rows), not collecting)
        self.page.reasons(lift(_numbers_hit([row.number for row in rows]), *(row.hits for row in rows)))
        if not is_null(otherwise):
            raise Refused("a default output beside a list of outputs", "输出列表不能与默认输出并存于 SQL")
        return made

    def _aggregated(self, rows: list[Row], otherwise: Shape) -> Shape:
        rows = self._certain(rows)
        items = [(row.hits, row.output) for row in rows]
        if rows:
            self.page.reasons(lift(_numbers_hit([row.number for row in rows]), *(row.hits for row in rows)))
        match self.table.aggregation:
            case Aggregation.SUM:
                made = lists.total(items)
            case Aggregation.MIN:
                made = lists.extreme(items, least=True)
            case Aggregation.MAX:
                made = lists.extreme(items, least=False)
            case _:
                made = _counted(rows)
        if is_null(otherwise):
            return made
        return chosen([(logic.either([row.hits for row in rows]), made)], otherwise)

    def _rank(self) -> Any:
        """Rows by the place of their outputs among the allowed values; outputs must be constants."""
        orders = [self._order(each) for each in self.table.outputs]

        def rank(row: Row) -> tuple[int, ...]:
            parts = list(row.output.entries.values()) if isinstance(row.output, Record) else [row.output]
            if not all(isinstance(each, Known) for each in parts):
                raise Refused("priority of outputs that are computed", "按优先级命中时输出须为常量")
            return tuple(_position(order, each.value)  # type: ignore[union-attr]
                         for order, each in zip(orders, parts, strict=True))  # fmt: skip

        return rank

    def _order(self, column: OutputColumn) -> list[Any]:
        text = _allowed_text(column.type, column.allowed, self.page.desk)
        node = self.page.desk.parse_tests(text) if text is not None else None
        if not isinstance(node, nodes.UnaryTests):
            return []
        return [
            compile_unary_tests(nodes.UnaryTests((test,)), types=self.page.desk.types) for test in node.tests
        ]


def _position(order: list[Any], value: Any) -> int:
    for at, tests in enumerate(order):
        if tests(Scope({}), value) is True:
            return at
    return len(order)


def _allowed_text(kind: str, text: Text | None, desk: Desk) -> Text | None:
    if text is None or text.text.strip() in ("", "-"):
        item = desk.kinds.items.get(normal_name(kind)) if kind else None
        text = item.allowed if item is not None and not item.is_collection else None
    return text if text is not None and text.text.strip() else None


def _place(*hits: Any) -> Any:
    return ibis.cases(*((hit, ibis.literal(at, type=dt.int32)) for at, hit in enumerate(hits)), else_=None)


def _number(place: Any, rows: Sequence[Row]) -> Any:
    cases = [(place == at, ibis.literal(row.number, type=dt.int32)) for at, row in enumerate(rows)]
    return ibis.cases(*cases, else_=None)


def _is(hit: Sql, at: int) -> Sql:
    return lift(lambda x: x == at, hit)


def _count(hits: Sequence[Any]) -> Any:
    return reduce(lambda a, b: a + b, (each.cast(dt.int32) for each in hits))


def _numbers_hit(numbers: Sequence[int]) -> Any:
    def make(*hits: Any) -> Any:
        each = [ibis.ifelse(hit, ibis.literal(number, type=dt.int32), ibis.null(dt.int32))
                for hit, number in zip(hits, numbers, strict=True)]  # fmt: skip
        return ibis.array(each).filter(lambda number: number.notnull())

    return make


def _counted(rows: Sequence[Row]) -> Shape:
    if not rows:
        return Known(Decimal(0))
    made = lift(lambda *each: _count(each).cast(dt.int64), *(row.hits for row in rows))
    return Scalar(NUMBER, made, Digits(10, 0, integer=True))
