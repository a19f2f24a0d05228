"""Check runs, scorecards and issues, as other rooms and pages see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from shuzhi.data.catalog.types import Dimension, Severity
from shuzhi.foundation.words import Words

DIMENSION_TITLES = {
    Dimension.NORMATIVE: Words(zh="规范性", en="Normative"),
    Dimension.COMPLETE: Words(zh="完整性", en="Complete"),
    Dimension.ACCURATE: Words(zh="准确性", en="Accurate"),
    Dimension.CONSISTENT: Words(zh="一致性", en="Consistent"),
    Dimension.TIMELY: Words(zh="时效性", en="Timely"),
    Dimension.ACCESSIBLE: Words(zh="可访问性", en="Accessible"),
}


class Place(StrEnum):
    """Where a rule was answered."""

    SCAN = "scan"  # over the batch's rows
    COLLECTION = "collection"  # by the validator, when the batch was collected
    DATASET = "dataset"  # about the data set as a whole: freshness, declared totals
    NOWHERE = "nowhere"  # what it compares with is not there


@dataclass(frozen=True)
class SampleRow:
    """A failing row: its number in the file, and the values the rule looked at, masked by grade."""

    row: int
    values: Mapping[str, str | None]


@dataclass(frozen=True)
class RuleResult:
    """What one rule found."""

    rule: str
    message: Words
    dimension: Dimension
    severity: Severity
    place: Place
    fields: tuple[str, ...]
    checked: int
    failed: int
    samples: tuple[SampleRow, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule was answered and nothing fails."""
        return self.place is not Place.NOWHERE and not self.failed

    @property
    def share(self) -> float | None:
        """The share of what was checked that passes; None when nothing was."""
        return 1 - self.failed / self.checked if self.checked else None


@dataclass(frozen=True)
class CheckRun:
    """One check of one batch. `scores` holds the dimensions that rules answered, `score` their mean; 0 to 1."""

    id: int
    batch: str
    source: str
    dataset: str
    office: str
    rows: int
    quarantined: int
    scores: Mapping[Dimension, float]
    score: float | None
    seconds: float
    at: datetime
    results: tuple[RuleResult, ...] = ()

    @property
    def failing(self) -> tuple[RuleResult, ...]:
        """The results with failures, errors first, then by how many rows fail."""
        found = [result for result in self.results if result.failed]
        return tuple(sorted(found, key=lambda r: (r.severity is not Severity.ERROR, -r.failed, r.rule)))


@dataclass(frozen=True)
class Scorecard:
    """A data set's quality by its latest check: scores by dimension, and its open issues."""

    dataset: str
    title: Words
    office: str
    scores: Mapping[Dimension, float]
    score: float | None
    rows: int
    failing_rules: int
    open_issues: int
    at: datetime


@dataclass(frozen=True)
class OfficeScore:
    """An office's quality: the mean over its data sets, every dimension by itself."""

    office: str
    datasets: int
    scores: Mapping[Dimension, float]
    score: float | None
    open_issues: int


class Outcome(StrEnum):
    """How an issue ended."""

    CORRECTED = "corrected"
    UPHELD = "upheld"  # the office appealed and was right: it was no problem datum


@dataclass(frozen=True)
class Issue:
    """Problem data of one rule, on its way in the dossier of this number."""

    dossier: int
    dataset: str
    rule: str
    message: Words
    dimension: Dimension
    office: str
    batch: str
    failed: int
    opened_at: datetime
    due_on: date | None
    closed_on: date | None
    outcome: Outcome | None


@dataclass(frozen=True)
class BatchChecked:
    """A batch's quality is known."""

    run: int
    batch: str
    dataset: str
    failing: int
    at: datetime
