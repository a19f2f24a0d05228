"""Fills every room with as many rows as a test asks for. Rows are written as tables where services would take long."""

from __future__ import annotations

from datetime import timedelta

from tests.terminals.staff.people import AT, BUREAU, OFFICER, TAX

from shuzhi.data.catalog import models as catalog_models
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.exchange import models as exchange
from shuzhi.data.quality import models as quality
from shuzhi.data.registers import models as registers
from shuzhi.data.sources import models as sources
from shuzhi.foundation.words import Words
from shuzhi.packs import models as packs
from shuzhi.pillars.security import audit
from shuzhi.support.workflow import services as workflow

DATASET, REGISTER, INTERFACE = "firms-registration", "legal-entity", "firm-by-uscc"
LISTS = (
    "/staff/",
    "/staff/sources/",
    "/staff/sources/?sort=-rows&page=2",
    "/staff/sources/firms/",
    "/staff/batches/",
    "/staff/batches/?office=market-regulation&status=collected",
    "/staff/batches/firms-000001/",
    "/staff/catalog/",
    "/staff/catalog/?q=data",
    f"/staff/catalog/{DATASET}/",
    f"/staff/catalog/{DATASET}/versions/",
    "/staff/quality/",
    "/staff/quality/?sort=-score&page=2",
    "/staff/quality/issues/",
    "/staff/quality/issues/?show=all",
    f"/staff/quality/{DATASET}/",
    "/staff/registers/",
    f"/staff/registers/{REGISTER}/",
    f"/staff/registers/{REGISTER}/conflicts/",
    f"/staff/registers/{REGISTER}/entity-0/",
    "/staff/exchange/",
    f"/staff/exchange/interfaces/{INTERFACE}/",
    "/staff/rules/",
    "/staff/rules/small-firm-benefit/",
    "/staff/rules/small-firm-benefit/decisions/d_eligible/",
    "/staff/rules/small-firm-benefit/replay/",
    "/staff/audit/",
    "/staff/packs/",
    "/staff/search/?q=firms",
)


def grow(count: int) -> None:
    """Bring every room to this many rows beyond what packs brought."""
    for n in range(count):
        dossier = _dossier(n)
        _dataset(n)
        _batch(n)
        _check(n, dossier)
        _entity(n)
        _subscription(n, dossier)
        audit.record("tests.grown", target=f"dataset/grown-{n}", by=BUREAU, at=AT)
        packs.InstalledPack.objects.get_or_create(
            id=f"tests/grown-{n}",
            defaults={
                "manifest": {
                    "pack": f"tests/grown-{n}",
                    "title": {"zh": "包", "en": "Pack"},
                    "owner": "data-bureau",
                },
                "digest": "0",
                "installed_at": AT,
                "installed_by": "tests",
            },
        )


def _dossier(n: int) -> int:
    """An appeal that waits for the bureau."""
    dossier = workflow.open_dossier(
        loop="quality-issue",
        subject=f"dataset/{DATASET}",
        title=Words(zh=f"问题 {n}", en=f"Problem {n}"),
        office="market-regulation",
        requester=None,
        by=OFFICER,
        at=AT,
    )
    workflow.act(dossier=dossier.id, action="appeal", by=OFFICER, at=AT, note="数据无误")
    return dossier.id


def _dataset(n: int) -> None:
    declared = catalog.entry(DATASET).schema_
    grown = declared.model_copy(
        update={"dataset": f"grown-{n}", "title": Words(zh=f"数据 {n}", en=f"Grown data {n}")}
    )
    catalog_services.propose_entry(declaration=grown, by=OFFICER, at=AT)
    catalog_services.record_lineage(
        origin=f"source/grown-{n}", target=f"dataset/{DATASET}", kind="collected", at=AT
    )
    kept = catalog_models.EntryVersion.objects.filter(entry=DATASET).count()
    catalog_models.EntryVersion.objects.create(
        entry_id=DATASET, version=100 + kept, declared=declared.model_dump(mode="json"), at=AT, by="tests"
    )
    sources.Source.objects.get_or_create(
        id=f"grown-{n}",
        defaults={
            "dataset": f"grown-{n}",
            "office": "market-regulation",
            "kind": "file",
            "registered_at": AT,
            "declared": {"source": f"grown-{n}", "dataset": f"grown-{n}", "office": "market-regulation"},
        },
    )


def _batch(n: int) -> None:
    common = {
        "office": "market-regulation",
        "mode": "full",
        "status": "collected",
        "sha256": f"{n:064d}",
        "size": 1,
        "received": 3,
        "accepted": 1,
        "quarantined": 2,
        "duplicates": 0,
        "received_at": AT + timedelta(seconds=n),
        "collected_at": AT,
    }
    for source, dataset in (("firms", DATASET), (f"grown-{n}", f"grown-{n}")):
        sources.Batch.objects.get_or_create(
            id=f"{source}-{n + 1:06d}",
            defaults={
                **common,
                "source_id": source,
                "dataset": dataset,
                "seq": n + 1,
                "file_name": f"{source}.csv",
            },
        )
    sources.QuarantinedCell.objects.create(
        batch_id="firms-000001", row=n + 2, column="名称", field="name", value="杭*", reason="required", zh="必填项为空", en="missing"
    )  # fmt: skip


def _check(n: int, dossier: int) -> None:
    for dataset in (DATASET, f"grown-{n}"):
        run = quality.CheckRun.objects.create(
            batch=f"firms-{n + 1:06d}", source="firms", dataset=dataset, office="market-regulation", seq=n, rows=3,
            quarantined=0, scores={"normative": 0.9}, score=0.9, failing=1, seconds=0.1, at=AT,
        )  # fmt: skip
        quality.RuleResult.objects.bulk_create(
            quality.RuleResult(
                run=run, rule=f"rule-{number}", zh="名称缺失", en="name missing", dimension="complete",
                severity="error", place="scan", fields=["name"], checked=3, failed=1,
                samples=[{"row": 2, "values": {"name": "杭*"}}],
            )
            for number in range(n + 1)
        )  # fmt: skip
    quality.Issue.objects.get_or_create(
        dossier=dossier,
        defaults={
            "dataset": f"grown-{n}", "rule": f"rule-{dossier}", "zh": "名称缺失", "en": "name missing",
            "dimension": "complete", "office": "market-regulation", "source": "firms", "batch": "firms-000001",
            "failed": 1, "opened_at": AT, "opened_on": AT.date(), "due_on": AT.date(),
        },
    )  # fmt: skip


def _entity(n: int) -> None:
    entity, _ = registers.Entity.objects.get_or_create(
        id=f"entity-{n}",
        defaults={
            "register": REGISTER, "label": f"Firms {n}", "label_sort": f"firms {n}", "updated_at": AT,
            "golden": {"uscc": f"{n}", "name": f"Firms {n}", "phone": "13800001234", "representative": "张三丰"},
            "provenance": {"name": {"dataset": DATASET, "batch": "firms-000001", "row": 2, "at": AT.isoformat()}},
        },
    )  # fmt: skip
    for number in range(n + 1):
        registers.Member.objects.get_or_create(
            register=REGISTER, record=f"{DATASET}#{n}-{number}", defaults={"entity": entity}
        )
    registers.Conflict.objects.create(
        register=REGISTER,
        entity_id="entity-0",
        field="name",
        chosen="甲",
        values={DATASET: "甲", "taxpayers": "乙"},
    )
    registers.EntityVersion.objects.create(
        entity_id="entity-0", golden={"name": f"旧名 {n}"}, provenance={}, until=AT + timedelta(days=n)
    )
    registers.Register.objects.get_or_create(
        id=f"grown-{n}",
        defaults={
            "declared": registers.Register.objects.get(id=REGISTER).declared | {"register": f"grown-{n}"},
            "pack": "tests/grown",
        },
    )


def _subscription(n: int, dossier: int) -> None:
    exchange.Interface.objects.get_or_create(
        id=f"grown-{n}",
        defaults={
            "declared": exchange.Interface.objects.get(id=INTERFACE).declared | {"interface": f"grown-{n}"},
            "owner": "market-regulation",
            "register": REGISTER,
            "status": "published",
            "proposed_at": AT,
        },
    )
    exchange.Subscription.objects.create(
        interface_id=INTERFACE, office="taxation", purpose="核对", basis="条例", since=AT.date(), until=AT.date(),
        daily_quota=10, fields=["name"], clearance="L1", status="granted", dossier=dossier,
        requested_by=TAX.name, requested_at=AT,
    )  # fmt: skip
