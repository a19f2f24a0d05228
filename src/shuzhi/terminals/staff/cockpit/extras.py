"""Tiles for a wide wall: what the platform holds and does; each only for those who may open it."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from shuzhi.data.exchange import queries as exchange
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.quality import queries as quality
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Figure, Said, Tone
from shuzhi.terminals.staff.cockpit.firms import REGISTER, Firms
from shuzhi.terminals.staff.cockpit.moments import Moment


def tiles(*, actor: Actor, moment: Moment, firms: Firms) -> list[Figure]:
    """The tiles that this reader may open; present figures, so none in a replay except the register's."""
    found = [("registers.read", lambda: _register(firms, moment))]
    if moment.live:
        found += [
            ("exchange.read", lambda: _calls(moment)),
            ("quality.read", lambda: _issues(moment)),
            ("catalog.read", lambda: _open(moment)),
        ]
    allowed: list[Callable[[], Figure]] = [
        make for permission, make in found if policy.allows(permission, by=actor, office=actor.office)
    ]
    return [make() for make in allowed]


def _register(firms: Firms, moment: Moment) -> Figure:
    return Figure(
        label=Said("法人库", "Legal entity register"),
        value=firms.records,
        unit=Said("家", "firms"),
        of=Said(
            f"其中演示数据 {firms.synthetic:,}；来源不一致 {firms.disputed:,}",
            f"{firms.synthetic:,} of them synthetic; sources differ on {firms.disputed:,}",
        ),
        url=reverse("staff:register", args=[REGISTER]),
        day=moment.day,
    )


def _calls(moment: Moment) -> Figure:
    counts = exchange.calls_per_day(since=moment.day, until=moment.day)
    interfaces = len({count.interface for count in counts})
    return Figure(
        label=Said("今日接口调用", "Calls today"),
        value=sum(count.calls for count in counts),
        unit=Said("次", "calls"),
        of=Said(f"{interfaces} 个接口被调用", f"{interfaces} interfaces called"),
        url=reverse("staff:exchange"),
        day=moment.day,
    )


def _issues(moment: Moment) -> Figure:
    waiting, checked = quality.count_issues(open_only=True), quality.count_checked()
    return Figure(
        label=Said("待整改质量问题", "Open quality issues"),
        value=waiting,
        unit=Said("个", "issues"),
        of=Said(f"已检查 {checked} 个数据集", f"{checked} data sets checked"),
        url=reverse("staff:issues"),
        day=moment.day,
        tone=Tone.NEUTRAL,
    )


def _open(moment: Moment) -> Figure:
    datasets, rows = opendata.totals()
    return Figure(
        label=Said("开放数据集", "Open data sets"),
        value=datasets,
        unit=Said("个", "data sets"),
        of=Said(f"共 {rows:,} 行可下载", f"{rows:,} rows to download"),
        url=reverse("staff:catalog"),
        day=moment.day,
    )
