"""Every refusal that the room can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shuzhi.foundation.errors import PlatformError
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded

if TYPE_CHECKING:
    from shuzhi.support.decisions.types import Fault, Place

__all__ = [
    "CasesMissing",
    "CostUnknown",
    "DecisionAmbiguous",
    "DecisionUnknown",
    "FeelSyntaxError",
    "FieldNotClear",
    "FileTooLarge",
    "LimitExceeded",
    "NothingChanged",
    "PopulationUnknown",
    "ReplayUnknown",
    "RuleFileRefused",
    "RulesFaulty",
    "RulesNotInstalled",
]


class RuleFileRefused(PlatformError):
    """{file}:{line}:{column}: {en}."""

    code = "decisions.file_refused"
    http_status = 422
    zh = "{file}:{line}:{column}：{zh}。"

    def __init__(self, *, place: Place, reason: str, zh: str, en: str) -> None:
        """`reason` is one word for programs: syntax, doctype, size, depth, encoding, namespace."""
        super().__init__(file=place.file, line=place.line, column=place.column, reason=reason, zh=zh, en=en)
        self.place = place
        self.reason = reason


class RulesFaulty(PlatformError):
    """The rule files have {count} faults, the first at {first}: {en}."""

    code = "decisions.rules_faulty"
    http_status = 422
    zh = "规则文件有 {count} 处错误，第一处在 {first_zh}：{zh}。"

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        """Keep every fault; the message names the first."""
        first = faults[0]
        super().__init__(
            count=len(faults),
            first=first.place.said("en"),
            first_zh=first.place.said("zh"),
            en=first.message.en.rstrip("."),
            zh=first.message.zh.rstrip("。"),
        )
        self.faults = faults


class DecisionUnknown(PlatformError):
    """The rules have no decision {decision}; they have: {known}."""

    code = "decisions.decision_unknown"
    http_status = 404
    zh = "规则中没有决策 {decision}；已有：{known}。"


class DecisionAmbiguous(PlatformError):
    """{decision} stands in several of the files: say which by its namespace: {known}."""

    code = "decisions.decision_ambiguous"
    http_status = 409
    zh = "多个文件都有 {decision}，请用命名空间指明：{known}。"


class CostUnknown(PlatformError):
    """The decision {decision} has no output {output} that is a number."""

    code = "decisions.cost_unknown"
    http_status = 422
    zh = "决策 {decision} 没有数值输出 {output}。"


class RulesNotInstalled(PlatformError):
    """No rules named {rules} are installed."""

    code = "decisions.rules_not_installed"
    http_status = 404
    zh = "没有安装名为 {rules} 的规则。"


class CasesMissing(PlatformError):
    """{folder} holds no test cases of the public kit's layout."""

    code = "decisions.cases_missing"
    http_status = 404
    zh = "{folder} 中没有按公开测试集格式存放的用例。"


class NothingChanged(PlatformError):
    """Give a changed file, an earlier version or another day: there is nothing to compare."""

    code = "decisions.nothing_changed"
    http_status = 422
    zh = "没有可比的改动：请提交改过的规则文件，或选一个历史版本，或另选一天。"


class FileTooLarge(PlatformError):
    """The rule file has more than {most} MB."""

    code = "decisions.file_too_large"
    http_status = 413
    zh = "规则文件超过 {most} MB。"


class PopulationUnknown(PlatformError):
    """There is no population {population} to replay over, or it is not yours to read."""

    code = "decisions.population_unknown"
    http_status = 404
    zh = "没有可供推演的数据 {population}，或您无权使用。"


class FieldNotClear(PlatformError):
    """The field {field} of {population} is not open to you in clear, so that no rule can be asked of it: {reason}."""

    code = "decisions.field_not_clear"
    http_status = 403
    zh = "{population} 的字段 {field} 对您不是明文，不能用来推演：{reason_zh}。"


class ReplayUnknown(PlatformError):
    """There is no replay {number} of these rules that you may see."""

    code = "decisions.replay_unknown"
    http_status = 404
    zh = "没有第 {number} 号推演，或您无权查看。"
