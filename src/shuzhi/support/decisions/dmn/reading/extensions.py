"""Days and laws in a rule file (时效与依据): extension elements of our own namespace, and annotation columns.

Ordinary tools skip extension elements, so a dated file opens everywhere:

    <extensionElements xmlns:sz="urn:shuzhi:rules:1">
      <sz:validity from="2026-01-01" until="2026-12-31"/>
      <sz:basis title="…条例" article="第七条"/>
      <sz:version of="d_rate"/>
      <sz:value from="2026-01-01" title="…通知">3</sz:value>
      <sz:annotations basis="依据" from="生效" until="失效"/>
    </extensionElements>
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shuzhi.support.decisions.dmn.model import Link, Literal, Spot, Text, Version
from shuzhi.support.decisions.dmn.reading.notebook import Notebook, spot_of
from shuzhi.support.decisions.dmn.xml import Element
from shuzhi.support.decisions.types import Basis, Period

NAMESPACE = "urn:shuzhi:rules:1"
BASIS_COLUMNS = ("依据", "法律依据", "政策依据", "basis", "legal basis")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which annotation columns say the basis, the first and the last day of a row."""

    basis: str = ""
    since: str = ""
    until: str = ""


def _ours(element: Element, name: str) -> list[Element]:
    holder = element.child("extensionElements")
    if holder is None:
        return []
    return [child for child in holder.children if child.namespace == NAMESPACE and child.name == name]


def period_of(element: Element, notes: Notebook) -> Period | None:
    """The element's own validity."""
    found = _ours(element, "validity")
    for extra in found[1:]:
        notes.note(extra, "validity-twice", "有效期只能写一次", "the validity is stated twice")
    return _period(found[0], notes) if found else None


def _period(element: Element, notes: Notebook) -> Period:
    since = day_of(element.get("from"), spot_of(element), notes)
    until = day_of(element.get("until"), spot_of(element), notes)
    return ordered(Period(since, until), spot_of(element), notes)


def ordered(period: Period, spot: Spot, notes: Notebook) -> Period:
    """The period; noted when it ends before it begins."""
    if period.since and period.until and period.until < period.since:
        zh, en = "失效日期早于生效日期", "the period ends before it begins"
        notes.note(spot, "period-reversed", zh, en)
    return period


def day_of(written: str, spot: Spot, notes: Notebook) -> date | None:
    """A day as 2026-01-31; None where nothing is written."""
    written = written.strip().strip('"')
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        zh, en = f"日期应写作 2026-01-31，而不是 {written}", f"expected a day as 2026-01-31, not {written}"
        notes.note(spot, "day-unreadable", zh, en)
        return None


def bases_of(element: Element) -> tuple[Basis, ...]:
    """The laws that the element stands on."""
    return tuple(Basis(each.get("title"), each.get("article")) for each in _ours(element, "basis"))


def version_of(element: Element, notes: Notebook) -> Link | None:
    """The decision of which this one is a dated version."""
    for each in _ours(element, "version"):
        href = each.get("of").removeprefix("#")
        if href:
            return Link(f"#{href}", spot_of(each))
        notes.note(each, "version-of-nothing", "应写明是哪项决策的版本（of）", "say of which decision: of")
    return None


def values_of(element: Element, notes: Notebook) -> tuple[Version, ...]:
    """A parameter's values over time."""
    return tuple(_value(each, notes) for each in _ours(element, "value"))


def _value(element: Element, notes: Notebook) -> Version:
    spot = Spot(element.text_line or element.line, element.text_column or element.column)
    if not element.text.strip():
        notes.note(element, "value-missing", "缺少取值", "the value is missing")
    title = element.get("title")
    bases = (Basis(title, element.get("article")),) if title else ()
    return Version(_period(element, notes), bases, Literal(Text(element.text, spot), "", spot), spot)


def columns_of(table: Element, annotations: tuple[str, ...], notes: Notebook) -> Columns:
    """What the annotation columns mean: as declared, and by its name for the basis."""
    declared = _ours(table, "annotations")
    basis = next((name for name in annotations if name.lower() in BASIS_COLUMNS), "")
    if not declared:
        return Columns(basis=basis)
    first = declared[0]
    columns = Columns(first.get("basis") or basis, first.get("from"), first.get("until"))
    for name in (columns.basis, columns.since, columns.until):
        if name and name not in annotations:
            zh, en = f"没有批注列“{name}”", f"there is no annotation column “{name}”"
            notes.note(first, "annotation-unknown", zh, en)
    return columns
