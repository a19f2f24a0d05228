"""The ways on which values leave the platform (数据出口), and what each asks for by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Grade, Mask


class Channel(StrEnum):
    """One kind of way out."""

    PAGE = "page"
    SEARCH = "search"
    SAMPLE = "sample"
    QUARANTINE = "quarantine"
    COCKPIT = "cockpit"
    CONSOLE = "console"
    GATEWAY = "gateway"
    EXPORT = "export"
    BATCH = "batch"
    OPEN = "open"
    MODEL = "model"


@dataclass(frozen=True)
class Terms:
    """What a way out asks for, whatever the data set: a stated purpose and basis; and the highest grade it lets pass.

    `never` is the grade from which on a value does not go this way even masked; `bare` is how a graded field without
    a mask of its own is masked, where leaving it out would leave a clerk with nothing to mend.
    """

    title: Words
    states_purpose: bool = False
    by_role: bool = True  # the reader is a person at a screen; else an office, or everyone
    ceiling: Grade = Grade.L3
    never: Grade | None = None
    bare: Mask | None = None


CHANNELS: dict[Channel, Terms] = {
    Channel.PAGE: Terms(Words(zh="工作台页面", en="staff page")),
    Channel.SEARCH: Terms(Words(zh="搜索结果", en="search results")),
    Channel.SAMPLE: Terms(Words(zh="质量抽样", en="quality samples"), ceiling=Grade.L1, bare=Mask.PARTIAL),
    Channel.QUARANTINE: Terms(Words(zh="隔离区", en="quarantine"), ceiling=Grade.L1, bare=Mask.PARTIAL),
    Channel.COCKPIT: Terms(Words(zh="驾驶舱下钻", en="cockpit drill-down")),
    Channel.CONSOLE: Terms(Words(zh="命令行", en="command line"), ceiling=Grade.L1),
    Channel.GATEWAY: Terms(
        Words(zh="共享网关", en="gateway"), states_purpose=True, by_role=False, ceiling=Grade.L4
    ),
    Channel.EXPORT: Terms(Words(zh="导出下载", en="export"), states_purpose=True),
    Channel.BATCH: Terms(
        Words(zh="批量文件", en="batch file"), states_purpose=True, by_role=False, ceiling=Grade.L4
    ),
    Channel.OPEN: Terms(Words(zh="向社会开放", en="open data"), by_role=False, ceiling=Grade.L1),
    Channel.MODEL: Terms(
        Words(zh="模型输入", en="model input"), states_purpose=True, ceiling=Grade.L2, never=Grade.L4
    ),
}
