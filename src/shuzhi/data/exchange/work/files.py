"""Making a file (批量文件): the register's records, decided, masked and marked, written as they come.

Rows are read by a cursor of the database and written one after the other: memory does not grow with their number.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from django.db import connection

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.exchange.gateway.kinds.masked import caller_of, decision_for
from shuzhi.data.exchange.gateway.scopes import ADMITS, GIVEN, SCOPE, at_time
from shuzhi.data.exchange.gateway.terms import Field, Grant
from shuzhi.data.exchange.work.errors import NothingGiven, RowsUsedUp
from shuzhi.data.exchange.work.places import file_of, folder
from shuzhi.data.exports import handing
from shuzhi.data.exports.preparing import FREE_TEXT
from shuzhi.data.opendata.exporting import write_file, write_stream
from shuzhi.data.opendata.types import Column
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.data_policy import Channel, Decision, Given
from shuzhi.pillars.security.erasing import erase_copy, sealing
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.subjects import ENTITY, node_reference

AT_ONCE = 2_000
NAMED_AT_ONCE = 500  # entities in one audit entry

RECORDS = """
SELECT id, golden::text FROM registers_entity
WHERE register = %s AND retired_at IS NULL AND golden @> %s::jsonb ORDER BY id
"""
SCOPED_RECORDS = f"""
SELECT e.id, ({GIVEN})::text
FROM (SELECT %s AS register, %s::jsonb AS filters, %s AS scope) w
{SCOPE}
JOIN registers_entity e ON e.register = w.register AND e.retired_at IS NULL AND e.golden @> w.filters
WHERE {ADMITS} AND (s.consent IS NULL OR {GIVEN} @> w.filters) ORDER BY e.id
"""  # noqa: S608 - of constants only


@dataclass(frozen=True)
class Made:
    """A result that lies at its place."""

    rows: int
    size: int
    sha256: str
    noted: dict[str, Any]


def make_file(*, job: int, asked: dict[str, Any], grant: Grant, used: int, target: str, at: datetime) -> Made:
    """Write a job's file and enter it in the register of exports, in the running transaction.

    Every record in it is named in the audit log. `used` is how many rows the subscription took today.

    Raises:
        NothingGiven: the policy withholds every field, every row, or a field that is filtered by.
        RowsUsedUp: the file has more rows than the day's rest.
    """
    number, form = handing.new_number(), str(asked["form"])
    rows = _Rows(grant, asked["filters"], number=number, used=used, target=target, at=at, job=job)
    folder().mkdir(parents=True, exist_ok=True)
    file = file_of(job, form)
    half = file.with_suffix(".part")
    try:
        sha256, size = _written(form, half, rows, by_consent=bool(grant.terms.topics))
        half.replace(file)
    finally:
        erase_copy(half)
    given = {each.value: [f.id for f in _granted(grant) if rows.given(f) is each] for each in Given}
    handed = handing.HandedFile(
        thing=f"register/{grant.terms.register}",
        channel=Channel.BATCH.value,
        form=form,
        fields=given,
        marked=sorted(rows.marked),
        rows=rows.count,
        carriers=rows.carriers,
        sha256=sha256,
    )
    handing.register_file(number=number, file=handed, receiver=caller_of(grant), at=at)
    return Made(rows.count, size, sha256, {"export": number, "form": form, "fields": given})


def _written(form: str, file: Path, rows: _Rows, *, by_consent: bool) -> tuple[str, int]:
    """Checksum and size of what is written. What rests on consents is sealed from the first byte (ADR 0035)."""
    columns = [_column(field) for field in rows.fields]
    if by_consent:
        with sealing(file) as out:
            write_stream(form, cast("BinaryIO", out), columns, rows)
        return out.sha256, out.size
    write_file(form, file, columns, rows)
    return settled(file), file.stat().st_size


class _Rows:
    """The rows of one file, counted, masked, marked and noted while they are written."""

    def __init__(
        self,
        grant: Grant,
        filters: dict[str, str],
        *,
        number: str,
        used: int,
        target: str,
        at: datetime,
        job: int,
    ) -> None:
        self._grant, self._filters, self._used = grant, filters, used
        self._target, self._at, self._job = target, at, job
        self._decision: Decision = decision_for(grant, Channel.BATCH, at)
        self._marker, self._key = handing.marker_of(number), masking_key()
        self.fields = [field for field in _granted(grant) if self.given(field) is not Given.WITHHELD]
        self.marked = frozenset(field.id for field in self.fields if _markable(field, grant))
        if not self.fields or not all(map(self._decision.is_clear, filters)):
            raise NothingGiven
        self.count = self.carriers = 0

    def given(self, field: Field) -> Given:
        """What the caller gets of a field."""
        return self._decision.treatment(field.id).given

    def __iter__(self) -> Iterator[list[Any]]:
        named: list[str] = []
        for entity, golden in admitted_records(self._grant, self._filters, self._decision, at=self._at):
            self.count += 1
            if self._used + self.count > self._grant.terms.daily_rows:
                raise RowsUsedUp(most=self._grant.terms.daily_rows, used=self._used)
            named.append(entity)
            if len(named) == NAMED_AT_ONCE:
                self._note(named)
                named = []
            yield [self._cell(field.id, golden) for field in self.fields]
        if named:
            self._note(named)

    def _cell(self, name: str, golden: dict[str, Any]) -> str | None:
        value = self._decision.value(name, golden.get(name), key=self._key, row=golden)
        if value is None:
            return None
        text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        if name not in self.marked:
            return text
        text = self._marker.marked(text)
        self.carriers += self._marker.carries(text)
        return text

    def _note(self, entities: list[str]) -> None:
        audit.record(
            "exchange.filed",
            target=self._target,
            by=caller_of(self._grant),
            at=self._at,
            subscription=self._grant.subscription,
            subjects=[node_reference(ENTITY, entity) for entity in entities],
            job=self._job,
            entities=entities,
        )


def admitted_records(
    grant: Grant, filters: dict[str, str], decision: Decision, *, at: datetime
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The register's records that fit the filters and are the caller's, one by one as the database gives them."""
    asked = [grant.terms.register, msgspec.json.encode(filters).decode()]
    with connection.chunked_cursor() as cursor:
        if grant.scope is None:
            cursor.execute(RECORDS, asked)
        else:
            cursor.execute(SCOPED_RECORDS, [*asked, at_time(grant.scope, at)])
        while rows := cursor.fetchmany(AT_ONCE):
            for entity, text in rows:
                golden = msgspec.json.decode(text)
                if decision.rows.admits(golden):
                    yield entity, golden


def _granted(grant: Grant) -> list[Field]:
    return [field for field in grant.terms.fields if field.id in grant.fields]


def _markable(field: Field, grant: Grant) -> bool:
    """Whether a field's texts may carry a mark: as declared, else free text by which nothing is found."""
    declared = (field.policy or {}).get("mark")
    if any(parameter.id == field.id for parameter in grant.terms.parameters):
        return False
    return field.id in FREE_TEXT if declared is None else bool(declared)


def _column(field: Field) -> Column:
    return Column(field.id, Words(zh=field.id, en=field.id), FieldType.TEXT)


def settled(file: Path) -> str:
    """A file's checksum, once its content is on the disk."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()
