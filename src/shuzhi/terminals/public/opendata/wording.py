"""How the catalog's classes are said to the public."""

from __future__ import annotations

from shuzhi.data.catalog.types import Access, Entry, FieldType, Update
from shuzhi.terminals.design.types import Chip, Said, Tone

OPENINGS = {
    Access.UNCONDITIONAL: Said("无条件开放", "Open to everyone"),
    Access.CONDITIONAL: Said("有条件开放", "Open on conditions"),
    Access.NONE: Said("不予开放", "Not open"),
}
UPDATES = {
    Update.REALTIME: Said("实时更新", "Updated in real time"),
    Update.DAILY: Said("每天更新", "Updated daily"),
    Update.WEEKLY: Said("每周更新", "Updated weekly"),
    Update.MONTHLY: Said("每月更新", "Updated monthly"),
    Update.QUARTERLY: Said("每季度更新", "Updated quarterly"),
    Update.YEARLY: Said("每年更新", "Updated yearly"),
    Update.IRREGULAR: Said("不定期更新", "Updated now and then"),
    Update.ONCE: Said("一次性发布", "Published once"),
}
TYPES = {
    FieldType.TEXT: Said("文本", "Text"),
    FieldType.INTEGER: Said("整数", "Whole number"),
    FieldType.DECIMAL: Said("小数", "Decimal number"),
    FieldType.AMOUNT: Said("金额", "Amount"),
    FieldType.DATE: Said("日期", "Date"),
    FieldType.DATETIME: Said("日期和时间", "Date and time"),
    FieldType.BOOLEAN: Said("是或否", "Yes or no"),
    FieldType.GEOMETRY: Said("图形（GeoJSON）", "Shape (GeoJSON)"),
}
FORMATS = {
    "csv": Said("表格文件，各种软件都能打开", "A table that every program opens"),
    "xlsx": Said("Excel 和 WPS 表格", "For Excel and WPS"),
    "json": Said("给程序读的文件", "For programs"),
    "parquet": Said("给数据分析工具读的文件，体积小", "For data tools, and small"),
}
KILO = 1024


def size(count: int) -> Said:
    """A file's size as a person says it."""
    if count < KILO:
        return Said(f"{count} 字节", f"{count} bytes")
    number, unit = (count / KILO, "KB") if count < KILO * KILO else (count / KILO / KILO, "MB")
    text = f"{number:.0f} {unit}" if number >= 10 else f"{number:.1f} {unit}"  # noqa: PLR2004  (two figures)
    return Said(text, text)


def state(opening: Access, *, released: bool, foreign: bool) -> Chip:
    """What one can do with a data set now, in a few words."""
    if released:
        return Chip(Said("可下载", "Download now"), Tone.SUCCESS)
    if foreign:
        return Chip(Said("仅目录", "Entry only"), Tone.NEUTRAL)
    if opening is Access.CONDITIONAL:
        return Chip(OPENINGS[opening], Tone.WARNING)
    return Chip(Said("尚未发布", "Not released yet"), Tone.NEUTRAL)


def only_chinese(entry: Entry) -> bool:
    """Whether an entry's words were never written in English: the Chinese stands in for it."""
    return entry.title.en == entry.title.zh and not entry.title.zh.isascii()
