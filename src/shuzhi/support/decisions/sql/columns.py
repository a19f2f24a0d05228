"""Columns of a table as input data: their type of SQL says what FEEL sees in them."""

from __future__ import annotations

from typing import Any

import ibis.expr.datatypes as dt

from shuzhi.support.decisions.dmn.model import Spot, Text
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.values import types as kinds
from shuzhi.support.decisions.feel.values.types import FeelType, Restricted
from shuzhi.support.decisions.sql.calls import date_of_text
from shuzhi.support.decisions.sql.expressions import Sheet, Writer
from shuzhi.support.decisions.sql.fitting import fitted, meant
from shuzhi.support.decisions.sql.literals import decimal_of
from shuzhi.support.decisions.sql.shapes import (
    BOOLEAN,
    DATE,
    NAIVE,
    NULL,
    NUMBER,
    STRING,
    TIME,
    UTC,
    Digits,
    Record,
    Refused,
    Scalar,
    Shape,
    Sql,
    lift,
)
from shuzhi.support.decisions.types import Place

FLOAT_DIGITS = Digits(24, 10)


def column_shape(name: str, kind: Any, wanted: FeelType, sheet: Sheet) -> Shape:
    """A column as the input's type asks for it; values that are not allowed are null."""
    shape = _shape(Sql(lambda table: table[name]), kind, name)
    shape = _dated(shape, wanted)
    writer = Writer(sheet, {}, {}, Text("", Spot(1, 1)), Place("", decision=name))
    made = fitted(shape, wanted, writer)
    if made is None:
        return NULL
    if isinstance(made, Scalar) and made.sql.size > 1:
        return Scalar(made.kind, sheet.keep(made.sql), made.digits, made.exact)
    return made


def _dated(shape: Shape, wanted: FeelType) -> Shape:
    """A text where the rules want a date is read as one."""
    wanted = meant(wanted)
    if isinstance(wanted, Restricted):
        return _dated(shape, wanted.base)
    if isinstance(shape, Scalar) and shape.kind == STRING:
        if wanted == kinds.DATE:
            return Scalar(DATE, lift(date_of_text, shape.sql))
        if wanted in (kinds.DATE_TIME, kinds.TIME, kinds.DAY_DURATION, kinds.MONTH_DURATION):
            raise Refused(
                "the column is text where the rules want a time or duration", "该列为文本，规则需要时间或时长"
            )
    return shape


_PLAIN = ((dt.String, STRING), (dt.Boolean, BOOLEAN), (dt.Date, DATE), (dt.Time, TIME))
_WHOLE = {dt.Int8: 3, dt.Int16: 5, dt.Int32: 10, dt.Int64: 19, dt.UInt8: 3, dt.UInt16: 5, dt.UInt32: 10}


def _shape(sql: Sql, kind: Any, name: str) -> Shape:
    for type_, own in _PLAIN:
        if isinstance(kind, type_):
            return Scalar(own, sql)
    if type(kind) in _WHOLE:
        return Scalar(NUMBER, sql, Digits(_WHOLE[type(kind)], 0, integer=True))
    if isinstance(kind, dt.Decimal) and kind.precision is not None and kind.scale is not None:
        return Scalar(NUMBER, sql, Digits(kind.precision - kind.scale, kind.scale))
    if isinstance(kind, dt.Floating | dt.UInt64):
        digits = FLOAT_DIGITS if isinstance(kind, dt.Floating) else Digits(20, 0)
        return Scalar(NUMBER, lift(lambda x: x.cast(decimal_of(digits)), sql), digits)
    if isinstance(kind, dt.Timestamp):
        return Scalar(UTC if kind.timezone else NAIVE, lift(lambda x: x.cast(dt.timestamp), sql))
    if isinstance(kind, dt.Struct):
        parts = {
            normal_name(part): _shape(lift(lambda x, part=part: x[part], sql), of, f"{name}.{part}")
            for part, of in kind.items()
        }
        return Record(parts, lift(lambda x: x.isnull(), sql))
    raise Refused(
        f"columns of type {kind} are not FEEL's ({name})", f"列“{name}”的类型 {kind} 不是 FEEL 的类型"
    )
