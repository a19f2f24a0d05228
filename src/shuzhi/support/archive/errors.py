from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchRecord(PlatformError):
    """There is no such archived case."""

    code = "archive.no_such_record"
    http_status = 404
    zh = "没有这份档案。"


class NameWrong(PlatformError):
    """{name} can't be the name of an archived file."""

    code = "archive.name_wrong"
    http_status = 400
    zh = "{name} 不能作为档案文件名。"


class Destroyed(PlatformError):
    """Archived case {record} was destroyed after its retention period."""

    code = "archive.destroyed"
    http_status = 410
    zh = "档案 {record} 保管期满，已经销毁。"


class StillKept(PlatformError):
    """Archived case {record} is to be kept until {until}."""

    code = "archive.still_kept"
    http_status = 409
    zh = "档案 {record} 应保管至 {until}，不能销毁。"


class NotProposed(PlatformError):
    """Nobody has proposed to destroy archived case {record}."""

    code = "archive.not_proposed"
    http_status = 409
    zh = "档案 {record} 还没有提出销毁。"


class SamePerson(PlatformError):
    """Whoever proposes to destroy does not approve it."""

    code = "archive.same_person"
    http_status = 409
    zh = "提出销毁和批准销毁须由两人办理。"


class PurposeMissing(PlatformError):
    """Say for what the archived case is read."""

    code = "archive.purpose_missing"
    http_status = 400
    zh = "请写明利用档案的目的。"


class PackageUnreadable(PlatformError):
    """This is no package of an archive: {why}."""

    code = "archive.package_unreadable"
    http_status = 400
    zh = "不是档案包：{why}。"
