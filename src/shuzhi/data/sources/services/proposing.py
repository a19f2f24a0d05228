"""From a file's profile to the proposal of its catalog entry (编目建议): conservative, for a person to review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shuzhi.data.catalog.types import Access, DataSetDeclaration, FieldDeclaration, FieldType, Update
from shuzhi.data.sources.errors import NothingToPropose
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.security.types import Grade, Mask
from shuzhi.pillars.standards.sorting import sort_key
from shuzhi.pillars.standards.validators import VALIDATORS

if TYPE_CHECKING:
    from shuzhi.data.sources.reading import Profile, ProfileColumn

TYPES = {kind.value: kind for kind in FieldType}
LONGEST_ID = 40

# Data elements (数据元) whose names do not depend on a line of business: header → id and English name.
ELEMENTS = {
    "统一社会信用代码": ("uscc", "Unified social credit code"),
    "社会信用代码": ("uscc", "Unified social credit code"),
    "公民身份号码": ("resident_id", "Resident identity number"),
    "身份证号": ("resident_id", "Resident identity number"),
    "身份证号码": ("resident_id", "Resident identity number"),
    "姓名": ("person_name", "Name of person"),
    "性别": ("sex", "Sex"),
    "出生日期": ("born_on", "Date of birth"),
    "联系电话": ("phone", "Telephone"),
    "电话": ("phone", "Telephone"),
    "手机号": ("mobile", "Mobile telephone"),
    "手机号码": ("mobile", "Mobile telephone"),
    "电子邮箱": ("email", "Mail address"),
    "地址": ("address", "Address"),
    "住址": ("address", "Address"),
    "名称": ("name", "Name"),
    "行政区划": ("division", "Division"),
    "行政区划代码": ("division_code", "Division code"),
    "邮政编码": ("postal_code", "Postal code"),
    "经度": ("longitude", "Longitude"),
    "纬度": ("latitude", "Latitude"),
    "日期": ("date", "Date"),
    "时间": ("time", "Time"),
    "备注": ("note", "Note"),
    "序号": ("number", "Number"),
}
SEMANTIC_NAMES = {
    "uscc": "Unified social credit code",
    "resident_id": "Resident identity number",
    "phone": "Telephone",
    "email": "Mail address",
    "address": "Address",
    "person_name": "Name of person",
    "division_code": "Division code",
}
# What identifies a person by itself is graded above what describes one.
IDENTIFYING = frozenset({"resident_id", "phone", "mobile", "email", "bank_card"})


def propose_schema(
    profile: Profile,
    *,
    dataset: str,
    title: Words,
    office: str,
    tier: Tier = Tier.CITY,
    theme: str = "general",
    update: Update = Update.IRREGULAR,
) -> DataSetDeclaration:
    """The declaration that a file's profile suggests; a person with the right reviews and publishes it.

    Conservative throughout: shared on conditions, not opened, no field open, nothing graded public, personal
    data L3 and masked. It goes to `catalog.services.propose_entry`.

    Raises:
        NothingToPropose: the file has no named column.
    """
    taken: set[str] = set()
    ids = {column.name: _field_id(column, taken) for column in profile.columns if column.name.strip()}
    if not ids:
        raise NothingToPropose
    key = _key(profile, ids)
    fields = tuple(
        _field(column, ids[column.name], profile, key) for column in profile.columns if column.name in ids
    )
    return DataSetDeclaration(
        dataset=dataset,
        title=title,
        owner=office,
        tier=tier,
        theme=theme,
        update=update,
        sharing=Access.CONDITIONAL,
        opening=Access.NONE,
        key=key,
        fields=fields,
    )


def _field(column: ProfileColumn, field_id: str, profile: Profile, key: tuple[str, ...]) -> FieldDeclaration:
    grade, mask = _grading(column)
    return FieldDeclaration(
        id=field_id,
        name=Words(zh=column.name, en=_english(column, field_id)),
        type=_type(column),
        standard=column.semantic
        if column.semantic in VALIDATORS and _type(column) is FieldType.TEXT
        else None,
        required=field_id in key or (profile.rows > 0 and column.nulls == 0),
        grade=grade,
        mask=mask,
        nulls=tuple(sorted(column.null_markers)),
    )


def _type(column: ProfileColumn) -> FieldType:
    if column.semantic == "amount" and column.type == "text":
        return FieldType.AMOUNT
    return TYPES.get(column.type, FieldType.TEXT)


def _grading(column: ProfileColumn) -> tuple[Grade, Mask]:
    if not column.personal_data:
        return Grade.L2, Mask.NONE
    if IDENTIFYING.intersection((*column.personal_kinds, column.semantic or "")):
        return Grade.L3, Mask.PARTIAL
    return Grade.L3, Mask.GENERALISE if column.semantic == "address" else Mask.PARTIAL


def _key(profile: Profile, ids: dict[str, str]) -> tuple[str, ...]:
    """The shortest candidate key; one with a code of a standard before one without."""
    semantic = {column.name: column.semantic for column in profile.columns}
    candidates = [key for key in profile.candidate_keys if all(name in ids for name in key)]
    ranked = sorted(
        candidates, key=lambda key: (len(key), not any(semantic[name] in VALIDATORS for name in key))
    )
    return tuple(ids[name] for name in ranked[0]) if ranked else ()


def _field_id(column: ProfileColumn, taken: set[str]) -> str:
    known = ELEMENTS.get(column.name.strip())
    wanted = known[0] if known else _slug(column.name)
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted}_{number}", number + 1
    taken.add(found)
    return found


def _slug(name: str) -> str:
    written = name if name.isascii() else re.sub(r"([a-zü]+)[1-5]\b", r"\1", sort_key(name))
    slug = re.sub(r"[^a-z0-9]+", "_", written.replace("ü", "v").lower()).strip("_")[:LONGEST_ID].strip("_")
    return slug if slug[:1].isalpha() else f"f_{slug}".strip("_")


def _english(column: ProfileColumn, field_id: str) -> str:
    if known := ELEMENTS.get(column.name.strip()):
        return known[1]
    if column.name.isascii():
        return column.name
    # The pinyin says honestly that nobody has named it yet.
    return SEMANTIC_NAMES.get(column.semantic or "") or field_id.replace("_", " ").capitalize()
