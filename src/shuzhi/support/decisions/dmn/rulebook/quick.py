"""The quick way (快速通道): one table over input data, all columns indexed, all outputs known beforehand.

The semantics are those of the long way; whatever is unusual (a value of another type, a missing input, several
rows in a table of unique hits) goes the long way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.dmn.model import HitPolicy
from shuzhi.support.decisions.dmn.rulebook.units import DecisionUnit, InputUnit, Unit
from shuzhi.support.decisions.dmn.tables import CompiledTable
from shuzhi.support.decisions.dmn.tables.index import Bits, ColumnIndex, Exact, Ordered
from shuzhi.support.decisions.feel.values import to_python
from shuzhi.support.decisions.feel.values.types import ANY, MISFIT, NUMBER, STRING, FeelType, coerced

Inputs = Mapping[str, Any]
Slowly = Callable[[Inputs], Any]
Lookup = Callable[[Any], Bits]

_PLAIN: dict[FeelType, tuple[type, ...]] = {NUMBER: (int, Decimal), STRING: (str,)}


def quick_decider(unit: Unit, as_of: date | None, slowly: Slowly) -> Slowly | None:
    """A function that looks the answer up; None where the decision is not of this form."""
    table = _table(unit)
    if table is None or not isinstance(unit, DecisionUnit):
        return None
    columns = _columns(unit, table)
    if columns is None or (table.dated and as_of is None):
        return None
    answers = _answers(unit, table)
    if answers is None:
        return None
    valid = table.valid(as_of) if table.dated and as_of is not None else table.everything
    return _looking_up(columns, valid, answers, table.table.hit_policy, slowly)


def _table(unit: Unit) -> CompiledTable | None:
    if not isinstance(unit, DecisionUnit) or unit.forms or unit.plain_table is None:
        return None
    table = unit.plain_table
    single = table.table.hit_policy in (HitPolicy.UNIQUE, HitPolicy.FIRST)
    return table if single and table.constants is not None and not table.asked else None


def _columns(unit: DecisionUnit, table: CompiledTable) -> list[tuple[str, tuple[type, ...], Lookup]] | None:
    inputs = {need.unit.variable: need.unit for need in unit.needs if not need.path}
    columns = []
    for column in table.columns:
        source = inputs.get(column.name)
        if not isinstance(source, InputUnit) or column.allowed is not None:
            return None
        kinds = _PLAIN.get(source.kind)
        if kinds is None or column.kind not in (ANY, source.kind) or source.name != column.name:
            return None
        lookup = _lookup(column.index, kinds)
        if lookup is None:
            return None
        columns.append((column.name, kinds, lookup))
    return columns


def _lookup(index: ColumnIndex, kinds: tuple[type, ...]) -> Lookup | None:
    rows = index.kinds.get(kinds[-1])
    if rows is None:
        return (lambda _value: index.always) if not index.tested else None
    holder = getattr(rows, "__self__", None)
    always = index.always
    if isinstance(holder, Exact):
        found = {value: bits | always for value, bits in holder.found.items()}
        others, get = holder.others | always, found.get
        return lambda value: get(value, others)
    if isinstance(holder, Ordered):
        return _bisecting(holder, always)
    return None


def _bisecting(ordered: Ordered, always: Bits) -> Lookup:
    from bisect import bisect_left

    points = [_small(point) for point in ordered.points]
    regions = [bits | always for bits in ordered.regions]
    count = len(points)

    def rows(value: Any) -> Bits:
        at = bisect_left(points, value)
        return regions[2 * at + 1] if at < count and points[at] == value else regions[2 * at]

    return rows


def _small(point: Any) -> Any:
    """Whole numbers as Python's own: they compare faster, with the same result."""
    return int(point) if isinstance(point, Decimal) and point == point.to_integral_value() else point


def _answers(unit: DecisionUnit, table: CompiledTable) -> list[Any] | None:
    fitted = [coerced(value, unit.kind) for value in table.constants or ()]
    return None if MISFIT in fitted else [to_python(value) for value in fitted]


def _looking_up(
    columns: list[tuple[str, tuple[type, ...], Lookup]],
    valid: Bits,
    answers: list[Any],
    policy: HitPolicy,
    slowly: Slowly,
) -> Slowly:
    first = policy is HitPolicy.FIRST

    def decide(inputs: Inputs) -> Any:
        bits = valid
        try:
            for name, kinds, lookup in columns:
                value = inputs.get(name)
                if type(value) not in kinds:
                    return slowly(inputs)
                bits &= lookup(value)
        except ArithmeticError:  # a Decimal that is no number
            return slowly(inputs)
        if not bits or bits & (bits - 1):
            if not first or not bits:
                return slowly(inputs)
            bits &= -bits
        return answers[bits.bit_length() - 1]

    return decide
