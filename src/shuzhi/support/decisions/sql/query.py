"""A decision as one query: its requirements first, each a column, then the answer, its reasons and what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import ibis
import ibis.expr.datatypes as types

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.boxes import Desk
from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.model import Decision, Knowledge
from shuzhi.support.decisions.dmn.rulebook import Rulebook
from shuzhi.support.decisions.dmn.rulebook.book import Book, variables_of
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, KnowledgeUnit, Need, Unit
from shuzhi.support.decisions.feel.names import Names, Trie, normal_name
from shuzhi.support.decisions.feel.values.types import FeelType, FunctionOf
from shuzhi.support.decisions.sql import logic
from shuzhi.support.decisions.sql.boxes import Page
from shuzhi.support.decisions.sql.columns import column_shape
from shuzhi.support.decisions.sql.errors import RulesNotInSql
from shuzhi.support.decisions.sql.expressions import Sheet
from shuzhi.support.decisions.sql.fitting import exported
from shuzhi.support.decisions.sql.literals import FALSE
from shuzhi.support.decisions.sql.shapes import (
    BROKEN,
    NULL,
    Broken,
    Closure,
    Known,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    lift,
)
from shuzhi.support.decisions.types import Fault, Place

SMALL = 12
ANSWER, ROW, ELIGIBLE, MISSING = "answer", "row", "eligible", "missing"


@dataclass(frozen=True)
class Asked:
    """What is asked: as of which day, eligibility too, and by which output it is told; columns by input's name.

    `present`: only rows in which every input has a value are asked; the query is shorter then. `shared`: each cell of a
    table is a column of its own, for those who ask it too.
    """

    as_of: dt.date | None = None
    at: dt.datetime | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    eligibility: bool = False
    output: str = ""
    present: bool = False
    shared: bool = False


@dataclass(eq=False)
class Compiled:
    """A decision made into SQL: `over(table)` is the table with the columns of the answer after its own."""

    decision: str
    stages: list[dict[str, Sql]]
    answers: dict[str, Sql]
    inputs: tuple[str, ...]
    given: tuple[Sql, ...] = ()

    def over(self, table: Any, *, keep: tuple[str, ...] | None = None) -> Any:
        """The query over a table; of its columns those to `keep`, by default all."""
        own = tuple(table.columns) if keep is None else keep
        for stage in self.stages:
            table = table.mutate(**{name: sql.on(table) for name, sql in stage.items()})
        return table.select(*own, **{name: sql.on(table) for name, sql in self.answers.items()})


def compile_decision(rules: Rulebook, decision: str, table: Any, asked: Asked | None = None) -> Compiled:
    """A decision and all that it needs as an Ibis expression over a table whose columns have the inputs' names.

    Raises:
        RulesNotInSql: something in it has no meaning in SQL; every such place is told.
        RulesFaulty: the rules themselves have faults.
        DecisionUnknown, DecisionAmbiguous: see `Rulebook.part`.
    """
    return _Compiling(rules.sound(), table, asked or Asked()).compile(decision)


class _Compiling:
    def __init__(self, rules: Rulebook, table: Any, asked: Asked) -> None:
        self.rules, self.table, self.asked = rules, table, asked
        at = asked.at
        if at is None and asked.as_of is not None:
            at = dt.datetime.combine(asked.as_of, dt.time(), dt.UTC)
        self.stages: list[dict[str, Sql]] = []
        self.sheet = Sheet(
            self.keep, [], now=at, as_of=asked.as_of, doubted=asked.eligibility, shared=asked.shared
        )
        self.made: dict[int, Shape] = {}
        self.inputs: dict[str, Shape] = {}
        self.row: Sql | None = None

    def keep(self, sql: Sql) -> Sql:
        """An expression as a column of its own, so that it is written and computed once."""
        while len(self.stages) <= sql.level:
            self.stages.append({})
        count = sum(map(len, self.stages))
        name = f"_shuzhi_{count}"
        self.stages[sql.level][name] = sql
        return Sql(lambda table: table[name], sql.level + 1)

    def compile(self, decision: str) -> Compiled:
        book, unit = self.rules.part(decision)
        if not isinstance(unit, DecisionUnit):
            place = Place(book.file, decision=decision)
            words = Words(zh="只有决策可以批量计算", en="only decisions are made into SQL")
            raise RulesNotInSql((Fault("sql-refused", place, words),))
        shape = self._decision(book, unit, asked=True)
        answers: dict[str, Sql] = {}
        if not isinstance(shape, Broken):
            answers = self._answers(shape, unit)
        if self.sheet.faults:
            raise RulesNotInSql(_ordered(self.sheet.faults))
        given = tuple(
            each.sql for each in self.inputs.values() if isinstance(each, Scalar) and each.sql.level == 0
        )
        return Compiled(unit.name, self.stages, answers, tuple(self.inputs), given)

    def _answers(self, shape: Shape, unit: DecisionUnit) -> dict[str, Sql]:
        try:
            answers = {ANSWER: exported(shape)}
            if self.row is not None:
                answers[ROW] = self.row
            if self.asked.eligibility:
                answers |= self._eligibility(shape)
        except Refused as refused:
            place = unit.place
            self.sheet.faults.append(Fault("sql-refused", place, Words(zh=refused.zh, en=refused.en)))
            return {}
        return answers

    def _eligibility(self, shape: Shape) -> dict[str, Sql]:
        """yes, no or unknown, and where it is not known the inputs that have no value."""
        output = self.asked.output
        if isinstance(shape, Record):
            shape = _boolean_of(shape, output)
        if not (isinstance(shape, Scalar) and shape.kind == "boolean") and not (
            isinstance(shape, Known) and (shape.value is None or isinstance(shape.value, bool))
        ):
            raise Refused(
                "eligibility needs a decision that says true or false", "资格判断需要结果为真假的决策"
            )
        doubt = logic.certainly(logic.either(self.sheet.doubts)) if self.sheet.doubts else FALSE
        unknown = self.keep(logic.either([doubt, lift(lambda x: x.isnull(), logic.truth(shape))]))
        eligible = lift(_said, unknown, logic.truth(shape))
        names = list(self.inputs)
        nulls = [logic.null(each) for each in self.inputs.values()]
        missing = lift(lambda gone, *each: _lacking(gone, names, each), unknown, *nulls)
        return {ELIGIBLE: eligible, MISSING: missing}

    def _decision(self, book: Book, unit: DecisionUnit, *, asked: bool = False) -> Shape:
        if id(unit) not in self.made:
            self.made[id(unit)] = BROKEN  # a cycle is a fault of the rules, found before
            self.made[id(unit)] = self._shortened(self._written(book, unit, asked=asked))
        return self.made[id(unit)]

    def _shortened(self, shape: Shape) -> Shape:
        """Large expressions become columns, so that those who need them don't repeat them."""
        if isinstance(shape, Scalar) and shape.sql.size > SMALL:
            return Scalar(shape.kind, self.keep(shape.sql), shape.digits, shape.exact)
        if isinstance(shape, Record):
            return Record({name: self._shortened(each) for name, each in shape.entries.items()}, shape.absent)
        return shape

    def _written(self, book: Book, unit: DecisionUnit, *, asked: bool) -> Shape:
        part = next(each for each in book.model.definitions.decisions if book.unit(each) is unit)
        for need in unit.needs:  # before this one's own, so that their faults come first
            self._needed(book, need)
        page = self._page(book, unit.needs, part.name)
        if asked:
            page = Page(page.sheet, page.desk, page.names, self._reasons)
        expression, version = self._in_force(part, unit)
        if version is not None:
            return self._decision(book, version, asked=asked)
        return page.fitting(page.box(expression), unit.kind, part.spot)

    def _in_force(self, part: Decision, unit: DecisionUnit) -> tuple[Any, DecisionUnit | None]:
        """The expression that holds on the day, or the other decision that is this one's version then."""
        if not unit.forms:
            return part.expression, None
        day = self.asked.as_of
        words = Words(zh="规则有时效，须指明按哪一天判断", en="the rules are dated: say as of which day")
        if day is not None:
            for version in part.values:
                if version.period.holds(day):
                    return version.value, None
            for form in unit.forms:
                if form.period.holds(day) and not part.values:
                    return part.expression, form.unit
            words = Words(zh=f"在 {day} 没有有效的规定", en=f"nothing is valid on {day}")
        self.sheet.faults.append(Fault("sql-not-in-force", unit.place, words))
        return None, None

    def _reasons(self, sql: Sql) -> None:
        self.row = sql

    def _page(self, book: Book, needs: list[Need], decision: str) -> Page:
        names = Names(Trie(variables_of(needs)), book.member_names, book.type_names)
        desk = Desk(book.file, book.kinds, book.types, names, book.members, self.sheet.faults, {}, decision)
        return Page(self.sheet, desk, self._variables(book, needs))

    def _variables(self, book: Book, needs: list[Need]) -> dict[str, Shape]:
        found: dict[str, Any] = {}
        for need in needs:
            inside = found
            for name in need.path:
                if not name.startswith(UNNAMED):
                    inside = inside.setdefault(normal_name(name), {})
            inside[need.unit.variable] = self._needed(book, need)
        return {name: _as_record(each) for name, each in found.items()}

    def _needed(self, book: Book, need: Need) -> Shape:
        where, unit = book.at(need.path), need.unit
        prefix = "".join(f"{name}." for name in need.path if not name.startswith(UNNAMED))
        match unit:
            case InputUnit():
                return self._input(unit, prefix)
            case DecisionUnit():
                return self._decision(where, unit)
            case KnowledgeUnit():
                return self._knowledge(where, unit)
        return self._service(where, unit)

    def _input(self, unit: InputUnit, prefix: str) -> Shape:
        name = f"{prefix}{unit.name}"
        if name not in self.inputs:
            column = self.asked.columns.get(name, name)
            try:
                self.inputs[name] = self.sheet.take(self._present(self._column(column, unit.kind)))
            except Refused as refused:
                place = Place("", decision=name)
                self.sheet.faults.append(Fault("sql-column", place, Words(zh=refused.zh, en=refused.en)))
                self.inputs[name] = BROKEN
        return self.inputs[name]

    def _present(self, shape: Shape) -> Shape:
        # Only what needs no column of its own: whether a row is asked at all is seen before any is computed.
        if self.asked.present and isinstance(shape, Scalar) and shape.sql.level == 0:
            return replace(shape, present=True)
        return shape

    def _column(self, column: str, kind: FeelType) -> Shape:
        if column not in self.table.columns:
            raise Refused(f"the table has no column “{column}”", f"数据表没有列“{column}”")
        return column_shape(column, self.table[column].type(), kind, self.sheet)

    def _knowledge(self, book: Book, unit: KnowledgeUnit) -> Shape:
        part: Knowledge = next(each for each in book.model.definitions.knowledge if book.unit(each) is unit)
        box = part.function
        if box is None or box.kind != "FEEL":
            return NULL if box is None else self._foreign(book, part)
        parameters = [(normal_name(each.name), book.kinds.named(each.type)) for each in box.parameters]

        def call(given: Mapping[str, Shape]) -> Shape:
            needs = [need for link in part.knowledge if (need := book.need(link)) is not None]
            page = self._page(book, [*needs, Need((), unit)], part.name).binding(given)
            made = page.box(box.body)
            inner = box.body.type if box.body is not None and not (box.type or part.variable.type) else ""
            for written in (inner, box.type, part.variable.type):
                kind = page.desk.kind(written, box.spot)
                made = page.fitting(made, kind.result if isinstance(kind, FunctionOf) else kind, box.spot)
            return made

        from shuzhi.support.decisions.feel.values.types import ANY

        return Closure(unit.name, tuple((name, kind or ANY) for name, kind in parameters), call)

    def _foreign(self, book: Book, part: Knowledge) -> Shape:
        words = Words(zh="不执行外部函数", en="external functions are not run")
        place = Place(book.file, part.spot.line, part.spot.column, part.name)
        self.sheet.faults.append(Fault("sql-refused", place, words))
        return BROKEN

    def _service(self, book: Book, unit: Unit) -> Shape:
        words = Words(
            zh="SQL 不能调用决策服务，请直接引用决策",
            en="SQL can't call a decision service: refer to decisions",
        )
        self.sheet.faults.append(Fault("sql-refused", Place(book.file, decision=unit.name), words))
        return BROKEN


def _as_record(found: Any) -> Shape:
    if isinstance(found, dict):
        return Record({name: _as_record(each) for name, each in found.items()})
    shape: Shape = found
    return shape


def _boolean_of(record: Record, output: str) -> Shape:
    if output:
        return record.entries.get(normal_name(output), NULL)
    truths = [
        each for each in record.entries.values()
        if (isinstance(each, Scalar) and each.kind == "boolean")
        or (isinstance(each, Known) and isinstance(each.value, bool))
    ]  # fmt: skip
    if len(truths) != 1:
        raise Refused("say which output tells eligibility", "请指明由哪个输出判断资格")
    return truths[0]


def _said(unknown: Any, truth: Any) -> Any:
    return ibis.cases((unknown, "unknown"), (truth, "yes"), else_="no")


def _lacking(unknown: Any, names: list[str], nulls: Any) -> Any:
    none = ibis.literal([], type="array<string>")
    if not names:
        return none
    each = [ibis.ifelse(gone, name, ibis.null(types.string)) for gone, name in zip(nulls, names, strict=True)]
    return ibis.ifelse(unknown, ibis.array(each).filter(lambda name: name.notnull()), none)


def _ordered(faults: list[Fault]) -> tuple[Fault, ...]:
    seen = {(each.place, each.message.en): each for each in faults}
    return tuple(
        sorted(
            seen.values(),
            key=lambda each: (each.place.file, each.place.line, each.place.column, each.message.en),
        )
    )
