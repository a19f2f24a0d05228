"""What became of a code: by the published events that a snapshot bears out, and by hand."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from files import short
from interval import CURATED, VIRTUAL, Interval
from lives import maybe_on

KINDS = {"同名改码": "recoded", "更名": "renamed", "撤销": "merged", "区划调整": "restyled", "划转": "part"}


def from_events(
    events: list[dict], intervals: list[Interval], found: list[tuple[str, ...]]
) -> Iterator[tuple]:
    names: dict[str, list[Interval]] = defaultdict(list)
    for i in intervals:
        names[i.code].append(i)
    for event in events:
        old, new = event["old"] or {}, event["new"] or {}
        if document_numbers(event) - {event["doc_no"]} and event["doc_no"]:
            numbers = "、".join(sorted(document_numbers(event)))
            found.append(
                (
                    "document_numbers_differ",
                    short(new),
                    new.get("name") or "",
                    "mca-events",
                    f"同一事件两个文号：{numbers}",
                )
            )
        if not (short(old) and short(new)) or event["type"] == "码位改派" or event["level"] is None:
            continue
        if VIRTUAL.fullmatch(old["name"]) or VIRTUAL.fullmatch(new["name"]):
            continue
        if not borne_out(event["year"], old, new, names, found):
            continue
        kind = KINDS.get(event["type"], "restyled")
        if kind == "merged" and names[short(new)] and old["name"] == new["name"]:
            kind = "recoded"
        basis = event["doc_no"] or ""
        if document_numbers(event) - {event["doc_no"]} and event["doc_no"]:
            basis = "来源不一致 sources disagree"
        if (short(old), old["name"]) == (short(new), new["name"]):
            continue
        year = event["year"]
        yield (
            short(old),
            old["name"],
            short(new),
            new["name"],
            f"{year}-01-01",
            f"{year}-12-31",
            kind,
            basis,
            "mca-events",
            "只知年份",
        )


def borne_out(
    year: int, old: dict, new: dict, names: dict[str, list[Interval]], found: list[tuple[str, ...]]
) -> bool:
    """Whether some list gives each code the name that the event gives it, in about that year."""
    for side, when in ((old, date(year - 1, 12, 31)), (new, date(year, 12, 31))):
        lives = [i for i in names[short(side)] if i.name == side["name"]]
        if not lives:
            finding = f"变更事件（{year}年）以此代码称 {side['name']}，但各年代码表中此代码从无此名"
            city = short(side)[:4]
            others = sorted(
                code
                for code in names
                if code[:4] == city and any(i.name == side["name"] for i in names[code])
            )
            finding += f"；表中 {side['name']} 为 {'、'.join(others)}" if others else ""
            found.append(("event_name_not_in_lists", short(side), side["name"], "mca-events", finding))
            return False
        if not any(maybe_on(life, when) for life in lives):
            finding = f"变更事件说 {year} 年，代码表中此名存于 {lives[0].valid_from} 至 {lives[-1].valid_to or '今'}"
            found.append(("event_year_not_in_lists", short(side), side["name"], "mca-events", finding))
            return False
    return True


def from_curated(
    changes: list[dict[str, str]], events: list[dict], intervals: list[Interval], found: list[tuple[str, ...]]
) -> Iterator[tuple]:
    """The changes kept by hand; their document number stays open when the sources give two."""
    touched = defaultdict(set)
    for change in changes:
        touched[change["day"]] |= {change["old_code"], change["new_code"]}
    for change in changes:
        day = date.fromisoformat(change["day"])
        about = [
            e
            for e in events
            if e["year"] == day.year
            and {short(e["old"] or {}), short(e["new"] or {})} & touched[change["day"]]
        ]
        numbers = {n for e in about for n in document_numbers(e)}
        basis = change["document"] or ("、".join(sorted(numbers)) if len(numbers) == 1 else "")
        if len(numbers) > 1:
            basis = f"来源不一致 sources disagree：{'、'.join(sorted(numbers))}"
        if not any(str(day) in json.dumps(e, ensure_ascii=False) for e in about):
            found.append(
                (
                    "day_without_source",
                    change["old_code"],
                    f"→{change['new_code']}",
                    CURATED,
                    f"{day}：各来源只有年份，此日期为常识（省政府公布日），待核",
                )
            )
        old = next(i for i in intervals if i.code == change["old_code"] and i.not_after == day)
        new = next(i for i in intervals if i.code == change["new_code"] and i.valid_from == day)
        yield (
            old.code,
            old.name,
            new.code,
            new.name,
            str(day),
            str(day),
            change["kind"],
            basis,
            f"{CURATED}: {change['label']}",
            change["note"],
        )


def document_numbers(event: dict) -> set[str]:
    text = " ".join(str(event.get(key) or "") for key in ("doc_no", "note", "detail"))
    return set(re.findall(r"[国民]函〔\d{4}〕\d+号", text))
