"""Constants of FEEL as literals of SQL, and shapes brought to one kind."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.numbers import plain
from shuzhi.support.decisions.feel.values.python import to_python
from shuzhi.support.decisions.feel.values.times import DateTime, Time
from shuzhi.support.decisions.sql.shapes import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NAIVE,
    NUMBER,
    STRING,
    TIME,
    UTC,
    Digits,
    Known,
    Listing,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    is_null,
    lift,
)

MOST_DIGITS = 38
SQL_TYPE: dict[str, Any] = {
    STRING: dt.string,
    BOOLEAN: dt.boolean,
    DATE: dt.date,
    TIME: dt.time,
    NAIVE: dt.timestamp,
    UTC: dt.timestamp,
    DAYS: dt.int64,
    MONTHS: dt.int64,
}


def decimal_of(digits: Digits) -> Any:
    """The type of SQL that holds numbers of so many digits."""
    places = min(digits.places, MOST_DIGITS)
    return dt.Decimal(min(MOST_DIGITS, max(1, digits.whole + places)), places)


def type_of(scalar: Scalar) -> Any:
    """The type of SQL that a shape's column has."""
    if scalar.kind == NUMBER:
        return dt.int64 if scalar.digits.integer else decimal_of(scalar.digits)
    return SQL_TYPE[scalar.kind]


def digits_of(value: Decimal) -> Digits:
    """The digits of a number as written, without zeros at its end."""
    text = plain(abs(value))
    whole, _, places = text.partition(".")
    places = places.rstrip("0")
    return Digits(len(whole.lstrip("0")), len(places))


def literal(value: Any, kind: Any) -> Sql:
    """A literal of SQL; a null of it for None."""
    made = ibis.null(kind) if value is None else ibis.literal(value, type=kind)
    return Sql(lambda _table: made, 0, 1)


TRUE, FALSE, UNKNOWN = (literal(each, dt.boolean) for each in (True, False, None))


def scalar(shape: Shape) -> Scalar:
    """A shape as a column: constants become literals, a list of one stands for its item."""
    match shape:
        case Scalar():
            return shape
        case Known(value=[one]) if one is not None:
            return scalar(Known(one))
        case Known(value=value):
            return constant(value)
        case Listing(items=(one,)):
            return scalar(one)
    raise Refused("a list, context, range or function stands where SQL needs a plain value", "此处需要单个值")


def constant(value: Any) -> Scalar:  # noqa: PLR0911 - one line a kind
    """A constant as a literal."""
    match value:
        case bool():
            return Scalar(BOOLEAN, TRUE if value else FALSE)
        case Decimal():
            return _number(value)
        case str() if "\x00" not in value:
            return Scalar(STRING, literal(value, dt.string))
        case Date() if 1 <= value.year <= 9999:  # noqa: PLR2004 - the years of SQL
            return Scalar(DATE, literal(to_python(value), dt.date))
        case Time() if value.zone is None and not value.nanos % 1000:
            return Scalar(TIME, literal(to_python(value), dt.time))
        case DateTime() if 1 < value.date.year < 9999 and not value.time.nanos % 1000:  # noqa: PLR2004
            return _moment(value)
        case MonthDuration():
            return Scalar(MONTHS, literal(value.months, dt.int64))
        case DayDuration() if not value.nanos % 1000 and abs(value.nanos) < 2**63:
            return Scalar(DAYS, literal(value.nanos // 1000, dt.int64))
    raise Refused(f"SQL has no literal for {str(value)[:40]}", f"SQL 无法表示常量 {str(value)[:40]}")


def _number(value: Decimal) -> Scalar:
    digits = digits_of(value)
    if digits.whole + digits.places > MOST_DIGITS:
        raise Refused("a number has more than 38 digits", "数字超过 38 位")
    if not digits.places and digits.whole <= 18:  # noqa: PLR2004 - fits 64 bits
        return Scalar(NUMBER, literal(int(value), dt.int64), digits._replace(integer=True))
    kind = decimal_of(digits)
    return Scalar(NUMBER, literal(value.quantize(Decimal(1).scaleb(-digits.places)), kind), digits)


def _moment(value: DateTime) -> Scalar:
    if value.offset is None:
        return Scalar(NAIVE, literal(to_python(value), dt.timestamp))
    if value.offset:
        raise Refused(
            "a date and time of another offset than UTC: SQL keeps instants only",
            "SQL 只保存时刻，不保存其他时区；请写成 UTC",
        )
    return Scalar(UTC, literal(to_python(value).replace(tzinfo=None), dt.timestamp))


def aligned(shapes: Sequence[Shape]) -> list[Scalar]:
    """All as columns of one kind, nulls included; numbers of one type.

    Raises:
        Refused: they are of several kinds.
    """
    found = [None if is_null(each) else scalar(each) for each in shapes]
    kinds = {each.kind for each in found if each is not None}
    if len(kinds) > 1:
        names = ", ".join(sorted(kinds))
        raise Refused(
            f"one column can't hold values of several kinds ({names})", f"同一列不能有多种类型（{names}）"
        )
    kind = next(iter(kinds), STRING)
    if kind == NUMBER:
        return _one_type(found)
    empty = Scalar(kind, literal(None, SQL_TYPE[kind]))
    return [each or empty for each in found]


def _one_type(found: Sequence[Scalar | None]) -> list[Scalar]:
    numbers = [each for each in found if each is not None]
    digits = Digits(
        max(each.digits.whole for each in numbers),
        max(each.digits.places for each in numbers),
        all(each.digits.integer for each in numbers),
    )
    exact = all(each.exact for each in numbers)
    return [as_number(each, digits, exact=exact) for each in found]


def as_number(number: Scalar | None, digits: Digits, *, exact: bool = True) -> Scalar:
    """A number held with these digits."""
    kind = dt.int64 if digits.integer else decimal_of(digits)
    if number is None:
        return Scalar(NUMBER, literal(None, kind), digits, exact)
    if number.digits == digits and not digits.integer:
        return number
    if number.digits.integer and digits.integer:
        return Scalar(NUMBER, number.sql, digits, exact)
    return Scalar(NUMBER, lift(lambda made: made.cast(kind), number.sql), digits, exact)


def chosen(cases: Sequence[tuple[Sql, Shape]], otherwise: Shape) -> Shape:
    """The first whose condition is true, else the last: entry by entry for contexts and lists."""
    if not cases:
        return otherwise
    shapes = [*(shape for _, shape in cases), otherwise]
    if _all_one(shapes):
        return otherwise
    records = [each for each in map(_opened, shapes) if each is not None]
    if records and all(is_null(each) or _opened(each) is not None for each in shapes):
        return _chosen_records(cases, otherwise, records)
    lists = [_items(each) for each in shapes]
    if any(each is not None and len(each) != 1 for each in lists):
        return _chosen_lists(cases, lists)
    columns = aligned(shapes)
    conditions = [condition for condition, _ in cases]
    sqls = [each.sql for each in columns]

    def make(*made: Any) -> Any:
        count = len(conditions)
        return ibis.cases(*zip(made[:count], made[count:-1], strict=True), else_=made[-1])

    exact = all(each.exact for each in columns)
    return Scalar(columns[0].kind, lift(make, *conditions, *sqls), columns[0].digits, exact)


def _all_one(shapes: Sequence[Shape]) -> bool:
    """Whether all are the same constant."""
    values = [each.value for each in shapes if isinstance(each, Known)]
    return len(values) == len(shapes) and all(
        type(each) is type(values[0]) and each == values[0] for each in values
    )


def _opened(shape: Shape) -> Record | None:
    if isinstance(shape, Record):
        return shape
    if isinstance(shape, Known) and isinstance(shape.value, dict):
        return Record({name: Known(value) for name, value in shape.value.items()})
    return None


def _chosen_records(cases: Sequence[tuple[Sql, Shape]], otherwise: Shape, records: list[Record]) -> Shape:
    names = list(records[0].entries)
    if any(set(each.entries) != set(names) for each in records):
        raise Refused("contexts of several structures in one column", "同一列不能有多种结构的上下文")

    def part(shape: Shape, name: str) -> Shape:
        record = _opened(shape)
        return Known(None) if record is None else record.entries[name]

    def absent(shape: Shape) -> Shape:
        record = _opened(shape)
        if record is None or record.absent is None:
            return Known(record is None)
        return Scalar(BOOLEAN, record.absent)

    def choose(of: Any) -> Shape:
        return chosen([(condition, of(shape)) for condition, shape in cases], of(otherwise))

    nowhere = choose(absent)
    gone = None if isinstance(nowhere, Known) and nowhere.value is False else scalar(nowhere).sql
    return Record({name: choose(lambda shape, name=name: part(shape, name)) for name in names}, gone)


def _items(shape: Shape) -> tuple[Shape, ...] | None:
    if isinstance(shape, Listing):
        return shape.items
    if isinstance(shape, Known) and isinstance(shape.value, list):
        return tuple(map(Known, shape.value))
    return None


def _chosen_lists(cases: Sequence[tuple[Sql, Shape]], lists: Sequence[tuple[Shape, ...] | None]) -> Shape:
    first = lists[0]
    if any(each is None or first is None or len(each) != len(first) for each in lists) or first is None:
        raise Refused("lists of several lengths in one column", "同一列不能有长度不同的列表")
    conditions = [condition for condition, _ in cases]
    columns = zip(*(each for each in lists if each is not None), strict=True)
    return Listing(tuple(chosen(list(zip(conditions, each[:-1], strict=True)), each[-1]) for each in columns))
