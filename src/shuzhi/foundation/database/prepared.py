"""Statements that run thousands of times a second (常用语句): prepared on the server, in Django's own transaction.

The ORM composes each statement anew and writes the values into its text, which costs more than the statement does.
Here the text is made once for a model and the values travel beside it; a row is an instance of its model as ever.
For hot paths alone: everywhere else the ORM reads better. Why, and what it gave: ADR-0028.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models
from psycopg import sql

Row = TypeVar("Row", bound=models.Model)
_Field = tuple[str, Callable[[Any], Any]]  # an attribute of a row, and how its value is given to the driver


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement with a `%s` for each value; returns its rows, none where it returns none.

    Whoever counts or forbids Django's statements, as tests do, sees this one too.
    """
    django = connections[DEFAULT_DB_ALIAS]
    if django.queries_logged or django.execute_wrappers:
        with django.cursor() as told:
            told.execute(statement, values)
            return told.fetchall() if told.description else []
    django.ensure_connection()
    with django.wrap_database_errors, psycopg.Cursor(django.connection) as cursor:
        cursor.execute(statement, values, prepare=True)
        return [] if cursor.rownumber is None else cursor.fetchall()


def found(model: type[Row], key: object) -> Row | None:
    """A row by its key, or None."""
    return _one(model, _reading(model), key)


def locked(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends, or None."""
    return _one(model, _reading(model, " FOR UPDATE"), key)


def locked_if_free(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends; None also where another transaction holds it."""
    return _one(model, _reading(model, " FOR UPDATE SKIP LOCKED"), key)


def add(row: models.Model) -> None:
    """Insert a new row, which is given its number."""
    statement, fields = _adding(type(row))
    ((row.pk,),) = run(statement, [given(getattr(row, name)) for name, given in fields])


def change(row: models.Model, *names: str) -> None:
    """Write some fields of a row that is there, by the names of their attributes."""
    statement, fields = _changing(type(row), names)
    run(statement, [*(given(getattr(row, name)) for name, given in fields), row.pk])


def _one(model: type[Row], statement: str, key: object) -> Row | None:
    names, jsons = _names(model)
    rows = run(statement, [key])
    if not rows:
        return None
    values = list(rows[0])
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
    columns = sql.SQL(", ").join(map(_column, _fields(model)))
    text = sql.SQL("SELECT {} FROM {} WHERE {} = %s").format(columns, _table(model), _key(model))
    return text.as_string() + lock


@cache
def _adding(model: type[models.Model]) -> tuple[str, list[_Field]]:
    fields = [field for field in _fields(model) if not isinstance(field, models.AutoField)]
    text = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
        _table(model),
        sql.SQL(", ").join(map(_column, fields)),
        sql.SQL(", ").join(map(_place, fields)),
        _key(model),
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
