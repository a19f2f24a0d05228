"""A register's twin of made-up rows (沙箱), under a name that no register can be declared by.

The gateway looks rows up by the register's name, so a key that asks under the twin's name can't reach a real one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.registers import models
from shuzhi.data.registers.types import ChangeKind, RegisterDeclaration, twin_of
from shuzhi.foundation.database.bulk import copy_rows

DATASET = "sandbox"
ENTITY = ("id", "register", "label", "label_sort", "golden", "provenance", "updated_at", "retired_at")
IDENTIFIER = ("register", "scheme", "value", "entity_id")
CHANGE = ("register", "entity", "kind", "golden", "before", "at")

Rows = Sequence[dict[str, str]]


@transaction.atomic
def plant_twin(declared: RegisterDeclaration, rows: Rows, *, mark: str, at: datetime) -> int:
    """Make the twin's rows exactly these, with changes to follow; `mark` tells their ids from those of before."""
    twin = twin_of(declared.id)
    models.Change.objects.filter(register=twin).delete()
    models.Entity.objects.filter(register=twin).delete()  # with its identifiers
    origin = {"dataset": DATASET, "batch": DATASET, "row": 0, "at": None}
    named = [(f"sandbox-{mark[:8]}-{number:06d}", row) for number, row in enumerate(rows)]
    copy_rows(
        models.Entity,
        ENTITY,
        (
            (
                key,
                twin,
                row.get(declared.label, ""),
                key,
                row,
                dict.fromkeys(row, origin),
                at,
                None,
            )
            for key, row in named
        ),
    )
    schemes = [field for field in declared.fields if field.identifier]
    copy_rows(
        models.Identifier,
        IDENTIFIER,
        (
            (twin, scheme.id, value, key)
            for key, row in named
            for scheme in schemes
            if (value := comparable(row.get(scheme.id), scheme.compare))
        ),
    )
    kinds = (ChangeKind.CREATED, ChangeKind.CHANGED, ChangeKind.DELETED)
    copy_rows(
        models.Change,
        CHANGE,
        (
            (twin, key, kind.value, row, _before(row) if kind is ChangeKind.CHANGED else None, at)
            for number, (key, row) in enumerate(named)
            for kind in kinds[: 1 + number % 3]
        ),
    )
    return len(named)


def _before(row: dict[str, str]) -> dict[str, str]:
    """The same row with other texts: what a change can be told from."""
    return {name: f"{value}（变更前）" for name, value in row.items()}
