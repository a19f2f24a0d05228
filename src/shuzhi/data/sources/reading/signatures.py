"""What one value could be, said once: its shape as a stored value and everything it could mean.

A column keeps how often each signature came and the first rows that had it. When the last row is read and the
column's type and meaning are known, the values that do not fit are told from the signatures alone: exact counts and
the rows, in flat memory and one pass.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from shuzhi.data.sources.reading.formulas import RISKY, runs_as_formula
from shuzhi.data.sources.reading.semantics import is_division_code, kinds_of, personal_inside
from shuzhi.data.sources.reading.shapes import day_order, is_compact_date, is_date_like, shape_of
from shuzhi.pillars.standards.validators import check_amount, check_phone, full_to_half
from shuzhi.pillars.standards.validators.text import without_spaces

LONGEST_CACHED = 200
LONGEST_JUDGED = 64
FIRST_HAN = "\u3000"
_COUNTING = frozenset(
    "〇零一二三四五六七八九十百千万亿民中人美港欧日英￥"
)  # Han signs that a day or a sum may begin with
SAFE = frozenset({"decimal", "date", "datetime", "geometry", "boolean"})
CHECKED = frozenset({"uscc", "resident_id"})
FORMS = CHECKED | {"uscc_form", "resident_id_form"}
CODES = CHECKED | {"phone"}

_INVISIBLE = frozenset("\ufeff\u200b")
_FULL_WIDTH = re.compile(r"[\uff01-\uff5e\u3000]")
_PERCENT = re.compile(r"[+-]?\d+(?:\.\d+)?\s*[%％‰]")
_MIXED_CODE = re.compile(r"(?=.*\d)(?=.*[A-Za-z_/-])[0-9A-Za-z_./-]+")
_MONEY = re.compile(r"[¥￥$€£百千万亿元圆币镑郎]|RMB|CNY|USD|HKD|EUR")
_PHONE_SIGNS = re.compile(r"[+\d(（][\d()（）+\-— ·转x]{2,29}")


class Signature(NamedTuple):
    """The shape of a value and the kinds of thing it could be."""

    shape: str
    kinds: tuple[str, ...]


def tidy(value: str | None) -> str:
    """The cell without what nobody sees: blanks, byte order marks and zero-width spaces at its ends."""
    text = value.strip() if value else ""
    return text.strip("\ufeff\u200b").strip() if text[:1] in _INVISIBLE or text[-1:] in _INVISIBLE else text


def signature_of(text: str) -> Signature:
    """The signature of a tidy, filled cell. Long texts are judged each time: they must not fill the memory."""
    return _cached(text) if len(text) <= LONGEST_CACHED else _judged(text)


@lru_cache(maxsize=65_536)
def _cached(text: str) -> Signature:
    return _judged(text)


def _judged(text: str) -> Signature:
    plain = text
    if len(text) <= LONGEST_JUDGED and not "\u4e00" <= text[0] <= "\u9fff":
        plain = _without_apostrophe(text)
        plain = full_to_half(plain).strip() if _FULL_WIDTH.search(plain) else plain
    shape = shape_of(plain)
    kinds = _kinds(plain, shape)
    if len(text) > 11 and shape not in SAFE and (inside := personal_inside(text)):  # noqa: PLR2004
        kinds.append("holds_" + inside)
    if text.startswith(RISKY) and runs_as_formula(text):
        kinds.append("formula")
    if plain != text and (shape != "text" or CODES.intersection(kinds)):
        kinds.append("apostrophe" if text[0] == "'" else "writing")
    return Signature(shape, tuple(kinds))


def _without_apostrophe(text: str) -> str:
    """'00123 as a spreadsheet keeps digits that are to stay text."""
    return text[1:] if text[0] == "'" and text[1:2].isalnum() else text


def _kinds(plain: str, shape: str) -> list[str]:
    if shape in {"date", "datetime"}:
        order = day_order(plain) if "/" in plain else None
        return [order] if order else []
    kinds: list[str] = []
    if shape in {"integer", "decimal"}:
        kinds += _degrees(plain)
        kinds += ["scientific"] if shape == "decimal" and "e" in plain.lower() else []
    if shape in SAFE:
        return kinds
    if shape in {"integer", "digits"} and is_compact_date(plain):
        kinds.append("compact_date")
    kinds += kinds_of(plain)
    _judge_codes(plain, kinds)
    is_code = bool(kinds) and kinds[0] in FORMS
    if len(plain) <= LONGEST_JUDGED and not is_code and (plain[0] < FIRST_HAN or plain[0] in _COUNTING):
        _judge_written(plain, shape, kinds)
    return kinds


def _degrees(plain: str) -> list[str]:
    size = abs(float(plain.replace(",", "")))
    return ["within_90", "within_180"] if size <= 90 else ["within_180"] if size <= 180 else []  # noqa: PLR2004


def _judge_codes(plain: str, kinds: list[str]) -> None:
    """Credit codes and identity numbers with spaces or small letters; division codes that ever existed."""
    if " " in plain and len(plain) <= LONGEST_JUDGED and plain[0].isascii():
        inner = CHECKED.intersection(kinds_of(without_spaces(plain)))
        kinds += [*sorted(inner), "writing"] if inner else []
    elif kinds and kinds[0] in CHECKED and plain != plain.upper():
        kinds.append("writing")
    if "division_code" in kinds and is_division_code(plain) and _is_known_division(plain):
        kinds.append("division_known")


def _judge_written(plain: str, shape: str, kinds: list[str]) -> None:
    if _PHONE_SIGNS.fullmatch(plain) and check_phone(plain).valid:
        kinds.append("phone_valid")
    if shape != "text":
        return
    if is_date_like(plain):
        kinds.append("date_like")
    if _PERCENT.fullmatch(plain):
        kinds.append("percent")
    elif _MIXED_CODE.fullmatch(plain):
        kinds.append("code")
    if _MONEY.search(plain) and any(map(str.isdigit, plain)) and check_amount(plain).amount is not None:
        kinds += ["amount_valid"] if "amount" in kinds else ["amount", "amount_valid"]


def _is_known_division(code: str) -> bool:
    """Whether the county, city or province of a code was ever on the list."""
    return code[:6] in _division_codes()


@lru_cache(maxsize=1)
def _division_codes() -> frozenset[str]:
    from shuzhi.pillars.organization.divisions import shipped_tree

    codes = list(shipped_tree(lower=False).codes())
    # Statistics write 330101 (市辖区) for what lies in a city and in none of its counties.
    return frozenset(codes) | {code[:4] + "01" for code in codes if code.endswith("00")}
