"""A data set's policy, compiled from its schema."""

from __future__ import annotations

from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.pillars.security.data_policy import DataPolicy, compile_policy


def policy_of(schema: DataSetDeclaration) -> DataPolicy:
    """What may be done with the data set's values, as every way out asks it."""
    return compile_policy(
        thing=f"dataset/{schema.dataset}", owner=schema.owner, fields=schema.fields, uses=schema.policy
    )
