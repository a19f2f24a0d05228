"""One data set's quality: the latest check rule by rule, samples, and how its score went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Severity
from shuzhi.data.quality import queries
from shuzhi.data.quality.errors import NotCheckedYet
from shuzhi.data.quality.showing import may_see_samples, shown_run
from shuzhi.data.quality.types import DIMENSION_TITLES, CheckRun, Place, RuleResult
from shuzhi.foundation.clock import now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chart,
    Chip,
    Column,
    Fact,
    Link,
    Row,
    Said,
    Series,
    Share,
    Table,
    Tone,
)
from shuzhi.terminals.staff.quality.issues import issue_table
from shuzhi.terminals.staff.quality.scores import points, verdict
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said

RULES = (
    Column("rule", Said("规则", "Rule")),
    Column("dimension", Said("维度", "Dimension")),
    Column("severity", Said("程度", "Severity")),
    Column("checked", Said("检查", "Checked"), "number"),
    Column("failed", Said("不合", "Failed"), "number"),
    Column("share", Said("合格率", "Pass"), "number"),
    Column("state", Said("结论", "Verdict"), "chips"),
)
SEVERITIES = {Severity.ERROR: Said("错误", "Error"), Severity.WARNING: Said("提醒", "Warning")}
RUNS_SHOWN = 12


@requires("quality.read")
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """The page; empty, and saying why, before the first check."""
    entry = catalog.entry(dataset)
    trail = (
        Link(Said("数据质量", "Quality"), reverse("staff:quality")),
        Link(said(entry.title), reverse("staff:dataset", args=[dataset])),
    )
    try:
        run = queries.latest_run(dataset)
    except NotCheckedYet:
        return page(
            request, "staff/quality/unchecked.html", title=Said("质量检查", "Quality check"), trail=trail
        )
    offices = organization.office_titles()
    actor = actor_of(request)
    may_see = may_see_samples(run, by=actor)
    seen = shown_run(run, by=actor, at=now())
    return page(
        request,
        "staff/quality/dataset.html",
        title=Said(f"{entry.title.zh}：质量", f"{entry.title.said('en')}: quality"),
        trail=trail,
        chips=[verdict(run.score, failing=len(run.failing))],
        facts=_facts(run, offices),
        rules=_rules(run),
        samples=[_sample(result) for result in seen.failing if result.samples],
        samples_kept=not may_see and any(result.samples for result in run.failing),
        issues=issue_table(queries.issues(dataset=dataset, open_only=True), {}, offices),
        trend=_trend(queries.runs(dataset, most=RUNS_SHOWN)),
    )


def _facts(run: CheckRun, offices: object) -> list[Fact]:
    return [
        Fact(Said("总分", "Score"), points(run.score)),
        Fact(Said("检查的批次", "Batch"), run.batch, reverse("staff:batch", args=[run.batch])),
        Fact(Said("部门", "Office"), name_of(offices, run.office)),  # type: ignore[arg-type]
        Fact(Said("行数", "Rows"), run.rows),
        Fact(Said("隔离行数", "Quarantined"), run.quarantined),
        Fact(Said("检查时间", "Checked at"), run.at),
        Fact(Said("用时", "Took"), Said(f"{run.seconds:.1f} 秒", f"{run.seconds:.1f} s")),
    ]


def _rules(run: CheckRun) -> Table:
    return Table(
        id="rules",
        tall=False,
        caption=Said("逐条规则", "Rule by rule"),
        columns=RULES,
        rows=[_rule(result) for result in run.results],
        empty=Said("这个数据集没有声明规则。", "This data set declares no rule."),
    )


def _rule(result: RuleResult) -> Row:
    return Row(
        {
            "rule": Cell(said(result.message), under=result.rule),
            "dimension": said(DIMENSION_TITLES[result.dimension]),
            "severity": SEVERITIES[result.severity],
            "checked": result.checked,
            "failed": result.failed,
            "share": Share(result.checked - result.failed, result.checked) if result.checked else None,
            "state": _state(result),
        }
    )


def _state(result: RuleResult) -> Chip:
    if result.place is Place.NOWHERE:
        return Chip(Said("无从对照", "Nothing to compare with"))
    if not result.checked:
        return Chip(Said("没有可查的行", "No row to check"))
    if not result.failed:
        return Chip(Said("通过", "Passes"), Tone.SUCCESS)
    serious = result.severity is Severity.ERROR
    return Chip(
        Said("不通过", "Fails") if serious else Said("提醒", "Warning"),
        Tone.DANGER if serious else Tone.WARNING,
    )


def _sample(result: RuleResult) -> Table:
    names = list(dict.fromkeys(name for sample in result.samples for name in sample.values))
    return Table(
        id=f"samples-{result.rule}",
        caption=said(result.message),
        columns=(Column("row", Said("行号", "Row"), "number"), *(Column(n, n, "code") for n in names)),
        rows=[Row({"row": sample.row, **sample.values}) for sample in result.samples],
    )


def _trend(runs: list[CheckRun]) -> Chart | None:
    """The score of every check, the oldest first."""
    scored = [run for run in reversed(runs) if run.score is not None]
    if len(scored) < 2:  # noqa: PLR2004
        return None
    return Chart(
        id="trend",
        title=Said("历次检查的总分", "Score of every check"),
        labels=[run.batch for run in scored],
        series=[Series(Said("总分", "Score"), [int((run.score or 0) * 1000) / 10 for run in scored])],
        axis=Said("批次", "Batch"),
        unit=Said("分", "points"),
    )
