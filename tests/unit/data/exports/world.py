"""A data set with a field of every grade, collected; and the people who may export it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.pillars.security.types import Actor, Role

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
OFFICE = "market-regulation"


def officer(name="chen", **facts):
    return Actor(
        **{
            "name": f"account/{name}",
            "title": name,
            "office": OFFICE,
            "division": "330100",
            "roles": frozenset({Role.DATA_OFFICER}),
        }
        | facts
    )


BUREAU = officer("zhou", office="data-bureau", roles=frozenset({Role.BUREAU}))
OTHER = officer("wang", office="taxation")
FIELDS = (
    {"id": "code"},
    {"id": "district"},
    {"id": "name", "grade": "L2", "mask": "partial"},
    {"id": "phone", "grade": "L3", "mask": "token"},
    {"id": "resident", "grade": "L4", "mask": "hash"},
    {"id": "capital", "type": "amount"},
    {"id": "address"},
)
PHONE, RESIDENT = "13812345678", "11010519491231002X"


def rows(count):
    for n in range(count):
        district = ("330110", "330106")[n % 2]
        yield f"c{n},{district},张三{n},{PHONE},{RESIDENT},{n}万元,文一西路{n}号({n % 30}幢)"


def plant(folder, *, count=400, **changes):
    """A published and collected data set of its own; returns its id."""
    dataset = f"firms-{uuid.uuid4().hex[:8]}"
    words = {"zh": "企业", "en": "Firms"}
    declared = {
        "dataset": dataset,
        "title": words,
        "owner": OFFICE,
        "tier": "city",
        "theme": "market",
        "update": "daily",
        "sharing": "conditional",
        "opening": "none",
        "key": ("code",),
        "fields": [{"name": words, **field} for field in FIELDS],
    }
    catalog.propose_entry(declaration=DataSetDeclaration.model_validate(declared | changes), by=BUREAU, at=AT)
    catalog.publish_entry(dataset=dataset, by=BUREAU, at=AT)
    sources.register_source(
        declaration=SourceDeclaration(source=dataset, dataset=dataset, office=OFFICE, mode="full"),
        by=BUREAU,
        at=AT,
    )
    file = folder / f"{dataset}.csv"
    head = ",".join(field["id"] for field in FIELDS)
    file.write_text("\n".join([head, *rows(count)]) + "\n", "utf-8")
    batch = sources.receive_file(source=dataset, path=file, by=BUREAU, at=AT)
    collected = sources.collect_batch(batch=batch.id, by=BUREAU, at=AT)
    assert collected.accepted == count, collected
    return dataset
