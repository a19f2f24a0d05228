"""Make `packs/platform/divisions/*.csv` from four public sources that disagree.

    python scripts/build_divisions.py FOLDER_OF_ADMIN_DIVISIONS

Run by hand when a source is renewed. Nothing is decided silently: a code's name and life come from snapshots of official
lists; change events only tie them together, and an event that no snapshot bears out goes to `disagreements.csv`.
One file, though long: it is read from top to bottom, source by source, by whoever doubts a row.
What no source has (the day of the 2021 Hangzhou re-division) is in `curated_successions.csv`, labelled as such.
"""

from __future__ import annotations

import calendar
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

PACK = Path(__file__).resolve().parent.parent / "packs" / "platform" / "divisions"
GB, MCA2021, NBS2023, MCA2026 = "gb2260-1980-2019", "mca-2021-01-04", "nbs-2023-06-30", "mca-2026-09-11"
CURATED = "curated"
SNAPSHOT_DAYS = {MCA2021: date(2021, 1, 4), NBS2023: date(2023, 6, 30), MCA2026: date(2026, 9, 11)}
NAMED_YEARS = 2019  # events after the last GB/T 2260 revision narrow the days between two snapshots
DAY = timedelta(days=1)
# Rows that only hold a list together, and the areas that statistics count apart: neither is a division.
VIRTUAL = re.compile(r"市辖区|县|市|.*直辖(县级)?行政(区划|单位)|.*直辖县级行政单位")
KINDS = {"同名改码": "recoded", "更名": "renamed", "撤销": "merged", "区划调整": "restyled", "划转": "part"}
LEVELS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}
HEADER = (
    "code",
    "name",
    "level",
    "parent",
    "not_before",
    "valid_from",
    "valid_to",
    "not_after",
    "source",
    "note",
)
FIRST_LIST = date(1980, 12, 31)


@dataclass(frozen=True)
class Interval:
    """One name (and extent) of a code; the end days are exclusive, None is open."""

    code: str
    name: str
    not_before: date
    valid_from: date
    valid_to: date | None
    not_after: date | None
    source: str
    note: str = ""

    @property
    def level(self) -> str:
        return LEVELS[len(self.code) if len(self.code) > 6 else len(re.sub("(00){1,2}$", "", self.code))]


def build(source: Path, target: Path, curated: Path) -> None:
    """Read the sources and write every file of the pack that is derived from them."""
    snapshots = {MCA2021: mca2021(source), NBS2023: nbs2023(source), MCA2026: mca2026(source)}
    events = json.loads((source / "mca2026_official/historical_changes_v1.json").read_text("utf-8"))["events"]
    found: list[tuple[str, ...]] = []
    intervals = list(narrowed(bridged(from_snapshots(source, snapshots, found), found), events))
    changes = list(read(curated))
    intervals = broken_at(intervals, changes)
    parents = Parents(intervals, found)
    upper = [row(i, parents.of(i)) for i in sorted(intervals, key=lambda i: (i.code, i.valid_from))]
    by_hand = list(from_curated(changes, events, intervals, found))
    known = {(change[0], change[2]) for change in by_hand}
    by_event = [
        change for change in from_events(events, intervals, found) if (change[0], change[2]) not in known
    ]
    successions = sorted({*by_event, *by_hand})
    same_town_lists(source, found)
    write(target / "divisions.csv", HEADER, upper)
    write(target / "towns.csv", HEADER, towns(source, intervals))
    write(target / "villages.csv", HEADER, villages(source, intervals))
    columns = (
        "old_code",
        "old_name",
        "new_code",
        "new_name",
        "not_before",
        "day",
        "kind",
        "basis",
        "source",
        "note",
    )
    write(target / "successions.csv", columns, successions)
    write(target / "disagreements.csv", ("rule", "code", "name", "source", "finding"), sorted(set(found)))


def mca2021(source: Path) -> dict[str, str]:
    folder = source / "mca2021_before_hangzhou_redivision"
    rows = [*read(folder / "area.csv"), *read(folder / "city.csv")]
    rows += json.loads((folder / "province.json").read_text("utf-8"))
    return {r["code"]: r["name"] for r in rows}


def nbs2023(source: Path) -> dict[str, str]:
    names = {"provinces.csv": "0000", "cities.csv": "00", "areas.csv": ""}
    return {
        r["code"] + end: r["name"] for file, end in names.items() for r in read(source / "nbs2023" / file)
    }


def mca2026(source: Path) -> dict[str, str]:
    provinces = json.loads((source / "mca2026_official/divisions_v1.json").read_text("utf-8"))["provinces"]
    names = {}
    for province, entry in provinces.items():
        names[entry["code"][:6]] = province
        for city, below in entry["cities"].items():
            if below["code"]:
                names[below["code"][:6]] = city
            names |= {code[:6]: county for county, code in below["counties"].items()}
    return names


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


def same_town_lists(source: Path, found: list[tuple[str, ...]]) -> None:
    """The list of 2021-01-04 still has the old districts, but its towns already stand under the new ones."""
    counties = mca2021(source)
    rows = list(read(source / "mca2021_before_hangzhou_redivision" / "town_hangzhou.csv"))
    for r in rows:
        finding = f"同一来源的县级表没有 {r['code']}：乡镇表是调整之后的，不能当作 2021-01-04 的"
        if r["code"] not in counties:
            found += [("town_without_county", r["code"] + r["town"][:3], r["name"], MCA2021, finding)]


def towns(source: Path, intervals: list[Interval]) -> list[tuple]:
    rows = [r for r in read(source / "nbs2023/streets.csv") if r["code"].startswith("33")]
    return [row(below(r["code"], r["name"], r["areaCode"], intervals), r["areaCode"]) for r in rows]


def villages(source: Path, intervals: list[Interval]) -> list[tuple]:
    rows = list(read(source / "nbs2023/villages_zhejiang33.csv"))
    return [row(below(r["code"], r["name"], r["areaCode"], intervals), r["streetCode"]) for r in rows]


def below(code: str, name: str, county: str, intervals: list[Interval]) -> Interval:
    """A town or village: seen on one day only, and never older than the present extent of its county."""
    seen = SNAPSHOT_DAYS[NBS2023]
    lives = [
        i for i in intervals if i.code == county and i.valid_from <= seen and (i.valid_to or date.max) > seen
    ]
    return Interval(code, name, lives[0].not_before, seen, None, None, NBS2023)


def row(i: Interval, parent: str) -> tuple:
    return (
        i.code,
        i.name,
        i.level,
        parent,
        i.not_before,
        i.valid_from,
        i.valid_to or "",
        i.not_after or "",
        i.source,
        i.note,
    )


def short(side: dict) -> str:
    return (side.get("code") or "")[:6]


def month_end(yyyymm: str) -> date:
    year, month = int(yyyymm[:4]), int(yyyymm[4:])
    return date(year, month, calendar.monthrange(year, month)[1])


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    build(Path(sys.argv[1]), PACK, PACK / "curated_successions.csv")
