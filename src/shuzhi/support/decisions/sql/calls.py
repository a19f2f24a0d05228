"""Calls: functions of the rules are written out in place, built-in ones become SQL's where it has the like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.builtins import BUILTINS
from shuzhi.support.decisions.feel.builtins.temporal import MONTHS as MONTH_NAMES
from shuzhi.support.decisions.feel.builtins.temporal import WEEKDAYS
from shuzhi.support.decisions.sql import lists, logic, moments, numbers
from shuzhi.support.decisions.sql.expressions import Writer
from shuzhi.support.decisions.sql.literals import scalar
from shuzhi.support.decisions.sql.shapes import (
    BOOLEAN,
    BROKEN,
    DATE,
    DAYS,
    MOMENTS,
    MONTHS,
    NO_DIGITS,
    NULL,
    NUMBER,
    STRING,
    UTC,
    Closure,
    Digits,
    Known,
    Refused,
    Scalar,
    Shape,
    is_null,
    lift,
)

PLAIN_PATTERN = re.compile(
    r"\^?(?:(?:[\w\s一-鿿:;,@#%&=/_-]|\\[.dw$^*+?(){}|\[\]\\-]|\[[\w一-鿿-]+\]|\(|\)|\|)"
    r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})?)*\$?",
    re.ASCII,
)
Arguments = Sequence[Shape]


def call(writer: Writer, node: nodes.Call) -> Shape:
    """`f(a, b)` or `f(x: a)`."""
    name = node.function.name if isinstance(node.function, nodes.Name) else ""
    made = writer.parts(*node.arguments)
    own = writer.names.get(name) if name else writer.write(node.function)
    if made is None:
        return BROKEN
    if isinstance(own, Closure):
        return _of_rules(writer, own, made, node.parameters)
    if name not in BUILTINS:
        return BROKEN if own is BROKEN else NULL
    arguments = _in_order(name, made, node.parameters)
    if arguments is None:
        return NULL
    return _built_in(writer, node, name, arguments)


def _of_rules(writer: Writer, own: Closure, made: Arguments, names: tuple[str, ...] | None) -> Shape:
    wanted = [name for name, _ in own.parameters]
    if names is None:
        if len(made) != len(wanted):
            return NULL
        return writer.called(own, dict(zip(wanted, made, strict=True)))
    if len(set(names)) != len(names) or not set(names) <= set(wanted):
        return NULL
    given = dict(zip(names, made, strict=True))
    return writer.called(own, {name: given.get(name, NULL) for name in wanted})


def _in_order(name: str, made: Arguments, names: tuple[str, ...] | None) -> list[Shape] | None:
    """The arguments by place, as the first signature that has the names asks."""
    if names is None:
        return list(made)
    given = dict(zip(names, made, strict=True))
    for signature in BUILTINS[name].signatures:
        known = [each.name for each in signature.parameters]
        if set(names) <= set(known):
            last = max(known.index(each) for each in names)
            return [given.get(each, NULL) for each in known[: last + 1]]
    return None


def _built_in(writer: Writer, node: nodes.Call, name: str, arguments: list[Shape]) -> Shape:
    folded = (
        writer.folded(nodes.Call(node.function, tuple(node.arguments), None), arguments)
        if arguments
        else None
    )
    if folded is not None:
        return folded
    if name in lists.FUNCTIONS:
        return lists.FUNCTIONS[name](writer, arguments)
    found = FUNCTIONS.get((name, len(arguments)))
    if found is None:
        if any(len(arguments) >= each.required for each in BUILTINS[name].signatures):
            raise Refused(f"SQL has no “{name}” that gives the same", f"SQL 没有与“{name}”结果相同的函数")
        return NULL
    return found(*arguments)


def _of(kind: str, shape: Shape) -> Scalar | None:
    """The shape as a column of one kind; None where it is of another and the call has no meaning."""
    if is_null(shape):
        return None
    found = scalar(shape)
    return found if found.kind == kind else None


def _strings(make: Callable[..., Any], kind: str, digits: Digits = NO_DIGITS) -> Callable[..., Shape]:
    def function(*arguments: Shape) -> Shape:
        found = [_of(STRING, each) for each in arguments]
        columns = [each.sql for each in found if each is not None]
        return Scalar(kind, lift(make, *columns), digits) if len(columns) == len(found) else NULL

    return function


COUNT = Digits(10, 0, integer=True)


def _before(text: Any, match: Any) -> Any:
    at = text.find(match)
    return ibis.ifelse(at > 0, text.substr(0, at), text.substr(0, 0))


def _after(text: Any, match: Any) -> Any:
    at = text.find(match)
    return ibis.ifelse(at >= 0, text.substr(at + match.length()), text.substr(0, 0))


def _substring(text: Shape, start: Shape, length: Shape | None = None) -> Shape:
    string = _of(STRING, text)
    place = start.value if isinstance(start, Known) else None
    size = length.value if isinstance(length, Known) else None
    if not isinstance(start, Known) or not (length is None or isinstance(length, Known)):
        raise Refused("the places of “substring” must be constant in SQL", "SQL 中 substring 的位置须为常量")
    if string is None or not isinstance(place, Decimal) or not int(place):
        return NULL
    if size is not None and not (isinstance(size, Decimal) and size >= 1):
        return NULL
    first, most = int(place), None if size is None else int(min(size, Decimal(10**9)))

    def make(column: Any) -> Any:
        count = column.length()
        begin = first - 1 if first > 0 else count + first
        cut = column.substr(begin) if most is None else column.substr(begin, most)
        return ibis.ifelse(count >= abs(first), cut, ibis.null(dt.string))

    return Scalar(STRING, lift(make, string.sql))


def _matches(text: Shape, pattern: Shape, flags: Shape | None = None) -> Shape:
    wanted = pattern.value if isinstance(pattern, Known) else None
    if flags is not None and not is_null(flags):
        raise Refused("flags of regular expressions differ in SQL", "SQL 的正则标志不同")
    if (
        not isinstance(wanted, str)
        or not PLAIN_PATTERN.fullmatch(wanted)
        or "\\w" in wanted
        or "\\d" in wanted
    ):
        raise Refused(
            "only constant patterns of plain characters, classes [a-z], groups and repetition mean the same in SQL",
            "只有由普通字符、[a-z] 类、分组和重复组成的常量模式在 SQL 中含义相同",
        )
    string = _of(STRING, text)
    return NULL if string is None else Scalar(BOOLEAN, lift(lambda x: x.re_search(wanted), string.sql))


def _rounding(mode: str) -> Callable[..., Shape]:
    def function(number: Shape, places: Shape | None = None) -> Shape:
        if places is not None and not isinstance(places, Known):
            raise Refused("the number of places must be constant in SQL", "SQL 中小数位数须为常量")
        found = _of(NUMBER, number)
        scale = Decimal(0) if places is None else places.value
        if found is None or not isinstance(scale, Decimal):
            return NULL
        return numbers.rounded(found, int(scale), mode)

    return function


def _abs(value: Shape) -> Shape:
    if is_null(value):
        return NULL
    found = scalar(value)
    if found.kind == NUMBER:
        held = numbers.as_decimal(found, found.digits._replace(integer=False))
        return Scalar(NUMBER, lift(lambda x: x.abs(), held.sql), held.digits, found.exact)
    return Scalar(found.kind, lift(lambda x: x.abs(), found.sql)) if found.kind in (DAYS, MONTHS) else NULL


def _modulo(left: Shape, right: Shape) -> Shape:
    a, b = _of(NUMBER, left), _of(NUMBER, right)
    return NULL if a is None or b is None else numbers.modulo(a, b)


def _parity(rest: int) -> Callable[[Shape], Shape]:
    def function(number: Shape) -> Shape:
        found = _of(NUMBER, number)
        if found is None:
            return NULL
        held = numbers.as_decimal(found, found.digits._replace(integer=False))

        def make(x: Any) -> Any:
            return ibis.ifelse(x % 1 == 0, (x % 2).abs() == rest, ibis.null(dt.boolean))

        return Scalar(BOOLEAN, lift(make, held.sql))

    return function


def _not(value: Shape) -> Shape:
    return logic.boolean(logic.negated(logic.truth(value)))


def _string(value: Shape) -> Shape:
    found = scalar(value)
    if found.kind == STRING:
        return found
    if found.kind == BOOLEAN:
        return Scalar(STRING, lift(lambda x: ibis.cases((x, "true"), (~x, "false"), else_=None), found.sql))
    if found.kind == DATE or (found.kind == NUMBER and found.digits.integer):
        return Scalar(STRING, lift(lambda x: x.cast("string"), found.sql))
    raise Refused("SQL writes this kind of value otherwise", "SQL 中该类型的文字写法不同")


def _date(value: Shape) -> Shape:
    found = scalar(value)
    if found.kind == DATE:
        return found
    if found.kind in MOMENTS:
        return Scalar(DATE, lift(lambda x: x.cast(dt.timestamp).date(), found.sql))
    return Scalar(DATE, lift(date_of_text, found.sql)) if found.kind == STRING else NULL


def date_of_text(column: Any) -> Any:
    """A text as a date where it is one of four-figure years."""
    fits = column.re_search(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    return ibis.ifelse(fits, column, ibis.null(dt.string)).try_cast(dt.date)


def _moment(value: Shape) -> Shape:
    found = scalar(value)
    if found.kind in MOMENTS:
        return found
    if found.kind == DATE:
        return Scalar(UTC, lift(lambda x: x.cast(dt.timestamp), found.sql))
    raise Refused(
        "SQL does not read dates and times from texts as FEEL does", "SQL 不能按 FEEL 读取日期时间文本"
    )


def _day(value: Shape) -> Scalar | None:
    found = None if is_null(value) else scalar(value)
    return found if found is not None and found.kind in (DATE, *MOMENTS) else None


def _of_day(make: Callable[[Any], Any], kind: str) -> Callable[[Shape], Shape]:
    def function(value: Shape) -> Shape:
        found = _day(value)
        return (
            NULL
            if found is None
            else Scalar(kind, lift(make, found.sql), COUNT if kind == NUMBER else Digits(0, 0))
        )

    return function


def _named(names: Sequence[str], place: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda x: ibis.cases(*((place(x) == at, name) for at, name in enumerate(names)), else_=None)


def _months_between(start: Shape, end: Shape) -> Shape:
    first, last = _day(start), _day(end)
    return NULL if first is None or last is None else moments.months_between(first, last)


FUNCTIONS: Mapping[tuple[str, int], Callable[..., Shape]] = {
    ("string length", 1): _strings(lambda x: x.length().cast(dt.int64), NUMBER, COUNT),
    ("upper case", 1): _strings(lambda x: x.upper(), STRING),
    ("lower case", 1): _strings(lambda x: x.lower(), STRING),
    ("contains", 2): _strings(lambda x, y: x.contains(y), BOOLEAN),
    ("starts with", 2): _strings(lambda x, y: x.startswith(y), BOOLEAN),
    ("ends with", 2): _strings(lambda x, y: x.endswith(y), BOOLEAN),
    ("substring before", 2): _strings(_before, STRING),
    ("substring after", 2): _strings(_after, STRING),
    ("substring", 2): _substring,
    ("substring", 3): _substring,
    ("matches", 2): _matches,
    ("matches", 3): _matches,
    ("not", 1): _not,
    ("abs", 1): _abs,
    ("modulo", 2): _modulo,
    ("odd", 1): _parity(1),
    ("even", 1): _parity(0),
    ("floor", 1): _rounding("floor"),
    ("floor", 2): _rounding("floor"),
    ("ceiling", 1): _rounding("ceiling"),
    ("ceiling", 2): _rounding("ceiling"),
    ("decimal", 2): _rounding("half even"),
    ("round up", 2): _rounding("up"),
    ("round down", 2): _rounding("down"),
    ("round half up", 2): _rounding("half up"),
    ("round half down", 2): _rounding("half down"),
    ("string", 1): _string,
    ("date", 1): _date,
    ("date and time", 1): _moment,
    ("years and months duration", 2): _months_between,
    ("day of year", 1): _of_day(lambda x: x.day_of_year().cast(dt.int64), NUMBER),
    ("week of year", 1): _of_day(lambda x: x.week_of_year().cast(dt.int64), NUMBER),
    ("day of week", 1): _of_day(_named(WEEKDAYS, lambda x: x.day_of_week.index()), STRING),
    ("month of year", 1): _of_day(_named(MONTH_NAMES, lambda x: x.month() - 1), STRING),
}
