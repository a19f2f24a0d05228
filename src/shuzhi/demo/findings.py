"""What the real files are known to hold, counted from what the platform has: nothing here is written down in advance."""

from __future__ import annotations

from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import FieldType
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.demo.types import Run
from shuzhi.foundation import lake

FIRMS, UNIVERSITIES = "hangzhou-firms", "universities"
LEGAL_ENTITY = "legal-entity"


def find(run: Run) -> dict[str, Any]:
    """Codes valid, repaired and invalid; duplicates; addresses placed; captions and universities counted."""
    del run
    return _firms() | _places() | _universities()


def synthetic_datasets() -> list[str]:
    """The data sets of the catalog that nobody may take for real."""
    return [entry.id for entry in catalog.entries() if entry.synthetic]


def _firms() -> dict[str, Any]:
    batch = sources.latest_batch(FIRMS)
    if batch is None:
        return {}
    invalid = sources.quarantined_rows(batch.id, field="uscc")
    repaired = batch.repaired.get("uscc", 0)
    table = lake.current(FIRMS)
    unread = [
        field.id
        for field in catalog.entry(FIRMS).schema_.fields
        if field.type is FieldType.AMOUNT
        for value, text in zip(
            table.column(field.id).to_pylist(), table.column(f"{field.id}__text").to_pylist(), strict=True
        )
        if value is None and text is not None
    ]
    return {
        "uscc_valid": batch.received - repaired - invalid,
        "uscc_repaired": repaired,
        "uscc_invalid": invalid,
        "exact_duplicates": batch.duplicates,
        "capital_unread": len(unread) + sources.quarantined_rows(batch.id, field="capital"),
    }


def _places() -> dict[str, Any]:
    counts = registers.count_members(LEGAL_ENTITY, FIRMS, "division")
    if not counts:
        return {}
    return {
        "addresses_placed": sum(count for division, count in counts.items() if division),
        "addresses_unplaced": counts.get(None, 0),
        "addresses_listed": registers.count_listed(LEGAL_ENTITY, FIRMS, "division"),
    }


def _universities() -> dict[str, Any]:
    batch = sources.latest_batch(UNIVERSITIES)
    if batch is None:
        return {}
    captions = [caption for notice in batch.notices for caption in notice.facts.get("captions", ())]
    return {
        "province_captions": len(captions),
        "captions_declared": sum(caption["declared"] or 0 for caption in captions),
        "captions_mismatched": sum(caption["declared"] != caption["counted"] for caption in captions),
        "universities": batch.accepted,
    }
