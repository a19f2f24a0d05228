"""The shape of one value: what it could be stored as, judged from its text alone."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

MARKERS = frozenset(
    {
        "N/A", "n/a", "NA", "NULL", "Null", "null", "#N/A", "NaN", "nan", "None", "none", "nil",
        "-", "--", "---", "—", "——", "－", "/", "\\", "无", "暂无", "无数据", "缺失", "未知", "-;", ".",
    }
)  # fmt: skip
TYPED = frozenset({"integer", "decimal", "date", "datetime", "identifier", "geometry"})
LONGEST_SHAPED = 64

_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,17}|[1-9]\d{0,2}(?:,\d{3})+)")
_DECIMAL = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_DIGITS = re.compile(r"\d+")
_CLOCK = (
    r"(?:[01]?\d|2[0-3])(?::[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?|时[0-5]?\d分(?:[0-5]?\d秒)?)"
    r"(?: ?[AaPp][Mm])?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?"
)
_YEAR_FIRST = re.compile(
    r"((?:1[89]|20|21)\d{2})(?:([-/.])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)(?:(?:T| *)"
    + _CLOCK
    + ")?"
)
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{1,2})/((?:1[89]|20|21)\d{2})(?:(?:T| +)" + _CLOCK + ")?")
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_DATE_LIKE = re.compile(
    r"\d{4}([-/.年])\d{1,2}(?:[-/.月]\d{0,2}日?)?(?:(?:T| *)\d{1,2}:.*)?|\d{1,2}([-/.])\d{1,2}\2\d{4}"
    r"|(?:中华)?民国\d{1,3}年\d{1,2}月(?:\d{1,2}日?)?"
    r"|[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?"
)
_GEOMETRY = re.compile(
    r"\s*(?:SRID=\d+;)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*Z?M?\s*\(|\s*\{\"(?:type|coordinates)\":"
    r".{0,40}(?:Point|LineString|Polygon)",
    re.IGNORECASE | re.DOTALL,
)
_BOOLEAN = frozenset({"true", "false", "yes", "no", "是", "否"})
_IDENTIFIER = re.compile(r"(?=.*\d)[0-9A-Za-z_-]{6,40}")


def is_empty(text: str | None) -> bool:
    """Nothing but blanks."""
    return text is None or not text or text.isspace()


def is_compact_date(text: str) -> bool:
    """20190428: a day only where the column's name says so."""
    found = _COMPACT_DATE.fullmatch(text)
    return found is not None and _is_day(found[1], found[2], found[3])


def is_date_like(text: str) -> bool:
    """Written like a day, whether or not it can be read as one: 2023-02-30, 2023年5月, 民国109年1月5日."""
    return bool(_DATE_LIKE.fullmatch(text))


def day_order(text: str) -> str | None:
    """How a day with its year at the end is written: month_first, day_first or either_order; None for the others."""
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, second, year = found[1], found[2], found[3]
    month_first, day_first = _is_day(year, first, second), _is_day(year, second, first)
    if month_first and day_first:
        return "either_order"
    return "month_first" if month_first else "day_first" if day_first else None


@lru_cache(maxsize=4_096)
def _is_day(year: str, month: str, day: str) -> bool:
    """The calendar has such a day: no 30 February."""
    month_number, day_number = int(month), int(day)
    return 1 <= month_number <= 12 and 1 <= day_number <= monthrange(int(year), month_number)[1]  # noqa: PLR2004


def shape_of(text: str) -> str:
    """integer, decimal, boolean, date, datetime, geometry, digits (leading zeros), or text."""
    value = text.strip()
    if len(value) > LONGEST_SHAPED:
        return "geometry" if _GEOMETRY.match(value) else "text"
    first = value[:1]
    if first in "0123456789+-.":
        return _number_or_time(value)
    if value.lower() in _BOOLEAN:
        return "boolean"
    return "geometry" if first in "sSmMpPlL{" and _GEOMETRY.match(value) else "text"


def _number_or_time(value: str) -> str:
    if _INTEGER.fullmatch(value):
        return "integer"
    if _DIGITS.fullmatch(value):
        return "digits"
    if any(map(str.isdigit, value)) and _DECIMAL.fullmatch(value):
        return "decimal"
    return _time_shape(value)


def _time_shape(value: str) -> str:
    found = _YEAR_FIRST.fullmatch(value)
    if found is not None:
        real = _is_day(found[1], found[3] or found[5], found[4] or found[6])
    else:
        found = _YEAR_LAST.fullmatch(value)
        real = found is not None and day_order(value) is not None
    if not real:
        return "text"
    return "datetime" if ":" in value or "时" in value else "date"


def is_header_like(text: str) -> bool:
    """A name of a column rather than a value: no number, no day, no code, not a sentence."""
    value = text.strip()
    if value in MARKERS or not any(map(str.isalpha, value)):
        return False
    return shape_of(value) == "text" and len(value) <= LONGEST_SHAPED * 2 and not is_identifier(value)


def is_identifier(text: str) -> bool:
    """A code that mixes digits with letters, like a credit code or a case number."""
    value = text.strip()
    return bool(_IDENTIFIER.fullmatch(value)) and sum(map(str.isdigit, value)) >= len(value) / 2


def common_shape(values: Iterable[str], least: float = 0.8) -> str | None:
    """The shape that most of the values have; decimal covers integer, datetime covers date."""
    counts = Counter(
        _family(value) for value in values if not is_empty(value) and value.strip() not in MARKERS
    )
    total = sum(counts.values())
    if not total:
        return None
    if counts["integer"] and counts["decimal"]:
        counts["decimal"] += counts.pop("integer")
    if counts["date"] and counts["datetime"]:
        counts["datetime"] += counts.pop("date")
    shape, count = counts.most_common(1)[0]
    return shape if count >= total * least else "text"


def _family(value: str) -> str:
    shape = shape_of(value)
    if shape in {"text", "digits"} and is_identifier(value):
        return "identifier"
    return shape
