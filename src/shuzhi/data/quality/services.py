from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from time import perf_counter

from django.db import connection, transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import CheckKind, DataSetDeclaration, Entry
from shuzhi.data.quality import issues, models, queries
from shuzhi.data.quality.errors import BatchNotCollected
from shuzhi.data.quality.results import QUARANTINE, Evidence, is_fresh, results_of
from shuzhi.data.quality.scanning import scan_batch, scan_current
from shuzhi.data.quality.scoring import overall, scores_of
from shuzhi.data.quality.types import BatchChecked, CheckRun, RuleResult
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources.types import Batch, Status
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

_ABOUT_DATASET = (CheckKind.FRESH, CheckKind.MATCHES_TOTAL)
_CHECKING = 0x51434B  # the advisory lock under which a data set's issues change


def check_batch(*, batch: str, by: Actor, at: datetime) -> CheckRun:
    """Check a collected batch by every rule of its data set; open and close issues by what is found.

    The scan runs before the transaction, so that nobody waits for it. Checking again is safe: it makes a
    new run and no second issue. A batch that a later one of its source has followed is checked for the
    record only: it neither opens nor closes issues.

    Raises:
        NoSuchBatch: there is no such batch.
        BatchNotCollected: it is not in the lake yet.
        Forbidden: the actor does not speak for the office.
    """
    found = sources.batch(batch)
    policy.require("quality.check", by=by, office=found.office)
    if found.status is not Status.COLLECTED:
        raise BatchNotCollected(batch=batch, status=found.status.value)
    entry = catalog.entry(found.dataset)
    started = perf_counter()
    evidence = _evidence(found, entry.schema_, at=at)
    results = results_of(evidence)
    passing = _passing_now(found, entry.schema_, results, at=at)
    seconds = perf_counter() - started
    return _conclude(found, entry, results, passing, rows=evidence.scan.rows, seconds=seconds, by=by, at=at)


def check_freshness(*, by: Actor, at: datetime) -> list[CheckRun]:
    """Check again the latest batch of every data set whose freshness is no longer what its last run says."""
    runs = []
    for card in queries.scorecards():
        latest = queries.latest_run(card.dataset)
        batch = sources.batch(latest.batch)
        said = {result.rule: result.failed for result in latest.results}
        now = _freshness(batch, catalog.entry(card.dataset).schema_, at=at)
        if any(said.get(rule) != failed for rule, failed in now.items()):
            runs.append(check_batch(batch=batch.id, by=by, at=at))
    return runs


@transaction.atomic
def follow_dossier(*, dossier: int) -> None:
    """Take over what people did with an issue's dossier; does nothing for dossiers that are no issue's."""
    issues.follow_dossier(dossier)


def _freshness(batch: Batch, declared: DataSetDeclaration, *, at: datetime) -> dict[str, int]:
    """For every freshness rule, whether it fails at a moment (1) or not (0)."""
    rules = [rule for rule in declared.rules if rule.check is CheckKind.FRESH]
    dated = [rule for rule in rules if rule.looks_at]
    found = {rule.id: int(not is_fresh(rule, batch, at=at)) for rule in rules if not rule.looks_at}
    if dated:
        scan = scan_batch(seq=batch.seq, dataset=declared, rules=dated, today=day_of(at))
        found |= {rule: tally.failed for rule, tally in scan.tallies.items()}
    return found


def _evidence(batch: Batch, declared: DataSetDeclaration, *, at: datetime) -> Evidence:
    return Evidence(
        batch=batch,
        dataset=declared,
        scan=scan_batch(seq=batch.seq, dataset=declared, rules=declared.rules, today=day_of(at)),
        reasons=sources.quarantine_reasons(batch.id),
        masking_key=secret(settings().home, "masking").encode(),
        at=at,
    )


def _passing_now(
    batch: Batch, declared: DataSetDeclaration, results: Iterable[RuleResult], *, at: datetime
) -> set[str]:
    """Of the rules with an open issue that pass on this batch, those that also pass on all current rows.

    Rules about the data set, and what is in quarantine, are answered by a later batch of the same source.
    """
    opened = {issue.rule: issue.source for issue in issues.open_issues(batch.dataset)}
    passed = {result.rule for result in results if result.passed and result.rule in opened}
    rules = {rule.id: rule for rule in declared.rules}
    whole = {name for name in passed if name == QUARANTINE or rules[name].check in _ABOUT_DATASET}
    answered = {name for name in whole if opened[name] == batch.source}
    rest = [rules[name] for name in passed - whole]
    if rest:
        scan = scan_current(dataset=declared, rules=rest, today=day_of(at))
        answered |= {name for name, tally in scan.tallies.items() if not tally.failed}
    return answered


@transaction.atomic
def _conclude(
    batch: Batch,
    entry: Entry,
    results: tuple[RuleResult, ...],
    passing: set[str],
    *,
    rows: int,
    seconds: float,
    by: Actor,
    at: datetime,
) -> CheckRun:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_CHECKING, batch.dataset])
    run = _keep_run(batch, results, rows=rows, seconds=seconds, at=at)
    later = models.CheckRun.objects.filter(dataset=batch.dataset, source=batch.source, seq__gt=batch.seq)
    if not later.exists():
        issues.follow_run(run, title=entry.title, office=entry.owner, passing_now=passing, at=at)
    audit.record(
        "quality.checked", target=f"batch/{batch.id}", by=by, at=at, run=run.id, failing=len(run.failing)
    )
    publish(BatchChecked(run.id, batch.id, batch.dataset, len(run.failing), at), at=at)
    return run


def _keep_run(
    batch: Batch, results: tuple[RuleResult, ...], *, rows: int, seconds: float, at: datetime
) -> CheckRun:
    scores = scores_of(results)
    row = models.CheckRun.objects.create(
        batch=batch.id,
        source=batch.source,
        dataset=batch.dataset,
        office=batch.office,
        seq=batch.seq,
        rows=rows,
        quarantined=batch.quarantined,
        scores={dimension.value: score for dimension, score in scores.items()},
        score=overall(scores),
        failing=sum(result.failed > 0 for result in results),
        seconds=round(seconds, 3),
        at=at,
    )
    models.RuleResult.objects.bulk_create([_row_of(row, result) for result in results])
    return queries.run(row.id)


def _row_of(run: models.CheckRun, result: RuleResult) -> models.RuleResult:
    return models.RuleResult(
        run=run,
        rule=result.rule,
        zh=result.message.zh,
        en=result.message.en,
        dimension=result.dimension.value,
        severity=result.severity.value,
        place=result.place.value,
        fields=list(result.fields),
        checked=result.checked,
        failed=result.failed,
        samples=[{"row": sample.row, "values": dict(sample.values)} for sample in result.samples],
    )
