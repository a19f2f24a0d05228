"""The shape of one value: what it could be stored as, judged from its text alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

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
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?"
_DAY = (
    r"(?:(?:1[89]|20|21)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:1[89]|20|21)\d{2}年(?:0?[1-9]|1[0-2])月(?:(?:0?[1-9]|[12]\d|3[01])日)?"
    r"|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:1[89]|20|21)\d{2}"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:1[89]|20|21)\d{2})"
)
_DATE = re.compile(_DAY)
_DATETIME = re.compile(_DAY + r"(?:T| +)" + _CLOCK)
_COMPACT_DATE = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
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
    return bool(_COMPACT_DATE.fullmatch(text))


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
    if _DATE.fullmatch(value):
        return "date"
    return "datetime" if _DATETIME.fullmatch(value) else "text"


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
