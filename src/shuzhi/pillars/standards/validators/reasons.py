"""The reasons that validators give, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Words(NamedTuple):
    """One sentence in both languages."""

    zh: str
    en: str


REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "alphabet": Words("含有标准不允许的字符", "has a character that the standard does not allow"),
        "area_code": Words("缺少区号", "has no area code"),
        "birth_date": Words("出生日期不存在", "its birth date does not exist"),
        "characters": Words("含有号码以外的字符", "has characters that no number has"),
        "check_character": Words("校验码不符", "its check character is wrong"),
        "division": Words("当时没有此行政区划代码", "its division code did not exist then"),
        "future_birth_date": Words("出生日期在将来", "its birth date lies in the future"),
        "length": Words("长度不符", "has the wrong length"),
        "missing": Words("没有填写", "is not filled in"),
        "not_an_amount": Words("不是可以确定读出的金额", "cannot be read as an amount without guessing"),
        "old_15_digits": Words(
            "是旧的 15 位号码，可升为 18 位", "is an old 15-digit number; it can be brought up to 18"
        ),
        "shape": Words("应为数字的位置有其他字符", "has something else where digits must be"),
        "two_currencies": Words("写了两种货币", "names two currencies"),
        "writing": Words(
            "只是书写不规范（空格、大小写、全角），可修正",
            "is only written wrongly (spaces, case, full width); it can be repaired",
        ),
    }
)
