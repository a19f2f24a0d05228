from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.crypto import node
from shuzhi.support.archive import models
from shuzhi.support.archive.errors import NoSuchRecord
from shuzhi.support.archive.types import ArchiveDeclaration, Check, Checked, Record

PAGE = 50
PURPOSE = "archive"


def kind(name: str) -> ArchiveDeclaration | None:
    """A kind as its pack declares it; nothing for cases that rooms file without one."""
    row = models.Kind.objects.filter(id=name).first()
    return ArchiveDeclaration.model_validate(row.declared) if row else None


def kinds() -> list[ArchiveDeclaration]:
    """The kinds in force."""
    rows = models.Kind.objects.filter(is_active=True).order_by("id")
    return [ArchiveDeclaration.model_validate(row.declared) for row in rows]


def kind_of(*, loop: str = "", process: str = "") -> ArchiveDeclaration | None:
    """Which kind takes the cases of a loop or process."""
    return next(
        (one for one in kinds() if (loop and one.loop == loop) or (process and one.process == process)), None
    )


def record(number: str) -> Record:
    """One record.

    Raises:
        NoSuchRecord: there is none.
    """
    return record_of(row(number))


def record_about(subject: str) -> Record | None:
    """The record of a subject (`dossier/3`), if it was filed."""
    found = models.Record.objects.filter(subject=subject).first()
    return record_of(found) if found else None


def records(*, office: str | None, page: int = 1) -> list[Record]:
    """An office's records, or all; the newest first."""
    rows = _of(office).order_by("-filed_at", "-id")
    return [record_of(one) for one in rows[(page - 1) * PAGE : page * PAGE]]


def longest_unchecked(most: int) -> list[str]:
    """Records whose last check lies furthest back."""
    rows = models.Record.objects.filter(destroyed_at=None).order_by("checked_at", "id")
    return list(rows.values_list("number", flat=True)[:most])


def count_records(*, office: str | None) -> int:
    """How many."""
    return _of(office).count()


def archived(day: date) -> tuple[frozenset[str], frozenset[str]]:
    """Closed cases until the end of a day that are archived and passed the four checks, and all of them (K02)."""
    end = datetime.combine(day + timedelta(days=1), time(), CHINA)
    closed = frozenset(models.Closed.objects.filter(closed_at__lt=end).values_list("subject", flat=True))
    good = models.Record.objects.filter(closed_at__lt=end, filed_at__lt=end, holds=True)
    return frozenset(good.values_list("subject", flat=True)) & closed, closed


def keys() -> dict[str, tuple[str, bytes]]:
    """Every key that ever signed a package here: id → algorithm and public key."""
    found = node.keyring().list_keys(PURPOSE)
    return {key.id: (key.algorithm, key.public) for key in found if key.public}


def row(number: str, *, lock: bool = False) -> models.Record:
    """The room's own row of a record.

    Raises:
        NoSuchRecord: there is none.
    """
    rows = models.Record.objects.select_for_update() if lock else models.Record.objects.all()
    found = rows.filter(number=number).first()
    if found is None:
        raise NoSuchRecord
    return found


def record_of(found: models.Record) -> Record:
    """A row as others see it."""
    faults = {
        Check(name): tuple(Words(zh=each["zh"], en=each["en"]) for each in said)
        for name, said in found.faults.items()
    }
    return Record(
        found.id, found.number, found.kind, found.subject, Words(zh=found.title["zh"], en=found.title["en"]),
        found.office, found.grade, found.sha256, found.size, found.closed_at, found.filed_at, found.keep_until,
        Checked(faults), found.checked_at, found.proposed_by, found.destroyed_at,
    )  # fmt: skip


def _of(office: str | None) -> QuerySet[models.Record]:
    return models.Record.objects.all() if office is None else models.Record.objects.filter(office=office)
