from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Dimension, Severity
from shuzhi.data.quality import models
from shuzhi.data.quality.errors import NoSuchRun, NotCheckedYet
from shuzhi.data.quality.scoring import mean_scores, overall
from shuzhi.data.quality.types import (
    CheckRun,
    Issue,
    OfficeScore,
    Outcome,
    Place,
    RuleResult,
    SampleRow,
    Scorecard,
)
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import Dossier, DueReason

MOST_ROWS = 200


def run(number: int) -> CheckRun:
    """One check with the result of every rule.

    Raises:
        NoSuchRun: there is none of this number.
    """
    row = models.CheckRun.objects.prefetch_related("results").filter(id=number).first()
    if row is None:
        raise NoSuchRun(run=number)
    return _run(row, whole=True)


def latest_run(dataset: str) -> CheckRun:
    """The latest check of a data set's latest batch, with the result of every rule.

    Raises:
        NotCheckedYet: no batch of it was checked.
    """
    row = _of_dataset(dataset).prefetch_related("results").first()
    if row is None:
        raise NotCheckedYet(dataset=dataset)
    return _run(row, whole=True)


def runs(dataset: str, *, most: int = MOST_ROWS) -> list[CheckRun]:
    """A data set's checks without their results, those of its latest batch first."""
    return [_run(row, whole=False) for row in _of_dataset(dataset)[:most]]


def count_checked() -> int:
    """How many data sets were checked at least once."""
    return models.CheckRun.objects.values("dataset").distinct().count()


def checked_batches() -> set[str]:
    """The batches that were checked at least once."""
    return set(models.CheckRun.objects.values_list("batch", flat=True))


_LATEST = "WHERE dataset = %s ORDER BY seq DESC, id DESC LIMIT 1"


def scorecard(dataset: str) -> Scorecard:
    """A data set's scorecard.

    Raises:
        NotCheckedYet: no batch of it was checked.
    """
    found = _cards(prepared.some(models.CheckRun, _LATEST, [dataset]))
    if not found:
        raise NotCheckedYet(dataset=dataset)
    return found[0]


def scorecards(*, office: str | None = None) -> list[Scorecard]:
    """The scorecard of every checked data set (of one office), by id; three SQL statements in all."""
    rows = models.CheckRun.objects.order_by("dataset", "-seq", "-id").distinct("dataset")
    cards = _cards(list(rows))
    return cards if office is None else [card for card in cards if card.office == office]


def office_scores() -> list[OfficeScore]:
    """Every office's mean over its data sets, by id."""
    cards: dict[str, list[Scorecard]] = {}
    for card in scorecards():
        cards.setdefault(card.office, []).append(card)
    return [_office(office, cards[office]) for office in sorted(cards)]


def dimension_scores() -> dict[Dimension, float]:
    """The node's mean score in every dimension over its data sets."""
    return mean_scores(card.scores for card in scorecards())


def issues(
    *,
    dataset: str | None = None,
    office: str | None = None,
    open_only: bool = False,
    page: int = 1,
    size: int = MOST_ROWS,
) -> list[Issue]:
    """Issues that fit, the newest first, a page at a time."""
    rows = _issues(dataset=dataset, office=office, open_only=open_only)
    first = (page - 1) * size
    return [_issue(row) for row in rows.order_by("-dossier")[first : first + size]]


def count_issues(*, dataset: str | None = None, office: str | None = None, open_only: bool = False) -> int:
    """How many issues fit."""
    return _issues(dataset=dataset, office=office, open_only=open_only).count()


def _issues(*, open_only: bool, **wanted: str | None) -> QuerySet[models.Issue]:
    rows = models.Issue.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    return rows.filter(closed_on=None) if open_only else rows


def issue_timeliness(day: date) -> tuple[set[int], set[int]]:
    """K14: the dossiers of issues corrected in time, and of all whose working day is over or that are corrected.

    In time is: corrected on or before the first working day after opening. While an appeal is decided the
    clock stands. An upheld appeal was no problem datum and counts on neither side; neither does an issue whose due
    day cannot be named (`undecidable_issues`).
    """
    opened = _counted(day)
    corrected = Q(closed_on__lte=day)
    due = _numbers(opened.filter(corrected | Q(due_on__lt=day)))
    in_time = _numbers(opened.filter(corrected & (Q(closed_on__lte=F("due_on")) | Q(due_on=None))))
    for dossier in _without_due_day(day):
        if dossier.due_reason is DueReason.NOT_PUBLISHED:
            due.discard(dossier.id)
            in_time.discard(dossier.id)
        elif dossier.due_on is not None:  # its year has been published since
            _decide(dossier, day, in_time=in_time, due=due)
    return in_time, due


def undecidable_issues(day: date) -> set[int]:
    """K14: issues of which nobody can say whether they were corrected in time: the year of their due day has no
    published calendar yet. They count once it has.
    """
    return {found.id for found in _without_due_day(day) if found.due_reason is DueReason.NOT_PUBLISHED}


def _counted(day: date) -> QuerySet[models.Issue]:
    return models.Issue.objects.filter(opened_on__lte=day).exclude(outcome=Outcome.UPHELD.value)


def _without_due_day(day: date) -> list[Dossier]:
    undated = _numbers(_counted(day).filter(due_on=None))
    return workflow.dossiers(ids=undated, size=len(undated)) if undated else []


def _decide(dossier: Dossier, day: date, *, in_time: set[int], due: set[int]) -> None:
    closed = day_of(dossier.closed_at) if dossier.closed_at else None
    if closed is not None and closed <= day:
        late = dossier.due_on is not None and closed > dossier.due_on
        (in_time.discard if late else in_time.add)(dossier.id)
    elif dossier.due_on is not None and dossier.due_on < day:
        due.add(dossier.id)


def _numbers(rows: QuerySet[models.Issue]) -> set[int]:
    return set(rows.values_list("dossier", flat=True))


def _of_dataset(dataset: str) -> QuerySet[models.CheckRun]:
    return models.CheckRun.objects.filter(dataset=dataset).order_by("-seq", "-id")


def _cards(latest: list[models.CheckRun]) -> list[Scorecard]:
    """The cards of data sets whose latest runs these are."""
    if not latest:
        return []
    entries = {entry.id: entry for entry in catalog.entries(ids=[row.dataset for row in latest])}
    waiting = _open_counts([row.dataset for row in latest])
    return [
        Scorecard(
            dataset=row.dataset,
            title=entries[row.dataset].title,
            office=entries[row.dataset].owner,
            scores=_scores(row.scores),
            score=row.score,
            rows=row.rows,
            failing_rules=row.failing,
            open_issues=waiting.get(row.dataset, 0),
            at=row.at,
        )
        for row in latest
        if row.dataset in entries
    ]


def _open_counts(datasets: list[str]) -> dict[str, int]:
    waiting = models.Issue.objects.filter(dataset__in=datasets, closed_on=None)
    counted = waiting.values("dataset").annotate(open=Count("dossier")).order_by("dataset")
    return {row["dataset"]: row["open"] for row in counted}


def _office(office: str, cards: list[Scorecard]) -> OfficeScore:
    scores = mean_scores(card.scores for card in cards)
    return OfficeScore(
        office=office,
        datasets=len(cards),
        scores=scores,
        score=overall(scores),
        open_issues=sum(card.open_issues for card in cards),
    )


def _scores(stored: Mapping[str, float]) -> dict[Dimension, float]:
    return {dimension: stored[dimension.value] for dimension in Dimension if dimension.value in stored}


def _run(row: models.CheckRun, *, whole: bool) -> CheckRun:
    results = sorted(row.results.all(), key=lambda result: result.id) if whole else []
    return CheckRun(
        id=row.id,
        batch=row.batch,
        source=row.source,
        dataset=row.dataset,
        office=row.office,
        rows=row.rows,
        quarantined=row.quarantined,
        scores=_scores(row.scores),
        score=row.score,
        seconds=row.seconds,
        at=row.at,
        results=tuple(_result(result) for result in results),
    )


def _result(row: models.RuleResult) -> RuleResult:
    samples: list[dict[str, Any]] = row.samples
    return RuleResult(
        rule=row.rule,
        message=Words(zh=row.zh, en=row.en),
        dimension=Dimension(row.dimension),
        severity=Severity(row.severity),
        place=Place(row.place),
        fields=tuple(row.fields),
        checked=row.checked,
        failed=row.failed,
        samples=tuple(SampleRow(sample["row"], sample["values"]) for sample in samples),
    )


def _issue(row: models.Issue) -> Issue:
    return Issue(
        dossier=row.dossier,
        dataset=row.dataset,
        rule=row.rule,
        message=Words(zh=row.zh, en=row.en),
        dimension=Dimension(row.dimension),
        office=row.office,
        batch=row.batch,
        failed=row.failed,
        opened_at=row.opened_at,
        due_on=row.due_on,
        closed_on=row.closed_on,
        outcome=Outcome(row.outcome) if row.outcome else None,
    )
