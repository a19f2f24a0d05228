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
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from shuzhi.foundation.database import composing

FEW = 4  # rows of one table in a statement: each number of them is another text that the server prepares

Row = TypeVar("Row", bound=models.Model)


def run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement with a `%s` for each value; returns its rows, none where it returns none.

    Whoever counts or forbids Django's statements, as tests do, sees this one too.
    """
    _send()
    return _run(statement, values)


def look(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement that reads what no block writes, such as declarations: what waits goes on waiting."""
    return _run(statement, values)


def write(statement: str, values: Sequence[Any]) -> None:
    """Run one statement whose rows nobody needs; within `together` it leaves with the others."""
    _write(_Write(statement, lambda: values))


def write_row(into: str, places: str, values: Sequence[Any]) -> None:
    """Insert one row, given as `INSERT INTO … (…)` and `(%s, …)`; rows of one table leave together, in their order."""
    _write(_Write(into, lambda: values, places))


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


@contextmanager
def in_transaction() -> Iterator[None]:
    """The running transaction, or else one of its own.

    It sets no savepoint, so it is for whoever refuses before the first write: then nothing is to be taken back.
    """
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        yield
        return
    with transaction.atomic():
        yield


def found(model: type[Row], key: object) -> Row | None:
    """A row by its key, or None."""
    return _one(model, composing.reading(model), [key])


def first(model: type[Row], rest: str, values: Sequence[Any]) -> Row | None:
    """The first row of those that `rest`, the statement from its WHERE on, names; or None."""
    return _one(model, f"{composing.selecting(model)} {rest}", values)


def some(model: type[Row], rest: str, values: Sequence[Any]) -> list[Row]:
    """Rows by what stands after the table's name, such as `WHERE owner = %s ORDER BY id LIMIT 5`: constant text."""
    return [made(model, row) for row in run(f"{composing.selecting(model)} {rest}", values)]


def locked(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends, or None."""
    return _one(model, composing.reading(model, " FOR UPDATE"), [key])


def locked_if_free(model: type[Row], key: object) -> Row | None:
    """A row by its key, held until the transaction ends; None also where another transaction holds it."""
    return _one(model, composing.reading(model, " FOR UPDATE SKIP LOCKED"), [key])


def add(row: models.Model) -> None:
    """Insert a new row, which is given its number."""
    into, places, fields = composing.adding(type(row))
    returning = composing.key_of(type(row)).as_string()
    ((row.pk,),) = run(f"{into} VALUES {places} RETURNING {returning}", composing.values_of(row, fields))


def add_unless_there(row: models.Model, *unique: str) -> bool:
    """Insert a new row under the key that it has; False where one is there that is alike in these attributes.

    It is sent at once, and what waits goes on waiting.
    """
    statement, fields = composing.adding_unless(type(row), unique)
    return bool(_run(statement, composing.values_of(row, fields)))


def next_key(model: type[models.Model]) -> Any:
    """The number of a row that is to be entered."""
    ((key,),) = look(composing.numbering(model), [])
    return key


def enter(row: models.Model) -> None:
    """Insert a new row under the key that it has. What changes in it while it waits goes with it."""
    into, places, fields = composing.adding(type(row), with_key=True)
    _write(_Write(into, lambda: composing.values_of(row, fields), places, row, is_new=True))


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
    into, places, fields = composing.adding(type(row))
    write_row(into, places, composing.values_of(row, fields))


def change(row: models.Model, *names: str) -> None:
    """Write some fields of a row that is there, by the names of their attributes."""
    if any(each.is_new and each.row is row for each in _held.waiting or ()):
        return  # it is written as it is once it is sent
    statement, fields = composing.changing(type(row), names)
    values = [*composing.values_of(row, fields), row.pk]
    _write(_Write(statement, lambda: values, row=row))


@dataclass(frozen=True)
class _Write:
    """A statement; or a row of an insertion, where it has `places`. `row` is what it writes, where that may change."""

    statement: str
    values: Callable[[], Sequence[Any]]
    places: str = ""
    row: models.Model | None = None
    is_new: bool = False

    def waits_for(self, other: _Write) -> bool:
        """Whether both can't leave in one statement: one would not see, or would hide, what the other did."""
        alike = self.statement == other.statement and not self.places
        return alike or (self.row is not None and other.row == self.row)


class _Held(threading.local):
    """What this thread has written but not sent; None outside of `together`."""

    waiting: list[_Write] | None = None
    is_passing = False  # a statement of this module goes through Django's cursor


_held = _Held()


def _write(one: _Write) -> None:
    if _held.waiting is None:
        _run(_joined(((one.statement, one.places, 1),)), one.values())
        return
    many = sum(one.statement == other.statement for other in _held.waiting) >= FEW
    if many or any(one.waits_for(other) for other in _held.waiting):
        _send()  # so that what is written alike is written in its order
    _held.waiting.append(one)


def _send() -> None:
    """Send what waits, as one statement."""
    waiting = _held.waiting
    if not waiting:
        return
    _held.waiting = []
    alike: dict[str, list[_Write]] = {}
    for each in waiting:
        alike.setdefault(each.statement, []).append(each)
    text = _joined(tuple((name, found[0].places, len(found)) for name, found in alike.items()))
    _run(text, [value for found in alike.values() for each in found for value in each.values()])


@cache
def _joined(writes: tuple[tuple[str, str, int], ...]) -> str:
    """One text of statements and of insertions with so many rows."""
    statements = (
        f"{text} VALUES {', '.join([places] * many)}" if places else text for text, places, many in writes
    )
    *others, last = statements
    named = ", ".join(f"written_{number} AS ({statement})" for number, statement in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _send_first(execute: Callable[..., Any], *rest: Any) -> Any:
    """Before Django's own statements within `together`."""
    if not _held.is_passing:
        _send()
    return execute(*rest)


def _run(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    django = connections[DEFAULT_DB_ALIAS]
    if django.queries_logged or any(each is not _send_first for each in django.execute_wrappers):
        _held.is_passing = True
        try:
            with django.cursor() as told:
                told.execute(statement, values)
                return told.fetchall() if told.description else []
        finally:
            _held.is_passing = False
    django.ensure_connection()
    with django.wrap_database_errors, psycopg.RawCursor(django.connection) as cursor:
        cursor.execute(composing.numbered(statement), values, prepare=True)
        return [] if cursor.rownumber is None else cursor.fetchall()


def _one(model: type[Row], statement: str, sought: Sequence[Any]) -> Row | None:
    rows = run(statement, sought)
    return made(model, rows[0]) if rows else None


def made(model: type[Row], row: Sequence[Any]) -> Row:
    """An instance of its columns as they were read."""
    names, jsons = composing.attributes_of(model)
    values = list(row)
    for place in jsons:
        values[place] = None if values[place] is None else json.loads(values[place])
    return model.from_db(DEFAULT_DB_ALIAS, names, values)
