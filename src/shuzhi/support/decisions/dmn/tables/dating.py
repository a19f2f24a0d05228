"""Rows over time (分期): rows with the same conditions are versions of one rule; no gaps, no overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from shuzhi.support.decisions.dmn.boxes.desk import Desk
from shuzhi.support.decisions.dmn.model import Rule, Spot, Table
from shuzhi.support.decisions.types import Period

Dated = tuple[Period, Spot, str]
ALWAYS = Period()


def check_dates(table: Table, desk: Desk) -> None:
    """Note gaps and overlaps between the versions of each row."""
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for rule in table.rules:
        groups.setdefault(conditions(rule), []).append(rule)
    for rules in groups.values():
        if any(rule.period for rule in rules):
            dated = [(rule.period or ALWAYS, rule.spot, str(rule.number)) for rule in rules]
            for spot, code, zh, en in faults_of_periods(dated):
                row = next(rule.number for rule in rules if rule.spot == spot)
                desk.at(row=row).note(spot, code, zh, en)


def conditions(rule: Rule) -> tuple[str, ...]:
    """A row's conditions as they are written, white space made even."""
    return tuple(" ".join(cell.text.split()) for cell in rule.tests)


def faults_of_periods(dated: Iterable[Dated]) -> Iterator[tuple[Spot, str, str, str]]:
    """Where versions of one thing overlap, or leave days without any between them."""
    ordered = sorted(dated, key=lambda each: (each[0].since or date.min, each[0].until or date.max))
    for (before, _, first), (after, spot, second) in pairwise(ordered):
        if before.meets(after):
            zh = f"有效期重叠：{first}（{said(before)}）与 {second}（{said(after)}）"
            en = f"periods overlap: {first} ({said(before)}) and {second} ({said(after)})"
            yield spot, "periods-overlap", zh, en
        elif before.until and after.since and before.until + timedelta(days=1) < after.since:
            since, until = before.until + timedelta(days=1), after.since - timedelta(days=1)
            zh, en = f"{since} 至 {until} 没有有效的规定", f"nothing is valid from {since} to {until}"
            yield spot, "periods-gap", zh, en


def said(period: Period) -> str:
    """`2026-01-01/2026-12-31`; an open end is `..`, as ISO 8601 writes it."""
    return f"{period.since or '..'}/{period.until or '..'}"
