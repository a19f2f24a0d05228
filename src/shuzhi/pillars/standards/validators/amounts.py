"""Amounts of money (金额) with their Chinese units, as registers write them; currencies by GB/T 12406 (ISO 4217)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from shuzhi.pillars.standards.validators.text import full_to_half

STANDARD = "GB/T 12406-2022（ISO 4217）"

SCALES = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
CURRENCIES = {
    "CNY": ("人民币元", "元人民币", "人民币", "人民幣", "元", "圆", "RMB", "CNY", "¥", "￥"),
    "USD": ("美元", "美金", "USD", "US$", "$"),
    "HKD": ("香港元", "港元", "港币", "HKD", "HK$"),
    "MOP": ("澳门元", "澳元(澳门)", "MOP"),
    "TWD": ("新台币", "台币", "TWD"),
    "JPY": ("日元", "日圆", "日币", "JPY"),
    "EUR": ("欧元", "EUR", "€"),
    "GBP": ("英镑", "GBP", "£"),
    "FRF": ("法国法郎", "法郎(法国)", "FRF"),
    "DEM": ("德国马克", "DEM"),
    "CHF": ("瑞士法郎", "CHF"),
    "SGD": ("新加坡元", "SGD"),
    "AUD": ("澳大利亚元", "澳元", "AUD"),
    "CAD": ("加拿大元", "加元", "CAD"),
    "KRW": ("韩元", "韩圆", "KRW"),
    "NZD": ("新西兰元", "NZD"),
}
MISSING = frozenset({"", "-", "--", "—", "/", "N/A", "NA", "NULL", "NONE", "无", "空", "未填", "不详"})

_LONGEST, _DIGITS = (
    60,
    20,
)  # with the scale it stays within Decimal's 28 digits, so that no amount is ever rounded
_NAMES = {name: code for code, names in CURRENCIES.items() for name in names}
_MONEY = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SHAPE = re.compile(
    rf"(?P<before>{_MONEY})?(?P<number>{_NUMBER})\(?(?P<scale>[十百千]?[万亿]|[十百千]|)"
    rf"\(?(?P<after>{_MONEY})?\(?(?P<again>{_MONEY})?\)*整?\)*"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money in whole units of its currency: 534(万元人民币) is 5340000 CNY.

    `stated` is false when the text names no currency, as in 30(万), and the default was taken.
    """

    value: Decimal
    currency: str
    text: str
    stated: bool = True


@dataclass(frozen=True, slots=True)
class AmountCheck:
    """The answer about one text: the amount, or why there is none (`missing`, `not_an_amount`, `two_currencies`)."""

    amount: Amount | None
    reason: str = ""


def parse_amount(text: str, *, default_currency: str = "CNY") -> Amount | None:
    """The amount that a text states, exactly, or None."""
    return check_amount(text, default_currency=default_currency).amount


def check_amount(text: str, *, default_currency: str = "CNY") -> AmountCheck:
    """Read an amount, and say why where there is none.

    Reads 534(万元人民币), 515.5万人民币, 30(万), 5,180(万元人民币), 602.4002(万美元), 10万人民币元, 1(万元(人民币)), ￥1,234.50,
    人民币500万元整. Thousands separators must stand at thousands: 1,23 is not read as 123.
    """
    written = re.sub(r"\s+", "", full_to_half(text)).upper()
    if written in MISSING:
        return AmountCheck(None, "missing")
    found = _SHAPE.fullmatch(written) if len(written) <= _LONGEST else None
    if found is None or written.count("(") != written.count(")"):
        return AmountCheck(None, "not_an_amount")
    named = {_NAMES[name] for name in (found["before"], found["after"], found["again"]) if name}
    if _only_unit(found):
        # 元 alone after another currency's name is its unit, as in HKD 5万元.
        named.discard("CNY")
    if len(named) > 1:
        return AmountCheck(None, "two_currencies")
    currency = named.pop() if named else default_currency
    number = found["number"].replace(",", "")
    if len(number) > _DIGITS:
        return AmountCheck(None, "not_an_amount")
    value = _plain(Decimal(number) * _scale(found["scale"]))
    stated = any(found[part] for part in ("before", "after", "again"))
    return AmountCheck(Amount(value=value, currency=currency, text=text, stated=stated))


def _only_unit(found: re.Match[str]) -> bool:
    before, after = found["before"], found["after"]
    return bool(before) and after in {"元", "圆"} and _NAMES[before] != "CNY"


def _scale(unit: str) -> int:
    scale = 1
    for character in unit:
        scale *= SCALES[character]
    return scale


def _plain(value: Decimal) -> Decimal:
    """The same value without trailing zeros and without an exponent."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()
