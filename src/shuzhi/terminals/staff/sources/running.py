"""What is known of a batch while it is being collected."""

from __future__ import annotations

from shuzhi.data.sources.types import Batch, Progress, Status, Step
from shuzhi.foundation.clock import now
from shuzhi.terminals.design.types import Count, Running, Said, Words

DOING = {
    Step.READING: Said("正在逐行核对", "Checking row by row"),
    Step.JUDGING: Said("正在判定新旧和重复", "Telling new, known and double rows apart"),
    Step.WRITING: Said("正在写入数据湖", "Writing to the lake"),
}
WAITING = Said("排队等候后台归集", "Waiting for its turn")
QUIET = 60
"""Seconds without news after which the page says so."""
SPOKEN = 20_000
"""Rows between two sentences that are read aloud."""


def running(batch: Batch, so_far: Progress | None) -> Running:
    """The figures so far; what cannot be known yet is a dash, not nought."""
    label = Said("本批到目前为止", "This batch so far")
    if batch.status is Status.RECEIVED or so_far is None:
        return Running(id="running", label=label, doing=WAITING, said=WAITING, seconds_spent=_spent(batch))
    judged = so_far.step is not Step.READING and so_far.step is not Step.JUDGING
    total, done = _part(so_far)
    return Running(
        id="running",
        label=label,
        doing=DOING[so_far.step],
        counts=(
            Count(Said("已读", "Read"), so_far.read),
            Count(Said("入库", "Accepted"), so_far.accepted if judged else None),
            Count(Said("隔离", "Quarantined"), so_far.quarantined),
            Count(Said("重复", "Duplicates"), so_far.duplicates if judged else None),
        ),
        done=done,
        total=total,
        seconds_spent=_spent(batch),
        note=_quiet(so_far),
        said=_spoken(so_far),
    )


def _part(so_far: Progress) -> tuple[int | None, int]:
    """The whole, where it is known, and how much of it is done."""
    if so_far.step is Step.WRITING:
        return so_far.accepted, so_far.written
    return so_far.expected, so_far.read


def _quiet(so_far: Progress) -> Words:
    still = int((now() - so_far.at).total_seconds())
    if still < QUIET:
        return ""
    return Said(
        f"已有 {still // 60} 分钟没有动静；中断的批次平台会自动接着归集，不丢不重。",
        f"No news for {still // 60} min; the platform takes up what broke off by itself, losing and doubling nothing.",
    )


def _spent(batch: Batch) -> float:
    return (now() - batch.received_at).total_seconds()


def _spoken(so_far: Progress) -> Said:
    doing = DOING[so_far.step]
    rows = so_far.read // SPOKEN * SPOKEN
    if so_far.step is not Step.READING or not rows:
        return doing
    return Said(f"{doing.zh}，已读 {rows:,d} 行", f"{doing.en}, {rows:,d} rows read")
