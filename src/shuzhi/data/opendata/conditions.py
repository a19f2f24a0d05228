"""What a question asks of a row, as a condition on an open table: names are checked, values are parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.errors import NoSuchColumn
from shuzhi.data.opendata.types import ROW, Column, Release, RowQuestion
from shuzhi.foundation.text import storable

TYPES = {
    FieldType.TEXT: sql.SQL("text"),
    FieldType.INTEGER: sql.SQL("bigint"),
    FieldType.DECIMAL: sql.SQL("numeric"),
    FieldType.DATE: sql.SQL("date"),
    FieldType.DATETIME: sql.SQL("timestamptz"),
    FieldType.BOOLEAN: sql.SQL("boolean"),
    FieldType.AMOUNT: sql.SQL("numeric"),
    FieldType.GEOMETRY: sql.SQL("text"),
}
DIGITS = 60
HOLDS = sql.SQL("upper(_text) LIKE %s")
Test = tuple[sql.Composable, list[Any]]


def condition(release: Release, question: RowQuestion) -> Test:
    """All that the question asks, as a WHERE with its values; empty when it asks for every row.

    Raises:
        NoSuchColumn: it names a column that is not open.
    """
    tests = [
        *_filters(release, question),
        *_words(release, question),
        *_places(question),
        *_times(release, question),
    ]
    if not tests:
        return sql.SQL(""), []
    where = sql.SQL(" WHERE ") + sql.SQL(" AND ").join(test for test, _ in tests)
    return where, [value for _, values in tests for value in values]


def _filters(release: Release, question: RowQuestion) -> Iterator[Test]:
    for name, wanted in question.filters.items():
        column = known(release, name)
        test = sql.SQL("{} = ANY(%s::{}[])").format(sql.Identifier(name), TYPES[column.type])
        if None in wanted:
            test = sql.SQL("({} OR {} IS NULL)").format(test, sql.Identifier(name))
        # A value that the column's type cannot hold finds nothing instead of failing.
        yield test, [[value for text in wanted if (value := typed(column.type, text)) is not None]]


def _words(release: Release, question: RowQuestion) -> Iterator[Test]:
    for word in storable(question.q).split():
        yield HOLDS, [_anywhere(word)]
    if question.either:
        each = [storable(line).split() for line in question.either]
        lines = [sql.SQL("({})").format(sql.SQL(" AND ").join([HOLDS] * len(words))) for words in each]
        found = [_anywhere(word) for words in each for word in words]
        yield sql.SQL("({})").format(sql.SQL(" OR ").join(lines)), found
    for name, said in question.words.items():
        known(release, name)
        for word in storable(said).split():
            test = sql.SQL("upper({}::text) LIKE %s").format(sql.Identifier(name))
            yield test, [_anywhere(word)]


def _anywhere(word: str) -> str:
    return f"%{_literal(word.upper())}%"


def _places(question: RowQuestion) -> Iterator[Test]:
    if question.boxes:
        each = sql.SQL("_box && box(point(%s, %s), point(%s, %s))")
        test = sql.SQL("({})").format(sql.SQL(" OR ").join([each] * len(question.boxes)))
        yield test, [number for box in question.boxes for number in box]


def _times(release: Release, question: RowQuestion) -> Iterator[Test]:
    if question.between is None:
        return
    name, since, until = question.between
    column = sql.Identifier(known(release, name).id)
    is_day = known(release, name).type is FieldType.DATE
    if since is not None:
        yield sql.SQL("{} >= %s").format(column), [since.date() if is_day else since]
    if until is not None and is_day:
        yield sql.SQL("{} < %s").format(column), [until.date() + timedelta(days=1)]
    elif until is not None:
        yield sql.SQL("{} <= %s").format(column), [until]


def known(release: Release, name: str) -> Column:
    by_id = {column.id: column for column in (ROW, *release.columns)}
    if name not in by_id:
        raise NoSuchColumn(dataset=release.dataset, column=name, columns="、".join(by_id))
    return by_id[name]


def typed(kind: FieldType, text: str | None) -> object:
    """A filter's text as a value of the column's type; None if it is not one."""
    if text is None:
        return None
    try:
        return _READERS.get(kind, storable)(text.strip())
    except (ValueError, ArithmeticError, KeyError):
        return None


def _integer(text: str) -> int:
    value = int(text[:20])
    if not -(2**63) <= value < 2**63:
        raise ValueError(text)
    return value


def _decimal(text: str) -> Decimal:
    value = Decimal(text[:60])
    if not value.is_finite() or abs(value.adjusted()) > DIGITS:
        raise ValueError(text)
    return value


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _flag(text: str) -> bool:
    return {"true": True, "false": False, "1": True, "0": False}[text.lower()]


def _literal(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_READERS: dict[FieldType, Callable[[str], object]] = {
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.AMOUNT: _decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.DATETIME: _moment,
    FieldType.BOOLEAN: _flag,
}
