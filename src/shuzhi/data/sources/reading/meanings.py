"""What a column means, from what its values could mean and what it is called."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Meaning:
    """One semantic type: the share of values needed where the name hints at it, and where it does not (None: never)."""

    name: str
    kind: str
    hint: re.Pattern[str]
    hinted: float
    unhinted: float | None


def _hint(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)


MEANINGS = (
    Meaning("uscc", "uscc", _hint("信用代码|uscc|credit.?code"), 0.3, 0.6),
    Meaning(
        "resident_id",
        "resident_id",
        _hint("身份证|证件号|公民身份|id.?card|id.?no|id.?number|resident"),
        0.2,
        0.5,
    ),
    # Codes with wrong check digits are still codes, and a wrong identity number may still be somebody's.
    Meaning("uscc", "uscc_form", _hint("信用代码|uscc|credit.?code"), 0.6, None),
    Meaning(
        "resident_id", "resident_id_form", _hint("身份证|公民身份|id.?card|id.?number|resident"), 0.5, None
    ),
    Meaning("email", "email", _hint("邮箱|e-?mail|电子邮件"), 0.3, 0.6),
    Meaning("url", "url", _hint("网址|链接|url|link|website|主页"), 0.3, 0.7),
    Meaning(
        "amount",
        "amount",
        _hint("资金|资本|金额|投资额|出资|产值|收入|价|费|款|amount|price|cost|fee|capital"),
        0.3,
        0.7,
    ),
    Meaning("phone", "mobile", _hint("电话|手机|联系方式|phone|mobile|tel"), 0.3, 0.8),
    Meaning("phone", "phone", _hint("电话|手机|联系方式|传真|phone|mobile|tel|fax"), 0.3, 0.9),
    Meaning("postal_code", "postal_code", _hint("邮编|邮政编码|postal|post.?code"), 0.6, None),
    Meaning("postal_code", "zip_code", _hint(r"\bzip\b|zip.?code|postal|post.?code"), 0.6, None),
    Meaning(
        "division_code",
        "division_code",
        _hint(
            "区划|行政|省码|地区代码|地区码|镇街代码|村代码|adcode|division|area.?code|street.?code|city.?code|^(?:.*\\.)?code$|^代码$|district"
        ),
        0.8,
        None,
    ),
    Meaning(
        "organization_name",
        "organization_name",
        _hint(
            "企业名|单位名|机构名|公司|学校名|单位$|部门$|主体名|商户|店名|organi[sz]ation|company|employer|agency.?name"
        ),
        0.4,
        0.75,
    ),
    Meaning("address", "address", _hint("地址|住所|住址|位置|场所|地点|address|location"), 0.3, 0.75),
    Meaning(
        "person_name",
        "person_name",
        _hint(
            "姓名|联系人|法定代表人|法人代表|法人$|负责人|经办人|申请人|当事人|户主|网格员|person|full.?name"
        ),
        0.6,
        None,
    ),
)
_ENGLISH_NAME = _hint(r"^(?:given|first|last|middle|family|full)[ _]?name$|^surname$")
_LONGITUDE = _hint(r"经度|longitude|^(?:.*[._ ])?(?:lng|lon|long)$")
_LATITUDE = _hint(r"纬度|latitude|^(?:.*[._ ])?lat$")
_COORDINATES = (("longitude", _LONGITUDE, "within_180"), ("latitude", _LATITUDE, "within_90"))
_MONEY = _hint("资金|资本|金额|投资额|出资|产值|收入$|总价|单价|费用|罚款|amount|price|cost|fee$|capital")
_DAY = _hint(r"日期|时间|年月日|生日|出生|date|_at$|_on$|^time$|dob|birth")
_CODE = _hint(r"代码|编码|号码|标识码|证号|区划码|邮编|^.*code$|code_|zip|fips|phone|电话|手机")


FEW = 10
COORDINATE_SHARE = PERCENT_SHARE = DATE_LIKE_SHARE = 0.8


def meaning_of(
    name: str, kind: str, kinds: Counter[str], total: int, fitting: int
) -> tuple[str | None, float]:
    """The semantic type of a column and the share of its values that fit it.

    `kind` is the column's storage type, `fitting` how many of its `total` values fit that type.
    """
    if not total:
        return None, 0.0
    if kind in {"date", "datetime"}:
        return "date", round(fitting / total, 4)
    if kind == "amount":
        return "amount", round(fitting / total, 4)
    place = _coordinate(name, kinds, total) if kind in {"integer", "decimal"} else None
    return place or _by_values(name, kinds, total) or _by_name(name, kind)


def _by_values(name: str, kinds: Counter[str], total: int) -> tuple[str, float] | None:
    for meaning in MEANINGS:
        share = kinds[meaning.kind] / total
        least = meaning.hinted if meaning.hint.search(name) else meaning.unhinted
        if least is not None and share >= least:
            return meaning.name, round(share, 4)
    if kinds["percent"] >= total * PERCENT_SHARE:
        return "percent", round(kinds["percent"] / total, 4)
    sure = total >= FEW and not is_code_name(name)  # that many numbers are days only where they mean days
    if kinds["compact_date"] >= total * (0.6 if _DAY.search(name) else 0.95 if sure else 2):
        return "date", round(kinds["compact_date"] / total, 4)
    if kinds["date_like"] >= total * DATE_LIKE_SHARE:
        return "date", round(kinds["date_like"] / total, 4)  # months (2023年5月), or days of no calendar
    return None


def _by_name(name: str, kind: str) -> tuple[str | None, float]:
    if _MONEY.search(name) and kind in {"integer", "decimal"}:
        return "amount", 1.0
    if _ENGLISH_NAME.search(name) and kind == "text":
        return "person_name", 1.0
    return None, 0.0


def _coordinate(name: str, kinds: Counter[str], total: int) -> tuple[str, float] | None:
    for meaning, hint, kind in _COORDINATES:
        if hint.search(name) and kinds[kind] >= total * COORDINATE_SHARE:
            return meaning, round(kinds[kind] / total, 4)
    return None


def is_code_name(name: str) -> bool:
    """Digits under this name are a code, not a quantity."""
    return bool(_CODE.search(name))
