"""What the standards room refuses."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.standards.calendars import CalendarNotPublished

__all__ = ["CalendarNotPublished", "CodeListBroken", "UnknownVersion"]


class UnknownVersion(PlatformError):
    """Code list {list} has no version {version}; it has {known}."""

    code = "standards.unknown_version"
    http_status = 404
    zh = "代码表 {list} 没有 {version} 版，已有版本：{known}。"


class CodeListBroken(PlatformError):
    """Code list file {file} cannot be read: {reason}."""

    code = "standards.code_list_broken"
    zh = "无法读取代码表文件 {file}：{reason}。"
