from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class PurposeTooShort(PlatformError):
    """Say what the data are for, in at least {least} characters."""

    code = "opendata.purpose_too_short"
    http_status = 409
    zh = "请用至少 {least} 个字说明用途。"


class NoSuchDemand(PlatformError):
    """You have made no request {number}."""

    code = "opendata.no_such_demand"
    http_status = 404
    zh = "您没有编号为 {number} 的申请。"


class OthersTerms(PlatformError):
    """The terms have changed since you read them; read them again."""

    code = "opendata.others_terms"
    http_status = 409
    zh = "协议内容已更新，请重新阅读后再签署。"


class KeyNotValid(PlatformError):
    """This key opens nothing: it is wrong, has ended, or was revoked."""

    code = "opendata.key_not_valid"
    http_status = 403
    zh = "密钥无效：写错了，或者已到期、已收回。"


class SandboxOnly(PlatformError):
    """This agreement is for the sandbox: counts and means, no rows."""

    code = "opendata.sandbox_only"
    http_status = 403
    zh = "该协议只可使用沙箱：可得汇总数，不可得明细。"


class TooManyWaiting(PlatformError):
    """You have {most} requests that wait for an answer; wait for one of them first."""

    code = "opendata.too_many_waiting"
    http_status = 409
    zh = "您已有 {most} 件待办申请，请先等待答复。"


class WishUnclear(PlatformError):
    """Say which data you want, and of which office."""

    code = "opendata.wish_unclear"
    http_status = 409
    zh = "请写明想要什么数据，并选择部门。"


class NoSuchContest(PlatformError):
    """There is no contest {contest}."""

    code = "opendata.no_such_contest"
    http_status = 404
    zh = "没有大赛 {contest}。"


class ContestNotOpen(PlatformError):
    """Contest {contest} takes entries from {since} to {until}."""

    code = "opendata.contest_not_open"
    http_status = 409
    zh = "大赛 {contest} 的报名时间为 {since} 至 {until}。"


class ContestFixed(PlatformError):
    """Contest {contest} was announced already, and its entries go by what was announced."""

    code = "opendata.contest_fixed"
    http_status = 409
    zh = "大赛 {contest} 已经公告，须按公告进行。"


class AwardRefused(PlatformError):
    """Contest {contest} can't be awarded like this: {reason}."""

    code = "opendata.award_refused"
    http_status = 409
    zh = "大赛 {contest} 不能这样评奖：{reason_zh}。"


class LinkNotValid(PlatformError):
    """This link stops nothing: it is not whole, or was made by another node."""

    code = "opendata.link_not_valid"
    http_status = 404
    zh = "退订链接不完整或已失效。"


class AnnouncementUnclear(PlatformError):
    """Say the contest's id, titles, announcements, days and prizes; each prize on a line with how many there are."""

    code = "opendata.announcement_unclear"
    http_status = 400
    zh = "请写全编号、名称、公告、起止日期和奖项；奖项每行写中文名、英文名和数量。"
