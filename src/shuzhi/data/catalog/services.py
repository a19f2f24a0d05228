from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from shuzhi.data.catalog import models, queries
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import DataSetDeclaration, Entry, Status
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Grade, Mask
from shuzhi.pillars.standards.sorting import sort_key


@transaction.atomic
def propose_entry(
    *,
    declaration: DataSetDeclaration,
    by: Actor,
    at: datetime,
    pack: str | None = None,
    node: str | None = None,
) -> Entry:
    """Put a data set into the catalog as a proposal, or propose a new version of what is there.

    A published entry stays published under its new version only when nothing but words changed;
    otherwise it waits for publication again.

    Raises:
        Forbidden: the actor does not speak for the owning office.
    """
    policy.require("catalog.propose", by=by, office=declaration.owner)
    declared = declaration.model_dump(mode="json")
    row = models.Entry.objects.select_for_update().filter(id=declaration.dataset).first()
    if row is not None and row.declared == declared:
        return queries.value_of(row)
    if row is None:
        row = models.Entry(id=declaration.dataset, proposed_at=at, version=1, status=Status.PROPOSED.value)
    else:
        # Whoever takes an entry over must be allowed to speak for the office that has it.
        policy.require("catalog.propose", by=by, office=row.owner)
        _keep_version(row, by=by, at=at)
        if _reaches_further(row.declared, declared):
            row.status = Status.PROPOSED.value
    _fill(row, declaration, declared, at=at)
    row.pack, row.node = pack, node
    row.save()
    audit.record("catalog.proposed", target=f"dataset/{row.id}", by=by, at=at, version=row.version)
    return queries.value_of(row)


@transaction.atomic
def protect_field(*, dataset: str, field: str, grade: Grade, mask: Mask, by: Actor, at: datetime) -> Entry:
    """Grade a field anew, mask it, and open it no more; the entry waits for publication again.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
        Forbidden: the actor does not speak for the owning office.
    """
    row = models.Entry.objects.select_for_update().filter(id=dataset).first()
    if row is None:
        raise NoSuchDataSet(dataset=dataset)
    declaration = queries.value_of(row).schema_
    said = {"grade": grade, "mask": mask, "open": False}
    fields = tuple(one.model_copy(update=said) if one.id == field else one for one in declaration.fields)
    protected = declaration.model_copy(update={"fields": fields})
    return propose_entry(declaration=protected, by=by, at=at, pack=row.pack, node=row.node)


@transaction.atomic
def publish_entry(*, dataset: str, by: Actor, at: datetime) -> Entry:
    """Publish a proposed entry: from now on the data set can be shared and opened by its classes.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
        Forbidden: only the bureau publishes.
    """
    row = models.Entry.objects.select_for_update().filter(id=dataset).first()
    if row is None:
        raise NoSuchDataSet(dataset=dataset)
    policy.require("catalog.publish", by=by, office=row.owner)
    if row.status != Status.PUBLISHED.value:
        row.status, row.published_at, row.modified_at = Status.PUBLISHED.value, at, at
        row.save(update_fields=["status", "published_at", "modified_at"])
        audit.record("catalog.published", target=f"dataset/{dataset}", by=by, at=at, version=row.version)
    return queries.value_of(row)


@transaction.atomic
def withdraw_entry(*, dataset: str, by: Actor, at: datetime, reason: str) -> Entry:
    """Take an entry out of the catalog's public life: it is neither listed, shared nor opened any more.

    Raises:
        NoSuchDataSet: nothing of that id is in the catalog.
        Forbidden: only the bureau withdraws.
    """
    row = models.Entry.objects.select_for_update().filter(id=dataset).first()
    if row is None:
        raise NoSuchDataSet(dataset=dataset)
    policy.require("catalog.publish", by=by, office=row.owner)
    if row.status != Status.WITHDRAWN.value:
        row.status, row.modified_at = Status.WITHDRAWN.value, at
        row.save(update_fields=["status", "modified_at"])
        audit.record("catalog.withdrawn", target=f"dataset/{dataset}", by=by, at=at, reason=reason)
    return queries.value_of(row)


def note_formats(*, dataset: str, formats: Iterable[str], at: datetime) -> None:
    """Note in which formats a data set can be had, so that one can search by them; none takes them away."""
    models.Entry.objects.filter(id=dataset).update(formats=sorted(set(formats)), modified_at=at)


def record_lineage(*, origin: str, target: str, kind: str, at: datetime, **facts: object) -> None:
    """Note that `target` is made from `origin`; ids such as `source/x`, `dataset/x`, `register/x`, `open/x`."""
    models.LineageEdge.objects.update_or_create(
        origin=origin, target=target, kind=kind, defaults={"at": at, "facts": facts}
    )


def _reaches_further(before: dict[str, object], after: dict[str, object]) -> bool:
    words = {"title", "summary", "tags", "rules", "source_note"}
    return any(before.get(name) != value for name, value in after.items() if name not in words)


def _keep_version(row: models.Entry, *, by: Actor, at: datetime) -> None:
    models.EntryVersion.objects.create(
        entry=row, version=row.version, declared=row.declared, at=at, by=by.name
    )
    row.version += 1


def _fill(
    row: models.Entry, declaration: DataSetDeclaration, declared: dict[str, object], *, at: datetime
) -> None:
    row.title_zh, row.title_en = declaration.title.zh, declaration.title.en
    row.title_sort = sort_key(declaration.title.zh)
    row.owner, row.tier, row.theme = declaration.owner, declaration.tier.value, declaration.theme
    row.sharing, row.opening = declaration.sharing.value, declaration.opening.value
    row.update, row.synthetic = declaration.update.value, declaration.synthetic
    row.tags, row.declared = list(declaration.tags), declared
    row.field_count, row.modified_at = len(declaration.fields), at
    row.search_text = _search_text(declaration)


def _search_text(declaration: DataSetDeclaration) -> str:
    summary = declaration.summary
    parts = [declaration.dataset, declaration.title.zh, declaration.title.en, *declaration.tags]
    parts += [text for words in (summary, declaration.source_note) if words for text in (words.zh, words.en)]
    parts += [text for field in declaration.fields for text in (field.name.zh, field.name.en, field.id)]
    return " ".join(parts).upper()
