"""What an expression is while it is made into SQL: a column to be, a constant, or something of known structure.

Types are known when SQL is made, unlike in FEEL: a column has one. What a FEEL value may be at run time is decided
here once, for all rows; only null is left to the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import FeelType

Table = Any  # an Ibis table; Ibis states no types that mypy could check
Value = Any


@dataclass(frozen=True, eq=False, slots=True)
class Sql:
    """A column's expression, made again on whatever table the query has grown to.

    `level` is the first stage of the query that has all columns it speaks of; `size` how much there is to write.
    """

    make: Callable[[Table], Value]
    level: int = 0
    size: int = 1
    made: list[tuple[Table, Value]] = field(default_factory=list)

    def on(self, table: Table) -> Value:
        """The expression over a table, made once for each."""
        if not self.made or self.made[0][0] is not table:
            self.made[:] = [(table, self.make(table))]
        return self.made[0][1]


def lift(make: Callable[..., Value], *parts: Sql) -> Sql:
    """An expression made of others."""
    level = max((each.level for each in parts), default=0)
    size = 1 + sum(each.size for each in parts)
    return Sql(lambda table: make(*(each.on(table) for each in parts)), level, size)


class Digits(NamedTuple):
    """How many digits a number has at most before and after the point; `integer` where SQL holds it as one."""

    whole: int
    places: int
    integer: bool = False


NO_DIGITS = Digits(0, 0)


@dataclass(frozen=True, eq=False, slots=True)
class Scalar:
    """A value that differs from row to row: number, string, boolean, date, time, moment (of UTC, or of no zone).

    Durations are microseconds and months, as whole numbers. `present`: it is never null in the rows that are asked.
    """

    kind: str
    sql: Sql
    digits: Digits = NO_DIGITS
    exact: bool = True
    present: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """A FEEL value that is the same for all rows; null is one."""

    value: Any


@dataclass(frozen=True, eq=False, slots=True)
class Listing:
    """A list whose length is known."""

    items: tuple[Shape, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Gathered:
    """A list of items each of which may be there or not: what a filter or a collecting table leaves."""

    items: tuple[tuple[Sql, Shape], ...]
    null_if_empty: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Record:
    """A context whose entries are known; `absent` says where all of it is null."""

    entries: Mapping[str, Shape]
    absent: Sql | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Interval:
    """A range; an end that is None is open."""

    start: Shape | None
    end: Shape | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, eq=False, slots=True)
class Closure:
    """A function, to be written out where it is called."""

    name: str
    parameters: tuple[tuple[str, FeelType], ...]
    call: Callable[[Mapping[str, Shape]], Shape]


@dataclass(frozen=True, eq=False, slots=True)
class Broken:
    """What could not be made into SQL; why has been noted."""


Shape = Scalar | Known | Listing | Gathered | Record | Interval | Closure | Broken
NULL = Known(None)
BROKEN = Broken()

NUMBER, STRING, BOOLEAN, DATE, TIME = "number", "string", "boolean", "date", "time"
NAIVE, UTC, DAYS, MONTHS = "moment", "moment of UTC", "days", "months"
MOMENTS = (NAIVE, UTC)
TYPE_OF: dict[str, FeelType] = {
    NUMBER: kinds.NUMBER,
    STRING: kinds.STRING,
    BOOLEAN: kinds.BOOLEAN,
    DATE: kinds.DATE,
    TIME: kinds.TIME,
    NAIVE: kinds.DATE_TIME,
    UTC: kinds.DATE_TIME,
    DAYS: kinds.DAY_DURATION,
    MONTHS: kinds.MONTH_DURATION,
}


class Refused(Exception):
    """Why something has no meaning in SQL, in both languages; the place is found where it is caught."""

    def __init__(self, en: str, zh: str, span: nodes.Span | None = None) -> None:
        """`span` is the part of the text that is meant, if not all of it."""
        super().__init__(en)
        self.en, self.zh, self.span = en, zh, span


def is_null(shape: Shape) -> bool:
    """Whether it is null for every row."""
    return isinstance(shape, Known) and shape.value is None
