from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.sources import models, queries
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
    if row is not None and row.declared == declared:
        return queries.source_value(row)
    if row is None:
        row = models.Source(id=declaration.source, registered_at=at)
    else:
        # Whoever takes a source over must be allowed to speak for the office that had it.
        policy.require("sources.register", by=by, office=row.office)
    row.dataset, row.office, row.kind = declaration.dataset, declaration.office, declaration.kind.value
    row.declared, row.pack = declared, pack
    row.save()
    audit.record("sources.registered", target=f"source/{row.id}", by=by, at=at, dataset=row.dataset)
    catalog_services.record_lineage(
        origin=f"source/{row.id}", target=f"dataset/{row.dataset}", kind="collected", at=at
    )
    return queries.source_value(row)
