"""Open tables in PostgreSQL: one a release, in a schema that holds nothing else.

Every identifier comes from a checked declaration and is quoted; every value is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.errors import CannotSort, NoSuchColumn, RowsTooMany
from shuzhi.data.opendata.types import ROW, Column, Release, RowAnswer, RowQuestion
from shuzhi.foundation.text import storable

SCHEMA = "opendata"
MOST_ROWS = 32_000
_TYPES = {
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


def create_table(release: Release, rows: Iterable[list[Any]]) -> int:
    """Make the release's table and fill it by COPY, in the running transaction; returns the number of rows."""
    columns = [column.id for column in release.columns]
    types = [_TYPES[column.type].as_string(None) for column in release.columns]
    with connection.cursor() as cursor:
        # The tables' owner does it for us: this process may create nothing itself.
        cursor.execute(
            "SELECT opendata.make_table(%s, %s::text[], %s::text[])", [release.table, columns, types]
        )
        count = _copy(cursor, release, sql.Identifier(SCHEMA, release.table), rows)
        # Upper-cased trigrams find Chinese words, which have no spaces, and parts of codes.
        cursor.execute("SELECT opendata.close_table(%s)", [release.table])
    return count


def drop_table(release: Release) -> None:
    """Remove a withdrawn release's rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT opendata.drop_table(%s)", [release.table])


def answer(release: Release, question: RowQuestion) -> RowAnswer:
    """Rows of an open table and exactly how many match.

    Raises:
        NoSuchColumn: a filter, sort or field names a column that is not open.
        RowsTooMany: more than MOST_ROWS at once.
    """
    if question.limit > MOST_ROWS:
        raise RowsTooMany(most=MOST_ROWS)
    chosen = _chosen(release, question)
    table, where, values = sql.Identifier(SCHEMA, release.table), *_where(release, question)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in chosen)
    order = _order(release, question, chosen)
    distinct = sql.SQL("DISTINCT ") if question.distinct else sql.SQL("")
    select = sql.SQL("SELECT {}{} FROM {}{}").format(distinct, names, table, where)
    page = sql.SQL("{}{} LIMIT %s OFFSET %s").format(select, order)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM ({}) AS matching").format(select), values)
        total = int(cursor.fetchone()[0])
        cursor.execute(page, [*values, question.limit, question.offset])
        rows = [dict(zip(chosen, map(_plain, row), strict=True)) for row in cursor.fetchall()]
    by_id = {column.id: column for column in (ROW, *release.columns)}
    return RowAnswer(columns=tuple(by_id[name] for name in chosen), rows=rows, total=total)


def _copy(cursor: Any, release: Release, name: sql.Identifier, rows: Iterable[list[Any]]) -> int:
    columns = sql.SQL(", ").join(
        sql.Identifier(column) for column in ("_id", *(column.id for column in release.columns), "_text")
    )
    count = 0
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)) as copy:
        for count, row in enumerate(rows, start=1):
            held = [storable(value) if isinstance(value, str) else value for value in row]
            copy.write_row([count, *held, " ".join(str(value) for value in held if value is not None)])
    return count


def _chosen(release: Release, question: RowQuestion) -> list[str]:
    every = [column.id for column in release.columns]
    for name in question.fields:
        _known(release, name)
    if question.fields:
        return list(question.fields)
    return every if question.distinct else ["_id", *every]


def _where(release: Release, question: RowQuestion) -> tuple[sql.Composable, list[Any]]:
    tests: list[sql.Composable] = []
    values: list[Any] = []
    for name, wanted in question.filters.items():
        column = _known(release, name)
        kind = _TYPES[column.type]
        test = sql.SQL("{} = ANY(%s::{}[])").format(sql.Identifier(name), kind)
        if None in wanted:
            test = sql.SQL("({} OR {} IS NULL)").format(test, sql.Identifier(name))
        tests.append(test)
        # A value that the column's type cannot hold finds nothing instead of failing.
        values.append([value for text in wanted if (value := _typed(column.type, text)) is not None])
    for word in storable(question.q).split():
        tests.append(sql.SQL("upper(_text) LIKE %s"))
        values.append(f"%{_literal(word.upper())}%")
    for name, said in question.words.items():
        _known(release, name)
        for word in storable(said).split():
            tests.append(sql.SQL("upper({}::text) LIKE %s").format(sql.Identifier(name)))
            values.append(f"%{_literal(word.upper())}%")
    if not tests:
        return sql.SQL(""), values
    return sql.SQL(" WHERE ") + sql.SQL(" AND ").join(tests), values


def _order(release: Release, question: RowQuestion, chosen: list[str]) -> sql.Composable:
    parts: list[sql.Composable] = []
    for name, descending in question.sort:
        _known(release, name)
        if question.distinct and name not in chosen:
            raise CannotSort(column=name)
        direction = sql.SQL("DESC NULLS LAST") if descending else sql.SQL("ASC NULLS LAST")
        parts.append(sql.SQL("{} {}").format(sql.Identifier(name), direction))
    if question.distinct:
        parts += [sql.Identifier(name) for name in chosen if name not in dict(question.sort)]
    else:
        parts.append(sql.Identifier("_id"))
    return sql.SQL(" ORDER BY ") + sql.SQL(", ").join(parts)


def _known(release: Release, name: str) -> Column:
    by_id = {column.id: column for column in (ROW, *release.columns)}
    if name not in by_id:
        raise NoSuchColumn(dataset=release.dataset, column=name, columns="、".join(by_id))
    return by_id[name]


def _typed(kind: FieldType, text: str | None) -> object:
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


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


_READERS: dict[FieldType, Callable[[str], object]] = {
    FieldType.INTEGER: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.AMOUNT: _decimal,
    FieldType.DATE: date.fromisoformat,
    FieldType.DATETIME: _moment,
    FieldType.BOOLEAN: _flag,
}

__all__ = ["MOST_ROWS", "SCHEMA", "Column", "answer", "create_table", "drop_table"]
