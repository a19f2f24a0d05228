"""The types of FEEL and what conforms to them (10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from shuzhi.support.decisions.feel.values.dates import Date
from shuzhi.support.decisions.feel.values.durations import DayDuration, MonthDuration
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.times import DateTime, Offset, Time


class FeelType:
    """A node of the lattice of types."""

    __slots__ = ()

    def accepts(self, value: Any) -> bool:
        """Whether a value, other than null, is of this type."""
        raise NotImplementedError

    def takes(self, value: Any) -> bool:
        """Whether a value or null may stand where this type is asked for."""
        return value is None or self.accepts(value)

    def conforms_to(self, other: FeelType) -> bool:
        """Whether every value of this type is one of the other."""
        return other is ANY or self == other

    def components(self) -> Iterable[tuple[str, FeelType]]:
        """The parts with their names; the items of a list have the name ""."""
        return ()


@dataclass(frozen=True, slots=True)
class AnyType(FeelType):
    """`Any`: every value."""

    def accepts(self, value: Any) -> bool:
        """Whatever there is."""
        return value is not None


@dataclass(frozen=True, slots=True)
class NullType(FeelType):
    """`Null`: only null, which may stand for a value of any type."""

    def accepts(self, value: Any) -> bool:
        """Nothing but null."""
        return value is None

    def conforms_to(self, other: FeelType) -> bool:
        """Always: the lowest of all."""
        return isinstance(other, FeelType)


@dataclass(frozen=True, slots=True)
class SimpleType(FeelType):
    """`number`, `string`, `date` and the other types without parameters."""

    name: str
    kind: type

    def accepts(self, value: Any) -> bool:
        """Values of exactly this kind."""
        return type(value) is self.kind


@dataclass(frozen=True, slots=True)
class ListOf(FeelType):
    """`list<item>`."""

    item: FeelType

    def accepts(self, value: Any) -> bool:
        """Lists whose items all conform."""
        return isinstance(value, list) and all(self.item.takes(each) for each in value)

    def conforms_to(self, other: FeelType) -> bool:
        """As its items do."""
        return other is ANY or (isinstance(other, ListOf) and self.item.conforms_to(other.item))

    def components(self) -> Iterable[tuple[str, FeelType]]:
        """The items."""
        return (("", self.item),)


@dataclass(frozen=True, slots=True)
class RangeOf(FeelType):
    """`range<item>`."""

    item: FeelType

    def accepts(self, value: Any) -> bool:
        """Ranges whose ends conform."""
        return isinstance(value, Range) and self.item.takes(value.start) and self.item.takes(value.end)

    def conforms_to(self, other: FeelType) -> bool:
        """As its ends do."""
        return other is ANY or (isinstance(other, RangeOf) and self.item.conforms_to(other.item))


@dataclass(frozen=True, slots=True)
class ContextOf(FeelType):
    """`context<name: type, …>`; a context may have more entries than its type names."""

    fields: tuple[tuple[str, FeelType], ...]

    def accepts(self, value: Any) -> bool:
        """Contexts that have all these entries, conforming."""
        return isinstance(value, dict) and all(
            name in value and type_.takes(value[name]) for name, type_ in self.fields
        )

    def conforms_to(self, other: FeelType) -> bool:
        """When it has at least the other's entries, each conforming."""
        if other is ANY:
            return True
        own = dict(self.fields)
        return isinstance(other, ContextOf) and all(
            name in own and own[name].conforms_to(type_) for name, type_ in other.fields
        )

    def components(self) -> Iterable[tuple[str, FeelType]]:
        """The entries."""
        return self.fields


@dataclass(frozen=True, slots=True)
class FunctionOf(FeelType):
    """`function<parameters> -> result`."""

    parameters: tuple[FeelType, ...]
    result: FeelType

    def accepts(self, value: Any) -> bool:
        """Functions that take all these arguments and give no other results; unknown results pass."""
        from shuzhi.support.decisions.feel.values.functions import FUNCTIONS, Function

        if not isinstance(value, FUNCTIONS):
            return False
        shapes = (
            [tuple(each.type for each in value.parameters)]
            if isinstance(value, Function)
            else [tuple(each.type for each in signature.parameters) for signature in value.signatures]
        )
        fits = value.result is ANY or value.result.conforms_to(self.result)
        return fits and any(self.takes_shape(shape) for shape in shapes)

    def takes_shape(self, shape: tuple[FeelType, ...]) -> bool:
        """Whether parameters of these types take all that this type's callers may give."""
        return len(shape) == len(self.parameters) and all(
            mine.conforms_to(theirs) for mine, theirs in zip(self.parameters, shape, strict=True)
        )

    def conforms_to(self, other: FeelType) -> bool:
        """Contravariant in parameters, covariant in the result."""
        return other is ANY or (
            isinstance(other, FunctionOf)
            and other.takes_shape(self.parameters)
            and self.result.conforms_to(other.result)
        )


@dataclass(frozen=True, slots=True)
class AnyList(FeelType):
    """A list of whatever, as built-in functions ask for it."""

    def accepts(self, value: Any) -> bool:
        """Any list."""
        return isinstance(value, list)


@dataclass(frozen=True, slots=True)
class AnyContext(FeelType):
    """A context of whatever entries."""

    def accepts(self, value: Any) -> bool:
        """Any context."""
        return isinstance(value, dict)


@dataclass(frozen=True, slots=True)
class AnyFunction(FeelType):
    """A function of whatever shape."""

    def accepts(self, value: Any) -> bool:
        """Any function."""
        from shuzhi.support.decisions.feel.values.functions import FUNCTIONS

        return isinstance(value, FUNCTIONS)


@dataclass(frozen=True, slots=True)
class AnyRange(FeelType):
    """A range of whatever."""

    def accepts(self, value: Any) -> bool:
        """Any range."""
        return isinstance(value, Range)


@dataclass(frozen=True, slots=True)
class OneOf(FeelType):
    """One of several types, as the tables of the built-in functions name them."""

    types: tuple[FeelType, ...]

    def accepts(self, value: Any) -> bool:
        """Values that one of the types accepts."""
        return any(each.accepts(value) for each in self.types)


@dataclass(frozen=True, slots=True)
class Restricted(FeelType):
    """A type of which only the values that pass a check are allowed."""

    base: FeelType
    allows: Callable[[Any], bool]
    tests: Any = field(default=None, compare=False)  # the check as a tree, for the other back ends

    def accepts(self, value: Any) -> bool:
        """Values of the base type that are allowed."""
        return self.base.accepts(value) and self.allows(value)

    def conforms_to(self, other: FeelType) -> bool:
        """As the base type does."""
        return self == other or self.base.conforms_to(other)

    def components(self) -> Iterable[tuple[str, FeelType]]:
        """Those of the base type."""
        return self.base.components()


ANY, NULL = AnyType(), NullType()
NUMBER = SimpleType("number", Decimal)
STRING = SimpleType("string", str)
BOOLEAN = SimpleType("boolean", bool)
DATE = SimpleType("date", Date)
TIME = SimpleType("time", Time)
DATE_TIME = SimpleType("date and time", DateTime)
DAY_DURATION = SimpleType("days and time duration", DayDuration)
MONTH_DURATION = SimpleType("years and months duration", MonthDuration)
LIST, CONTEXT, FUNCTION, RANGE = AnyList(), AnyContext(), AnyFunction(), AnyRange()

SIMPLE_TYPES = (NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAY_DURATION, MONTH_DURATION)
NAMED_TYPES: dict[str, FeelType] = {
    **{each.name: each for each in SIMPLE_TYPES},
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "null": NULL,
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAY_DURATION,
    "yearMonthDuration": MONTH_DURATION,
}

MISFIT = object()
"""What `coerced` gives where a value neither conforms to a type nor can be made to."""


def coerced(value: Any, type_: FeelType) -> Any:
    """The value as the type asks for it, by the implicit conversions of 10.3.2.9.4, or MISFIT."""
    if value is None or type_ is ANY or type_.accepts(value):
        return value
    if isinstance(type_, Restricted):
        fitted = coerced(value, type_.base)
        return fitted if fitted is not MISFIT and type_.accepts(fitted) else MISFIT
    if isinstance(type_, (ListOf, AnyList)):
        single = [value]
        return single if not isinstance(value, list) and type_.accepts(single) else MISFIT
    if isinstance(value, list):
        return coerced(value[0], type_) if len(value) == 1 and value[0] is not None else MISFIT
    if type(value) is Date and type_ is DATE_TIME:
        return DateTime(value, UTC_MIDNIGHT)
    return MISFIT


MIDNIGHT = Time(0)
UTC_MIDNIGHT = Time(0, Offset(0))


def kind_of(value: Any) -> tuple[str, str]:
    """What a value is, for people: in English and in Chinese."""
    if value is None:
        return ("null", "空值")
    for kind, words in _KINDS.items():
        if type(value) is kind:
            return words
    return ("a function", "函数")


_KINDS: dict[type, tuple[str, str]] = {
    Decimal: ("a number", "数字"),
    str: ("a string", "字符串"),
    bool: ("a boolean", "布尔值"),
    Date: ("a date", "日期"),
    Time: ("a time", "时间"),
    DateTime: ("a date and time", "日期时间"),
    DayDuration: ("a days and time duration", "日时时长"),
    MonthDuration: ("a years and months duration", "年月时长"),
    list: ("a list", "列表"),
    dict: ("a context", "上下文"),
    Range: ("a range", "区间"),
}
