"""What is off: who acts, and since when. Each alert leads to the page on which something can be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.quality import queries as quality
from shuzhi.data.quality.types import Issue
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import Light, Pressing, Who
from shuzhi.terminals.design.types import Said, Tone, Words
from shuzhi.terminals.staff.cockpit.moments import Moment
from shuzhi.terminals.staff.cockpit.readings import Reading, target_of
from shuzhi.terminals.staff.shell import Titles, name_of

MOST_ISSUES = 1000
BUREAU = Said("大数据局", "the data bureau")


@dataclass(frozen=True)
class Alert:
    """One thing that is off."""

    title: Words
    says: Words
    who: Words
    since: date | None
    url: str
    verb: Words
    tone: Tone = Tone.WARNING


def alerts(
    *,
    actor: Actor,
    moment: Moment,
    readings: Sequence[Reading],
    offices: Titles,
    only: frozenset[str] | None = None,
) -> list[Alert]:
    """Late dossiers, dossiers whose day has come, indicators below target, data sets with failing rules.

    With `only`, those of these offices; indicators belong to none of them.
    """
    pressing = [
        each
        for each in workflow.pressing(actor=actor, day=moment.day)
        if only is None or each.dossier.office in only
    ]
    shown = {each.dossier.id for each in pressing}
    late = [_of_dossier(each, offices) for each in pressing]
    missed = [_of_reading(each, moment) for each in readings if each.is_below] if only is None else []
    failing = _of_issues(_open_issues(actor, moment, only), shown, offices)
    return sorted(late, key=lambda alert: alert.tone is not Tone.DANGER) + missed + failing


def _of_dossier(each: Pressing, offices: Titles) -> Alert:
    late = each.light is Light.RED
    days = abs(each.days_left) if each.days_left is not None else None
    if late:
        says = Said(f"超期 {days or 1} 个工作日", f"{days or 1} working days late")
    elif days == 0:
        says = Said("今天到期", "Due today")
    else:
        says = Said(f"还剩 {days} 个工作日", f"{days} working days left")
    dossier = each.dossier
    return Alert(
        title=Said(dossier.title.zh, dossier.title.en),
        says=says,
        who=_who(each, offices),
        since=day_of(dossier.opened_at),
        url=reverse("staff:dossier", args=[dossier.id]),
        verb=Said("看案卷", "Open the dossier"),
        tone=Tone.DANGER if late else Tone.WARNING,
    )


def _who(each: Pressing, offices: Titles) -> Said:
    if each.waits_for is Who.BUREAU:
        return BUREAU
    if each.waits_for is Who.REQUESTER:
        return name_of(offices, each.dossier.requester)
    return name_of(offices, each.dossier.office)


def _of_reading(reading: Reading, moment: Moment) -> Alert:
    declared, value, target = reading.declared, reading.latest, target_of(reading)
    assert value is not None  # an indicator without a value is not below its target
    return Alert(
        title=Said(f"{declared.indicator} {declared.title.zh} {value.percent}", f"{declared.indicator} {declared.title.en} {value.percent}"),
        says=Said(f"{value.numerator} / {value.denominator}，低于{target.zh}", f"{value.numerator} / {value.denominator}, below {target.en}"),
        who=BUREAU,
        since=reading.below_since,
        url=moment.onward(reverse("staff:indicator", args=[declared.indicator])),
        verb=Said("看缺什么", "See what is missing"),
    )  # fmt: skip


def _open_issues(actor: Actor, moment: Moment, only: frozenset[str] | None) -> list[Issue]:
    if not policy.allows("quality.read", by=actor, office=actor.office):
        return []
    found = quality.issues(open_only=moment.live, size=MOST_ISSUES)
    return [
        issue for issue in found if _is_open(issue, moment.day) and (only is None or issue.office in only)
    ]


def _is_open(issue: Issue, day: date) -> bool:
    return day_of(issue.opened_at) <= day and (issue.closed_on is None or issue.closed_on > day)


def _of_issues(issues: Sequence[Issue], shown: set[int], offices: Titles) -> list[Alert]:
    """One alert a data set, the one with the most failing rows first."""
    groups: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        if issue.dossier not in shown:
            groups[issue.dataset].append(issue)
    titles = catalog.titles(groups) if groups else {}
    ordered = sorted(groups.items(), key=lambda pair: (-sum(issue.failed for issue in pair[1]), pair[0]))
    return [_of_dataset(dataset, group, titles, offices) for dataset, group in ordered]


def _of_dataset(dataset: str, group: list[Issue], titles: Titles, offices: Titles) -> Alert:
    name, rows, rules = name_of(titles, dataset), sum(issue.failed for issue in group), len(group)
    one = rules == 1
    return Alert(
        title=Said(f"{name.zh}：{rules} 条规则不合格", f"{name.en}: {rules} {'rule fails' if one else 'rules fail'}"),
        says=Said(f"共 {rows:,} 行待整改", f"{rows:,} rows to be corrected"),
        who=name_of(offices, group[0].office),
        since=day_of(min(issue.opened_at for issue in group)),
        url=reverse("staff:dossier", args=[group[0].dossier]) if one else reverse("staff:dataset_quality", args=[dataset]),
        verb=Said("看案卷", "Open the dossier") if one else Said("看问题", "See the issues"),
        tone=Tone.NEUTRAL,
    )  # fmt: skip
