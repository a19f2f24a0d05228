"""The steps that need no more than the rooms' own services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shuzhi.business.indicators import services as indicators
from shuzhi.data.catalog import harvesting
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.harvesting import HarvestDeclaration
from shuzhi.data.catalog.types import Access, Status
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.opendata import services as opendata_services
from shuzhi.data.opendata.errors import NotOpen, NotOpenable
from shuzhi.data.quality import queries as quality
from shuzhi.data.quality import services as quality_services
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers import services as registers_services
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources import services as sources_services
from shuzhi.data.sources.types import Batch, Kind, Mode, Root, SourceDeclaration
from shuzhi.demo.errors import NothingGiven
from shuzhi.demo.people import RUNNER
from shuzhi.demo.types import Run
from shuzhi.foundation import lake
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Role


def present_sources(run: Run) -> Iterator[tuple[SourceDeclaration, Path]]:
    """The declared sources whose file is at hand in this run, full batches before changes and deletions."""
    order = {Mode.FULL: 0, Mode.INCREMENTAL: 1, Mode.DELETE: 2}
    for source, folder in sorted(_declared(run), key=lambda pair: (order[pair[0].mode], pair[0].source)):
        file = _file_of(run, source, folder)
        if file is not None and file.is_file():
            yield source, file


def absent_sources(run: Run) -> list[dict[str, str]]:
    """The files that the given folder should hold and does not, by source; nothing when no folder was given."""
    expected = {
        source.source: file
        for source, folder in _declared(run)
        if source.root is Root.GIVEN and (file := _file_of(run, source, folder)) is not None
    }
    return [
        {"id": name, "file": str(file.relative_to(run.given or file.anchor))}
        for name, file in sorted(expected.items())
        if not file.is_file()
    ]


def require_given(run: Run) -> list[dict[str, str]]:
    """What is absent from the given folder, after a look that it holds anything of what is expected.

    Raises:
        NothingGiven: none of the expected files is there.
    """
    absent = absent_sources(run)
    expected = sum(source.root is Root.GIVEN and source.path is not None for source, _ in _declared(run))
    if run.given is not None and len(absent) == expected:
        raise NothingGiven(folder=run.given, files="、".join(sorted({one["file"] for one in absent})))
    for one in absent:
        run.say(f"! 缺少文件 absent: {one['file']} ({one['id']})")
    return absent


def publish_catalog(run: Run) -> dict[str, Any]:
    """The bureau publishes the entries of the data sets whose files are at hand, or whose rows come through the gateway."""
    wanted = {source.dataset for source, _ in present_sources(run)} | registers.demanded_datasets()
    returned = {one.value.source for one in _interfaces(run)}
    wanted |= {source.dataset for source, _ in _declared(run) if source.source in returned}
    for entry in catalog.entries(status=Status.PROPOSED):
        if entry.id in wanted:
            catalog_services.publish_entry(dataset=entry.id, by=run.speakers.bureau(), at=run.at)
    every = [entry for entry in catalog.entries() if entry.node is None]  # without harvested ones
    published = [entry for entry in every if entry.status is Status.PUBLISHED]
    return {
        "entries": len(every),
        "published": len(published),
        "fields": sum(len(entry.schema_.fields) for entry in published),
    }


def collect(run: Run) -> list[dict[str, Any]]:
    """Each office hands in its files; every receipt balances."""
    receipts = []
    for source, file in present_sources(run):
        by = run.speakers.of(source.office, Role.DATA_OFFICER)
        batch = _collect_one(source, file, by, run)
        receipts.append(_receipt(batch))
        run.say(
            f"  {source.source}: {batch.received} = {batch.accepted} + {batch.quarantined} + {batch.duplicates}"
            + (f"  {batch.problem.zh}" if batch.problem else "")
        )
    return receipts


def harvest(run: Run) -> dict[str, Any]:
    """Other nodes' catalogs, collected as rows, become entries beside our own."""
    reports = {}
    for pack in run.packs:
        for item in pack.declarations.get("harvests", ()):
            declared = item.value
            if isinstance(declared, HarvestDeclaration) and lake.has_table(declared.dataset):
                rows = lake.current(declared.dataset).to_pylist()
                by = run.speakers.bureau()
                report = harvesting.harvest_entries(declaration=declared, rows=rows, by=by, at=run.at)
                reports[report.harvest] = report.model_dump(exclude={"harvest"})
    return reports


def check_quality(run: Run) -> dict[str, Any]:
    """Check every batch in the order in which it came: problems open issues, corrections close them."""
    checked = quality.checked_batches()
    for batch in sorted(sources.batches(), key=lambda batch: batch.seq):
        if batch.collected_at is not None and batch.id not in checked:
            quality_services.check_batch(batch=batch.id, by=RUNNER, at=run.at)
    issues = quality.issues()
    return {
        "datasets": len(quality.scorecards()),
        "issues": len(issues),
        "open": sum(1 for issue in issues if issue.closed_on is None),
        "scores": {card.dataset: card.score for card in quality.scorecards()},
    }


def build_registers(run: Run) -> dict[str, Any]:
    """The bureau builds every register from what is collected."""
    reports = {}
    for summary in registers.registers():
        register = summary.declaration.id
        report = registers_services.build_register(register=register, by=run.speakers.bureau(), at=run.at)
        reports[register] = report.as_dict()
    return reports


def open_data(run: Run) -> dict[str, Any]:
    """Owners open what their catalog entries allow without conditions."""
    refused = {}
    for entry in catalog.entries(status=Status.PUBLISHED):
        if entry.opening is not Access.UNCONDITIONAL or entry.node is not None:
            continue
        try:
            _open_if_newer(run, entry.id, entry.owner)
        except NotOpenable as refusal:
            refused[entry.id] = str(refusal)
    count, rows = opendata.totals()
    return {"datasets": count, "rows": rows, "refused": refused}


def measure(run: Run) -> dict[str, Any]:
    """K12 to K16 from the platform's own tables."""
    values = indicators.compute_all(by=RUNNER, at=run.at)
    return {value.indicator: value.as_dict() for value in values}


def verify_audit(run: Run) -> dict[str, Any]:
    """Seal what was written, then recompute the whole chain."""
    while audit.seal(at=run.at):
        pass
    found = audit.verify()
    return {
        "entries": found.entries,
        "sealed": found.sealed,
        "verified": found.sealed == found.entries,
        "head": found.head,
    }


def _interfaces(run: Run) -> list[Any]:
    return [item for pack in run.packs for item in pack.declarations["interfaces"]]


def _declared(run: Run) -> list[tuple[SourceDeclaration, Path]]:
    return [
        (item.value, pack.folder)
        for pack in run.packs
        for item in pack.declarations["sources"]
        if isinstance(item.value, SourceDeclaration)
    ]


def _file_of(run: Run, source: SourceDeclaration, folder: Path) -> Path | None:
    if source.path is None:
        return None
    roots = {Root.SAMPLES: folder / "samples", Root.POPULATION: run.population, Root.GIVEN: run.given}
    root = roots[source.root]
    return root / source.path if root is not None else None


def _collect_one(source: SourceDeclaration, file: Path, by: Any, run: Run) -> Batch:
    if source.kind is Kind.SQL and source.connection:
        collected = sources_services.collect_from_sql(source=source.source, by=by, at=run.at)
        latest = collected or sources.latest_batch(source.source)
        assert latest is not None  # nothing new means that something was collected before
        return latest
    received = sources_services.receive_file(source=source.source, path=file, by=by, at=run.at)
    return sources_services.collect_batch(batch=received.id, by=by, at=run.at)


def _receipt(batch: Batch) -> dict[str, Any]:
    return {
        "id": batch.source,
        "file": batch.file_name,
        "dataset": batch.dataset,
        "received": batch.received,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicates": batch.duplicates,
        "status": batch.status.value,
    }


def _open_if_newer(run: Run, dataset: str, owner: str) -> None:
    collected = [batch.collected_at for batch in sources.batches(dataset=dataset) if batch.collected_at]
    try:
        release = opendata.release(dataset)
    except NotOpen:
        release = None
    if release and (not collected or max(collected) <= release.released_at):
        return
    opendata_services.open_dataset(dataset=dataset, by=run.speakers.of(owner, Role.APPROVER), at=run.at)
