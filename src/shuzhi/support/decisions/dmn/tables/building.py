"""From the model's table to a compiled one; every fault of every cell is noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shuzhi.support.decisions.dmn.boxes.desk import Desk, Run
from shuzhi.support.decisions.dmn.kinds import Reference
from shuzhi.support.decisions.dmn.model import Aggregation, HitPolicy, InputColumn, OutputColumn, Table, Text
from shuzhi.support.decisions.dmn.tables.cells import constant, index_column, is_constant
from shuzhi.support.decisions.dmn.tables.checking import check_column, check_output
from shuzhi.support.decisions.dmn.tables.dating import check_dates
from shuzhi.support.decisions.dmn.tables.overlaps import check_overlaps
from shuzhi.support.decisions.dmn.tables.policies import Rank, chooser
from shuzhi.support.decisions.dmn.tables.running import Column, CompiledTable, Tests
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import compile_expression, compile_unary_tests
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Scope
from shuzhi.support.decisions.feel.values.types import ANY, MISFIT, FeelType, ListOf, Restricted, coerced

Output = Callable[[Scope], Any]


def compile_table(table: Table, desk: Desk) -> Run:
    """A decision table as something that can be called with a scope."""
    cells = [_cells(table, at, desk) for at in range(len(table.inputs))]
    columns = tuple(_column(table, at, own, desk) for at, own in enumerate(cells))
    outputs, constants = _outputs(table, desk)
    _check_policy(table, desk)
    check_dates(table, desk)
    restricted = [column.allowed is not None or _is_restricted(column.kind) for column in columns]
    check_overlaps(table, list(zip(cells, restricted, strict=True)), desk)
    return CompiledTable(
        table,
        columns,
        outputs,
        constants,
        chooser(table.hit_policy, table.aggregation, _rank(table, desk)),
        _default(table, desk),
        desk.place(table.spot),
    )


def _is_restricted(kind: FeelType) -> bool:
    while isinstance(kind, Reference):
        kind = kind.meant()
    return isinstance(kind, Restricted)


def _cells(table: Table, at: int, desk: Desk) -> list[nodes.Node | None]:
    here = desk.at(heading=table.inputs[at].heading)
    return [_cell(rule.tests[at], rule.number, here) for rule in table.rules]


def _column(table: Table, at: int, cells: Sequence[nodes.Node | None], desk: Desk) -> Column:
    column = table.inputs[at]
    here = desk.at(heading=column.heading)
    kind = here.kind(column.type, column.spot)
    tree = here.parse(column.expression) if column.expression is not None else None
    run = (
        here.broken(column.spot)
        if tree is None
        else here.located(compile_expression(tree, types=desk.types), column.spot)
    )
    check_column(table, at, kind, cells, here)
    return Column(
        column.heading,
        here.fitting(run, kind, column.spot, column.heading, kept=True),
        kind,
        _allowed(column, here),
        index_column(cells),
        _lazy_tests(cells, [rule.tests[at] for rule in table.rules], here),
        tuple(" ".join(rule.tests[at].text.split()) for rule in table.rules),
        tree.name if isinstance(tree, nodes.Name) else "",
        here.place(column.spot),
    )


def _cell(text: Text, row: int, desk: Desk) -> nodes.Node | None:
    if text.text.strip() in ("", "-"):
        return nodes.AnyTest()
    return desk.known_tests(text) or desk.at(row=row, heading=desk.heading).parse_tests(text)


def _lazy_tests(
    cells: Sequence[nodes.Node | None], texts: Sequence[Text], desk: Desk
) -> Callable[[int], Tests]:
    """Each row's test, compiled when it is first asked: most are only ever looked up."""
    made: dict[int, Tests] = {}

    def tests(row: int) -> Tests:
        if row not in made:
            node = cells[row]
            if node is None:
                broken = desk.at(row=row + 1, heading=desk.heading).broken(texts[row].spot)
                made[row] = lambda scope, value: broken(scope)  # noqa: ARG005 - a broken cell asks nothing
            else:
                made[row] = compile_unary_tests(node, types=desk.types)
        return made[row]

    return tests


def _allowed(column: InputColumn, desk: Desk) -> Tests | None:
    text = column.allowed
    if text is None or not text.text.strip() or text.text.strip() == "-":
        item = desk.kinds.items.get(normal_name(column.type)) if column.type else None
        text = item.allowed if item is not None and not item.is_collection else None
    if text is None or not text.text.strip():
        return None
    node = desk.parse_tests(text)
    return None if node is None else compile_unary_tests(node, types=desk.types)


def _outputs(table: Table, desk: Desk) -> tuple[tuple[Output, ...], tuple[Any, ...] | None]:
    kinds = [_one(desk.kind(each.type, each.spot), table) for each in table.outputs]
    made: list[Output] = []
    known: list[Any] = []
    for rule in table.rules:
        parts = [
            _output(each, kind, text, desk.at(row=rule.number, heading=each.heading))
            for each, kind, text in zip(table.outputs, kinds, rule.outputs, strict=True)
        ]
        made.append(_joined(table, [run for run, _ in parts]))
        values = [value for _, value in parts if is_constant(value)]
        if len(values) == len(parts):
            known.append(_record(table, values))
    return tuple(made), tuple(known) if len(known) == len(made) else None


def _one(kind: FeelType, table: Table) -> FeelType:
    """The type of one row's output: where rows are collected some tools state that of the list."""
    many = (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)
    return ANY if isinstance(kind, ListOf) and table.hit_policy in many else kind


def _output(column: OutputColumn, kind: FeelType, text: Text, desk: Desk) -> tuple[Run, Any]:
    node = desk.parse(text)
    if node is None:
        return desk.broken(text.spot), constant(nodes.InputValue())
    check_output(column, kind, node, text, desk)
    value = constant(node)
    if is_constant(value):
        value = coerced(value, kind)
        if value is not MISFIT:
            return (lambda _scope: value), value
    run = desk.located(compile_expression(node, types=desk.types), text.spot)
    return desk.fitting(run, kind, text.spot, column.heading, kept=True), constant(nodes.InputValue())


def _joined(table: Table, runs: Sequence[Run]) -> Output:
    if len(runs) == 1:
        return runs[0]
    names = [normal_name(each.name) for each in table.outputs]
    return lambda scope: {name: run(scope) for name, run in zip(names, runs, strict=True)}


def _record(table: Table, values: Sequence[Any]) -> Any:
    if len(values) == 1:
        return values[0]
    return {normal_name(each.name): value for each, value in zip(table.outputs, values, strict=True)}


def _default(table: Table, desk: Desk) -> Run | None:
    if not any(each.default is not None and each.default.text.strip() for each in table.outputs):
        return None
    runs = []
    for each in table.outputs:
        here = desk.at(heading=each.heading)
        kind = here.kind(each.type, each.spot)
        text = each.default or Text("null", each.spot)
        runs.append(_output(each, kind, text, here)[0])
    return _joined(table, runs)


def _check_policy(table: Table, desk: Desk) -> None:
    many = table.aggregation not in (None, Aggregation.COUNT) and len(table.outputs) > 1
    if many:
        zh, en = "有多个输出列时不能汇总", "several outputs can't be aggregated"
        desk.note(table.spot, "aggregation-misplaced", zh, en)


def _rank(table: Table, desk: Desk) -> Rank:
    """Outputs by the order of their allowed values, the first column first; others come last."""
    if table.hit_policy not in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        return lambda _output: ()
    orders = [_order(each, desk) for each in table.outputs]
    if not any(orders):
        zh, en = "按优先级命中的表须列出输出值", "a table that goes by priority must list its output values"
        desk.note(table.spot, "priority-missing", zh, en)
    names = [normal_name(each.name) for each in table.outputs]
    if len(names) == 1:
        return lambda output: (_position(orders[0], output),)
    return lambda output: tuple(
        _position(order, output[name]) for order, name in zip(orders, names, strict=True)
    )


def _order(column: OutputColumn, desk: Desk) -> list[Tests]:
    text = column.allowed
    if (text is None or not text.text.strip()) and column.type:
        item = desk.kinds.items.get(normal_name(column.type))
        text = item.allowed if item is not None else None
    node = desk.parse_tests(text) if text is not None and text.text.strip() else None
    if not isinstance(node, nodes.UnaryTests):
        return []
    return [compile_unary_tests(nodes.UnaryTests((test,)), types=desk.types) for test in node.tests]


def _position(order: list[Tests], value: Any) -> int:
    for at, tests in enumerate(order):
        if tests(Scope({}), value) is True:
            return at
    return len(order)
