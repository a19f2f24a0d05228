"""Filing (归档): a closed case is packed, signed, stored and checked in one go; again it is the same record."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from shuzhi.foundation.clock import day_of
from shuzhi.foundation.files import FileNotStored, file_store
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.types import Actor
from shuzhi.support.archive import checking, models, packing, queries
from shuzhi.support.archive.errors import Destroyed
from shuzhi.support.archive.types import ArchiveDeclaration, ArchivedFile, CaseFiled, Record

PURPOSE = "archive"
OTHER = "other"


@transaction.atomic
def file_case(
    *, subject: str, title: Words, office: str, closed_at: datetime, contents: Sequence[ArchivedFile],
    facts: Mapping[str, Any], by: Actor, at: datetime, kind: str = OTHER, history: Sequence[Mapping[str, Any]] = (),
) -> Record:  # fmt: skip
    """Archive a closed case (`case/9`): its files, facts and history as one signed package, checked four ways.

    The same subject again is the same record.

    Raises:
        NameWrong: a file's name can't stand in a package.
        Forbidden: it is another office's.
    """
    policy.require("archive.file", by=by, office=office)
    with connection.cursor() as cursor:  # one filing of a subject at a time; it ends with the transaction
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"archive/{subject}"])
    if found := models.Record.objects.filter(subject=subject[:200]).first():
        return queries.record_of(found)
    declared = queries.kind(kind)
    number = f"DA{day_of(closed_at):%Y}-{_next():08d}"
    told = {
        "number": number, "subject": subject, "kind": kind, "title": {"zh": title.zh, "en": title.en}, "office": office,
        "closed_at": closed_at.isoformat(), "filed_at": at.isoformat(), "filed_by": by.name,
        "grade": declared.grade.value if declared else "L3",
    }  # fmt: skip
    files = [_file("history.json", list(history)), _file("facts.json", dict(facts)), *contents]
    key_id, key = _signer(at)
    package = packing.pack(told, files, key_id=key_id, key=key)
    stored = file_store().put(io.BytesIO(package), f"{number}.zip")
    row = models.Record(
        number=number, kind=kind, subject=subject[:200], title=told["title"], office=office, grade=str(told["grade"]),
        sha256=stored.sha256, size=stored.size, closed_at=closed_at, filed_at=at, checked_at=at,
        keep_until=_until(declared, day_of(closed_at)),
    )  # fmt: skip
    _check(row, package, declared, at=at)
    note_closed(subject=subject, kind=kind, closed_at=closed_at)
    audit.record(
        "archive.filed", target=f"archive/{number}", by=by, at=at, subject=subject, owner=office, sha256=stored.sha256,
        holds=row.holds,
    )  # fmt: skip
    publish(CaseFiled(number, subject, kind, at), at=at)
    return queries.record_of(row)


@transaction.atomic
def check_record(*, record: str, by: Actor, at: datetime) -> Record:
    """Do the four checks again on what lies in the store now.

    Raises:
        NoSuchRecord, Destroyed: as they say.
        Forbidden: it is another office's.
    """
    row = queries.row(record, lock=True)
    policy.require("archive.file", by=by, office=row.office)
    if row.destroyed_at is not None:
        raise Destroyed(record=record)
    try:
        package = file_store().path(row.sha256).read_bytes()
    except (FileNotStored, FileNotFoundError):
        package = b""
    _check(row, package, queries.kind(row.kind), at=at)
    audit.record("archive.checked", target=f"archive/{record}", by=by, at=at, holds=row.holds)
    return queries.record_of(row)


def note_closed(*, subject: str, kind: str, closed_at: datetime) -> None:
    """A case was closed that is to be archived: from now on it counts for K02."""
    models.Closed.objects.get_or_create(
        subject=subject[:200], defaults={"kind": kind, "closed_at": closed_at}
    )


@transaction.atomic
def install_kind(
    *, declaration: ArchiveDeclaration, pack: str, active: bool = True, by: Actor, at: datetime
) -> None:
    """Make a kind what its pack says; what was filed before keeps its term."""
    told = {"declared": declaration.model_dump(mode="json"), "pack": pack, "is_active": active}
    models.Kind.objects.update_or_create(id=declaration.archive, defaults=told)
    audit.record(
        "archive.kind_installed",
        target=f"archive-kind/{declaration.archive}",
        by=by,
        at=at,
        pack=pack,
        active=active,
    )


def _check(row: models.Record, package: bytes, declared: ArchiveDeclaration | None, *, at: datetime) -> None:
    required = declared.required if declared else ()
    found = checking.check(package, keys=queries.keys(), required=required)
    row.faults = {
        name.value: [{"zh": each.zh, "en": each.en} for each in said] for name, said in found.faults.items()
    }
    row.holds, row.checked_at = found.holds, at
    row.save()


def _signer(at: datetime) -> tuple[str, Any]:
    ring = node.keyring()
    key = ring.active(PURPOSE) or ring.make(PURPOSE, node.suite().signature, at=at)
    return key.id, ring.signer(key)


def _file(name: str, told: Any) -> ArchivedFile:
    return ArchivedFile(name, json.dumps(told, cls=_Encoder, ensure_ascii=False, indent=1).encode())


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """Words and values of other rooms as their texts."""
        try:
            return super().default(o)
        except TypeError:
            return str(o)


def _until(declared: ArchiveDeclaration | None, closed: date) -> date | None:
    """The last day of the year in which the term runs out: terms are counted from the year after the case was closed."""
    if declared is None or declared.years is None:
        return None
    return date(closed.year + declared.years, 12, 31)


def _next() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('archive_record', 'id'))")
        return int(cursor.fetchone()[0])
