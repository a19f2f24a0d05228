from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchDesk(PlatformError):
    """There is no desk {desk}."""

    code = "incidents.no_such_desk"
    http_status = 404
    zh = "没有受理台 {desk}。"


class NoSuchRequest(PlatformError):
    """There is no request {number}."""

    code = "incidents.no_such_request"
    http_status = 404
    zh = "没有诉求 {number}。"


class CodeWrong(PlatformError):
    """Number and code do not belong together."""

    code = "incidents.code_wrong"
    http_status = 403
    zh = "编号与查询码不符。"


class TooManyTries(PlatformError):
    """Too many wrong codes; call the hotline."""

    code = "incidents.too_many_tries"
    http_status = 429
    zh = "查询码多次有误，已停止查询，请拨打热线。"


class NothingSaid(PlatformError):
    """Say what it is about."""

    code = "incidents.nothing_said"
    http_status = 400
    zh = "请写明诉求内容。"


class CallerWrong(PlatformError):
    """A caller's number has 7 to 15 digits; leave it out for an anonymous one."""

    code = "incidents.caller_wrong"
    http_status = 400
    zh = "来电号码应为 7 至 15 位数字；匿名的不填。"


class ReturnedTooOften(PlatformError):
    """It was returned {times} times already; the desk decides whose task it is, and that office handles it."""

    code = "incidents.returned_too_often"
    http_status = 409
    zh = "已退回 {times} 次，不能再退；由受理台指定的部门办理。"


class ReopenedTooOften(PlatformError):
    """It was opened again {times} times already; close it with a note, or hand it to the leader."""

    code = "incidents.reopened_too_often"
    http_status = 409
    zh = "已重办 {times} 次，请说明情况办结，或报领导协调。"


class OfficeUnknown(PlatformError):
    """There is no office {office}."""

    code = "incidents.office_unknown"
    http_status = 400
    zh = "没有部门 {office}。"


class NotRatedYet(PlatformError):
    """What is done again is rated when it is closed."""

    code = "incidents.not_rated_yet"
    http_status = 409
    zh = "未解决的先重办，办结时再评价。"


class NotTheSame(PlatformError):
    """A request can't stand for itself, nor for one that stands for another."""

    code = "incidents.not_the_same"
    http_status = 409
    zh = "不能并入自身，也不能并入已并单的诉求。"
