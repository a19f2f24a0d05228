"""Days that a workbook holds as bare numbers (43583 for 2019-04-28), in columns whose name says they are days."""

from __future__ import annotations

import datetime as dt
import re

from shuzhi.data.sources.reading.grid import Record
from shuzhi.data.sources.reading.shapes import is_empty

FIRST, LAST = 14_000, 75_000  # 1938 to 2105: years, codes and small counts stay outside
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  (a workbook knows no time zone)
_DAY_NAME = re.compile(r"日期|年月日|生日|出生年月|时间|^date$|[ _]date$|Date$", re.IGNORECASE)
_SURE_NAME = re.compile(r"日期|年月日|生日|^date$|[ _]date$|Date$", re.IGNORECASE)
LEAST_STRICT, LEAST_SHARE = 2, 0.8
_NUMBER = re.compile(r"\d{5}(?:\.\d+)?")


def serial_columns(
    names: list[str], used: list[int], body: list[Record], *, strictly: bool = False
) -> dict[int, str]:
    """Places, among the used columns, whose name says day and whose numbers are day numbers, but for a few faults.

    `strictly` for texts, where a number was perhaps never a day: the name must leave no doubt, every number must fit.
    """
    hint = _SURE_NAME if strictly else _DAY_NAME
    found = {}
    for place, (name, at) in enumerate(zip(names, used, strict=True)):
        if not hint.search(name):
            continue
        cells = [row.cells[at].strip() for row in body if at < len(row.cells) and not is_empty(row.cells[at])]
        numbers = [cell for cell in cells if cell.replace(".", "", 1).isdigit()]
        fitting = sum(map(is_serial, numbers))
        share, least = (1.0, LEAST_STRICT) if strictly else (LEAST_SHARE, 1)
        if fitting >= max(least, len(numbers) * share):
            found[place] = name
    return found


def is_serial(cell: str) -> bool:
    """A number that can be the day number of a workbook."""
    return bool(_NUMBER.fullmatch(cell)) and FIRST <= float(cell) <= LAST


def serial_day(cell: str) -> str:
    """The day, or the second, in ISO 8601; anything that is no day number as it stands."""
    text = cell.strip()
    if not is_serial(text):
        return cell
    moment = _EPOCH + dt.timedelta(seconds=round(float(text) * 86_400))
    whole = moment.time() == dt.time()
    return moment.date().isoformat() if whole else moment.isoformat(timespec="seconds")
