"""A figure, opened: definition, formula, value, trend, and every entry that it counts or misses."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from shuzhi.business.indicators import queries
from shuzhi.business.indicators.queries import Opened
from shuzhi.business.indicators.types import IndicatorDeclaration
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design import numbers
from shuzhi.terminals.design.types import Chart, Column, Fact, Pages, Said, Series, Tab, Table, Tabs, Why
from shuzhi.terminals.staff.cockpit import frame, items
from shuzhi.terminals.staff.cockpit.moments import Moment, moment_of
from shuzhi.terminals.staff.cockpit.readings import Reading, target_of, tile
from shuzhi.terminals.staff.shell import actor_of, page_number, said

PAGE = 20
TREND_DAYS = 90
COLUMNS = (Column("name", Said("条目", "Entry")), Column("office", Said("部门", "Office")))
NOTHING_MISSING = Said("没有缺少的：应计的都已计入。", "Nothing is missing: all that should be is counted.")
NOTHING_COUNTED = Said("还没有计入的。", "Nothing is counted yet.")
SIDES = {
    "missing": (Said("缺少的", "Missing"), Said("缺少的条目", "Entries missing"), NOTHING_MISSING),
    "counted": (Said("已计入的", "Counted"), Said("已计入的条目", "Entries counted"), NOTHING_COUNTED),
    "undecidable": (
        Said("无法判断的", "Not decidable"),
        Said("到期日所在年度的日历尚未公布，两边都不计", "No calendar is published for the year of the due day: on neither side"),
        Said("没有无法判断的。", "Nothing is undecidable."),
    ),
}  # fmt: skip


@requires("indicators.read")
def show(request: HttpRequest, indicator_id: str) -> HttpResponse:
    """One indicator as of the moment."""
    asked = request.GET.get("side", "")
    side = asked if asked in SIDES else "missing"
    moment = moment_of(request, side=_kept(side))
    declared = queries.indicator(indicator_id)
    reading = Reading(declared, tuple(queries.trend(indicator_id, day=moment.day, days=TREND_DAYS)))
    found = queries.opened(indicator_id, day=moment.day)
    return frame.page(
        request,
        "staff/cockpit/indicator.html",
        title=Said(f"{indicator_id} {declared.title.zh}", f"{indicator_id} {declared.title.en}"),
        moment=moment,
        captain=frame.captain(),
        trail=frame.way(moment),
        figure=tile(reading, moment),
        definition=_definition(declared, reading),
        chart=_chart(reading),
        sides=_sides(found, side, moment),
        table=_table(found, side, moment, page_number(request), actor_of(request)),
    )


def _definition(declared: IndicatorDeclaration, reading: Reading) -> Why:
    return Why(
        title=Said("怎么算", "How it is reckoned"),
        facts=(
            Fact(Said("定义", "Definition"), said(declared.definition)),
            Fact(Said("分子", "Numerator"), said(declared.numerator)),
            Fact(Said("分母", "Denominator"), said(declared.denominator)),
            Fact(Said("公式", "Formula"), Said("分子 ÷ 分母；分母为零时不出数", "numerator ÷ denominator; no figure where the denominator is nought")),
            Fact(Said("目标", "Target"), target_of(reading)),
            Fact(Said("出处", "Source"), said(declared.source)),
            Fact(Said("计算时间", "Computed"), reading.latest.computed_at if reading.latest else None),
        ),
    )  # fmt: skip


def _chart(reading: Reading) -> Chart:
    percents = [
        float(round(each.value * 100, 1)) if each.value is not None else None for each in reading.values
    ]
    series = [Series(Said("指标值", "Value"), percents)]
    if reading.declared.target is not None:
        series.append(Series(Said("目标", "Target"), [float(reading.declared.target * 100)] * len(percents)))
    return Chart(
        id="trend",
        title=Said("走势", "Trend"),
        labels=[numbers.day(each.day) for each in reading.values],
        series=series,
        unit="%",
        axis=Said("日期", "Day"),
        note=Said("每天最后一次计算的数值。", "The last value computed on each day."),
    )


def _kept(side: str) -> str:
    return "" if side == "missing" else side


def _sides(found: Opened | None, side: str, moment: Moment) -> Tabs:
    counts = {name: len(_entries(found, name)) for name in SIDES}
    tabs = [
        Tab(title, moment.kept(side=_kept(name)) or "?", on=name == side, count=counts[name])
        for name, (title, _, _) in SIDES.items()
        if name != "undecidable" or counts[name] or name == side
    ]
    return Tabs(Said("看哪些条目", "Which entries"), tabs)


def _entries(found: Opened | None, side: str) -> Sequence[str]:
    listed: Sequence[str] = getattr(found, side) if found else ()
    return listed


def _table(found: Opened | None, side: str, moment: Moment, number: int, actor: Actor) -> Table:
    listed = _entries(found, side)
    _, caption, empty = SIDES[side]
    shown = listed[(number - 1) * PAGE : number * PAGE]
    query = {"day": "" if moment.live else moment.day.isoformat(), **moment.chosen}
    return Table(
        id="entries",
        caption=caption,
        columns=COLUMNS,
        rows=items.rows(shown, actor=actor),
        query={name: value for name, value in query.items() if value},
        pages=Pages(number, PAGE, len(listed)),
        empty=empty,
    )
