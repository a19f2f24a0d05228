from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoProvider(PlatformError):
    """This node knows no outside provider by whom people sign in."""

    code = "identity.no_provider"
    http_status = 404
    zh = "本节点没有接入统一身份认证。"


class ProviderSilent(PlatformError):
    """The provider does not answer as it should ({why}); try again in a while, or sign in with your account here."""

    code = "identity.provider_silent"
    http_status = 502
    zh = "统一身份认证暂时没有正常应答（{why}），请稍后再试，或用本平台账号登录。"


class ProviderRefused(PlatformError):
    """The provider has not signed you in: {why}."""

    code = "identity.provider_refused"
    http_status = 401
    zh = "统一身份认证没有完成登录：{why}。"


class StateWrong(PlatformError):
    """This answer belongs to no sign-in that was begun in this browser within ten minutes; begin again."""

    code = "identity.state_wrong"
    http_status = 400
    zh = "这不是本浏览器十分钟内发起的登录，请重新登录。"


class TokenWrong(PlatformError):
    """What the provider says of you can't be believed: {why}."""

    code = "identity.token_wrong"
    http_status = 401
    zh = "统一身份认证的登录凭据未通过核验：{why_zh}。"


class NotTold(PlatformError):
    """The provider does not say by which number you are proven; this node takes nobody whom it doesn't know."""

    code = "identity.not_told"
    http_status = 403
    zh = "统一身份认证没有提供已核验的证件号码，不能登录。请先在该平台完成实名认证。"


class AccountNotThine(PlatformError):
    """The account that belongs to this identity can't be used so; ask the administrator."""

    code = "identity.account_not_thine"
    http_status = 403
    zh = "与该身份对应的账号不能这样登录，请联系管理员。"
