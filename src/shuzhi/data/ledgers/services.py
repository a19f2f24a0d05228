"""Writes of ledgers: schemas, records, and who looked; each with its change and its audit entry."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from shuzhi.data.ledgers import models, queries, schemas
from shuzhi.data.ledgers.errors import KeyTaken, NoSuchDatabase, NoSuchRecord, SchemaFaulty
from shuzhi.data.ledgers.types import Database, Reader, Record
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor

FIRST_VERSION = "1.0"
LONGEST_CODE = 100


@transaction.atomic
def keep_schema(
    *, code: str, name: str, catalog: str, schema: Mapping[str, Any], office: str, by: Actor, at: datetime
) -> Database:
    """Keep a ledger's schema: the first makes the ledger, another one is its next version, the same one changes nothing.

    Raises:
        SchemaFaulty: records can't be held to it.
    """
    schemas.check_schema(schema)
    if not code.strip() or len(code) > LONGEST_CODE or "/" in code:
        raise SchemaFaulty(problem="code")
    facts = {"name": name[:200] or code, "catalog": catalog[:200], "office": office, "made_at": at}
    of, _ = models.Ledger.objects.select_for_update().get_or_create(code=code, defaults=facts)
    latest = models.Database.objects.filter(ledger=of, ended_at=None).order_by("-id").first()
    if latest is not None and latest.schema == schema:
        return queries.database_value(latest)
    version = FIRST_VERSION if latest is None else _after(latest.version)
    row = new_database(
        ledger=of, version=version, schema=schema, facts={"name": code}, by=by.name, changed_at=at
    )
    audit.record(
        "ledgers.schema_kept", target=f"ledger/{code}", by=by, at=at, version=version, database=row.id
    )
    return queries.database_value(row)


def new_database(**facts: Any) -> models.Database:
    """A database under the next number that is free: samples come with numbers of their own."""
    while True:
        try:
            with transaction.atomic():
                return models.Database.objects.create(**facts)
        except IntegrityError:  # the sequence has gone one further
            if models.Database.objects.filter(ledger=facts["ledger"], version=facts["version"]).exists():
                raise


def _after(version: str) -> str:
    head, _, last = version.rpartition(".")
    return f"{head}.{int(last) + 1}" if head and last.isdecimal() and last.isascii() else f"{version[:27]}.1"


@transaction.atomic
def end_database(*, database: int, by: Actor, at: datetime) -> None:
    """Take a version of a schema out of use. Records are kept; without a version nobody reaches them.

    Raises:
        NoSuchDatabase: there is none.
    """
    found = queries.database(database)
    if not models.Database.objects.filter(id=database, ended_at=None).update(ended_at=at):
        raise NoSuchDatabase(database=database)
    audit.record(
        "ledgers.database_ended", target=f"ledger/{found.ledger.code}", by=by, at=at, database=database
    )


@transaction.atomic
def create_record(
    *, found: Database, content: Mapping[str, Any], reader: Reader, by: Actor, at: datetime
) -> Record:
    """Write a new record; a key that the schema makes is made here.

    Raises:
        DoesNotFit: it does not fit the schema.
        KeyTaken: another record has its key.
    """
    whole, field, is_told = schemas.spelt(content, found.schema), *schemas.key_field(found.schema)
    if whole.get(field) in (None, ""):
        made = _made_key(found)
        if made is not None:
            whole[field] = made
    schemas.check_record(whole, found.schema)
    name = str(uuid.uuid4())
    key = _key(whole.get(field)) or name
    try:
        with transaction.atomic():
            row = models.Record.objects.create(
                ledger_id=found.ledger.id, uuid=name, key=key, content=whole, is_key_unique=is_told, made_at=at,
                changed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise KeyTaken(code=found.ledger.code) from None
    _note(row, None, whole, reader=reader, by=by, at=at)
    _audit("ledgers.record_created", found, [row], by=by, at=at)
    return queries.record_value(row)


@transaction.atomic
def create_records(
    *, found: Database, contents: Iterable[Mapping[str, Any]], reader: Reader, by: Actor, at: datetime
) -> list[Record]:
    """Write several new records, all or none."""
    return [create_record(found=found, content=each, reader=reader, by=by, at=at) for each in contents]


def _made_key(found: Database) -> str | None:
    if schemas.made_key(found.schema, code=found.ledger.code, number=0) is None:
        return None
    of = models.Ledger.objects.select_for_update().get(id=found.ledger.id)
    of.counter += 1
    of.save(update_fields=["counter"])
    return schemas.made_key(found.schema, code=of.code, number=of.counter)


@transaction.atomic
def update_records(
    *,
    found: Database,
    asked: Mapping[str, Any],
    content: Mapping[str, Any],
    reader: Reader,
    by: Actor,
    at: datetime,
    most: int | None = 1,
) -> list[Record]:
    """Write these fields into the record that holds what is asked for, or into all that do (`most` None).

    Raises:
        NoSuchRecord: none does.
        DoesNotFit, KeyTaken: what comes of it does not fit, or has another's key.
    """
    rows = list(queries.matching_rows(found, asked).select_for_update()[:most])
    if not rows:
        raise NoSuchRecord
    given, field = schemas.spelt(content, found.schema), schemas.key_field(found.schema)[0]
    for row in rows:
        before = row.content
        row.content = _merged(before, given)
        schemas.check_record(row.content, found.schema)
        row.key, row.changed_at = _key(row.content.get(field)) or row.uuid, at
        try:
            with transaction.atomic():
                row.save(update_fields=["content", "key", "changed_at"])
        except IntegrityError:
            raise KeyTaken(code=found.ledger.code) from None
        _note(row, before, row.content, reader=reader, by=by, at=at)
    _audit("ledgers.record_updated", found, rows, by=by, at=at, fields=sorted(given))
    return [queries.record_value(row) for row in rows]


@transaction.atomic
def delete_record(*, found: Database, name: str, reader: Reader, by: Actor, at: datetime) -> None:
    """Take a record out of the ledger; what it held stays in its changes.

    Raises:
        NoSuchRecord: there is none of this key or uuid.
    """
    row = models.Record.objects.select_for_update().get(id=queries.row_named(found.ledger, name).id)
    if row.ended_at is not None:
        raise NoSuchRecord
    row.ended_at, before = at, row.content
    row.save(update_fields=["ended_at"])
    _note(row, before, None, reader=reader, by=by, at=at)
    _audit("ledgers.record_deleted", found, [row], by=by, at=at)


@transaction.atomic
def note_use(*, found: Database, records: Iterable[Record], reader: Reader, by: Actor, at: datetime) -> None:
    """Note whose records were looked at, for the persons and in the audit log."""
    seen = list(records)
    models.Use.objects.bulk_create(
        models.Use(
            ledger_id=found.ledger.id,
            person=each.key,
            reader=reader.address,
            institution=reader.institution,
            application=reader.application,
            references=[each.uuid],
            at=at,
        )
        for each in seen
    )
    subjects = sorted({_subject(found, each.key) for each in seen})
    audit.record(
        "ledgers.records_read", target=f"ledger/{found.ledger.code}", by=by, at=at, subjects=subjects,
        count=len(seen), reader=reader.address,
    )  # fmt: skip


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    inner = {
        name: _merged(old[name], value)
        for name, value in new.items()
        if isinstance(value, dict) and isinstance(old.get(name), dict)
    }
    return {**old, **new, **inner}


def _key(value: Any) -> str:
    return str(value)[:200] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _note(row: models.Record, before: Any, after: Any, *, reader: Reader, by: Actor, at: datetime) -> None:
    seq = models.Change.objects.filter(record=row).count() + 1
    models.Change.objects.create(
        record=row, seq=seq, before=before, after=after, by=by.name, member=reader.address, at=at
    )


def _audit(
    action: str,
    found: Database,
    rows: Iterable[models.Record],
    *,
    by: Actor,
    at: datetime,
    fields: Sequence[str] = (),
) -> None:
    names = [(row.uuid, _subject(found, row.key)) for row in rows]
    audit.record(
        action,
        target=f"ledger/{found.ledger.code}",
        by=by,
        at=at,
        subjects=sorted({subject for _, subject in names}),
        records=[name for name, _ in names][:50],
        count=len(names),
        fields=list(fields),
    )


def _subject(found: Database, key: str) -> str:
    return node_reference(f"ledger/{found.ledger.code}", key)
