from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchPolicy(PlatformError):
    """There is no benefit policy {policy}."""

    code = "benefits.no_such_policy"
    http_status = 404
    zh = "没有政策 {policy}。"


class PolicyClosed(PlatformError):
    """Policy {policy} is not in force on {day}."""

    code = "benefits.policy_closed"
    http_status = 409
    zh = "政策 {policy} 在 {day} 不在执行期内。"


class NoSuchFinding(PlatformError):
    """There is no such finding."""

    code = "benefits.no_such_finding"
    http_status = 404
    zh = "没有这一条。"


class NotYours(PlatformError):
    """This benefit is another recipient's."""

    code = "benefits.not_yours"
    http_status = 403
    zh = "这笔资金不属于您单位。"


class NotInState(PlatformError):
    """The finding is “{state}”; this can't be done now."""

    code = "benefits.not_in_state"
    http_status = 409
    zh = "当前为“{state_zh}”，不能这样办理。"


class FindingChanged(PlatformError):
    """It has changed since you saw it; look again."""

    code = "benefits.changed"
    http_status = 409
    zh = "内容已有变化，请重新查看后再确认。"


class BudgetBelowUse(PlatformError):
    """The budget of {policy} can't be {total} yuan: {used} yuan are reserved or paid."""

    code = "benefits.budget_below_use"
    http_status = 409
    zh = "政策 {policy} 的预算不能改为 {total} 元：已预留或支付 {used} 元。"


class RunUnderWay(PlatformError):
    """Policy {policy} is running already."""

    code = "benefits.run_under_way"
    http_status = 409
    zh = "政策 {policy} 正在匹配，请稍候。"


class RegisterNotBuilt(PlatformError):
    """Register {register} holds no records; build it first."""

    code = "benefits.register_not_built"
    http_status = 409
    zh = "基础库 {register} 还没有记录，请先生成。"


class AccountWrong(PlatformError):
    """An account has 8 to 32 digits, and a name."""

    code = "benefits.account_wrong"
    http_status = 400
    zh = "账号应为 8 至 32 位数字，并写明户名。"


class RecipientUnknown(PlatformError):
    """The register knows nobody by {recipient}."""

    code = "benefits.recipient_unknown"
    http_status = 404
    zh = "基础库中没有 {recipient}。"


class AppealOpen(PlatformError):
    """An appeal of this recipient is being handled: dossier {dossier}."""

    code = "benefits.appeal_open"
    http_status = 409
    zh = "该申诉正在办理：案卷 {dossier}。"


class ReasonMissing(PlatformError):
    """Say why."""

    code = "benefits.reason_missing"
    http_status = 400
    zh = "请写明理由。"


class FactUnknown(PlatformError):
    """The rule asks for no fact {fact}, or {value} is no value of it."""

    code = "benefits.fact_unknown"
    http_status = 400
    zh = "规则不使用 {fact}，或“{value}”不是它的值。"


class AppealChangesNothing(PlatformError):
    """With the corrected facts the rule still says no: {because}"""

    code = "benefits.appeal_changes_nothing"
    http_status = 409
    zh = "按更正后的事实仍不符合：{because_zh}"


class AmountOfRepayment(PlatformError):
    """A repayment is between 0.01 yuan and the {left} yuan that are still out."""

    code = "benefits.amount_of_repayment"
    http_status = 400
    zh = "还款金额应在 0.01 元至尚欠的 {left} 元之间。"


class DriverTimedOut(PlatformError):
    """The bank did not answer; whether it paid is not known."""

    code = "benefits.driver_timed_out"
    http_status = 504
    zh = "银行没有应答，是否付款尚不清楚。"


class AccountsDiffer(PlatformError):
    """The same payment key was sent with another amount or account."""

    code = "benefits.accounts_differ"
    http_status = 409
    zh = "同一支付指令号对应的金额或账号不一致。"
