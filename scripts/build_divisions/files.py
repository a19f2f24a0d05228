"""CSV in, CSV out."""

from __future__ import annotations

import calendar
import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from interval import Interval

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


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def month_end(yyyymm: str) -> date:
    year, month = int(yyyymm[:4]), int(yyyymm[4:])
    return date(year, month, calendar.monthrange(year, month)[1])


def short(side: dict) -> str:
    return (side.get("code") or "")[:6]
