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
