"""Values of FEEL as shapes, and shapes brought to the types that the rules declare (10.3.2.9.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from shuzhi.support.decisions.dmn.kinds import Reference
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.ranges import Range
from shuzhi.support.decisions.feel.values.types import MISFIT, FeelType, Restricted, coerced
from shuzhi.support.decisions.sql import logic
from shuzhi.support.decisions.sql.literals import SQL_TYPE, chosen, type_of
from shuzhi.support.decisions.sql.shapes import (
    DATE,
    NULL,
    TYPE_OF,
    UTC,
    Closure,
    Gathered,
    Interval,
    Known,
    Listing,
    Record,
    Scalar,
    Shape,
    lift,
)

if TYPE_CHECKING:
    from shuzhi.support.decisions.sql.expressions import Writer


def known(value: Any) -> Shape:
    """A FEEL value as a shape: with structure where it has one."""
    match value:
        case Range():
            start = None if value.start is None else known(value.start)
            end = None if value.end is None else known(value.end)
            return Interval(start, end, value.start_included, value.end_included)
        case dict():
            return Record({name: known(each) for name, each in value.items()})
        case list() if any(isinstance(each, dict | list | Range) for each in value):
            return Listing(tuple(map(known, value)))
    return Known(value)


def meant(kind: FeelType) -> FeelType:
    """The type behind references to it."""
    while isinstance(kind, Reference):
        kind = kind.meant()
    return kind


def fitted(shape: Shape, kind: FeelType, writer: Writer) -> Shape | None:  # noqa: C901, PLR0911 - one a kind of type
    """A value as a type asks for it; null for rows where it is not allowed, None where it never fits."""
    kind = meant(kind)
    if kind is kinds.ANY or (isinstance(shape, Known) and shape.value is None):
        return shape
    if isinstance(shape, Known):
        value = coerced(shape.value, kind)
        return None if value is MISFIT else known(value)
    if isinstance(kind, Restricted):
        return _restricted(shape, kind, writer)
    if isinstance(kind, kinds.ListOf | kinds.AnyList):
        return _as_list(shape, kind, writer)
    if isinstance(shape, Listing):
        return fitted(shape.items[0], kind, writer) if len(shape.items) == 1 else None
    if isinstance(kind, kinds.ContextOf):
        return _as_record(shape, kind, writer)
    if isinstance(shape, Record):
        return shape if isinstance(kind, kinds.AnyContext) else None
    if isinstance(shape, Closure):
        return shape if isinstance(kind, kinds.FunctionOf | kinds.AnyFunction) else None
    if isinstance(shape, Interval | Gathered):
        return shape if isinstance(kind, kinds.RangeOf | kinds.AnyRange) else None
    if not isinstance(shape, Scalar):
        return shape
    return _as_simple(shape, kind)


def _as_simple(shape: Scalar, kind: FeelType) -> Shape | None:
    if shape.kind == DATE and kind == kinds.DATE_TIME:
        return Scalar(UTC, lift(lambda x: x.cast(dt.timestamp), shape.sql))
    if isinstance(kind, kinds.OneOf):
        return shape if any(TYPE_OF[shape.kind] == each for each in kind.types) else None
    return shape if TYPE_OF[shape.kind] == kind else None


def _as_list(shape: Shape, kind: FeelType, writer: Writer) -> Shape | None:
    if isinstance(shape, Gathered):
        return shape
    items = shape.items if isinstance(shape, Listing) else (shape,)
    if isinstance(kind, kinds.AnyList):
        return Listing(items)
    assert isinstance(kind, kinds.ListOf)
    made = [fitted(each, kind.item, writer) for each in items]
    return None if None in made else Listing(tuple(each for each in made if each is not None))


def _as_record(shape: Shape, kind: kinds.ContextOf, writer: Writer) -> Shape | None:
    if not isinstance(shape, Record):
        return None
    entries = dict(shape.entries)
    for name, wanted in kind.fields:
        made = fitted(entries.get(name, NULL), wanted, writer)
        if made is None:
            return None
        entries[name] = made
    return Record(entries, shape.absent)


def _restricted(shape: Shape, kind: Restricted, writer: Writer) -> Shape | None:
    base = fitted(shape, kind.base, writer)
    if base is None or kind.tests is None:
        return base
    allowed = logic.certainly(writer.test(kind.tests, base))
    return chosen([(allowed, base)], NULL)


def exported(shape: Shape) -> Any:  # noqa: PLR0911 - one a kind of shape
    """A shape as one column of the answer: a struct for contexts, an array for lists."""
    match shape:
        case Scalar(sql=sql):
            return sql
        case Known(value=None):
            return lift(lambda: ibis.null(dt.string))
        case Record(entries=entries, absent=absent):
            names = list(entries)
            whole = lift(
                lambda *made: ibis.struct(dict(zip(names, made, strict=True))),
                *(exported(each) for each in entries.values()),
            )
            return (
                whole
                if absent is None
                else lift(lambda x, gone: ibis.ifelse(gone, x.nullif(x), x), whole, absent)
            )
        case Listing(items=items) if items:
            return lift(lambda *made: ibis.array(list(made)), *_columns(list(items)))
        case Gathered(items=items) if items:
            return _gathered(shape)
        case Known(value=list() as items) if items:
            return exported(Listing(tuple(map(Known, items))))
        case Known(value=list()) | Listing() | Gathered():
            return lift(lambda: ibis.literal([], type="array<string>"))
    from shuzhi.support.decisions.sql.literals import scalar

    return scalar(shape).sql


def _columns(items: list[Shape]) -> list[Any]:
    from shuzhi.support.decisions.sql.literals import aligned

    if any(isinstance(each, Record | Listing | Gathered) for each in items):
        return [exported(each) for each in items]
    return [each.sql for each in aligned(items)]


def _gathered(shape: Gathered) -> Any:
    columns = _columns([each for _, each in shape.items])
    there = [each for each, _ in shape.items]

    def make(*made: Any) -> Any:
        count = len(there)
        pairs = [
            ibis.struct({"there": one, "value": two})
            for one, two in zip(made[:count], made[count:], strict=True)
        ]
        return ibis.array(pairs).filter(lambda pair: pair.there).map(lambda pair: pair.value)

    if not shape.null_if_empty:
        return lift(make, *there, *columns)
    some = logic.either(there)
    return lift(
        lambda any_, *made: ibis.ifelse(any_, make(*made), _no_list(make(*made))), some, *there, *columns
    )


def _no_list(made: Any) -> Any:
    return ibis.null(made.type())


def sql_type(shape: Scalar) -> Any:
    """The type of SQL of a column."""
    return type_of(shape) if shape.kind == "number" else SQL_TYPE[shape.kind]
