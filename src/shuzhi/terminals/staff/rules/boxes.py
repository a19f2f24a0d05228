"""The logic of a decision as a person reads it: boxed expressions, and tables with the law and the days of each row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shuzhi.support.decisions.dmn import model as dmn
from shuzhi.support.decisions.dmn.model import Aggregation, Expression, HitPolicy, Loop, Table
from shuzhi.support.decisions.dmn.words import valid_words
from shuzhi.support.decisions.types import Basis, Period
from shuzhi.terminals.design.types import Said, Words

POLICIES = {
    HitPolicy.UNIQUE: Said("唯一命中：至多有一行符合", "Unique: at most one row holds"),
    HitPolicy.FIRST: Said("首行命中：取最先符合的一行", "First: the first row that holds"),
    HitPolicy.PRIORITY: Said("优先命中：取输出最优先的一行", "Priority: the row whose output ranks first"),
    HitPolicy.ANY: Said("任一命中：符合的各行结果相同", "Any: all rows that hold agree"),
    HitPolicy.COLLECT: Said("汇集：取所有符合的行", "Collect: every row that holds"),
    HitPolicy.RULE_ORDER: Said(
        "按行序：所有符合的行，依次列出", "Rule order: every row that holds, in order"
    ),
    HitPolicy.OUTPUT_ORDER: Said("按输出优先：所有符合的行", "Output order: every row that holds, ranked"),
}
AGGREGATIONS = {
    Aggregation.SUM: Said("，求和", ", summed"),
    Aggregation.COUNT: Said("，计数", ", counted"),
    Aggregation.MIN: Said("，取最小", ", the least"),
    Aggregation.MAX: Said("，取最大", ", the greatest"),
}
EMPTY = Said("（空）", "(empty)")
RESULT = Said("结果", "Result")
ANY_VALUE = ("-", "")
YES_NO: dict[str, Words] = {"true": Said("是", "yes"), "false": Said("否", "no")}
_TEXT = re.compile(r'"([^"\\]*)"')
_TEXTS = re.compile(r'"[^"\\]+"(?:\s*,\s*"[^"\\]+")*')


@dataclass(frozen=True)
class Cell:
    """A cell with the heading of its column, which a narrow page writes before it."""

    heading: str
    text: str
    kind: str

    @property
    def said(self) -> Words:
        """What is written, without the quotation marks of plain texts; yes and no in words."""
        if self.text in YES_NO:
            return YES_NO[self.text]
        if self.kind != "remark" and _TEXTS.fullmatch(self.text):
            return "、".join(_TEXT.findall(self.text))
        return self.text

    @property
    def matters(self) -> bool:
        """Whether the cell says anything; `-` takes every value."""
        return self.text not in ANY_VALUE


@dataclass(frozen=True)
class Line:
    """A row of a table: on the asked day it may not be valid."""

    number: int
    cells: tuple[Cell, ...]
    basis: str
    valid: Words
    in_force: bool


@dataclass(frozen=True)
class Grid:
    """A decision table as it is read."""

    policy: Words
    inputs: tuple[tuple[str, str, str], ...]  # heading, expression where it says more, allowed values
    outputs: tuple[tuple[str, str], ...]  # heading, default
    annotations: tuple[str, ...]
    lines: tuple[Line, ...]
    shows_basis: bool
    dated: bool

    @property
    def width(self) -> int:
        """How many columns there are beside number, law and days."""
        return len(self.inputs) + len(self.outputs) + len(self.annotations)


@dataclass(frozen=True)
class Box:
    """An expression: its text, its table, or its named parts."""

    lead: Words = ""
    text: str = ""
    grid: Grid | None = None
    parts: tuple[tuple[Words, Box], ...] = ()


def box_of(expression: Expression | None, day: date) -> Box:
    """The expression as it is read on a day."""
    match expression:
        case None:
            return Box(lead=EMPTY)
        case dmn.Literal():
            return Box(text=expression.text.text.strip())
        case Table():
            return Box(grid=grid_of(expression, day))
        case dmn.Relation():
            return _relation(expression, day)
        case dmn.Function():
            return _function(expression, day)
        case _:
            return _parted(expression, day)


def _parted(expression: Expression, day: date) -> Box:
    """The boxes that are a lead and named parts."""
    parts: Sequence[tuple[Words, Expression | None]]
    match expression:
        case dmn.Context(entries=entries):
            lead = Said("逐项算出", "Entry by entry")
            parts = [(each.variable.name if each.variable else RESULT, each.value) for each in entries]
        case dmn.Listing(items=items):
            lead = Said("列表", "A list")
            parts = [(Said(f"第 {n} 项", f"Item {n}"), each) for n, each in enumerate(items, 1)]
        case dmn.Invocation(called=called, bindings=bindings):
            lead = Said("套用", "Applies")
            parts = [
                (Said("规则", "Knowledge"), called),
                *((each.parameter.name, each.value) for each in bindings),
            ]
        case dmn.Conditional(condition=condition, then=then, otherwise=otherwise):
            lead = Said("分情况", "By case")
            parts = [
                (Said("如果", "If"), condition),
                (Said("那么", "Then"), then),
                (Said("否则", "Else"), otherwise),
            ]
        case dmn.Filter(source=source, match=match):
            lead = Said("筛选", "Filters")
            parts = [(Said("从", "From"), source), (Said("留下符合的", "Keeps what holds"), match)]
        case dmn.Iteration(loop=loop, variable=variable, source=source, body=body):
            lead, said = _loop(loop, variable)
            parts = [(Said(f"每个 {variable} 取自", f"Each {variable} of"), source), (said, body)]
        case _:
            lead, parts = EMPTY, []
    return Box(lead=lead, parts=tuple((label, box_of(each, day)) for label, each in parts))


def _loop(loop: Loop, variable: str) -> tuple[Said, Said]:
    if loop is Loop.FOR:
        return Said(f"对每个 {variable}", f"For each {variable}"), Said("得到", "Gives")
    if loop is Loop.SOME:
        return Said("只要有一个符合", "Whether any satisfies"), Said("符合", "Satisfies")
    return Said("是否全都符合", "Whether all satisfy"), Said("符合", "Satisfies")


def _function(box: dmn.Function, day: date) -> Box:
    names = "、".join(each.name for each in box.parameters)
    lead = Said(f"函数，参数：{names}", f"Function of: {names}") if names else Said("函数", "Function")
    if box.kind and box.kind.upper() != "FEEL":
        return Box(lead=Said(f"外部函数（{box.kind}），不运行", f"External function ({box.kind}), never run"))
    return Box(lead=lead, parts=((RESULT, box_of(box.body, day)),))


def _relation(box: dmn.Relation, day: date) -> Box:
    rows = tuple(
        (
            Said(f"第 {n} 行", f"Row {n}"),
            Box(
                parts=tuple(
                    (column.name, box_of(each, day)) for column, each in zip(box.columns, row, strict=False)
                )
            ),
        )
        for n, row in enumerate(box.rows, 1)
    )
    return Box(lead=Said("数据表", "A table of values"), parts=rows)


def grid_of(table: Table, day: date) -> Grid:
    """A table as it is read on a day: what is written, law and days of each row."""
    inputs = tuple((each.heading, _written(each), _text(each.allowed)) for each in table.inputs)
    outputs = tuple((_named(each), _text(each.default)) for each in table.outputs)
    lines = tuple(_line(table, rule, outputs, day) for rule in table.rules)
    policy, more = (
        POLICIES[table.hit_policy],
        AGGREGATIONS.get(table.aggregation) if table.aggregation else None,
    )
    return Grid(
        policy=Said(policy.zh + more.zh, policy.en + more.en) if more else policy,
        inputs=inputs,
        outputs=outputs,
        annotations=tuple(each for at, each in enumerate(table.annotations) if _is_remark(table, at)),
        lines=lines,
        shows_basis=any(each.basis for each in lines),
        dated=any(rule.period for rule in table.rules),
    )


def _named(column: dmn.OutputColumn) -> str:
    """An output's heading; the only output of a table needs none."""
    heading = column.heading or column.name
    return "" if heading.isdecimal() else heading


def _is_remark(table: Table, at: int) -> bool:
    """Whether an annotation column says something else than the law, which has a column of its own."""
    laws = [{str(basis) for basis in rule.bases} for rule in table.rules]
    said = [rule.annotations[at] if at < len(rule.annotations) else "" for rule in table.rules]
    return not all(not each or each in own for each, own in zip(said, laws, strict=True))


def _line(table: Table, rule: dmn.Rule, outputs: Sequence[tuple[str, str]], day: date) -> Line:
    tests = [
        Cell(column.heading, _one_line(text.text), "test")
        for column, text in zip(table.inputs, rule.tests, strict=False)
    ]
    gives = [
        Cell(heading, _one_line(text.text), "output")
        for (heading, _), text in zip(outputs, rule.outputs, strict=False)
    ]
    remarks = [
        Cell(heading, rule.annotations[at] if at < len(rule.annotations) else "", "remark")
        for at, heading in enumerate(table.annotations)
        if _is_remark(table, at)
    ]
    return Line(
        number=rule.number,
        cells=(*tests, *gives, *remarks),
        basis=bases_said(rule.bases),
        valid=period_said(rule.period),
        in_force=rule.period is None or rule.period.holds(day),
    )


def _written(column: dmn.InputColumn) -> str:
    text = _text(column.expression)
    return "" if text == column.heading else text


def _text(text: dmn.Text | None) -> str:
    return _one_line(text.text) if text is not None else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def bases_said(bases: Sequence[Basis]) -> str:
    """The laws, one after the other."""
    return "、".join(str(each) for each in bases)


def period_said(period: Period | None) -> Words:
    """From when until when something is valid; nothing where no day is said."""
    words = valid_words(period) if period else None
    return Said(words.zh, words.en) if words else ""
