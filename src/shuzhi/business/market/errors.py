from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchAgreement(PlatformError):
    """There is no agreement {agreement}."""

    code = "market.no_such_agreement"
    http_status = 404
    zh = "没有授权书 {agreement}。"


class AgreementInactive(PlatformError):
    """Agreement {agreement} can't be agreed to any more."""

    code = "market.agreement_inactive"
    http_status = 409
    zh = "授权书 {agreement} 已停用，不能再授权。"


class AgreementChanged(PlatformError):
    """The text of agreement {agreement} has changed since it was shown; read it again."""

    code = "market.agreement_changed"
    http_status = 409
    zh = "授权书 {agreement} 的内容已更新，请重新阅读后再确认。"


class BeyondAgreement(PlatformError):
    """The agreement covers no {what}."""

    code = "market.beyond_agreement"
    http_status = 400
    zh = "授权书不包括{what_zh}。"


class NothingChosen(PlatformError):
    """Choose at least one office and one field."""

    code = "market.nothing_chosen"
    http_status = 400
    zh = "至少选择一个接收部门和一项数据。"


class PeriodRefused(PlatformError):
    """A consent lasts from today to at most {days} days ahead."""

    code = "market.period_refused"
    http_status = 400
    zh = "授权期限自今日起最长 {days} 天。"


class NoSuchConsent(PlatformError):
    """There is no such consent of yours."""

    code = "market.no_such_consent"
    http_status = 404
    zh = "您名下没有这项授权。"


class NotGiven(PlatformError):
    """This consent has been withdrawn already."""

    code = "market.not_given"
    http_status = 409
    zh = "这项授权已经撤回。"


class EvidenceMissing(PlatformError):
    """Whoever records a consent for others says what proves it, such as the number of the signed form."""

    code = "market.evidence_missing"
    http_status = 400
    zh = "代办授权须写明凭据，例如签字授权书的编号。"


class NoDataAccount(PlatformError):
    """This account is not bound to a person or firm; a counter of the data bureau binds it."""

    code = "market.no_data_account"
    http_status = 403
    zh = "此账号尚未绑定本人或本单位身份，请到大数据局窗口办理。"


class AlreadyBound(PlatformError):
    """Account {username} is bound to somebody else already."""

    code = "market.already_bound"
    http_status = 409
    zh = "账号 {username} 已绑定其他身份。"


class IdentifierWrong(PlatformError):
    """This is no {scheme} in its right form."""

    code = "market.identifier_wrong"
    http_status = 400
    zh = "标识不符合 {scheme} 的格式。"


class NoSuchProduct(PlatformError):
    """There is no data product {product}."""

    code = "market.no_such_product"
    http_status = 404
    zh = "没有数据产品 {product}。"


class NoSuchContract(PlatformError):
    """There is no contract {contract}."""

    code = "market.no_such_contract"
    http_status = 404
    zh = "没有合同 {contract}。"


class NoSuchStatement(PlatformError):
    """There is no statement {statement}."""

    code = "market.no_such_statement"
    http_status = 404
    zh = "没有结算单 {statement}。"


class PeriodWrong(PlatformError):
    """A contract has days, and a statement is made of a month of its contract that is over."""

    code = "market.period_wrong"
    http_status = 409
    zh = "合同期限的截止日不得早于起始日；只能结算合同期内已经结束的月份。"


class WrongSubscription(PlatformError):
    """Subscription {subscription} is none of product {product}, or sold for some of these days already."""

    code = "market.wrong_subscription"
    http_status = 409
    zh = "第 {subscription} 号订阅不属于产品 {product}，或该期间已有合同。"


class CreditRefused(PlatformError):
    """A credit note is of 1 to {left} fen: what is left of the statement."""

    code = "market.credit_refused"
    http_status = 409
    zh = "冲减金额应为 1 至 {left} 分（结算单余额）。"


class ReasonMissing(PlatformError):
    """Say why."""

    code = "market.reason_missing"
    http_status = 400
    zh = "请写明理由。"


class AlreadyDisputed(PlatformError):
    """An objection to statement {statement} is still open."""

    code = "market.already_disputed"
    http_status = 409
    zh = "结算单 {statement} 的异议尚未办结。"


class PriceRefused(PlatformError):
    """The price of {product} is {least} to {most} fen."""

    code = "market.price_refused"
    http_status = 409
    zh = "产品 {product} 的价格应在 {least} 至 {most} 分之间。"
