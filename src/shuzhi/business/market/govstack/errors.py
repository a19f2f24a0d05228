from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class BadInput(PlatformError):
    """The call can't be answered: {problem}."""

    code = "consent.bad_input"
    http_status = 400
    zh = "请求不合要求：{problem}。"


class NoToken(PlatformError):
    """This needs the token of an outside system that was admitted."""

    code = "consent.no_token"
    http_status = 401
    zh = "须持已登记外部系统的令牌访问。"


class OutOfScope(PlatformError):
    """The token does not reach this far; it takes the scope {scopes}."""

    code = "consent.out_of_scope"
    http_status = 403
    zh = "令牌权限不足，需要：{scopes}。"
