from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper

from shuzhi.data.linkage.resolution import comparable
from shuzhi.data.registers import models
from shuzhi.data.registers.errors import NoSuchEntity, NoSuchRegister, NoSuchScheme
from shuzhi.data.registers.reach import WHOLE, Reach, within
from shuzhi.data.registers.types import (
    SANDBOX,
    Disagreement,
    EarlierRecord,
    GoldenRecord,
    Provenance,
    RegisterDeclaration,
    Tally,
)
from shuzhi.foundation.database import prepared
from shuzhi.foundation.declarations import read_stored
from shuzhi.pillars.security.data_policy import RowScope
from shuzhi.pillars.standards.validators import full_to_half

PAGE = 20
_IDENTIFIED = """WHERE register = %s AND id = ANY(ARRAY(
    SELECT entity_id FROM registers_identifier WHERE register = %s AND scheme = %s AND value = %s
)) ORDER BY id LIMIT 1"""


@dataclass(frozen=True)
class RegisterSummary:
    """A register with the figures of its last build."""

    declaration: RegisterDeclaration
    built_at: datetime | None
    report: Mapping[str, Any] | None


@dataclass(frozen=True)
class Page:
    """One page of records and how many there are in all."""

    records: list[GoldenRecord]
    total: int


def registers() -> list[RegisterSummary]:
    """Every register of the node."""
    return [
        RegisterSummary(read_stored(RegisterDeclaration, row.declared), row.built_at, row.report)
        for row in models.Register.objects.order_by("id")
    ]


def register_summary(register: str) -> RegisterSummary:
    """One register with the figures of its last build.

    Raises:
        NoSuchRegister: no pack declares it.
    """
    row = models.Register.objects.filter(id=register).first()
    if row is None:
        raise NoSuchRegister(register=register)
    return RegisterSummary(read_stored(RegisterDeclaration, row.declared), row.built_at, row.report)


def declaration(register: str) -> RegisterDeclaration:
    """A register's declaration.

    Raises:
        NoSuchRegister: no pack declares it.
    """
    found = prepared.look("SELECT declared FROM registers_register WHERE id = %s", [register])
    if not found:
        raise NoSuchRegister(register=register)
    return read_stored(RegisterDeclaration, found[0][0])


def demanded_datasets() -> set[str]:
    """The data sets that registers are built from."""
    return {source.dataset for summary in registers() for source in summary.declaration.sources}


def record(register: str, entity: str) -> GoldenRecord:
    """One golden record.

    Raises:
        NoSuchEntity: the register has none of that id.
    """
    row = models.Entity.objects.filter(register=register, id=entity).first()
    if row is None:
        raise NoSuchEntity(register=register, entity=entity)
    return _value(row)


def find(register: str, scheme: str, value: str) -> GoldenRecord | None:
    """The record that an identifier names, such as the firm of a USCC.

    Raises:
        NoSuchRegister, NoSuchScheme: the register does not exist, or does not identify records by this.
    """
    wanted = _compared(register, scheme, value)
    row = prepared.first(models.Entity, _IDENTIFIED, [register, register, scheme, wanted])
    return _value(row) if row else None


def find_all(register: str, scheme: str, value: str, *, most: int = 50) -> list[GoldenRecord]:
    """Every living record that bears an identifier, where it need not be one record's alone (a mother's children).

    Raises:
        NoSuchRegister, NoSuchScheme: the register does not exist, or does not identify records by this.
    """
    return [_value(row) for row in _identified(register, scheme, value).filter(retired_at=None)[:most]]


def _identified(register: str, scheme: str, value: str) -> QuerySet[models.Entity]:
    wanted = _compared(register, scheme, value)
    rows = models.Entity.objects.filter(
        register=register, identifiers__scheme=scheme, identifiers__value=wanted
    )
    return rows.order_by("id")


def _compared(register: str, scheme: str, value: str) -> str:
    """An identifier as it is kept."""
    identifies = declaration(register).scheme(scheme)
    if identifies is None:
        raise NoSuchScheme(register=register, scheme=scheme)
    return comparable(value, identifies.compare) or ""


def identities_of(scheme: str, value: str) -> list[tuple[str, str]]:
    """What else names the same record: its id (`entity`) for an identifier, its identifiers for its id."""
    known = models.Identifier.objects.all()
    if scheme == "entity":
        return list(known.filter(entity_id=value).order_by("id").values_list("scheme", "value"))
    ids = models.Register.objects.values_list("id", flat=True)
    named = known.filter(register__in=list(ids), scheme=scheme, value__in={value, value.upper()})
    return [("entity", entity) for entity in named.order_by("entity_id").values_list("entity_id", flat=True)]


def search(
    register: str, text: str = "", *, page: int = 1, size: int = PAGE, reach: Reach | None = None
) -> Page:
    """Records whose label contains the text, or that the text identifies, by the pinyin of their label.

    `reach` is what the reader may find; without it everything is searched, for the platform's own use.
    """
    rows = models.Entity.objects.filter(register=register, retired_at=None)
    if reach is not None:
        rows = rows.filter(reach.entities)
    if text.strip():
        rows = _matching(rows, full_to_half(text).strip(), [reach] if reach else None)
    start = (max(page, 1) - 1) * size
    found = rows.order_by("label_sort", "id")[start : start + size]
    return Page(records=[_value(row) for row in found], total=rows.count())


def search_all(text: str, *, most: int, reaches: Sequence[Reach]) -> list[GoldenRecord]:
    """The first records within reach that fit a text; two statements, however many registers there are."""
    rows = _matching(models.Entity.objects.filter(retired_at=None), text.strip(), reaches)
    return [_value(row) for row in rows.order_by("register", "label_sort", "id")[:most]]


def conflicts(
    register: str, *, field: str | None = None, page: int = 1, size: int = PAGE, rows_of: RowScope = WHOLE
) -> tuple[list[Disagreement], int]:
    """Where sources differ among the rows of a scope, and how many such places there are."""
    rows = models.Conflict.objects.filter(within(rows_of, prefix="entity__"), register=register)
    if field:
        rows = rows.filter(field=field)
    start = (max(page, 1) - 1) * size
    found = rows.select_related("entity").order_by("field", "id")[start : start + size]
    return [_disagreement(row) for row in found], rows.count()


def conflicts_of(entity: str) -> list[Disagreement]:
    """Where the sources of one entity differ."""
    rows = models.Conflict.objects.filter(entity=entity).select_related("entity").order_by("field")
    return [_disagreement(row) for row in rows]


def conflict_counts(register: str) -> dict[str, int]:
    """How many disagreements each field has."""
    rows = models.Conflict.objects.filter(register=register).values_list("field")
    return dict(rows.annotate(count=Count("id")).order_by("-count", "field"))


def members(entity: str) -> list[str]:
    """The source records that make up an entity."""
    return list(
        models.Member.objects.filter(entity=entity).order_by("record").values_list("record", flat=True)
    )


def earlier_records(entity: str) -> list[EarlierRecord]:
    """What a record said before its latest builds, the newest first."""
    rows = models.EntityVersion.objects.filter(entity=entity).order_by("-until", "-id")
    return [EarlierRecord(values=row.golden, until=row.until) for row in rows]


def entity_counts() -> dict[str, int]:
    """How many living records every register has."""
    living = models.Entity.objects.filter(retired_at=None).exclude(register__startswith=SANDBOX)
    rows = living.values_list("register")
    return dict(rows.annotate(count=Count("id")).order_by())


def count_by(register: str, field: str) -> dict[str | None, int]:
    """How many living records have each value of a field, such as firms by division."""
    rows = models.Entity.objects.filter(register=register, retired_at=None)
    return dict(rows.values_list(f"golden__{field}").annotate(count=Count("id")).order_by())


def tally(register: str, field: str, *, day: date | None = None) -> dict[str | None, Tally]:
    """What the last build counted by a `tally` field; as of a day, if one is given. Empty where none was built by then."""
    rows = models.Tally.objects.filter(register=register, field=field)
    built = (rows.filter(day__lte=day) if day else rows).aggregate(last=Max("day"))["last"]
    found: dict[str | None, list[models.Tally]] = {}
    for row in rows.filter(day=built).order_by("value", "source"):
        found.setdefault(row.value, []).append(row)
    return {
        value: Tally(
            records=sum(row.records for row in parts),
            disputed=sum(row.disputed for row in parts),
            by_source={row.source: row.records for row in parts},
        )
        for value, parts in found.items()
    }


def in_town(register: str, town: str, *, page: int = 1, size: int = PAGE, rows_of: RowScope = WHOLE) -> Page:
    """The living records of a scope whose address names a town, by the pinyin of their label."""
    rows = models.Entity.objects.annotate(in_town=KeyTextTransform("town", "golden"))
    rows = rows.filter(within(rows_of), register=register, in_town=town, retired_at=None)
    start = (page - 1) * size
    found = rows.order_by("label_sort", "id")[start : start + size]
    return Page(records=[_value(row) for row in found], total=rows.count())


def golden_values(
    register: str, fields: Sequence[str], *, rows_of: RowScope = WHOLE
) -> Iterator[tuple[str, ...]]:
    """The number and these values, as texts, of every living record of a scope, one after the other."""
    values = {f"value_{at}": KeyTextTransform(field, "golden") for at, field in enumerate(fields)}
    rows = models.Entity.objects.annotate(**values).filter(
        within(rows_of), register=register, retired_at=None
    )
    return rows.order_by("id").values_list("id", *values).iterator(chunk_size=5000)


def count_members(register: str, dataset: str, field: str) -> dict[str | None, int]:
    """How many records of one data set belong to entities with each golden value of a field."""
    rows = models.Member.objects.filter(register=register, record__startswith=f"{dataset}#")
    counted = rows.values_list(f"entity__golden__{field}").annotate(count=Count("id")).order_by()
    return dict(counted)


def count_listed(register: str, dataset: str, field: str) -> int:
    """How many records of one data set belong to entities for which a field is listed as not derived."""
    listed = models.Conflict.objects.filter(register=register, field=field, chosen="").values("entity_id")
    rows = models.Member.objects.filter(register=register, record__startswith=f"{dataset}#")
    return rows.filter(entity_id__in=listed).count()


def _matching(
    rows: QuerySet[models.Entity], text: str, reaches: Sequence[Reach] | None
) -> QuerySet[models.Entity]:
    known = _any(reach.identifiers for reach in reaches) if reaches is not None else Q()
    named = _any(reach.labels for reach in reaches) if reaches is not None else Q()
    identified = rows.filter(known & Q(identifiers__value__in={text, text.upper()})).distinct()
    if identified.exists():
        return identified
    return rows.annotate(label_upper=Upper("label")).filter(named, label_upper__contains=text.upper())


def _any(asked: Iterable[Q]) -> Q:
    return reduce(or_, asked, Q(pk__in=()))


def _disagreement(row: models.Conflict) -> Disagreement:
    return Disagreement(
        entity=row.entity_id, label=row.entity.label, field=row.field, chosen=row.chosen, values=row.values
    )


def _value(row: models.Entity) -> GoldenRecord:
    provenance = {
        name: Provenance(
            dataset=origin["dataset"],
            batch=origin["batch"],
            row=origin["row"],
            at=datetime.fromisoformat(origin["at"]) if origin["at"] else None,
        )
        for name, origin in row.provenance.items()
    }
    return GoldenRecord(
        register=row.register,
        id=row.id,
        label=row.label,
        values=row.golden,
        provenance=provenance,
        updated_at=row.updated_at,
        retired_at=row.retired_at,
    )
