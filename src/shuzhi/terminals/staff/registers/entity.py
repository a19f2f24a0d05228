"""A golden record: every value with its source, what the sources disagree on, and what it said before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers import queries
from shuzhi.data.registers.types import (
    Disagreement,
    EarlierRecord,
    GoldenRecord,
    RegisterDeclaration,
    RegisterField,
)
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, subjects
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Column,
    Difference,
    Fact,
    Grade,
    Link,
    Row,
    Said,
    Source,
    Table,
    Tone,
    Versions,
    Why,
)
from shuzhi.terminals.staff.registers.places import named_place, place_said
from shuzhi.terminals.staff.registers.reading import (
    Sight,
    derived_in_sight,
    field_of,
    quotable,
    shown,
    shows_key,
    sight,
)
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, said

COLUMNS = (
    Column("field", Said("字段", "Field")),
    Column("value", Said("值", "Value")),
    Column("source", Said("来源", "Source"), "chips"),
    Column("grade", Said("分级", "Grade"), "chips"),
)
"""Digits of a county's and of a town's code."""
NOT_DERIVED = frozenset({"zh", "en"})


class _Owners:
    """Which office owns each data set of the register, and both their names."""

    def __init__(self, declared: RegisterDeclaration) -> None:
        entries = catalog.entries(ids=[source.dataset for source in declared.sources])
        self.datasets: Titles = {entry.id: entry.title for entry in entries}
        self._offices = {entry.id: entry.owner for entry in entries}
        self.schemas = {entry.id: entry.schema_ for entry in entries}
        self._titles = organization.office_titles()

    def office(self, dataset: str) -> Said:
        """The name of a data set's office."""
        return name_of(self._titles, self._offices.get(dataset, dataset))


@requires("registers.read")
def show(request: HttpRequest, register: str, entity: str) -> HttpResponse:
    """The record as this reader may see it."""
    declared = queries.declaration(register)
    record = queries.record(register, entity)
    cleared = sight(request, declared)
    cleared.require(record)
    quoted = quotable(request, declared)
    owners = _Owners(declared)
    audit.record(
        "registers.read",
        target=f"register/{register}",
        by=actor_of(request),
        at=now(),
        subjects=subjects.references_of(subjects.ENTITY, entity),
        fields=[field.id for field in declared.fields],
    )
    return page(
        request,
        "staff/registers/entity.html",
        title=Said(cleared.label(record), cleared.label(record)),
        chips=[Chip(Said("已注销记录", "Retired"), Tone.WARNING)] if record.retired_at else [],
        trail=(
            Link(Said("基础库", "Registers"), reverse("staff:registers")),
            Link(said(declared.title), reverse("staff:register", args=[register])),
        ),
        values=_values(declared, record, owners, cleared),
        conflicts=[
            _conflict(each, declared, owners, cleared, quoted) for each in queries.conflicts_of(entity)
        ],
        members=_members(entity, owners, request),
        facts=[
            Fact(Said("记录编号", "Record"), record.id),
            Fact(Said("最近变动", "Changed"), record.updated_at),
        ],
        earlier=_earlier(declared, record, queries.earlier_records(entity), cleared),
        masked=cleared.hides,
    )


def _values(declared: RegisterDeclaration, record: GoldenRecord, owners: _Owners, cleared: Sight) -> Table:
    rows = []
    for field in declared.fields:
        origin = record.provenance.get(field.id)
        value = shown(record.values.get(field.id), field, cleared=cleared, row=record.values)
        rows.append(
            Row(
                {
                    "field": Cell(said(field.name), under=field.id),
                    "value": _told(value, field, cleared),
                    "source": Source(
                        owners.office(origin.dataset),
                        day_of(origin.at) if origin.at else None,
                        url=reverse("staff:batch", args=[origin.batch]),
                    )
                    if origin
                    else None,
                    "grade": Grade(int(field.grade[1])),
                }
            )
        )
    return Table(
        id="values",
        tall=False,
        caption=Said("各字段的值和来源", "Values and their sources"),
        columns=COLUMNS,
        rows=rows,
    )


def _told(value: str | None, field: RegisterField, cleared: Sight) -> object:
    """A value, and that it is not the true one where the mask makes it look like one."""
    if value is not None and cleared.looks_true(field.id):
        return Cell(value, under=Said("脱敏后的值，不是原值", "Masked: not the true value"))
    return named_place(value, field)


def _conflict(
    each: Disagreement,
    declared: RegisterDeclaration,
    owners: _Owners,
    cleared: Sight,
    quoted: frozenset[str],
) -> Why:
    field = field_of(declared, each.field)
    name = said(field.name) if field else Said(each.field, each.field)
    if set(each.values) <= NOT_DERIVED:
        reason, written = derived_in_sight(each, field, cleared, quoted)
        return Why(
            title=Said(f"{name.zh}：没有推出来", f"{name.en}: could not be derived"),
            facts=(Fact(Said("原因", "Reason"), reason), Fact(Said("原文", "As written"), written)),
        )
    told = [
        Fact(
            owners.office(dataset), place_said(shown(value, field, cleared=cleared), field) if field else None
        )
        for dataset, value in each.values.items()
    ]
    order = declared.precedence(field) if field else ()
    rank_zh = " → ".join(dict.fromkeys(owners.office(dataset).zh for dataset in order))
    rank_en = " → ".join(dict.fromkeys(owners.office(dataset).en for dataset in order))
    chosen = place_said(shown(each.chosen, field, cleared=cleared), field) if field else None
    return Why(
        title=Said(f"{name.zh}：各部门说法不一", f"{name.en}: the offices differ"),
        facts=(
            *told,
            Fact(Said("取用", "Taken"), chosen),
            Fact(
                Said("规则", "Rule"),
                Said(
                    f"一数一源，优先次序：{rank_zh}", f"One source for each value, in this order: {rank_en}"
                ),
            ),
        ),
    )


def _members(entity: str, owners: _Owners, request: HttpRequest) -> list[Fact]:
    """The offices' records that make up this one; keys that the data set's own policy hides are not shown."""
    found = []
    for member in queries.members(entity):
        dataset, _, key = member.partition("#")
        shown_key = (
            key if shows_key(request, owners.schemas.get(dataset)) else Said("主键已脱敏", "key masked")
        )
        found.append(
            Fact(
                name_of(owners.datasets, dataset),
                shown_key or member,
                reverse("staff:dataset", args=[dataset]),
            )
        )
    return found


def _earlier(
    declared: RegisterDeclaration, record: GoldenRecord, earlier: list[EarlierRecord], cleared: Sight
) -> list[Versions]:
    """Each earlier version against the one that followed it."""
    after = [record.values, *(each.values for each in earlier)]
    return [
        Versions(
            caption=Said(
                f"{day_of(each.until):%Y-%m-%d} 的变动", f"Changed on {day_of(each.until):%Y-%m-%d}"
            ),
            before=Said("以前", "Before"),
            after=Said("以后", "After"),
            differences=[
                Difference(
                    said(f.name),
                    shown(each.values.get(f.id), f, cleared=cleared, row=each.values),
                    shown(now.get(f.id), f, cleared=cleared, row=now),
                )
                for f in declared.fields
                if each.values.get(f.id) != now.get(f.id)
            ],
        )
        for each, now in zip(earlier, after, strict=False)
    ]
