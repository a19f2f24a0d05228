"""A data set's life at a glance: from its sources to those who use it, each stop with how it stands."""

from __future__ import annotations

from collections.abc import Sequence

from shuzhi.data.catalog.types import Access, Entry
from shuzhi.data.quality.types import Scorecard
from shuzhi.data.sources.types import Batch, Source, Status
from shuzhi.terminals.design import numbers
from shuzhi.terminals.design.types import Fact, Lineage, Said, Stop, Stops, Tone
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.catalog.opening import Opening
from shuzhi.terminals.staff.quality.scores import points

NOBODY = Said("还没有", "None yet")


def of(
    entry: Entry,
    *,
    origins: Sequence[Source],
    batches: Sequence[Batch],
    card: Scorecard | None,
    uses: Sequence[Fact],
    opened: Opening,
    interfaces: int,
) -> Stops:
    """Its six stops, in the order in which the data go."""
    return Stops(
        Said("数据的一生", "The life of these data"),
        [
            _source(origins),
            _collected(batches),
            _quality(card),
            _register(uses),
            _shared(entry, interfaces),
            _open(entry, opened),
        ],
    )


def interfaces(way: Lineage | None) -> int:
    """How many interfaces lie on its way."""
    return sum(node.kind == "interface" for node in way.nodes) if way else 0


def _source(origins: Sequence[Source]) -> Stop:
    count = len(origins)
    return Stop(
        title=Said("来源", "Sources"),
        value=Said(f"{count} 个", f"{count}") if count else NOBODY,
        note=titles.MODES[origins[0].mode] if count == 1 else "",
        url="#collecting",
        tone=Tone.SUCCESS if count else Tone.NEUTRAL,
    )


def _collected(batches: Sequence[Batch]) -> Stop:
    title = Said("最近一批", "Latest batch")
    if not batches:
        return Stop(title=title, value=NOBODY, url="#collecting")
    latest = batches[0]
    if latest.status is not Status.COLLECTED:
        state, tone = titles.BATCH[latest.status]
        return Stop(
            title=title, value=state, note=numbers.day(latest.received_at), url="#collecting", tone=tone
        )
    return Stop(
        title=title,
        value=Said(f"入库 {latest.accepted:,d} 行", f"{latest.accepted:,d} rows in"),
        note=_held(latest),
        url="#collecting",
        tone=Tone.WARNING if latest.quarantined else Tone.SUCCESS,
    )


def _held(latest: Batch) -> Said:
    zh, en = numbers.day(latest.received_at), numbers.day(latest.received_at)
    if not latest.quarantined:
        return Said(zh, en)
    return Said(f"隔离 {latest.quarantined:,d} · {zh}", f"{latest.quarantined:,d} held, {en}")


def _quality(card: Scorecard | None) -> Stop:
    title = Said("质量", "Quality")
    if card is None or card.score is None:
        return Stop(title=title, value=Said("还没有检查", "Not checked yet"), url="#quality")
    waiting = card.open_issues
    return Stop(
        title=title,
        value=Said(f"{points(card.score)} 分", f"{points(card.score)}"),
        note=Said(f"{waiting} 件待整改", f"{waiting} to correct")
        if waiting
        else Said("没有待整改", "none to correct"),
        url="#quality",
        tone=Tone.WARNING if waiting or card.failing_rules else Tone.SUCCESS,
    )


def _register(uses: Sequence[Fact]) -> Stop:
    return Stop(
        title=Said("基础库", "Registers"),
        value=uses[0].name if uses else Said("没有用到", "Not used"),
        note=uses[0].value if uses else "",  # type: ignore[arg-type]
        url="#uses",
        tone=Tone.SUCCESS if uses else Tone.NEUTRAL,
    )


def _shared(entry: Entry, count: int) -> Stop:
    return Stop(
        title=Said("共享", "Shared"),
        value=Said(f"{count} 个接口", f"{count} interfaces") if count else Said("没有接口", "No interface"),
        note=titles.SHARING[entry.sharing],
        url="#uses",
        tone=Tone.SUCCESS if count else Tone.NEUTRAL,
    )


def _open(entry: Entry, opened: Opening) -> Stop:
    may = entry.opening is not Access.NONE
    value = Said("已开放", "Open") if opened.facts else Said("没有开放", "Not open")
    return Stop(
        title=Said("开放", "Open data"),
        value=value,
        note=titles.OPENING[entry.opening],
        url="#open",
        tone=Tone.SUCCESS if opened.facts else Tone.WARNING if may and opened.form else Tone.NEUTRAL,
    )
