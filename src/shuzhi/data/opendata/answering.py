"""Rows of an open table as they are asked for, with exact totals.

A release's rows never change, so a total that was counted once holds as long as the release does. Rows are read as the
database role `shuzhi_reader`, which sees the releases' tables and nothing else.
"""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from threading import Lock
from typing import Any

from psycopg import sql

from shuzhi.data.opendata import counting
from shuzhi.data.opendata.conditions import Test, condition, known
from shuzhi.data.opendata.errors import CannotSort, RowsTooMany
from shuzhi.data.opendata.reading import reader
from shuzhi.data.opendata.tables import SCHEMA
from shuzhi.data.opendata.types import ROW, Release, RowAnswer, RowQuestion

MOST_ROWS = 32_000
MOST_TOTALS = 20_000
_totals: OrderedDict[str, int] = OrderedDict()
_lock = Lock()


def answer(release: Release, question: RowQuestion) -> RowAnswer:
    """Rows of an open table and exactly how many match.

    Raises:
        NoSuchColumn: a filter, sort or field names a column that is not open.
        CannotSort: distinct rows are to be sorted by what they do not show.
        RowsTooMany: more than MOST_ROWS at once.
    """
    if question.limit > MOST_ROWS:
        raise RowsTooMany(most=MOST_ROWS)
    chosen = _chosen(release, question)
    where = condition(release, question)
    total = counting.ahead(release, question)
    with reader() as cursor:
        rows = _page(cursor, release, question, chosen, where)
        if total is None:
            total = _total(cursor, release, question, chosen, where)
    by_id = {column.id: column for column in (ROW, *release.columns)}
    found = [dict(zip(chosen, map(_plain, row), strict=True)) for row in rows]
    return RowAnswer(columns=tuple(by_id[name] for name in chosen), rows=found, total=total)


def _page(cursor: Any, release: Release, question: RowQuestion, chosen: list[str], where: Test) -> list[Any]:
    if not question.limit:
        return []
    if not (question.distinct or question.sort or where[1]):
        return _run_of_rows(cursor, release, question, chosen)
    select, order = _select(release, question, chosen, where[0]), _order(release, question, chosen)
    values = [*where[1], question.limit, question.offset]
    if (quick := _falling(release, question, chosen, where[0])) is not None:
        cursor.execute(quick, values)
        rows = cursor.fetchall()
        if len(rows) == question.limit:  # else the page reaches into the rows without a value
            return list(rows)
    cursor.execute(sql.SQL("{}{} LIMIT %s OFFSET %s").format(select, order), values)
    return list(cursor.fetchall())


def _run_of_rows(cursor: Any, release: Release, question: RowQuestion, chosen: list[str]) -> list[Any]:
    """Rows as they stand: they are numbered from one without a gap, so that no row is read to be passed over."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in chosen)
    statement = sql.SQL("SELECT {} FROM {} WHERE _id > %s ORDER BY _id LIMIT %s")
    cursor.execute(statement.format(names, _table(release)), [question.offset, question.limit])
    return list(cursor.fetchall())


def _falling(release: Release, question: RowQuestion, chosen: list[str], where: sql.Composable) -> Any:
    """The page of a falling sort read backwards along the index, while all its rows have a value; else None."""
    if question.distinct or len(question.sort) != 1 or not question.sort[0][1]:
        return None
    name = sql.Identifier(question.sort[0][0])
    select = _select(release, question, chosen, where)
    joint = sql.SQL(" AND ") if where.as_string(None) else sql.SQL(" WHERE ")
    return sql.SQL("{}{}{} IS NOT NULL ORDER BY {} DESC, _id DESC LIMIT %s OFFSET %s").format(
        select, joint, name, name
    )


def _total(cursor: Any, release: Release, question: RowQuestion, chosen: list[str], where: Test) -> int:
    names = chosen if question.distinct else []
    asked = f"{release.id} {names} {where[0].as_string(None)} {where[1]!r}"
    with _lock:
        if asked in _totals:
            _totals.move_to_end(asked)
            return _totals[asked]
    if question.distinct:
        select = _select(release, question, chosen, where[0])
        cursor.execute(sql.SQL("SELECT count(*) FROM ({}) AS matching").format(select), where[1])
    else:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}{}").format(_table(release), where[0]), where[1])
    total = int(cursor.fetchone()[0])
    with _lock:
        _totals[asked] = total
        while len(_totals) > MOST_TOTALS:
            _totals.popitem(last=False)
    return total


def _select(
    release: Release, question: RowQuestion, chosen: list[str], where: sql.Composable
) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in chosen)
    distinct = sql.SQL("DISTINCT ") if question.distinct else sql.SQL("")
    return sql.SQL("SELECT {}{} FROM {}{}").format(distinct, names, _table(release), where)


def _table(release: Release) -> sql.Identifier:
    return sql.Identifier(SCHEMA, release.table)


def _chosen(release: Release, question: RowQuestion) -> list[str]:
    every = [column.id for column in release.columns]
    for name in question.fields:
        known(release, name)
    if question.fields:
        return list(question.fields)
    return every if question.distinct else ["_id", *every]


def _order(release: Release, question: RowQuestion, chosen: list[str]) -> sql.Composable:
    parts: list[sql.Composable] = []
    for name, descending in question.sort:
        known(release, name)
        if question.distinct and name not in chosen:
            raise CannotSort(column=name)
        direction = sql.SQL("DESC NULLS LAST") if descending else sql.SQL("ASC NULLS LAST")
        parts.append(sql.SQL("{} {}").format(sql.Identifier(name), direction))
    if question.distinct:
        parts += [sql.Identifier(name) for name in chosen if name not in dict(question.sort)]
    else:
        falling = len(question.sort) == 1 and question.sort[0][1]
        parts.append(sql.SQL("_id DESC") if falling else sql.Identifier("_id"))
    return sql.SQL(" ORDER BY ") + sql.SQL(", ").join(parts)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
