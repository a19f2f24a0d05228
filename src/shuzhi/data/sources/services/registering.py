from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.sources import models, queries
from shuzhi.data.sources.errors import SourceRetired
from shuzhi.data.sources.types import Source, SourceDeclaration
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def register_source(
    *, declaration: SourceDeclaration, by: Actor, at: datetime, pack: str | None = None
) -> Source:
    """Register a source (登记数据源), or bring a registered one to this state. Its data set must be in the catalog.

    Raises:
        NoSuchDataSet: the catalog has no such data set.
        Forbidden: the actor does not speak for the office.
    """
    policy.require("sources.register", by=by, office=declaration.office)
    catalog.entry(declaration.dataset)
    declared = declaration.model_dump(mode="json")
    row = models.Source.objects.select_for_update().filter(id=declaration.source).first()
    if row is not None and row.declared == declared and row.retired_at is None:
        return queries.source_value(row)
    if row is None:
        row = models.Source(id=declaration.source, registered_at=at)
    else:
        # Whoever takes a source over must be allowed to speak for the office that had it.
        policy.require("sources.register", by=by, office=row.office)
    row.dataset, row.office, row.kind = declaration.dataset, declaration.office, declaration.kind.value
    row.declared, row.pack, row.retired_at = declared, pack, None
    row.save()
    audit.record("sources.registered", target=f"source/{row.id}", by=by, at=at, dataset=row.dataset)
    catalog_services.record_lineage(
        origin=f"source/{row.id}", target=f"dataset/{row.dataset}", kind="collected", at=at
    )
    return queries.source_value(row)


@transaction.atomic
def retire_source(*, source: str, by: Actor, at: datetime) -> None:
    """Take nothing more from a source (停用数据源); what it sent stays. Registering it again takes it back into use.

    Raises:
        NoSuchSource: the source is not registered.
        Forbidden: the actor does not speak for the office.
    """
    found = queries.source(source)
    policy.require("sources.register", by=by, office=found.office)
    if models.Source.objects.filter(id=source, retired_at=None).update(retired_at=at):
        audit.record("sources.retired", target=f"source/{source}", by=by, at=at)


def require_in_use(source: str) -> None:
    """Refuse what a retired source sends.

    Raises:
        SourceRetired: its pack is disabled.
    """
    if models.Source.objects.filter(id=source, retired_at__isnull=False).exists():
        raise SourceRetired(source=source)
