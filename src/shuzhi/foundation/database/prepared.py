"""Statements that run thousands of times a second (常用语句): prepared on the server, in Django's own transaction.

The ORM composes each statement anew and writes the values into its text, which costs more than the statement does.
Here the text is made once for a model and the values travel beside it; a row is an instance of its model as ever.
For hot paths alone: everywhere else the ORM reads better. Why, and what it gave: ADR-0028.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql

FEW = 4  # rows that are not worth a statement composed for their number

Row = TypeVar("Row", bound=models.Model)
_Field = tuple[str, Callable[[Any], Any]]  # an attribute of a row, and how its value is given to the driver


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement with a `%s` for each value; returns its rows, none where it returns none.

    Whoever counts or forbids Django's statements, as tests do, sees this one too.
    """
    _send()
    return _run(statement, values)


def write(statement: str, values: Sequence[Any]) -> None:
    """Run one statement whose rows nobody needs; within `together` it leaves with the others."""
    if _held.waiting is None:
        _run(statement, values)
        return
    if any(statement == other for other, _ in _held.waiting):
        _send()  # so that what is written alike is written in its order
    _held.waiting.append((statement, values))


@contextmanager
def together() -> Iterator[None]:
    """Send what is written within the block as one statement: one way to the server and back instead of many.

    The writes see the tables as they were before, so none may need what another has written. Whoever reads within the
    block, by the ORM or by `run`, reads what was written before; an error is raised no later than at the block's end.
    """
    if _held.waiting is not None:
        yield
        return
    _held.waiting = []
    try:
        with connections[DEFAULT_DB_ALIAS].execute_wrapper(_send_first):
            yield
        _send()
    finally:
        _held.waiting = None


def found(model: type[Row], key: object) -> Row | None:
    """A row by its key, or None."""
    return _one(model, _reading(model), key)


def some(model: type[Row], rest: str, values: Sequence[Any]) -> list[Row]:
    """Rows by what stands after the table's name, such as `WHERE owner = %s ORDER BY id LIMIT 5`: constant text."""
    return [_made(model, row) for row in run(_all(model) + rest, values)]


def locked(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends, or None."""
    return _one(model, _reading(model, " FOR UPDATE"), key)


def locked_if_free(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends; None also where another transaction holds it."""
    return _one(model, _reading(model, " FOR UPDATE SKIP LOCKED"), key)


def add(row: models.Model) -> None:
    """Insert a new row, which is given its number."""
    statement, fields = _adding(type(row))
    ((row.pk,),) = run(
        f"{statement} RETURNING {_key(type(row)).as_string()}",
        [given(getattr(row, name)) for name, given in fields],
    )


def note_all(rows: Iterable[Row]) -> None:
    """Insert new rows of one model whose numbers nobody asks for: a few one by one, many by the ORM in one statement."""
    made = list(rows)
    if len(made) > FEW:
        type(made[0])._default_manager.bulk_create(made)  # noqa: SLF001 - Django's documented name for it
        return
    for row in made:
        note(row)


def note(row: models.Model) -> None:
    """Insert a new row whose number nobody asks for."""
    statement, fields = _adding(type(row))
    write(statement, [given(getattr(row, name)) for name, given in fields])


def change(row: models.Model, *names: str) -> None:
    """Write some fields of a row that is there, by the names of their attributes."""
    statement, fields = _changing(type(row), names)
    write(statement, [*(given(getattr(row, name)) for name, given in fields), row.pk])


class _Held(threading.local):
    """What this thread has written but not sent; None outside of `together`."""

    waiting: list[tuple[str, Sequence[Any]]] | None = None


_held = _Held()


def _send() -> None:
    """Send what waits, as one statement."""
    waiting = _held.waiting
    if not waiting:
        return
    _held.waiting = []
    _run(
        _joined(tuple(statement for statement, _ in waiting)),
        [value for _, values in waiting for value in values],
    )


@cache
def _joined(statements: tuple[str, ...]) -> str:
    *others, last = statements
    named = ", ".join(f"written_{number} AS ({statement})" for number, statement in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _send_first(execute: Callable[..., Any], *rest: Any) -> Any:
    """Before Django's own statements within `together`."""
    _send()
    return execute(*rest)


def _run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    django = connections[DEFAULT_DB_ALIAS]
    if django.queries_logged or any(each is not _send_first for each in django.execute_wrappers):
        with django.cursor() as told:
            told.execute(statement, values)
            return told.fetchall() if told.description else []
    django.ensure_connection()
    with django.wrap_database_errors, psycopg.Cursor(django.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return [] if cursor.rownumber is None else cursor.fetchall()


def _one(model: type[Row], statement: str, key: object) -> Row | None:
    rows = run(statement, [key])
    return _made(model, rows[0]) if rows else None


def _made(model: type[Row], row: Sequence[Any]) -> Row:
    names, jsons = _names(model)
    values = list(row)
    for place in jsons:
        values[place] = None if values[place] is None else json.loads(values[place])
    return model.from_db(DEFAULT_DB_ALIAS, names, values)


@cache
def _names(model: type[models.Model]) -> tuple[list[str], list[int]]:
    """A model's attributes in the order of its columns, and the places of those that are JSON."""
    fields = _fields(model)
    jsons = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], jsons


@cache
def _reading(model: type[models.Model], lock: str = "") -> str:
    return f"{_all(model)}WHERE {_key(model).as_string()} = %s{lock}"


@cache
def _all(model: type[models.Model]) -> str:
    columns = sql.SQL(", ").join(map(_column, _fields(model)))
    return sql.SQL("SELECT {} FROM {} ").format(columns, _table(model)).as_string()


@cache
def _adding(model: type[models.Model]) -> tuple[str, list[_Field]]:
    fields = [field for field in _fields(model) if not isinstance(field, models.AutoField)]
    text = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        _table(model),
        sql.SQL(", ").join(map(_column, fields)),
        sql.SQL(", ").join(map(_place, fields)),
    )
    return text.as_string(), [_given(field) for field in fields]


@cache
def _changing(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[_Field]]:
    fields = [field for field in _fields(model) if field.attname in names]
    assert len(fields) == len(names), names
    settings = [sql.SQL("{} = {}").format(_column(field), _place(field)) for field in fields]
    text = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        _table(model), sql.SQL(", ").join(settings), _key(model)
    )
    return text.as_string(), [_given(field) for field in fields]


def _fields(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)  # noqa: SLF001 - as above


def _key(model: type[models.Model]) -> sql.Composable:
    return _column(model._meta.pk)  # noqa: SLF001 - as above


def _column(field: models.Field[Any, Any]) -> sql.Composable:
    return sql.Identifier(str(field.column))


def _place(field: models.Field[Any, Any]) -> sql.Composable:
    return sql.SQL("%s::jsonb" if isinstance(field, models.JSONField) else "%s")


def _given(field: models.Field[Any, Any]) -> _Field:
    return field.attname, _as_json if isinstance(field, models.JSONField) else _as_it_is


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _as_it_is(value: Any) -> Any:
    return value
