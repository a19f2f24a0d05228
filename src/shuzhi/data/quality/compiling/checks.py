"""One function for every check a rule may use (检查项); each gives the rows it looks at and those that fail."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from shuzhi.data.catalog.types import DIVISION_TREE, CheckKind, FieldType, Operator, RuleDeclaration
from shuzhi.data.quality.compiling.memberships import LONGEST_LIST, Memberships
from shuzhi.data.quality.compiling.scope import HoldsOn
from shuzhi.data.quality.compiling.standards import by_day, expression_for


class Sides(NamedTuple):
    """Two conditions on a row: whether the rule looks at it, and whether it then fails."""

    checked: Any
    failed: Any


class Newest(NamedTuple):
    """A question about all rows together: is any of these days on or after the limit?"""

    day: Callable[[Any], Any]
    limit: date


class Unscanned(StrEnum):
    """Why a rule is not part of the scan."""

    WHOLE_DATASET = "whole_dataset"  # it is about the data set, not about a row
    NOTHING_TO_COMPARE = "nothing_to_compare"  # the code list or data set it names is not there


Condition = Callable[[Any], Sides]
Check = Callable[[RuleDeclaration, Memberships], Condition | Newest | Unscanned]

_OPERATORS: Mapping[Operator, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        Operator.LT: operator.lt,
        Operator.LE: operator.le,
        Operator.EQ: operator.eq,
        Operator.NE: operator.ne,
        Operator.GE: operator.ge,
        Operator.GT: operator.gt,
    }
)


def not_null(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """Every row is looked at; one fails where any of the fields is missing or blank."""

    def condition(rows: Any) -> Sides:
        import ibis

        missing = [is_missing(rows[name], asked.kind(name)) for name in rule.looks_at]
        return Sides(ibis.literal(True), _any(missing))  # noqa: FBT003 — a literal of SQL

    return condition


def valid(rule: RuleDeclaration, asked: Memberships) -> Condition | Unscanned:
    """The value keeps the standard that its field is bound to.

    A typed column (a date, an amount) holds only what the collection could read, so every row that got in
    passes; what did not is in quarantine and is added to the rule's count from there.
    """
    import ibis

    (name,) = rule.looks_at
    if asked.kind(name) is not FieldType.TEXT:
        passed = ibis.literal(False)  # noqa: FBT003 — a literal of SQL
        return lambda rows: _where_present([rows[name]], passed)
    keeps = expression_for(asked.dataset.field(name).standard)
    if keeps is None:
        return Unscanned.NOTHING_TO_COMPARE
    return lambda rows: _where_present([rows[name]], ~keeps(rows[name]))


def unique(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """The value, or the fields' values together, stands only once in what the data set says now."""
    column = asked.among(rule.looks_at, asked.repeated(rule.looks_at))
    return lambda rows: _where_present([rows[name] for name in rule.looks_at], rows[column].notnull())


def in_codelist(rule: RuleDeclaration, asked: Memberships) -> Condition | Unscanned:
    """The value is a code of the list on the day of the scan, or on the row's own day (`as_of`).

    With `as_of` rows without a day are left out.
    """
    (name,) = rule.looks_at
    named = rule.codelist or asked.dataset.field(name).standard or ""
    if rule.as_of is not None or named == DIVISION_TREE:
        return _held(name, rule.as_of, asked, asked.scope.holds(named))
    codes = asked.scope.codes(named)
    if codes is None:
        return Unscanned.NOTHING_TO_COMPARE
    if len(codes) <= LONGEST_LIST:
        known = sorted(codes)
        return lambda rows: _where_present([rows[name]], ~rows[name].cast("string").isin(known))
    column = asked.among([name], asked.listed(codes))
    return lambda rows: _where_present([rows[name]], rows[column].isnull())


def _held(name: str, as_of: str | None, asked: Memberships, holds: HoldsOn | None) -> Condition | Unscanned:
    if holds is None:
        return Unscanned.NOTHING_TO_COMPARE
    keeps = by_day(holds)

    def condition(rows: Any) -> Sides:
        import ibis

        today = ibis.literal(asked.scope.today, type="date")
        day = _comparable(rows, as_of, asked) if as_of else today
        code = rows[name].cast("string")
        return _where_present([code, day], ~keeps(code, day))

    return condition


def in_range(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """The number lies between `min` and `max`, both included; an amount in the unit of its currency."""
    del asked
    (name,) = rule.looks_at
    return lambda rows: _where_present([rows[name]], _outside(rows[name], rule))


def length(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """The text has between `min` and `max` characters."""
    del asked
    (name,) = rule.looks_at
    return lambda rows: _where_present([rows[name]], _outside(rows[name].length(), rule))


def compare(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """The first field stands to the second as `op` says; amounts only where their currencies are the same."""
    first, second = rule.looks_at
    holds = _OPERATORS[rule.op or Operator.EQ]

    def condition(rows: Any) -> Sides:
        left, right = _comparable(rows, first, asked), _comparable(rows, second, asked)
        sides = _where_present([left, right], ~holds(left, right))
        if FieldType.AMOUNT not in {asked.kind(first), asked.kind(second)}:
            return sides
        same = _currency(rows, first, asked) == _currency(rows, second, asked)
        return Sides(sides.checked & same, sides.failed & same)

    return condition


def reference(rule: RuleDeclaration, asked: Memberships) -> Condition | Unscanned:
    """The value stands in the field `to` of another data set's current rows."""
    other = asked.scope.dataset(rule.dataset or "")
    target = rule.to or (rule.looks_at[0])
    if other is None or target not in other.columns:
        return Unscanned.NOTHING_TO_COMPARE
    values = other.select(value=other[target].cast("string")).distinct()
    column = asked.among(rule.looks_at, values)
    return lambda rows: _where_present([rows[name] for name in rule.looks_at], rows[column].isnull())


def not_future(rule: RuleDeclaration, asked: Memberships) -> Condition:
    """The day is not after the day of the scan."""
    (name,) = rule.looks_at

    def condition(rows: Any) -> Sides:
        import ibis

        day = _comparable(rows, name, asked)
        return _where_present([day], day > ibis.literal(asked.scope.today, type="date"))

    return condition


def fresh(rule: RuleDeclaration, asked: Memberships) -> Newest | Unscanned:
    """The newest day of the field is at most `days` before the scan; without a field the batch's own age counts."""
    if not rule.looks_at:
        return Unscanned.WHOLE_DATASET
    (name,) = rule.looks_at
    limit = asked.scope.today - timedelta(days=rule.days or 0)
    return Newest(lambda rows: _comparable(rows, name, asked), limit)


def whole_dataset(rule: RuleDeclaration, asked: Memberships) -> Unscanned:
    """Totals that captions declare: answered from what reading the file found."""
    del rule, asked
    return Unscanned.WHOLE_DATASET


CHECKS: Mapping[CheckKind, Check] = MappingProxyType(
    {
        CheckKind.NOT_NULL: not_null,
        CheckKind.VALID: valid,
        CheckKind.UNIQUE: unique,
        CheckKind.IN_CODELIST: in_codelist,
        CheckKind.RANGE: in_range,
        CheckKind.LENGTH: length,
        CheckKind.COMPARE: compare,
        CheckKind.REFERENCE: reference,
        CheckKind.NOT_FUTURE: not_future,
        CheckKind.FRESH: fresh,
        CheckKind.MATCHES_TOTAL: whole_dataset,
    }
)


def is_missing(column: Any, kind: FieldType) -> Any:
    """Whether a cell is empty; text of nothing but spaces is."""
    if kind in {FieldType.TEXT, FieldType.GEOMETRY}:
        return column.isnull() | ~column.re_search("[^ \\t\\r\\n\u3000]")
    return column.isnull()


def _where_present(columns: list[Any], failed: Any) -> Sides:
    present = ~_any([column.isnull() for column in columns])
    return Sides(present, present & failed)


def _outside(value: Any, rule: RuleDeclaration) -> Any:
    import ibis

    low = [value < rule.min] if rule.min is not None else []
    high = [value > rule.max] if rule.max is not None else []
    return _any([*low, *high]) if low or high else ibis.literal(False)  # noqa: FBT003 — a literal of SQL


def _any(conditions: list[Any]) -> Any:
    whole = conditions[0]
    for condition in conditions[1:]:
        whole = whole | condition
    return whole


def _comparable(rows: Any, name: str, asked: Memberships) -> Any:
    # A moment is compared as its day in China: a firm founded on the 1st is not founded before its licence of the 1st.
    if asked.kind(name) is FieldType.DATETIME:
        import ibis

        return (rows[name].cast("timestamp") + ibis.interval(hours=8)).date()
    return rows[name]


def _currency(rows: Any, name: str, asked: Memberships) -> Any:
    column = f"{name}__currency"
    if asked.kind(name) is FieldType.AMOUNT and column in rows.columns:
        return rows[column]
    import ibis

    return ibis.literal("CNY")
