from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class AmountWrong(PlatformError):
    """An amount is above 0.00 yuan, has at most two decimal places and twelve digits before them."""

    code = "payments.amount_wrong"
    http_status = 400
    zh = "金额应大于 0.00 元，至多两位小数，整数不超过十二位。"


class CurrencyUnknown(PlatformError):
    """Orders are in CNY, not in {currency}."""

    code = "payments.currency_unknown"
    http_status = 400
    zh = "只支持人民币（CNY），不支持 {currency}。"


class PartyWrong(PlatformError):
    """A payer or payee is named as resident_id/… or uscc/…."""

    code = "payments.party_wrong"
    http_status = 400
    zh = "付款人或收款人应写成 resident_id/… 或 uscc/…。"


class AccountWrong(PlatformError):
    """An account has 8 to 32 digits, and a name."""

    code = "payments.account_wrong"
    http_status = 400
    zh = "账号应为 8 至 32 位数字，并写明户名。"


class NoSuchOrder(PlatformError):
    """There is no such order."""

    code = "payments.no_such_order"
    http_status = 404
    zh = "没有这笔订单。"


class KeyTaken(PlatformError):
    """Under this key stands another order: {number}."""

    code = "payments.key_taken"
    http_status = 409
    zh = "该幂等键已用于另一笔订单：{number}。"


class NotPayable(PlatformError):
    """Order {number} is {state_en}; it can't be paid."""

    code = "payments.not_payable"
    http_status = 409
    zh = "订单 {number} {state}，不能支付。"


class NotClosable(PlatformError):
    """Order {number} is {state_en}; it can't be withdrawn."""

    code = "payments.not_closable"
    http_status = 409
    zh = "订单 {number} {state}，不能撤销。"


class NotAgain(PlatformError):
    """Order {number} is {state_en}; only a payout that came back or was refused is paid again."""

    code = "payments.not_again"
    http_status = 409
    zh = "订单 {number} {state}；只有被退回或未付成的拨付可以重新拨付。"


class RefundTooMuch(PlatformError):
    """Of order {number} at most {left} yuan can be refunded."""

    code = "payments.refund_too_much"
    http_status = 409
    zh = "订单 {number} 至多还可退 {left} 元。"


class ReasonMissing(PlatformError):
    """Say why."""

    code = "payments.reason_missing"
    http_status = 400
    zh = "请写明理由。"


class GatewayTimedOut(PlatformError):
    """The payment gateway did not answer; whether it did what was asked is not known yet."""

    code = "payments.gateway_timed_out"
    http_status = 504
    zh = "支付通道没有应答，结果稍后查明，请勿重复支付。"


class GatewayRefused(PlatformError):
    """The payment gateway refuses: {problem}."""

    code = "payments.gateway_refused"
    http_status = 502
    zh = "支付通道不受理：{problem}。"


class NotSignedByGateway(PlatformError):
    """The gateway did not sign this."""

    code = "payments.not_signed"
    http_status = 401
    zh = "不是支付通道签名的消息。"


class StatementNotReady(PlatformError):
    """The statement of {day} is there once the day is over."""

    code = "payments.statement_not_ready"
    http_status = 409
    zh = "{day} 的对账单次日才有。"


class NoReceipt(PlatformError):
    """There is no receipt of order {number}: {why}."""

    code = "payments.no_receipt"
    http_status = 409
    zh = "订单 {number} 没有缴款凭证：{why_zh}。"
