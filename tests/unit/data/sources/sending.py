"""A data set in the catalog, a source of it, and a way to hand files in."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources import services
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.pillars.security.types import Actor, Role

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OFFICER = Actor(
    name="account/zhang", title="张三", office="market-regulation", roles=frozenset({Role.DATA_OFFICER})
)

FIELDS = (
    {"id": "name", "name": {"zh": "企业名称", "en": "Firm name"}, "required": True},
    {
        "id": "uscc",
        "name": {"zh": "统一社会信用代码", "en": "Unified social credit code"},
        "aliases": ("信用代码",),
        "standard": "uscc",
        "required": True,
    },
    {"id": "founded", "name": {"zh": "注册日期", "en": "Founded on"}, "type": "date"},
    {
        "id": "capital",
        "name": {"zh": "注册资金", "en": "Registered capital"},
        "type": "amount",
        "nulls": ("N/A", "-"),
    },
    {"id": "phone", "name": {"zh": "联系电话", "en": "Phone"}, "grade": "L3", "mask": "partial"},
)


def declare(dataset, *, fields=FIELDS, key=("uscc",)):
    return DataSetDeclaration.model_validate(
        {
            "dataset": dataset,
            "title": {"zh": "企业登记", "en": "Firms"},
            "owner": "market-regulation",
            "tier": "city",
            "theme": "economy",
            "update": "monthly",
            "sharing": "conditional",
            "opening": "none",
            "key": key,
            "fields": fields,
        }
    )


class Sender:
    """An office that sends files to one source."""

    def __init__(self, folder, dataset, source):
        self.folder, self.dataset, self.source = folder, dataset, source
        self.sent = 0

    def receive(self, text, **options):
        self.sent += 1
        path = self.folder / f"{self.sent}.csv"
        path.write_text(text, "utf-8")
        return services.receive_file(source=self.source, path=path, by=OFFICER, at=AT, **options)

    def send(self, text, **options):
        batch = self.receive(text, **options)
        return services.collect_batch(batch=batch.id, by=OFFICER, at=AT)


def make_sender(folder, *, mode="full", key=("uscc",), fields=FIELDS, dataset=None, **declared):
    """A sender of a new source, of a new data set unless one is named."""
    dataset = dataset or f"firms-{uuid.uuid4().hex[:8]}"
    source = f"source-{uuid.uuid4().hex[:8]}"
    catalog.propose_entry(declaration=declare(dataset, fields=fields, key=key), by=OFFICER, at=AT)
    declaration = SourceDeclaration(
        source=source, dataset=dataset, office="market-regulation", mode=mode, **declared
    )
    services.register_source(declaration=declaration, by=OFFICER, at=AT)
    return Sender(folder, dataset, source)
