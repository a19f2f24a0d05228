"""Why a job ends without a result; its caller is told, in both languages."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class RowsUsedUp(PlatformError):
    """The subscription may take {most} rows a day; {used} have been taken today, and this file has more than the rest."""

    code = "exchange.rows_used_up"
    http_status = 429
    zh = "本订阅每日最多取 {most} 行，今天已取 {used} 行，本文件超过余量。"


class KeysUsedUp(PlatformError):
    """The subscription may compare {most} keys a day; {used} have been compared today, and this question has more."""

    code = "exchange.keys_used_up"
    http_status = 429
    zh = "本订阅每日最多比对 {most} 个键值，今天已比对 {used} 个，本次提问超过余量。"


class QuestionIncomplete(PlatformError):
    """The question's parts are not the {keys} keys that were ordered; ask anew."""

    code = "exchange.question_incomplete"
    zh = "收到的各部分与所报的 {keys} 个键值不符，请重新提问。"


class QuestionRepeats(PlatformError):
    """A key stands twice in the question, by which its holder could be told; ask anew."""

    code = "exchange.question_repeats"
    zh = "提问中有重复的键值，可能由此推知持有者，请重新提问。"


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
