"""A trace in words (解释): what a clerk reads to a citizen, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.answers import (
    Answer,
    FailedRow,
    HitRow,
    Status,
    Step,
    TableTrace,
    Trace,
    Why,
)
from shuzhi.support.decisions.types import Period

_SIGNS = {
    "<=": ("不超过 ", "at most "),
    ">=": ("不少于 ", "at least "),
    "<": ("少于 ", "less than "),
    ">": ("多于 ", "more than "),
}
_BOUND = re.compile(r"(<=|>=|<|>)\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"([\[(\]])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])", re.DOTALL)
_NOT = re.compile(r"not\s*\((.+)\)", re.DOTALL)
_CALL = re.compile(r"(?:date|time|date and time|duration)\s*\(\s*\"([^\"]*)\"\s*\)|@\"([^\"]*)\"")
LONGEST = 200


def explained(trace: Trace) -> Words:
    """All steps of a trace, a line each."""
    lines = [line for step in trace.steps for line in step_lines(step)]
    return Words(zh="\n".join(line.zh for line in lines), en="\n".join(line.en for line in lines))


def reason(answer: Answer) -> Words:
    """One sentence: the answer and why, or why there is none."""
    if answer.status is Status.NOT_EVALUABLE:
        names_zh, names_en = "、".join(answer.missing), ", ".join(answer.missing)
        zh, en = f"无法判断，缺：{names_zh}", f"can't be decided, missing: {names_en}"
        return _sentence(answer.decision, zh, en)
    if answer.status is Status.ERROR:
        first = answer.problems[0]
        where = first.place.said("zh") if first.place else ""
        where_en = first.place.said("en") if first.place else ""
        return _sentence(
            answer.decision,
            f"规则有误（{where}）：{first.message.zh}",
            f"the rule is wrong ({where_en}): {first.message.en}",
        )
    steps = answer.trace.steps if answer.trace else ()
    if steps:
        return step_lines(steps[-1])[0]
    return _sentence(answer.decision, shown(answer.value, "zh"), shown(answer.value, "en"))


def _sentence(decision: str, zh: str, en: str) -> Words:
    return Words(zh=f"{decision}：{zh}", en=f"{decision}: {en}")


def step_lines(step: Step) -> list[Words]:
    """A decision's line, with the row that hit, and below it the nearest rows that did not."""
    head = _sentence(step.decision, shown(step.value, "zh"), shown(step.value, "en"))
    hits = [hit for table in step.tables for hit in table.hits]
    causes = [_because(hit) for hit in hits]
    if step.given:
        causes.append(Words(zh="由外部给定", en="as handed in"))
    if step.period or (step.bases and not any(hit.bases for hit in hits)):
        causes.append(_in_force(step))
    if causes:
        head = Words(
            zh=f"{head.zh}（{'；'.join(each.zh for each in causes)}）",
            en=f"{head.en} ({'; '.join(each.en for each in causes)})",
        )
    lines = [head]
    if not hits:
        lines += [_failed(row) for table in step.tables for row in table.failed]
        lines += [line for table in step.tables for line in _more(table)]
    return lines + [Words(zh=f"　{each.message.zh}", en=f"  {each.message.en}") for each in step.problems]


def _in_force(step: Step) -> Words:
    bases = "、".join(str(each) for each in step.bases)
    bases_en = ", ".join(str(each) for each in step.bases)
    valid = valid_words(step.period) if step.period else Words(zh="", en="")
    return Words(
        zh="，".join(part for part in (f"依据：{bases}" if bases else "", valid.zh) if part),
        en=", ".join(part for part in (f"basis: {bases_en}" if bases else "", valid.en) if part),
    )


def _because(hit: HitRow) -> Words:
    conditions = [condition(heading, test) for heading, test in hit.conditions]
    zh = f"因第 {hit.row} 条：" + ("，".join(each.zh for each in conditions) or "无条件")
    en = f"by row {hit.row}: " + (", ".join(each.en for each in conditions) or "without condition")
    if hit.bases:
        zh += "；依据：" + "、".join(str(each) for each in hit.bases)
        en += "; basis: " + ", ".join(str(each) for each in hit.bases)
    return Words(zh=zh, en=en)


def _failed(row: FailedRow) -> Words:
    asked = condition(row.heading, row.test)
    if row.why is Why.MISSING:
        zh, en = f"{asked.zh}，缺：{row.heading}", f"asks: {asked.en}; missing: {row.heading}"
    elif row.why is Why.UNKNOWN:
        zh = f"{asked.zh}，实为 {shown(row.found, 'zh')}，无法比较"
        en = f"asks: {asked.en}; it is {shown(row.found, 'en')}, which can't be compared"
    else:
        zh = f"{row.heading}应{_test(row.test.strip())[0]}，实为 {shown(row.found, 'zh')}"
        en = f"asks: {asked.en}; it is {shown(row.found, 'en')}"
    return Words(zh=f"　因第 {row.row} 条：{zh}", en=f"  row {row.row}: {en}")


def _more(table: TableTrace) -> Iterator[Words]:
    more = table.failed_count - len(table.failed)
    if more > 0:
        yield Words(zh=f"　另有 {more} 条不符", en=f"  and {more} more rows did not hold")


def condition(heading: str, test: str) -> Words:
    """A cell in words: `注册月数不少于 12`."""
    zh, en = _test(test.strip())
    return Words(zh=f"{heading}{zh}", en=f"{heading} {en}")


def _test(test: str) -> tuple[str, str]:  # noqa: PLR0911 - one a kind of test
    if len(test) > LONGEST:
        return f"符合 {test[:LONGEST]}…", f"satisfies {test[:LONGEST]}…"
    if found := _NOT.fullmatch(test):
        zh, en = _test(found[1].strip())
        return f"不{zh.removeprefix('应')}" if zh.startswith("为") else f"不是“{zh}”", f"not {en}"
    if found := _BOUND.fullmatch(test):
        zh, en = _SIGNS[found[1]]
        return zh + _plain(found[2]), en + _plain(found[2])
    if found := _RANGE.fullmatch(test):
        open_zh = "（不含）" if found[1] != "[" else ""
        close_zh = "（不含）" if found[4] != "]" else ""
        low, high = _plain(found[2]), _plain(found[3])
        en = f"from {low}{' (excluded)' if open_zh else ''} to {high}{' (excluded)' if close_zh else ''}"
        return f"在 {low}{open_zh} 至 {high}{close_zh} 之间", en
    if test in ("true", "false"):
        return ("为是", "is yes") if test == "true" else ("为否", "is no")
    if "?" in test:
        return f"符合 {test}", f"satisfies {test}"
    parts = [_plain(part) for part in _split(test)]
    return f"为 {' 或 '.join(parts)}", f"is {' or '.join(parts)}"


def _split(test: str) -> list[str]:
    """The alternatives of a cell; commas within quotes and brackets divide nothing."""
    parts, depth, quoted = [""], 0, False
    for sign in test:
        quoted ^= sign == '"'
        depth += (sign in "([{") - (sign in ")]}") if not quoted else 0
        if sign == "," and not quoted and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _plain(written: str) -> str:
    written = _CALL.sub(lambda found: found[1] or found[2], written.strip())
    return written[1:-1] if len(written) > 1 and written[0] == written[-1] == '"' else written


def shown(value: Any, language: str) -> str:
    """A value as a person reads it."""
    zh = language == "zh"
    if value is None:
        return "无结果" if zh else "no result"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list):
        return ("、" if zh else ", ").join(shown(each, language) for each in value) or (
            "空" if zh else "nothing"
        )
    if isinstance(value, dict):
        joint = "；" if zh else "; "
        return joint.join(
            f"{name}{'：' if zh else ': '}{shown(each, language)}" for name, each in value.items()
        )
    return str(value)


def valid_words(period: Period) -> Words:
    """`2026-01-01 起有效`."""
    if period.since and period.until:
        return Words(
            zh=f"{period.since} 至 {period.until} 有效", en=f"valid {period.since} to {period.until}"
        )
    if period.since:
        return Words(zh=f"{period.since} 起有效", en=f"valid since {period.since}")
    return (
        Words(zh=f"{period.until} 前有效", en=f"valid until {period.until}")
        if period.until
        else Words(zh="", en="")
    )
