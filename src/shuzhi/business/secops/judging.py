"""The rules of unusual access (异常判定), free of the database: a day against the caller's own earlier days.

Robust on purpose: a median and a median absolute deviation are not moved by a few wild days, an attacker's among them
(Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from shuzhi.business.secops.types import AccessRule, Day, Judgement, Kind
from shuzhi.foundation.words import Words

NORMAL = 1.4826  # makes the deviation comparable to a standard deviation
SMALLEST_SPREAD = 0.15  # of the median: who does exactly the same each day is not unusual with one more


def judge(rule: AccessRule, day: Day, history: Sequence[Day], *, allowed: int = 0) -> Judgement | None:
    """Why the day is unusual by this rule, or None. `allowed` is what a declared exception lets pass."""
    found = JUDGES[rule.kind](rule, day, history)
    return found if found is not None and found.figure > allowed else None


def bound_of(values: Sequence[int], times: float) -> tuple[float, float]:
    """The median of the values, and the bound so many spreads above it."""
    middle = median(values)
    spread = NORMAL * median(abs(value - middle) for value in values)
    return middle, middle + times * max(spread, SMALLEST_SPREAD * middle, 1.0)


def _above_own(rule: AccessRule, figure: int, values: Sequence[int], zh: str, en: str) -> Judgement | None:
    if figure < rule.least:
        return None
    if len(values) < rule.history_least:
        if figure < rule.new_least:
            return None
        said = Words(
            zh=f"当日{zh} {figure}，此前只有 {len(values)} 天记录；新主体的上限为 {rule.new_least}",
            en=f"{figure} {en} this day, with {len(values)} earlier days only; a new caller's bound is {rule.new_least}",
        )
        return Judgement(figure, rule.new_least, 0, said)
    usual, bound = bound_of(values, rule.times)
    if figure <= bound:
        return None
    said = Words(
        zh=f"当日{zh} {figure}，其自身近 {len(values)} 个有记录日的中位数为 {usual:.0f}，上限为 {bound:.0f}（中位数加 {rule.times:g} 倍离差）",
        en=f"{figure} {en} this day; the median of its own last {len(values)} days is {usual:.0f}, the bound {bound:.0f} (median and {rule.times:g} spreads)",
    )
    return Judgement(figure, bound, usual, said)


def _volume(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    return _above_own(rule, day.calls, [one.calls for one in history], "调用", "calls")


def _export(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    exported = [one.rows for one in history if one.rows]
    return _above_own(rule, day.rows, exported, "导出行数", "rows exported")


def _hours(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    """Work outside working time by a caller that does not usually work then."""
    if day.late < rule.least or len(history) < rule.history_least:
        return None
    usual = sum(one.late > 0 for one in history) / len(history)
    if usual > rule.share:
        return None
    said = Words(
        zh=f"工作时间（{rule.hours_from:%H:%M}—{rule.hours_to:%H:%M}，法定工作日）以外 {day.late} 次；此前 {len(history)} 天里只有 {usual:.0%} 的日子有过",
        en=f"{day.late} times outside working time ({rule.hours_from:%H:%M}–{rule.hours_to:%H:%M} on working days); on {usual:.0%} of the {len(history)} days before",
    )
    return Judgement(day.late, rule.least, usual, said)


def _novelty(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    if len(day.fresh) < rule.least or len(history) < rule.history_least:
        return None
    named = "、".join(day.fresh[:5])
    said = Words(
        zh=f"首次出现 {len(day.fresh)} 项：{named}；此前 {len(history)} 个有记录日里从未用过",
        en=f"{len(day.fresh)} for the first time: {', '.join(day.fresh[:5])}; never used on the {len(history)} days before",
    )
    return Judgement(len(day.fresh), rule.least, 0, said)


def _share(rule: AccessRule, figure: int, day: Day, past: Sequence[int], *, said: Words) -> Judgement | None:
    if figure < rule.least or figure < rule.share * day.calls:
        return None
    if len(past) >= rule.history_least and figure <= bound_of(past, rule.times)[1]:
        return None
    share, usual = figure / max(day.calls, 1), median(past) if past else 0.0
    words = Words(
        zh=f"{day.calls} 次调用中 {figure} 次{said.zh}（{share:.0%}，上限 {rule.share:.0%}）；此前 {len(past)} 天的中位数为 {usual:.0f} 次",
        en=f"{figure} of {day.calls} calls {said.en} ({share:.0%}, the bound is {rule.share:.0%}); the median of the {len(past)} days before is {usual:.0f}",
    )
    return Judgement(figure, rule.share * day.calls, usual, words)


def _walking(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    said = Words(zh="查无此记录，像在逐个试号", en="asked for what is not there, as if keys were tried")
    return _share(rule, day.missed, day, [one.missed for one in history], said=said)


def _refusals(rule: AccessRule, day: Day, history: Sequence[Day]) -> Judgement | None:
    said = Words(zh="被拒绝", en="were refused")
    return _share(rule, day.refused, day, [one.refused for one in history], said=said)


JUDGES: dict[Kind, Callable[[AccessRule, Day, Sequence[Day]], Judgement | None]] = {
    Kind.VOLUME: _volume,
    Kind.HOURS: _hours,
    Kind.NOVELTY: _novelty,
    Kind.WALKING: _walking,
    Kind.REFUSALS: _refusals,
    Kind.EXPORT: _export,
}
