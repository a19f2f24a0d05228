"""Counting a register's records by the values of some fields, so that maps open at once and can look back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from shuzhi.data.registers import models
from shuzhi.data.registers.golden import Golden
from shuzhi.data.registers.types import RegisterDeclaration

Place = tuple[str, str | None, str]
"""Field, value, and the data set that named the record."""


def keep(declared: RegisterDeclaration, golden: Mapping[str, Golden], *, day: date) -> None:
    """Count the records of this build and keep that as the day's count; the day's last build stays."""
    records, disputed = _count(declared, golden)
    models.Tally.objects.filter(register=declared.id, day=day).delete()
    models.Tally.objects.bulk_create(
        models.Tally(
            register=declared.id,
            day=day,
            field=field,
            value=value,
            source=source,
            records=count,
            disputed=disputed[field, value, source],
        )
        for (field, value, source), count in records.items()
    )


def _count(
    declared: RegisterDeclaration, golden: Mapping[str, Golden]
) -> tuple[Counter[Place], Counter[Place]]:
    fields = [field.id for field in declared.fields if field.tally]
    records: Counter[Place] = Counter()
    disputed: Counter[Place] = Counter()
    for entity in golden.values():
        named_by = entity.chosen_from.get(declared.label)
        source = named_by.dataset if named_by else ""
        places = [(field, entity.values.get(field), source) for field in fields]
        records.update(places)
        if entity.differing:
            disputed.update(places)
    return records, disputed
