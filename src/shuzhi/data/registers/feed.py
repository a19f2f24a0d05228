"""The changes of a register as others follow them (变更记录): noted with the build that makes them, in its transaction.

Nothing is noted of a register that nobody follows: a first build of millions of entities costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from shuzhi.data.registers import models
from shuzhi.data.registers.changes import Changes
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.types import Change, ChangeKind
from shuzhi.foundation.database.bulk import copy_rows

COLUMNS = ("register", "entity", "kind", "golden", "before", "at")


def note_changes(register: str, changes: Changes, *, at: datetime) -> int:
    """Note what a build did, in the running transaction; returns how many entities."""
    rows = ((register, *row, at) for row in _rows(changes))
    return copy_rows(models.Change, COLUMNS, rows)


def keep_changes(register: str) -> None:
    """Note the changes of a register from its next build on.

    Raises:
        NoSuchRegister: no pack declares it.
    """
    if not models.Register.objects.filter(id=register).update(followed=True):
        raise NoSuchRegister(register=register)


def forget_changes(*, before: datetime) -> int:
    """Remove what was noted before a moment."""
    return models.Change.objects.filter(at__lt=before).delete()[0]


def changes_after(register: str, after: int, *, most: int) -> list[Change]:
    """The changes of a register after the one of a number, in their order."""
    rows = models.Change.objects.filter(register=register, id__gt=after).order_by("id")
    return [_value(row) for row in rows[:most]]


def changes_of(numbers: Iterable[int]) -> dict[int, Change]:
    """Changes by their numbers; those that were forgotten are missing."""
    return {row.id: _value(row) for row in models.Change.objects.filter(id__in=list(numbers))}


def latest_changes() -> dict[str, int]:
    """The number of the last change of each register that has any."""
    rows = models.Change.objects.values_list("register").annotate(last=Max("id"))
    return dict(rows.order_by())


def _rows(changes: Changes) -> Iterator[tuple[str, str, Any, Any]]:
    before: Mapping[str, Any] = {row.entity_id: row.golden for row in changes.before}
    for row in changes.created:
        yield row.id, ChangeKind.CREATED.value, row.golden, None
    for row in changes.changed:
        revived = row.id in changes.revived
        kind = ChangeKind.CREATED if revived else ChangeKind.CHANGED
        yield row.id, kind.value, row.golden, None if revived else before.get(row.id)
    for row in changes.retired:
        yield row.id, ChangeKind.DELETED.value, row.golden, None


def _value(row: models.Change) -> Change:
    return Change(row.id, row.register, row.entity, ChangeKind(row.kind), row.golden, row.before, row.at)
