"""What a build depends on: while none of it changes, building again would change nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from shuzhi import __version__
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.data.sources import queries as sources
from shuzhi.pillars.organization import queries as organization


def fingerprint(declared: RegisterDeclaration, *, today: date) -> str:
    """One digest of the declaration, the published schemas, the collected batches and the platform's version.

    The node's city and the day count where values are derived: divisions change with time.
    """
    datasets = sorted({source.dataset for source in declared.sources})
    derives = any(source.derive for source in declared.sources)
    entries = {entry.id: [entry.status.value, entry.version] for entry in catalog.entries(ids=datasets)}
    facts = {
        "platform": __version__,
        "declared": declared.model_dump(mode="json", by_alias=True),
        "derived": [organization.this_node().city, today.isoformat()] if derives else None,
        "entries": entries,
        "batches": sources.collected_so_far(datasets),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
