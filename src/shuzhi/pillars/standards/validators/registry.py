"""The validators by the names that schemas use: `standard: uscc` in a pack means the entry of that name here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shuzhi.pillars.standards.validators import (
    amounts,
    dates,
    network,
    organisation_code,
    phone,
    positions,
    resident_id,
    uscc,
)


@dataclass(frozen=True, slots=True)
class Validator:
    """One rule about the form of a text. `personal` marks values that identify a natural person."""

    name: str
    title_zh: str
    title_en: str
    standard: str
    example: str
    accepts: Callable[[str], bool]
    personal: bool = False

    def __call__(self, text: str) -> bool:
        """Whether the text, as written, keeps the standard."""
        return self.accepts(text)


_ALL = (
    Validator(
        "uscc",
        "统一社会信用代码",
        "Unified social credit code",
        uscc.STANDARD,
        "91350100M000100Y43",
        uscc.is_uscc,
    ),
    Validator(
        "organisation_code",
        "组织机构代码",
        "Organisation code",
        organisation_code.STANDARD,
        "D2143569-X",
        organisation_code.is_organisation_code,
    ),
    Validator(
        "resident_id",
        "公民身份号码",
        "Resident identity number",
        resident_id.STANDARD,
        "11010519491231002X",
        resident_id.is_resident_id,
        personal=True,
    ),
    Validator(
        "phone",
        "电话号码",
        "Telephone number",
        phone.STANDARD,
        "0571-87654321",
        phone.is_phone,
        personal=True,
    ),
    Validator(
        "date", "日期", "Date", dates.STANDARD, "2019-02-28", lambda text: dates.parse_date(text) is not None
    ),
    Validator(
        "datetime",
        "日期时间",
        "Date and time",
        dates.STANDARD,
        "2017-06-08 17:31:20",
        lambda text: dates.parse_datetime(text) is not None,
    ),
    Validator(
        "amount",
        "金额",
        "Amount of money",
        amounts.STANDARD,
        "534(万元人民币)",
        lambda text: amounts.parse_amount(text) is not None,
    ),
    Validator(
        "email",
        "电子邮箱",
        "Mail address",
        network.EMAIL_STANDARD,
        "office@example.org",
        network.is_email,
        personal=True,
    ),
    Validator(
        "postal_code",
        "邮政编码",
        "Postal code",
        positions.POSTAL_STANDARD,
        "310000",
        positions.is_postal_code,
    ),
    Validator(
        "division_code",
        "行政区划代码",
        "Division code",
        positions.DIVISION_STANDARD,
        "330110",
        positions.is_division_code,
    ),
    Validator(
        "longitude", "经度", "Longitude", positions.POSITION_STANDARD, "120.15507", positions.is_longitude
    ),
    Validator("latitude", "纬度", "Latitude", positions.POSITION_STANDARD, "30.27408", positions.is_latitude),
    Validator("url", "网址", "Web address", network.URL_STANDARD, "https://www.gov.cn/", network.is_url),
)

VALIDATORS: Mapping[str, Validator] = MappingProxyType({validator.name: validator for validator in _ALL})
