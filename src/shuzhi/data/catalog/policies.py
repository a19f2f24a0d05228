"""A data set's policy, compiled from its schema."""

from __future__ import annotations

from datetime import datetime

from shuzhi.data.catalog import queries
from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration
from shuzhi.pillars.security.data_policy import DataPolicy, compile_policy


def policy_of(schema: DataSetDeclaration) -> DataPolicy:
    """What may be done with the data set's values, as every way out asks it."""
    return compile_policy(
        thing=f"dataset/{schema.dataset}", owner=schema.owner, fields=schema.fields, uses=schema.policy
    )


def regraded_since(dataset: str, at: datetime) -> frozenset[str]:
    """The fields whose grade or mask is not what it was at a moment: copies that were masked then may show too much."""
    replaced = [version for version in queries.versions(dataset) if version.at > at]
    if not replaced:
        return frozenset()
    then = {field.id: field for field in min(replaced, key=lambda version: version.at).declared.fields}
    now = queries.entry(dataset).schema_.fields
    return frozenset(field.id for field in now if _masked_as(field) != _masked_as(then.get(field.id)))


def _masked_as(field: FieldDeclaration | None) -> object:
    return field and (field.grade, field.mask, field.policy.mask_as)
