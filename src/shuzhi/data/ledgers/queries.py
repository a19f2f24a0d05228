"""Reads of ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import DataError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from shuzhi.data.ledgers import models, schemas
from shuzhi.data.ledgers.errors import NoSuchDatabase, NoSuchLedger, NoSuchPerson, NoSuchRecord, SearchRefused
from shuzhi.data.ledgers.types import Database, Ledger, Page, Record, Use

LONGEST_PATTERN, PATIENCE = 200, "2s"
LARGEST = 2**63 - 1


def ledger(code: str, version: str) -> Database:
    """A ledger by its short name, under a version of its schema.

    Raises:
        NoSuchLedger: there is none.
    """
    rows = models.Database.objects.select_related("ledger").filter(ended_at=None, ledger__code=code[:100])
    row = rows.filter(version=version[:30]).order_by("id").first()
    if row is None:
        raise NoSuchLedger(code=code, version=version)
    return database_value(row)


def database(number: int) -> Database:
    """A database by its number.

    Raises:
        NoSuchDatabase: there is none.
    """
    rows = models.Database.objects.select_related("ledger").filter(ended_at=None)
    row = rows.filter(id=number).first() if 0 < number <= LARGEST else None
    if row is None:
        raise NoSuchDatabase(database=number)
    return database_value(row)


def databases(*, most: int = 1000) -> list[Database]:
    """Every database, the first made first."""
    rows = models.Database.objects.select_related("ledger").filter(ended_at=None).order_by("id")
    return [database_value(row) for row in rows[:most]]


def matching(found: Database, asked: Mapping[str, Any], *, most: int = 1) -> list[Record]:
    """The records that hold all that is asked for, the oldest first."""
    return [record_value(row) for row in matching_rows(found, asked)[:most]]


def matching_rows(found: Database, asked: Mapping[str, Any]) -> QuerySet[models.Record]:
    """The rows of `matching`."""
    content = schemas.spelt(asked, found.schema)
    return living(found.ledger).filter(content__contains=content).order_by("id")


def record(found: Database, name: str) -> Record:
    """A record by its key or its uuid.

    Raises:
        NoSuchRecord: there is none.
    """
    return record_value(row_named(found.ledger, name))


def row_named(of: Ledger, name: str) -> models.Record:
    """The row of `record`."""
    row = living(of).filter(Q(key=name[:200]) | Q(uuid=name[:60])).order_by("id").first()
    if row is None:
        raise NoSuchRecord
    return row


def search(
    found: Database,
    *,
    pattern: str | None,
    field: str | None,
    exact: Mapping[str, str],
    order: str,
    page: int,
    size: int,
) -> Page:
    """A page of records: those whose `field` is what the pattern says, or any field holds it, and is `exact`.

    Raises:
        SearchRefused: the pattern is none, or takes too long.
    """
    rows = living(found.ledger)
    names = list(found.schema.get("properties", {}))
    named = schemas.field_named(dict.fromkeys(names), field or "") or field
    for place, (name, value) in enumerate(exact.items()):
        own = schemas.field_named(dict.fromkeys(names), name) or name
        rows = rows.alias(**{f"f_{place}": KeyTextTransform(own, "content")}).filter(**{f"f_{place}": value})
    if pattern:
        rows = _by_pattern(rows, pattern, [named] if named else names, whole=bool(named))
    sorted_by = KeyTextTransform(named or schemas.key_field(found.schema)[0], "content")
    descending = order.casefold().startswith(("desc", "-"))
    rows = rows.order_by(sorted_by.desc() if descending else sorted_by.asc(), "id")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
            count = rows.count()
            taken = [record_value(row) for row in rows[(page - 1) * size : page * size]]
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except (DataError, OperationalError) as error:
        raise SearchRefused(problem=type(error.__cause__ or error).__name__) from error
    return Page(count, taken)


def _by_pattern(
    rows: QuerySet[models.Record], pattern: str, names: list[str], *, whole: bool
) -> QuerySet[models.Record]:
    if len(pattern) > LONGEST_PATTERN:
        raise SearchRefused(problem="search is too long")
    # In one field the value is meant, anywhere a part of one.
    looked_for = f"^(?:{pattern})$" if whole else pattern
    either = Q(pk__in=[])
    for place, name in enumerate(names):
        rows = rows.alias(**{f"s_{place}": KeyTextTransform(name, "content")})
        either |= Q(**{f"s_{place}__iregex": looked_for})
    return rows.filter(either)


def uses(*, code: str, person: str, most: int = 1000) -> list[Use]:
    """Who looked at a person's records in a ledger, the newest first.

    Raises:
        NoSuchPerson: nobody of this identifier is in it, or there is no such ledger.
    """
    of = models.Ledger.objects.filter(Q(code=code) | Q(databases__facts__name=code)).first()
    rows = models.Use.objects.filter(
        Q(ledger__code=code) | Q(ledger__databases__facts__name=code), person=person
    )
    found = [_use_value(row) for row in rows.distinct().order_by("-at", "-id")[:most]]
    if not found and (of is None or not living(ledger_value(of)).filter(key=person).exists()):
        raise NoSuchPerson
    return found


def has_ledger(code: str) -> bool:
    """Whether there is a ledger of this short name at all."""
    return models.Database.objects.filter(ended_at=None, ledger__code=code[:100]).exists()


def living(of: Ledger) -> QuerySet[models.Record]:
    """The records that a ledger has now."""
    return models.Record.objects.filter(ledger_id=of.id, ended_at=None)


def ledger_value(row: models.Ledger) -> Ledger:
    """A row as other rooms see it."""
    return Ledger(row.id, row.code, row.name, row.catalog, row.office, row.counter)


def database_value(row: models.Database) -> Database:
    """A row as other rooms see it."""
    return Database(
        row.id, ledger_value(row.ledger), row.version, row.schema, row.facts, row.by, row.changed_at
    )


def record_value(row: models.Record) -> Record:
    """A row as other rooms see it."""
    return Record(row.id, row.uuid, row.key, row.content, row.changed_at)


def _use_value(row: models.Use) -> Use:
    return Use(
        id=row.number or str(row.id),
        person=row.person,
        reader=row.reader,
        initials=row.initials,
        institution=row.institution,
        institution_name=row.institution_name,
        application=row.application,
        at=row.at,
        references=tuple(row.references),
    )
