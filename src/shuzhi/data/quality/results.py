"""From what a scan counted and what the collection put aside to a result for every rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shuzhi.data.catalog.policies import policy_of
from shuzhi.data.catalog.types import (
    CheckKind,
    DataSetDeclaration,
    Dimension,
    FieldType,
    RuleDeclaration,
    Severity,
)
from shuzhi.data.quality.compiling import FailingRow, Tally
from shuzhi.data.quality.scanning import Scan
from shuzhi.data.quality.types import Place, RuleResult, SampleRow
from shuzhi.data.sources.captions import CAPTIONS
from shuzhi.data.sources.types import Batch
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy import Channel, at_rest

QUARANTINE = "quarantine"
QUARANTINE_MESSAGE = Words(
    zh="部分行不符合数据集的结构约定，归集时被隔离",
    en="Some rows break the data set's contract and wait in quarantine",
)
MISSING = "required"
CONFLICT = "key_conflict"

Reasons = Mapping[tuple[str | None, str], int]


@dataclass(frozen=True)
class Evidence:
    """All that a batch's results at a moment are made from; `reasons` counts quarantined rows by field and reason."""

    batch: Batch
    dataset: DataSetDeclaration
    scan: Scan
    reasons: Reasons
    masking_key: bytes
    at: datetime


def results_of(evidence: Evidence) -> tuple[RuleResult, ...]:
    """A result for every rule of the data set, and one for what is in quarantine and no rule claims."""
    unclaimed = dict(evidence.reasons)
    results = [_result(rule, evidence, unclaimed) for rule in evidence.dataset.rules]
    return (*results, _quarantine(evidence.batch, unclaimed))


def is_fresh(rule: RuleDeclaration, batch: Batch, *, at: datetime) -> bool:
    """Whether a batch was received within the rule's days before a moment."""
    return at - batch.received_at <= timedelta(days=rule.days or 0)


def masked(
    values: Mapping[str, str | None], dataset: DataSetDeclaration, key: bytes
) -> dict[str, str | None]:
    """Values as a sample may keep them: public ones as they are, graded ones masked as their field says."""
    decision = at_rest(policy_of(dataset), Channel.SAMPLE)
    return {name: _text(decision.value(name, value, key=key, row=values)) for name, value in values.items()}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _result(
    rule: RuleDeclaration, evidence: Evidence, unclaimed: dict[tuple[str | None, str], int]
) -> RuleResult:
    if rule.check is CheckKind.MATCHES_TOTAL:
        return _made(rule, Place.DATASET, _totals(evidence.batch))
    if rule.check is CheckKind.FRESH and not rule.looks_at:
        return _made(rule, Place.DATASET, Tally(1, not is_fresh(rule, evidence.batch, at=evidence.at)))
    tally = evidence.scan.tallies.get(rule.id)
    if tally is None:
        return _made(rule, Place.NOWHERE, Tally(0, 0))
    outside = _claimed(rule, unclaimed)
    whole = Tally(tally.checked + outside, tally.failed + outside)
    return _made(rule, _place(rule, evidence.dataset), whole, _samples(rule, evidence))


def _place(rule: RuleDeclaration, dataset: DataSetDeclaration) -> Place:
    typed = rule.check is CheckKind.VALID and dataset.field(rule.looks_at[0]).type is not FieldType.TEXT
    return Place.COLLECTION if typed else Place.SCAN


def _claimed(rule: RuleDeclaration, unclaimed: dict[tuple[str | None, str], int]) -> int:
    """Quarantined rows that this rule would have failed, taken out of what is left for the others."""
    if rule.check not in {CheckKind.VALID, CheckKind.NOT_NULL}:
        return 0
    wants_missing = rule.check is CheckKind.NOT_NULL
    mine = [
        (field, reason)
        for field, reason in unclaimed
        if field in rule.looks_at and reason != CONFLICT and (reason == MISSING) == wants_missing
    ]
    return sum(unclaimed.pop(place) for place in mine)


def _quarantine(batch: Batch, unclaimed: Reasons) -> RuleResult:
    # A row with several faults stands under several reasons but is one row.
    failed = min(sum(unclaimed.values()), batch.quarantined)
    return RuleResult(
        rule=QUARANTINE,
        message=QUARANTINE_MESSAGE,
        dimension=Dimension.NORMATIVE,
        severity=Severity.ERROR,
        place=Place.COLLECTION,
        fields=tuple(sorted({field for field, _ in unclaimed if field})),
        checked=batch.accepted + batch.quarantined,
        failed=failed,
    )


def _totals(batch: Batch) -> Tally:
    """Group captions that declare a number of rows, and those that are wrong about it."""
    captions = [
        caption for notice in batch.notices if notice.code == CAPTIONS for caption in notice.facts["captions"]
    ]
    declared = [caption for caption in captions if caption["declared"] is not None]
    return Tally(len(declared), sum(caption["declared"] != caption["counted"] for caption in declared))


def _samples(rule: RuleDeclaration, evidence: Evidence) -> tuple[SampleRow, ...]:
    rows: Iterable[FailingRow] = (row for row in evidence.scan.failing if row.rule == rule.id)
    return tuple(
        SampleRow(row.row, masked(row.values, evidence.dataset, evidence.masking_key)) for row in rows
    )


def _made(rule: RuleDeclaration, place: Place, tally: Tally, samples: Sequence[SampleRow] = ()) -> RuleResult:
    return RuleResult(
        rule=rule.id,
        message=rule.message,
        dimension=rule.dimension,
        severity=rule.severity,
        place=place,
        fields=rule.looks_at,
        checked=tally.checked,
        failed=tally.failed,
        samples=tuple(samples),
    )
