"""Every refusal of the gateway, in the order in which it decides. `rule` tells a caller which check refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from shuzhi.data.exchange.gateway.terms import Terms
from shuzhi.foundation.errors import PlatformError


class Refusal(PlatformError):
    """The gateway refuses the call."""

    code = "exchange.refused"
    rule: ClassVar[str] = "service"
    # Whether the refused call used up quota. Those that did not could come without end: see `ledger`.
    counted: ClassVar[bool] = False
    headers: ClassVar[Mapping[str, str]] = {}


class NoSuchPlace(Refusal):
    """The gateway answers /v1/interfaces/{{interface}} only."""

    code = "exchange.no_such_place"
    http_status = 404
    rule = "format"
    zh = "网关只应答 /v1/interfaces/{{interface}}。"


class MethodRefused(Refusal):
    """Interfaces are called by GET or POST, not by {method}."""

    code = "exchange.method_refused"
    http_status = 405
    rule = "format"
    headers: ClassVar[Mapping[str, str]] = {"allow": "GET, POST"}
    zh = "接口只能以 GET 或 POST 调用，不能用 {method}。"


class PostOnly(MethodRefused):
    """What is given back is sent by POST; GET only asks what became of it."""

    counted = True
    headers: ClassVar[Mapping[str, str]] = {"allow": "POST"}
    zh = "回写内容须以 POST 提交；GET 只能查询处理结果。"


class BodyTooLarge(Refusal):
    """The call's body is larger than {limit} bytes."""

    code = "exchange.body_too_large"
    http_status = 413
    rule = "format"
    zh = "请求体超过 {limit} 字节。"


class Malformed(Refusal):
    """The call can't be read: {reason}."""

    code = "exchange.malformed"
    http_status = 400
    rule = "format"
    zh = "请求格式有误：{reason_zh}。"


class KeyUnknown(Refusal):
    """The key is not known here."""

    code = "exchange.key_unknown"
    http_status = 401
    rule = "key"
    zh = "密钥编号不存在。"


class OutsideWindow(Refusal):
    """The timestamp is more than {seconds} seconds away from the gateway's time {now}; check your clock."""

    code = "exchange.outside_window"
    http_status = 401
    rule = "timestamp"
    zh = "时间戳与网关时间 {now} 相差超过 {seconds} 秒，请校准时钟。"


class SignatureWrong(Refusal):
    """The signature does not fit the call."""

    code = "exchange.signature_wrong"
    http_status = 401
    rule = "signature"
    zh = "签名与请求不符。"


class Replayed(Refusal):
    """This nonce has been used before; every call needs a new one."""

    code = "exchange.replayed"
    http_status = 401
    rule = "nonce"
    zh = "随机数已使用过，每次调用须更换。"


class CertificateWrong(Refusal):
    """The subscription is bound to a client certificate, and the call did not come with it."""

    code = "exchange.certificate_wrong"
    http_status = 401
    rule = "certificate"
    zh = "该订阅绑定了客户端证书，本次调用未使用该证书。"


class NotSubscribed(Refusal):
    """This key's subscription is not for the interface that was called."""

    code = "exchange.not_subscribed"
    http_status = 403
    rule = "subscription"
    zh = "该密钥的订阅不包括所调用的接口。"


class NotActive(Refusal):
    """The subscription is not active: {status}."""

    code = "exchange.not_active"
    http_status = 403
    rule = "subscription"
    zh = "订阅未生效：{status_zh}。"


class VersionEnded(Refusal):
    """Version {version} of this interface ended on {sunset_on}; {instead}."""

    code = "exchange.version_ended"
    http_status = 410
    rule = "version"
    zh = "本接口第 {version} 版已于 {sunset_on} 停用，{instead_zh}。"

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """The refusal that names what to use instead."""
        successor = terms.successor
        return cls(
            version=terms.version,
            sunset_on=terms.sunset_on,
            instead=f"use version {successor}" if successor else "no other version takes its place",
            instead_zh=f"请改用第 {successor} 版" if successor else "没有接替的版本",
        )


class OutsidePeriod(Refusal):
    """The subscription holds from {since} to {until}; today is {today}."""

    code = "exchange.outside_period"
    http_status = 403
    rule = "period"
    zh = "订阅有效期为 {since} 至 {until}，今天是 {today}。"


class PurposeRefused(Refusal):
    """The purpose is not the one that was approved."""

    code = "exchange.purpose_refused"
    http_status = 403
    rule = "purpose"
    zh = "用途与批准的用途不符。"


class NodeKeyOnly(Refusal):
    """A node's key sends calls on and fetches their receipts; it makes no calls of its own, and no other key sends on."""

    code = "exchange.node_key_only"
    http_status = 403
    rule = "route"
    zh = "节点密钥只能转发调用和领取回执；其他密钥不能转发。"


class OnwardWrong(Refusal):
    """What the node {node} sent on does not hold together: {reason}."""

    code = "exchange.onward_wrong"
    http_status = 403
    rule = "route"
    zh = "节点 {node} 转发的调用不成立：{reason_zh}。"


class LoopRefused(Refusal):
    """The call has been here before or has passed too many nodes: {hops}."""

    code = "exchange.loop_refused"
    http_status = 508
    rule = "route"
    zh = "该调用已经过本节点，或经过的节点过多：{hops}。"


class NoRoute(Refusal):
    """The interface is served by another node, to which no way is open: it is not trusted any more, or gave no key."""

    code = "exchange.no_route"
    http_status = 503
    rule = "route"
    counted = True
    zh = "该接口由其他节点提供，目前没有通路：对方节点已停止信任，或尚未登记密钥。"


class NodeDown(Refusal):
    """The node {node} ({title}), which serves this interface, does not answer: {reason}."""

    code = "exchange.node_down"
    http_status = 504
    rule = "route"
    counted = True
    zh = "提供该接口的节点 {title_zh}（{node}）没有应答：{reason}。"


class AnswerUnproven(Refusal):
    """What came from the node {node} ({title}) is not signed by its key or answers something else; it is not passed on."""

    code = "exchange.answer_unproven"
    http_status = 502
    rule = "route"
    counted = True
    zh = "来自节点 {title_zh}（{node}）的应答没有其密钥的有效签名，或与所问不符，不予转交。"


class FarRefused(Refusal):
    """The node {node} refused the call by its rule “{far_rule}”: {reason}"""

    code = "exchange.far_refused"
    http_status = 403
    rule = "route"
    counted = True
    zh = "节点 {node} 按其规则“{far_rule}”拒绝：{reason_zh}"


class FarMisread(FarRefused):
    __doc__ = FarRefused.__doc__
    http_status = 400


class FarNotFound(FarRefused):
    __doc__ = FarRefused.__doc__
    http_status = 404


class FarTooMuch(FarRefused):
    __doc__ = FarRefused.__doc__
    http_status = 429


class FarFailed(FarRefused):
    __doc__ = FarRefused.__doc__
    http_status = 502


FAR_REFUSALS = {
    400: FarMisread,
    404: FarNotFound,
    429: FarTooMuch,
    503: FarFailed,
    502: FarFailed,
    504: FarFailed,
}


class TooFast(Refusal):
    """More than {per_second} calls a second; slow down."""

    code = "exchange.too_fast"
    http_status = 429
    rule = "rate"
    zh = "每秒调用超过 {per_second} 次，请放慢。"


class QuotaUsedUp(Refusal):
    """The quota of {quota} calls for {day} is used up."""

    code = "exchange.quota_used_up"
    http_status = 429
    rule = "quota"
    zh = "{day} 的配额 {quota} 次已用完。"


class ParameterRefused(Refusal):
    """The parameter {name} {reason}."""

    code = "exchange.parameter_refused"
    http_status = 400
    rule = "parameters"
    counted = True
    zh = "参数 {name} {reason_zh}。"


class ConsentMissing(Refusal):
    """Nothing may be told without the consent of the person concerned; no valid one for this office and purpose was found."""

    code = "exchange.consent_missing"
    http_status = 403
    rule = "consent"
    counted = True
    zh = "须经本人授权才能提供，没有查到对本部门、本用途有效的授权。"


class RecordNotFound(Refusal):
    """There is no record for this key."""

    code = "exchange.record_not_found"
    http_status = 404
    rule = "query"
    counted = True
    zh = "没有与此标识对应的记录。"


class JobNotFound(Refusal):
    """This subscription has no job of this number."""

    code = "exchange.job_not_found"
    http_status = 404
    rule = "query"
    counted = True
    zh = "本订阅没有此编号的批量任务。"


class ReferenceUsed(Refusal):
    """Something else was given back under the reference {reference}; every return needs its own."""

    code = "exchange.reference_used"
    http_status = 409
    rule = "parameters"
    counted = True
    zh = "流水号 {reference} 已用于另一次回写，请更换流水号。"


class TooManyQuestions(Refusal):
    """More than {most} questions were begun and not ordered; order one, or wait a day until they are removed."""

    code = "exchange.too_many_questions"
    http_status = 429
    rule = "quota"
    counted = True
    zh = "已开始而未提交的提问超过 {most} 个；请先提交，或等一天后自动清除。"


class ResultExpired(Refusal):
    """The result was kept for its time and has been removed; order it again."""

    code = "exchange.result_expired"
    http_status = 410
    rule = "query"
    counted = True
    zh = "结果已过保存期限并清除，请重新提交。"


class ResultOutdated(Refusal):
    """The interface's terms have changed since the result was made; order it again."""

    code = "exchange.result_outdated"
    http_status = 410
    rule = "masking"
    counted = True
    zh = "结果生成后接口条款已变更，不再提供，请重新提交。"


class Unavailable(Refusal):
    """The gateway can't decide at the moment; nothing was answered. Try again."""

    code = "exchange.unavailable"
    http_status = 503
    rule = "service"
    zh = "网关暂时无法处理，未作任何应答，请稍后重试。"
