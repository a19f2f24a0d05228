"""Make `packs/platform/calendars/*.csv` from the yearly JSON files of NateScarlet/holiday-cn (MIT).

    python scripts/build_calendars.py FOLDER_OF_HOLIDAYS

Run by hand when a new year's notice is out. A year whose file names no days is not published and is left out.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "packs" / "platform" / "calendars"


def build(source: Path, target: Path) -> None:
    """Write `holidays.csv` and `papers.csv`; dates ascending, one line each."""
    days: dict[str, tuple[int, str, str, str]] = {}
    papers: list[tuple[int, str]] = []
    for path in sorted(source.glob("[0-9][0-9][0-9][0-9].json")):
        notice = json.loads(path.read_text("utf-8"))
        if not notice["days"]:
            continue
        year = notice["year"]
        papers += [(year, url) for url in notice["papers"]]
        for day in notice["days"]:
            days[day["date"]] = (year, day["date"], day["name"], str(day["isOffDay"]).lower())
    _write(target / "holidays.csv", ("year", "day", "name", "is_off"), [days[key] for key in sorted(days)])
    _write(target / "papers.csv", ("year", "url"), papers)


def _write(path: Path, header: tuple[str, ...], rows: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    build(Path(sys.argv[1]), TARGET)
