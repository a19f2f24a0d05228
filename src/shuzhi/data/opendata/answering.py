"""Rows of an open table as they are asked for, with exact totals.

A release's rows never change, so a total that was counted once holds as long as the release does. Rows are read as the
database role `shuzhi_reader`, which sees the releases' tables and nothing else.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata import counting, ranking
from shuzhi.data.opendata.conditions import Test, condition, known
from shuzhi.data.opendata.errors import CannotSort, RowsTooMany
from shuzhi.data.opendata.reading import Asked, Rows, read
from shuzhi.data.opendata.tables import SCHEMA
from shuzhi.data.opendata.types import ROW, Column, Release, RowAnswer, RowQuestion
from shuzhi.foundation.recent import Recent

MOST_ROWS = 32_000
MOST_TOTALS = 20_000
_AS_THEY_ARE = frozenset({FieldType.TEXT, FieldType.INTEGER, FieldType.BOOLEAN})
_totals: Recent[str, int] = Recent(MOST_TOTALS)


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
    if question.ranked:
        total = _counted(release, question, chosen, where) if total is None else total
        question = _best_first(release, question, total)
    rows, total = _page(release, question, chosen, where, total)
    by_id = _by_id(release, question)
    columns = tuple(by_id[name] for name in chosen)
    return RowAnswer(columns=columns, rows=_told(rows, columns), total=total)


def _told(rows: Rows, columns: tuple[Column, ...]) -> list[dict[str, object]]:
    """Rows by their columns' ids, in what JSON has."""
    names = [column.id for column in columns]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    for name in (column.id for column in columns if column.type not in _AS_THEY_ARE):
        for row in found:
            row[name] = _plain(row[name])
    return found


def _best_first(release: Release, question: RowQuestion, total: int) -> RowQuestion:
    """Whoever asks for ranks and for no order gets the best first, while they are not too many."""
    ranks = ranking.columns(release, question)
    if question.sort or question.distinct or total > ranking.MOST_RANKED:
        return question
    return replace(question, sort=tuple((name, True) for name in ranks))


def _by_id(release: Release, question: RowQuestion) -> dict[str, Column]:
    return {column.id: column for column in (ROW, *release.columns)} | ranking.columns(release, question)


def _page(
    release: Release, question: RowQuestion, chosen: list[str], where: Test, total: int | None
) -> tuple[Rows, int]:
    """The rows of the page and the total, in one exchange with the database where one is enough."""
    asked = _rows_asked(release, question, chosen, where) if question.limit else []
    key = _key(release, question, chosen, where)
    total = _totals.get(key) if total is None else total
    if total is None:
        found = read(*asked[:1], _count(release, question, chosen, where))
        total = _totals.keep(key, found.pop()[0][0])
    else:
        found = read(*asked[:1]) if asked else []
    if len(asked) > 1 and len(found[0]) < question.limit:
        found = read(asked[1])
    return found[0] if found else [], total


def _rows_asked(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> list[Asked]:
    """The statement of a page; or one that is quicker, and the one to ask where that leaves the page short."""
    if not (question.distinct or question.sort or where[1]):
        return [_run_of_rows(release, question, chosen)]
    select, values = _select(release, question, chosen, where)
    order, turn = _order(release, question, chosen), [question.limit, question.offset]
    whole = sql.SQL("{}{} LIMIT %s OFFSET %s").format(select, order), [*values, *turn]
    quick = _falling(release, question, chosen, where)
    return [whole] if quick is None else [(quick, [*where[1], *turn]), whole]


def _run_of_rows(release: Release, question: RowQuestion, chosen: list[str]) -> Asked:
    """Rows as they stand: they are numbered from one without a gap, so that no row is read to be passed over."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in chosen)
    statement = sql.SQL("SELECT {} FROM {} WHERE _id > %s ORDER BY _id LIMIT %s")
    return statement.format(names, _table(release)), [question.offset, question.limit]


def _falling(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> sql.Composed | None:
    """The page of a falling sort read backwards along the index, while all its rows have a value; else None."""
    first = question.nulls_first or (question.ranked and ranking.columns(release, question))
    if first or question.distinct or len(question.sort) != 1 or not question.sort[0][1]:
        return None
    name = sql.Identifier(question.sort[0][0])
    select, _ = _select(release, question, chosen, where)
    joint = sql.SQL(" AND ") if where[0].as_string(None) else sql.SQL(" WHERE ")
    return sql.SQL("{}{}{} IS NOT NULL ORDER BY {} DESC, _id DESC LIMIT %s OFFSET %s").format(
        select, joint, name, name
    )


def _counted(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> int:
    key = _key(release, question, chosen, where)
    if (kept := _totals.get(key)) is not None:
        return kept
    return _totals.keep(key, read(_count(release, question, chosen, where))[0][0][0])


def _key(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> str:
    names = chosen if question.distinct else []
    return f"{release.id} {names} {where[0].as_string(None)} {where[1]!r}"


def _count(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> Asked:
    if question.distinct:
        select, values = _select(release, question, chosen, where)
        return sql.SQL("SELECT count(*) FROM ({}) AS matching").format(select), values
    return sql.SQL("SELECT count(*) FROM {}{}").format(_table(release), where[0]), where[1]


def _select(release: Release, question: RowQuestion, chosen: list[str], where: Test) -> Asked:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in chosen)
    distinct = sql.SQL("DISTINCT ") if question.distinct else sql.SQL("")
    read, values = ranking.source(release, question, _table(release), where)
    return sql.SQL("SELECT {}{} FROM {}").format(distinct, names, read), values


def _table(release: Release) -> sql.Identifier:
    return sql.Identifier(SCHEMA, release.table)


def _chosen(release: Release, question: RowQuestion) -> list[str]:
    by_id = _by_id(release, question)
    for name in question.fields:
        if name not in by_id:
            known(release, name)
    if question.fields:
        return list(dict.fromkeys(question.fields))
    return [name for name in by_id if name != ROW.id or not question.distinct]


def _order(release: Release, question: RowQuestion, chosen: list[str]) -> sql.Composable:
    parts: list[sql.Composable] = []
    ranks = ranking.columns(release, question)
    for name, descending in question.sort:
        if name not in ranks:
            known(release, name)
        if question.distinct and name not in chosen:
            raise CannotSort(column=name)
        direction = sql.SQL("DESC" if descending else "ASC")
        nulls = sql.SQL("NULLS FIRST" if name in question.nulls_first else "NULLS LAST")
        parts.append(sql.SQL("{} {} {}").format(sql.Identifier(name), direction, nulls))
    if question.distinct:
        parts += [sql.Identifier(name) for name in chosen if name not in dict(question.sort)]
    else:
        falling = len(question.sort) == 1 and question.sort[0][1] and question.sort[0][0] not in ranks
        parts.append(sql.SQL("_id DESC") if falling else sql.Identifier("_id"))
    return sql.SQL(" ORDER BY ") + sql.SQL(", ").join(parts)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
