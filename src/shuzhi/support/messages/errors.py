from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchTemplate(PlatformError):
    """There is no message template {template}."""

    code = "messages.no_such_template"
    http_status = 404
    zh = "没有消息模板 {template}。"


class FactMissing(PlatformError):
    """The template {template} needs {field}."""

    code = "messages.fact_missing"
    http_status = 422
    zh = "消息模板 {template} 缺少 {field}。"


class Unreachable(PlatformError):
    """Nothing of the template's channels reaches this recipient."""

    code = "messages.unreachable"
    http_status = 422
    zh = "模板所列的渠道都无法送达该接收人。"


class AddressWrong(PlatformError):
    """This is no {what}."""

    code = "messages.address_wrong"
    http_status = 422
    zh = "{what_zh}格式不正确。"


class ReceiptRefused(PlatformError):
    """This receipt is not signed by the gateway."""

    code = "messages.receipt_refused"
    http_status = 403
    zh = "回执签名不符。"


class NoSuchHook(PlatformError):
    """There is no receiver {hook}."""

    code = "messages.no_such_hook"
    http_status = 404
    zh = "没有接收系统 {hook}。"
