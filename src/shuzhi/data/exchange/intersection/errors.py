"""Every refusal of a private set intersection."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class MessageBroken(PlatformError):
    """This is no message of a private set intersection, or a damaged one: {reason}."""

    code = "exchange.intersection.message_broken"
    zh = "这不是隐私求交的消息，或消息已损坏：{reason_zh}。"


class AnswerOfAnother(PlatformError):
    """The answer belongs to another question than this secret."""

    code = "exchange.intersection.answer_of_another"
    http_status = 409
    zh = "该答复对应另一次提问，与此密钥文件不符。"


class OnlySize(PlatformError):
    """The answering office shows how many keys both hold, not which; ask with --size."""

    code = "exchange.intersection.only_size"
    http_status = 403
    zh = "答复部门只提供交集数量，不提供名单；请改用 --size 提问。"


class TooManyKeys(PlatformError):
    """{given} keys are more than the {most} that one question may hold."""

    code = "exchange.intersection.too_many_keys"
    http_status = 413
    zh = "共有 {given} 个键值，超过一次提问的上限 {most}。"


class NoKeys(PlatformError):
    """There is no key to compare in {where}; check the column and the file."""

    code = "exchange.intersection.no_keys"
    zh = "{where} 中没有可比对的键值；请检查列名与文件。"


class NoSuchColumn(PlatformError):
    """{where} has no column {column}; it has {columns}."""

    code = "exchange.intersection.no_such_column"
    zh = "{where} 没有名为 {column} 的列；现有列：{columns}。"


class HeavyBackendMissing(PlatformError):
    """The heavy backend is not installed: {reason}. Run `make spu`, or set SHUZHI_SPU_PYTHON."""

    code = "exchange.intersection.heavy_backend_missing"
    http_status = 501
    zh = "未安装大规模求交组件：{reason}。请运行 make spu，或设置 SHUZHI_SPU_PYTHON。"


class DirectRunFailed(PlatformError):
    """The direct run with {peer} ended with an error: {reason}"""

    code = "exchange.intersection.direct_run_failed"
    http_status = 502
    zh = "与 {peer} 的直连求交未完成：{reason}"


class QuestionOfAnother(PlatformError):
    """{where} holds a question that was begun with other keys, another interface or another credential; finish it with those, or take another file."""

    code = "exchange.intersection.question_of_another"
    http_status = 409
    zh = "{where} 中是用其他键值、接口或密钥开始的提问；请用原来的继续，或另换文件。"


class QuestionRefused(PlatformError):
    """The other office did not answer the question: {reason}"""

    code = "exchange.intersection.question_refused"
    http_status = 403
    zh = "对方未答复本次提问：{reason_zh}"


class AnswerNotReady(PlatformError):
    """The answer is not ready yet; run the same command again to collect it. What was begun is kept in {where}."""

    code = "exchange.intersection.answer_not_ready"
    http_status = 202
    zh = "答复尚未就绪，稍后再次运行同一命令即可领取；已开始的提问保存在 {where}。"


class NoIntersection(PlatformError):
    """{interface} is no interface by which common keys can be asked for."""

    code = "exchange.intersection.no_intersection"
    zh = "{interface} 不是隐私求交接口。"
