"""The granted fields of a golden record, masked for the caller: what every kind that delivers fields shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.pillars.security.masking import as_seen, readable


def masked_fields(golden: Mapping[str, Any], grant: Grant, *, key: bytes) -> dict[str, object]:
    """Field → value as this caller gets it."""
    clearance = grant.reads_up_to
    return {
        field.id: as_seen(
            golden.get(field.id), grade=field.grade, mask=field.mask, clearance=clearance, key=key
        )
        for field in grant.terms.fields
        if field.id in grant.fields
    }


def masked_names(grant: Grant) -> list[str]:
    """The granted fields that this caller does not get in clear."""
    return [
        field.id
        for field in grant.terms.fields
        if field.id in grant.fields and not readable(grade=field.grade, clearance=grant.reads_up_to)
    ]
