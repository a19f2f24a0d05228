"""How interfaces do (运行情况), and whether what their owners promise is kept, in plain figures."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.exchange import health, queries
from shuzhi.data.exchange.health import Health, Verdict
from shuzhi.data.exchange.types import Hours, Interface, InterfaceStatus
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Cell, Chip, Choice, Column, Field, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff import acts
from shuzhi.terminals.staff.shell import Titles, asked_for, name_of, page, said

COUNTS = (
    Column("interface", Said("接口", "Interface")),
    Column("calls", Said("近 24 小时调用", "Calls, last 24 h"), "number"),
    Column("hour", Said("上一小时调用", "Calls, last full hour"), "number"),
    Column("refused", Said("被规则拒绝", "Refused by rules"), "number"),
    Column("rules", Said("主要因为", "Mostly by")),
    Column("lost", Said("平台未答", "Lost by us"), "number"),
    Column("median", Said("中位用时（毫秒）", "Half within (ms)"), "number"),
    Column("slow", Said("95% 的用时不超过（毫秒）", "95% within (ms)"), "number"),
)
PROMISES = (
    Column("interface", Said("接口", "Interface")),
    Column("owner", Said("提供部门", "Owner")),
    Column("promised", Said("承诺", "Promised")),
    Column("share", Said("实际可用率", "Available")),
    Column("slow", Said("95% 的用时不超过（毫秒）", "95% within (ms)"), "number"),
    Column("calls", Said("计入的调用", "Calls that count"), "number"),
    Column("kept", Said("结果", "Verdict"), "chips"),
)


@requires("exchange.read")
def show(request: HttpRequest) -> HttpResponse:
    """Both tables; the month may be chosen."""
    at = now()
    hour, day = health.last_hour_and_day(at=at)
    offices = organization.office_titles()
    month = _month(request, day_of(at))
    published = queries.interfaces(status=InterfaceStatus.PUBLISHED)
    return page(
        request,
        "staff/exchange/health.html",
        title=Said("接口运行情况", "How interfaces do"),
        lead=Said(
            "按审计日志每 5 分钟统计一次，不含沙箱调用。",
            "Counted from the audit log every 5 minutes, sandbox calls left out.",
        ),
        trail=(Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),),
        counts=Table(
            id="health",
            caption=Said("调用", "Calls"),
            columns=COUNTS,
            rows=[_row(each, day.get(each.id), hour.get(each.id)) for each in published],
            empty=Said("还没有发布的接口。", "No interface is published yet."),
        ),
        promises=Table(
            id="promises",
            caption=Said(f"{month.year}年{month.month}月服务承诺", f"Promises of {month:%Y-%m}"),
            columns=PROMISES,
            rows=[_verdict(each, offices) for each in health.verdicts(month)],
            empty=Said("还没有接口作出服务承诺。", "No interface has a promise yet."),
        ),
        month=Field(
            name="month",
            label=Said("月份", "Month"),
            control="select",
            value=f"{month:%Y-%m}",
            choices=_months(day_of(at), month),
            short=True,
        ),
    )


def _month(request: HttpRequest, today: date) -> date:
    asked = asked_for(request, "month").get("month", "")
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        return today.replace(day=1)


def _months(today: date, asked: date) -> list[Choice]:
    """This month and the eleven before it, and the one that is asked for."""
    count = today.year * 12 + today.month - 1
    every = {date(number // 12, number % 12 + 1, 1) for number in range(count - 11, count + 1)} | {asked}
    return [
        Choice(f"{each:%Y-%m}", Said(f"{each.year}年{each.month}月", f"{each:%Y-%m}"))
        for each in sorted(every, reverse=True)
    ]


def _row(each: Interface, day: Health | None, hour: Health | None) -> Row:
    found = day or Health(each.id)
    most = [rule for rule, _ in found.refusals.most_common(3) if rule != health.LOST]
    named = [acts.RULES.get(rule, Said(rule, rule)) for rule in most[:2]]
    return Row(
        {
            "interface": Cell(said(each.declaration.title), under=each.id),
            "calls": found.calls,
            "hour": hour.calls if hour else 0,
            "refused": found.refused,
            "rules": Said("、".join(one.zh for one in named), ", ".join(one.en for one in named)),
            "lost": found.lost,
            "median": _ms(found.within_ms(0.5)),
            "slow": _ms(found.within_ms(0.95)),
        },
        url=reverse("staff:interface", args=[each.id]),
    )


def _verdict(each: Verdict, offices: Titles) -> Row:
    promise, share = each.promise, each.health.availability
    hours = Said("工作时间", "working hours") if promise.hours is Hours.WORKING else Said("全天", "all hours")
    quick = f"，{promise.p95_ms:g} 毫秒" if promise.p95_ms else ""
    quick_en = f", {promise.p95_ms:g} ms" if promise.p95_ms else ""
    verdicts = {
        True: Chip(Said("兑现", "Kept"), Tone.SUCCESS),
        False: Chip(Said("未兑现", "Missed"), Tone.DANGER),
        None: Chip(Said("没有调用", "No calls")),
    }
    return Row(
        {
            "owner": name_of(offices, each.owner),
            "interface": Cell(said(each.title), under=each.interface),
            "promised": Cell(
                Said(f"{promise.availability:g}%{quick}", f"{promise.availability:g}%{quick_en}"), under=hours
            ),
            "share": f"{share:.2f}%" if share is not None else "",
            "slow": _ms(each.health.within_ms(0.95)),
            "calls": each.health.calls,
            "kept": [verdicts[each.kept]],
        },
        url=reverse("staff:interface", args=[each.interface]),
    )


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
