"""The texts of statements that run thousands of times a second (语句文本): made once for a model and kept; values travel beside them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from django.db import models
from psycopg import sql

VERSION = sql.SQL("xmin::text || ctid::text")  # the server's own name: who wrote the row, and where it stands
Field = tuple[str, Callable[[Any], Any]]  # an attribute of a row, and how its value is given to the driver


@cache
def attributes_of(model: type[models.Model]) -> tuple[list[str], list[int]]:
    """A model's attributes in the order of its columns, and the places of those that are JSON."""
    fields = _fields(model)
    jsons = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    return [field.attname for field in fields], jsons


@cache
def numbered(statement: str) -> str:
    """The statement with `$1` for its first `%s` and so on, as the server has it: the driver need not read it each time."""
    first, *others = statement.split("%s")
    return first + "".join(f"${number}{text}" for number, text in enumerate(others, 1))


@cache
def reading(model: type[models.Model], lock: str = "") -> str:
    """Reads a row by its key; `lock` is how it is held."""
    where = sql.SQL("WHERE {} = %s").format(key_of(model)).as_string()
    return f"{selecting(model)} {where}{lock}"


@cache
def selecting(model: type[models.Model]) -> str:
    """Reads rows; what follows says which."""
    columns = sql.SQL(", ").join(map(_column, _fields(model)))
    return sql.SQL("SELECT {} FROM {}").format(columns, _table(model)).as_string()


@cache
def versions(model: type[models.Model]) -> str:
    """Reads the keys of rows, each with the server's own name of its version."""
    return sql.SQL("SELECT {}, {} FROM {}").format(key_of(model), VERSION, _table(model)).as_string()


@cache
def selecting_versions(model: type[models.Model]) -> str:
    """Reads rows, each behind its key and the name of its version."""
    columns = sql.SQL(", ").join(map(_column, _fields(model)))
    text = sql.SQL("SELECT {}, {}, {} FROM {}")
    return text.format(key_of(model), VERSION, columns, _table(model)).as_string()


@cache
def adding(model: type[models.Model], *, with_key: bool = False) -> tuple[str, str, list[Field]]:
    """Inserts a row: into which columns, the places of one row, and its values; the key is given or made."""
    fields = [field for field in _fields(model) if with_key or not isinstance(field, models.AutoField)]
    into = sql.SQL("INSERT INTO {} ({})").format(_table(model), sql.SQL(", ").join(map(_column, fields)))
    places = sql.SQL("({})").format(sql.SQL(", ").join(map(_place, fields)))
    return into.as_string(), places.as_string(), [_given(field) for field in fields]


@cache
def adding_unless(model: type[models.Model], unique: tuple[str, ...]) -> tuple[str, list[Field]]:
    """Inserts a row with its key, unless one is there that is alike in these attributes; returns the key of what it inserted."""
    alike = [field for field in _fields(model) if field.attname in unique]
    assert len(alike) == len(unique), unique
    into, places, fields = adding(model, with_key=True)
    rest = sql.SQL("ON CONFLICT ({}) DO NOTHING RETURNING {}").format(
        sql.SQL(", ").join(map(_column, alike)), key_of(model)
    )
    return f"{into} VALUES {places} {rest.as_string()}", fields


@cache
def numbering(model: type[models.Model]) -> str:
    """Takes the next number of a model's rows."""
    text = sql.SQL("SELECT nextval(pg_get_serial_sequence({}, {}))")
    return text.format(_table(model).as_string(), str(model._meta.pk.column)).as_string()  # noqa: SLF001 - as above


@cache
def changing(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    """Writes some attributes of the row of a key, which is the last value."""
    fields = [field for field in _fields(model) if field.attname in names]
    assert len(fields) == len(names), names
    settings = [sql.SQL("{} = {}").format(_column(field), _place(field)) for field in fields]
    text = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        _table(model), sql.SQL(", ").join(settings), key_of(model)
    )
    return text.as_string(), [_given(field) for field in fields]


def _fields(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return model._meta.concrete_fields  # noqa: SLF001 - Django's documented way to a model's columns


def _table(model: type[models.Model]) -> sql.Identifier:
    return sql.Identifier(model._meta.db_table)  # noqa: SLF001 - as above


def key_of(model: type[models.Model]) -> sql.Composable:
    """The column of a model's key."""
    return _column(model._meta.pk)  # noqa: SLF001 - as above


def _column(field: models.Field[Any, Any]) -> sql.Composable:
    return sql.Identifier(str(field.column))


def _place(field: models.Field[Any, Any]) -> sql.Composable:
    return sql.SQL("%s::jsonb" if isinstance(field, models.JSONField) else "%s")


def _given(field: models.Field[Any, Any]) -> Field:
    return field.attname, _as_json if isinstance(field, models.JSONField) else _as_it_is


def values_of(row: models.Model, fields: Iterable[Field]) -> list[Any]:
    """What a row has in these fields now, as the driver takes it."""
    return [given(getattr(row, name)) for name, given in fields]


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _as_it_is(value: Any) -> Any:
    return value
