"""From snapshots of lists to the lives of codes, and what lay above them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from files import month_end, read, short
from interval import CURATED, DAY, GB, NAMED_YEARS, NBS2023, SNAPSHOT_DAYS, VIRTUAL, Interval


def from_snapshots(
    source: Path, snapshots: dict[str, dict[str, str]], found: list[tuple[str, ...]]
) -> Iterator[Interval]:
    """The life of every code: the revisions of GB/T 2260 up to 2019-04, then three later lists."""
    rows = list(read(source / "gb2260_revisions_1980_2019_intervals.csv"))
    last = "last_revision_blank_if_still_in_201904"
    revisions = sorted({month_end(r[key]) for r in rows for key in ("first_revision", last) if r[key]})
    closing = revisions[-1]
    alive: dict[str, Interval] = {}
    for r in rows:
        if VIRTUAL.fullmatch(r["name"]):
            continue
        first = month_end(r["first_revision"])
        earlier = [day for day in revisions if day < first]
        interval = Interval(
            r["code"], r["name"], earlier[-1] + DAY if earlier else first, first, None, None, GB
        )
        if not r[last]:
            alive[r["code"]] = interval
            continue
        end = month_end(r[last])
        yield replace(interval, valid_to=end + DAY, not_after=next(d for d in revisions if d > end))
    yield from later_lists(alive, closing, snapshots, found)


def later_lists(
    alive: dict[str, Interval],
    before: date,
    snapshots: dict[str, dict[str, str]],
    found: list[tuple[str, ...]],
) -> Iterator[Interval]:
    ordered = list(snapshots)
    for place, name_of_list in enumerate(ordered):
        names, day = snapshots[name_of_list], SNAPSHOT_DAYS[name_of_list]
        later = [snapshots[other] for other in ordered[place + 1 :]]
        for code in sorted({*alive, *names}):
            old, new = alive.get(code), names.get(code)
            if new is not None and VIRTUAL.fullmatch(new):
                continue
            if new is None and (
                code in alive and any(alive[code].name == names.get(code) for names in later)
            ):
                found.append(
                    ("missing_in_one_list", code, alive[code].name, name_of_list, "列于前后各表而此表无")
                )
                continue
            if old is None and new is not None and name_of_list == NBS2023 and code not in later[0]:
                found.append(
                    ("only_in_statistics", code, new, name_of_list, "只见于统计用区划，不是行政区划，未收入")
                )
                continue
            if old is not None and new == old.name:
                continue
            if old is not None:
                yield replace(alive.pop(code), valid_to=before + DAY, not_after=day)
            if new is not None:
                alive[code] = Interval(code, new, before + DAY, day, None, None, name_of_list)
        before = day
    yield from alive.values()


def bridged(intervals: Iterable[Interval], found: list[tuple[str, ...]]) -> list[Interval]:
    """A province or city that one revision forgets, and the next names again as before, was there all the time.

    Counties are left alone: lists of two offices alternate among the revisions, and a county may truly have been in one only.
    """
    done: list[Interval] = []
    for i in sorted(intervals, key=lambda i: (i.code, i.valid_from)):
        last = done[-1] if done else None
        same = last is not None and (last.code, last.name) == (i.code, i.name)
        if (
            same
            and i.level in {"province", "city"}
            and last.not_after
            and i.not_before - last.not_after <= DAY
        ):
            finding = f"{last.valid_to} 至 {i.valid_from} 间的一版代码表漏列，前后相同，视为连续"
            found.append(("missing_in_one_list", i.code, i.name, GB, finding))
            i = replace(done.pop(), valid_to=i.valid_to, not_after=i.not_after)  # noqa: PLW2901 — the two in one
        done.append(i)
    return done


def narrowed(intervals: Iterable[Interval], events: list[dict]) -> Iterator[Interval]:
    """After 2019 lists are far apart, but an event that fits tells the year in which a code came or went."""
    born, gone = defaultdict(set), defaultdict(set)
    for event in events:
        if event["year"] >= NAMED_YEARS:
            new, old = event["new"] or {}, event["old"] or {}
            born[short(new), new.get("name")].add(event["year"])
            if (short(old), old.get("name")) != (short(new), new.get("name")):
                gone[short(old), old.get("name")].add(event["year"])
    for interval in intervals:
        i = interval
        for year in born[i.code, i.name]:
            if i.not_before <= date(year, 12, 31) < i.valid_from:
                i = replace(i, not_before=max(i.not_before, date(year, 1, 1)), valid_from=date(year, 12, 31))
        for year in gone[i.code, i.name]:
            if i.valid_to and i.not_after and i.valid_to <= date(year, 12, 31) < i.not_after:
                i = replace(i, valid_to=max(i.valid_to, date(year, 1, 1)), not_after=date(year, 12, 31))
        yield i


def broken_at(intervals: list[Interval], changes: list[dict[str, str]]) -> list[Interval]:
    """Give the codes of a known re-division their exact day; one that goes on with another extent gets two intervals."""
    days = {}
    notes: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for change in changes:
        days[change["old_code"]] = days[change["new_code"]] = date.fromisoformat(change["day"])
        notes[change["new_code"], True].append(change["note"])
        notes[change["old_code"], False].append(change["note"])
    done = []
    for i in intervals:
        day = days.get(i.code)
        if day is None or (i.valid_to is not None and i.not_after is not None and i.not_after <= day):
            done.append(i)
        elif i.valid_from >= day:
            done.append(replace(i, not_before=day, valid_from=day, note="；".join(notes[i.code, True])))
        else:
            done.append(replace(i, valid_to=day, not_after=day, note=f"{day} 前的范围"))
            if i.valid_to is None:
                after = "；".join(dict.fromkeys([*notes[i.code, True], *notes[i.code, False]]))
                done.append(replace(i, not_before=day, valid_from=day, source=CURATED, note=after))
    return done


class Parents:
    """Finds the parent a code had: the city of its first four digits where one lived then, else the province."""

    def __init__(self, intervals: Iterable[Interval], found: list[tuple[str, ...]]) -> None:
        self.found = found
        self.by_code: dict[str, list[Interval]] = defaultdict(list)
        for interval in intervals:
            self.by_code[interval.code].append(interval)

    def of(self, child: Interval) -> str:
        if child.level == "province":
            return ""
        if child.level == "city":
            return child.code[:2] + "0000"
        city = child.code[:4] + "00"
        lives = self.by_code[city]
        if any(maybe_on(life, child.valid_from) for life in lives):
            return city
        if lives:
            finding = f"{child.valid_from} 尚无上级 {city} {lives[0].name}，归于省级"
            self.found.append(("parent_not_yet", child.code, child.name, child.source, finding))
        return child.code[:2] + "0000"


def maybe_on(life: Interval, day: date) -> bool:
    return life.not_before <= day < (life.not_after or date.max)
