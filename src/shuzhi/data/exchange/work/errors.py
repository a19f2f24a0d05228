"""Why a job ends without a result; its caller is told, in both languages."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class RowsUsedUp(PlatformError):
    """The subscription may take {most} rows a day; {used} have been taken today, and this file has more than the rest."""

    code = "exchange.rows_used_up"
    http_status = 429
    zh = "本订阅每日最多取 {most} 行，今天已取 {used} 行，本文件超过余量。"


class NoLongerAllowed(PlatformError):
    """The subscription or the interface has ended since the job was ordered."""

    code = "exchange.no_longer_allowed"
    http_status = 403
    zh = "任务提交后，订阅或接口已终止。"


class NothingGiven(PlatformError):
    """The register's policy gives none of the rows or fields this way."""

    code = "exchange.nothing_given"
    http_status = 403
    zh = "按基础库的策略，这种方式不提供任何记录或字段。"


class NoSuchEntity(PlatformError):
    """The register knows nobody under this identifier, so there is no value to object to."""

    code = "exchange.no_such_entity"
    http_status = 404
    zh = "基础库中没有此标识对应的记录，无从提出异议。"


class ConsentEnded(PlatformError):
    """A consent ended while the file was being made; order it again."""

    code = "exchange.consent_ended"
    http_status = 409
    zh = "生成文件期间有授权被撤回，请重新申请。"


class GivenUp(PlatformError):
    """The work was begun {attempts} times and ended every time without a result."""

    code = "exchange.given_up"
    http_status = 500
    zh = "任务开始 {attempts} 次均未完成，已停止。"
