"""Names for the rooms' plain values, in both languages, and the colour of each state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shuzhi.data.catalog.themes import theme_title
from shuzhi.data.catalog.types import Access, FieldType, Status, Update
from shuzhi.data.exchange.types import InterfaceKind, InterfaceStatus, SubscriptionStatus
from shuzhi.data.sources.types import Kind, Mode
from shuzhi.data.sources.types import Status as BatchStatus
from shuzhi.pillars.organization.types import Tier
from shuzhi.pillars.security.types import Mask
from shuzhi.terminals.design.types import Chip, Said, Tone

State = TypeVar("State", bound=StrEnum)

ENTRY = {
    Status.PROPOSED: (Said("待发布", "Proposed"), Tone.WARNING),
    Status.PUBLISHED: (Said("已发布", "Published"), Tone.SUCCESS),
    Status.WITHDRAWN: (Said("已撤下", "Withdrawn"), Tone.NEUTRAL),
}
BATCH = {
    BatchStatus.RECEIVED: (Said("已接收，待归集", "Received, waiting"), Tone.NEUTRAL),
    BatchStatus.COLLECTING: (Said("归集中", "Collecting"), Tone.PRIMARY),
    BatchStatus.COLLECTED: (Said("已归集", "Collected"), Tone.SUCCESS),
    BatchStatus.FAILED: (Said("未能归集", "Failed"), Tone.DANGER),
}
INTERFACE = {
    InterfaceStatus.PROPOSED: (Said("待发布", "Proposed"), Tone.WARNING),
    InterfaceStatus.PUBLISHED: (Said("已发布", "Published"), Tone.SUCCESS),
    InterfaceStatus.WITHDRAWN: (Said("已撤下", "Withdrawn"), Tone.NEUTRAL),
}
SUBSCRIPTION = {
    SubscriptionStatus.REQUESTED: (Said("审批中", "Being decided"), Tone.PRIMARY),
    SubscriptionStatus.GRANTED: (Said("已授权", "Granted"), Tone.SUCCESS),
    SubscriptionStatus.REFUSED: (Said("不予共享", "Refused"), Tone.NEUTRAL),
    SubscriptionStatus.WITHDRAWN: (Said("已撤回", "Withdrawn"), Tone.NEUTRAL),
    SubscriptionStatus.REVOKED: (Said("已撤销", "Revoked"), Tone.DANGER),
    SubscriptionStatus.EXPIRED: (Said("已到期", "Expired"), Tone.NEUTRAL),
}
INTERFACE_KINDS = {
    InterfaceKind.RECORD: Said("查询：返回一条记录", "Look-up: returns one record"),
    InterfaceKind.VERIFICATION: Said("核验：只答是或否", "Verification: answers yes or no"),
    InterfaceKind.LIST: Said("列表：按条件分页返回记录", "List: records that fit, a page at a time"),
    InterfaceKind.AGGREGATE: Said("统计：只返回分组数值", "Aggregate: numbers of groups only"),
    InterfaceKind.WRITE_BACK: Said("回写：接收结果或数据异议", "Write-back: takes results or objections"),
    InterfaceKind.ROUTED: Said("由其他节点提供", "Served by another node"),
    InterfaceKind.RECEIPT: Said("调用回执", "Receipts of calls"),
    InterfaceKind.INTERSECTION: Said(
        "隐私求交：只告知双方共有的键值", "Intersection: tells only which keys both hold"
    ),
    InterfaceKind.EVENTS: Said("变更订阅：有变化就推送", "Events: what changes is pushed"),
    InterfaceKind.FILE: Said(
        "批量文件：按条件生成，稍后领取", "File: made of all records that fit, collected later"
    ),
}
SHARING = {
    Access.UNCONDITIONAL: Said("无条件共享", "Shared without conditions"),
    Access.CONDITIONAL: Said("有条件共享", "Shared on conditions"),
    Access.NONE: Said("不予共享", "Not shared"),
}
OPENING = {
    Access.UNCONDITIONAL: Said("无条件开放", "Open to all"),
    Access.CONDITIONAL: Said("有条件开放", "Open on conditions"),
    Access.NONE: Said("不予开放", "Not opened"),
}
UPDATES = {
    Update.REALTIME: Said("实时", "Real time"),
    Update.DAILY: Said("每天", "Daily"),
    Update.WEEKLY: Said("每周", "Weekly"),
    Update.MONTHLY: Said("每月", "Monthly"),
    Update.QUARTERLY: Said("每季", "Quarterly"),
    Update.YEARLY: Said("每年", "Yearly"),
    Update.IRREGULAR: Said("不定期", "Irregular"),
    Update.ONCE: Said("一次性", "Once"),
}
MODES = {
    Mode.FULL: Said("全量", "Full"),
    Mode.INCREMENTAL: Said("增量", "Incremental"),
    Mode.DELETE: Said("删除", "Deletion"),
}
KINDS = {Kind.FILE: Said("文件", "File"), Kind.SQL: Said("数据库", "Database")}
TIERS = {
    Tier.NATION: Said("国家", "Nation"),
    Tier.PROVINCE: Said("省", "Province"),
    Tier.CITY: Said("市", "City"),
    Tier.DISTRICT: Said("区县", "District"),
    Tier.TOWN: Said("乡镇街道", "Town"),
}
FIELD_TYPES = {
    FieldType.TEXT: Said("文本", "Text"),
    FieldType.INTEGER: Said("整数", "Whole number"),
    FieldType.DECIMAL: Said("小数", "Decimal"),
    FieldType.DATE: Said("日期", "Date"),
    FieldType.DATETIME: Said("日期时间", "Date and time"),
    FieldType.BOOLEAN: Said("是否", "Yes or no"),
    FieldType.AMOUNT: Said("金额", "Amount"),
    FieldType.GEOMETRY: Said("几何", "Geometry"),
}
MEANINGS = {
    "uscc": Said("统一社会信用代码", "Unified social credit code"),
    "organisation_code": Said("组织机构代码", "Organisation code"),
    "resident_id": Said("公民身份号码", "Resident identity number"),
    "phone": Said("电话号码", "Telephone"),
    "mobile": Said("手机号码", "Mobile telephone"),
    "email": Said("电子邮箱", "Mail address"),
    "url": Said("网址", "Web address"),
    "postal_code": Said("邮政编码", "Postal code"),
    "division_code": Said("行政区划代码", "Division code"),
    "organization_name": Said("单位名称", "Name of organisation"),
    "person_name": Said("姓名", "Name of person"),
    "address": Said("地址", "Address"),
    "amount": Said("金额", "Amount"),
    "date": Said("日期", "Date"),
    "datetime": Said("日期时间", "Date and time"),
    "longitude": Said("经度", "Longitude"),
    "latitude": Said("纬度", "Latitude"),
    "point": Said("坐标", "Position"),
    "ip": Said("网络地址", "IP address"),
}
MASKS = {
    Mask.NONE: Said("不脱敏", "None"),
    Mask.PARTIAL: Said("部分遮盖", "Partly hidden"),
    Mask.HASH: Said("散列", "Hashed"),
    Mask.GENERALISE: Said("概化", "Generalised"),
    Mask.TOKEN: Said("保格式假名", "Token of the same format"),
    Mask.SHIFT: Said("日期平移", "Shifted days"),
    Mask.NOISE: Said("加噪", "With noise"),
    Mask.DROP: Said("不给出", "Left out"),
}


def theme(theme_id: str) -> Said:
    """A theme's name, as the code list has it."""
    named = theme_title(theme_id)
    return Said(named.zh, named.en)


def meaning(name: str | None) -> Said | None:
    """What a column holds, by the name of its standard or its recognised meaning; the name itself where it is new."""
    return MEANINGS.get(name, Said(name, name)) if name else None


def type_of(name: str) -> Said:
    """A type's name as a profile writes it."""
    return FIELD_TYPES[FieldType(name)] if name in set(FieldType) else Said(name, name)


def state_chip(states: Mapping[State, tuple[Said, Tone]], state: State) -> Chip:
    """A state's chip: its words and its colour."""
    words, tone = states[state]
    return Chip(words, tone)
