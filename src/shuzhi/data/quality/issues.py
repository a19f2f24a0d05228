"""The loop of problem data (问题数据闭环): failing rules open dossiers, corrected data close them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from shuzhi.data.catalog.types import Severity
from shuzhi.data.quality import models
from shuzhi.data.quality.types import CheckRun, Outcome, RuleResult
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import Dossier

LOOP = "quality-issue"
PLATFORM = system("quality")
CORRECTED_STATE, UPHELD_STATE = "corrected", "upheld"


def open_issues(dataset: str) -> QuerySet[models.Issue]:
    """A data set's issues that are not closed."""
    return models.Issue.objects.filter(dataset=dataset, closed_on=None).order_by("dossier")


def follow_run(run: CheckRun, *, title: Words, office: str, passing_now: Iterable[str], at: datetime) -> None:
    """Open, send back or close issues by what a run found.

    `passing_now` names the rules that find nothing in what the data set says now: a batch that merely does
    not mention the broken rows corrects nothing.
    """
    found = {issue.rule: issue for issue in open_issues(run.dataset).select_for_update()}
    for result in run.results:
        issue = found.get(result.rule)
        if result.failed and result.severity is Severity.ERROR:
            if issue is None:
                _open(run, result, title=title, office=office, at=at)
            else:
                _still_failing(issue, run, result, at=at)
        elif issue is not None and result.rule in passing_now:
            _close(issue, run, at=at)


def follow_dossier(dossier: int) -> None:
    """Take over what people did with an issue's dossier: its due day, and how it ended."""
    issue = models.Issue.objects.select_for_update().filter(dossier=dossier).first()
    if issue is not None:
        _take_over(issue, workflow.dossier(dossier))


def _open(run: CheckRun, result: RuleResult, *, title: Words, office: str, at: datetime) -> None:
    opened = loops.open_dossier(
        loop=LOOP,
        subject=f"dataset/{run.dataset}",
        title=Words(zh=f"{title.zh}：{result.message.zh}", en=f"{title.en}: {result.message.en}"),
        office=office,
        requester=None,
        by=PLATFORM,
        at=at,
        facts=_facts(run, result),
    )
    models.Issue.objects.create(
        dossier=opened.id,
        dataset=run.dataset,
        rule=result.rule,
        zh=result.message.zh,
        en=result.message.en,
        dimension=result.dimension.value,
        office=office,
        source=run.source,
        batch=run.batch,
        failed=result.failed,
        opened_at=at,
        opened_on=day_of(at),
        due_on=opened.due_on,
    )


def _still_failing(issue: models.Issue, run: CheckRun, result: RuleResult, *, at: datetime) -> None:
    issue.failed, issue.batch, issue.source = result.failed, run.batch, run.source
    issue.save(update_fields=["failed", "batch", "source"])
    if workflow.dossier(issue.dossier).state == CORRECTED_STATE:
        moved = loops.act(
            dossier=issue.dossier, action="reopen", by=PLATFORM, at=at, evidence=_facts(run, result)
        )
        _take_over(issue, moved)


def _close(issue: models.Issue, run: CheckRun, *, at: datetime) -> None:
    if not workflow.dossier(issue.dossier).is_open:
        follow_dossier(issue.dossier)
        return
    closed = loops.act(
        dossier=issue.dossier,
        action="close",
        by=PLATFORM,
        at=at,
        evidence={"run": run.id, "batch": run.batch},
    )
    _take_over(issue, closed)


def _take_over(issue: models.Issue, dossier: Dossier) -> None:
    issue.due_on = dossier.due_on
    if dossier.closed_at is not None:
        issue.closed_on = day_of(dossier.closed_at)
        outcome = Outcome.UPHELD if dossier.state == UPHELD_STATE else Outcome.CORRECTED
        issue.outcome = outcome.value
    issue.save(update_fields=["due_on", "closed_on", "outcome"])


def _facts(run: CheckRun, result: RuleResult) -> dict[str, Any]:
    return {
        "run": run.id,
        "batch": run.batch,
        "rule": result.rule,
        "checked": result.checked,
        "failed": result.failed,
    }
