"""What the mediator refuses."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class BadInput(PlatformError):
    """{problem}"""

    code = "mediator.bad_input"
    http_status = 400
    zh = "请求不合要求：{problem}。"


class MemberUnnamed(PlatformError):
    """Invalid format of Information-Mediator-Client, should match INSTANCE/CLASS/MEMBER/SUBSYSTEM"""

    code = "mediator.member_unnamed"
    http_status = 400
    zh = "请求头 Information-Mediator-Client 应为 实例/类别/成员/子系统。"


class NoToken(PlatformError):
    """This needs the token of an outside system that was admitted."""

    code = "mediator.no_token"
    http_status = 401
    zh = "须持已登记外部系统的令牌访问。"


class NotGranted(PlatformError):
    """{client} was not granted {verb} for {thing}."""

    code = "mediator.not_granted"
    http_status = 403
    zh = "外部系统 {client} 未获授权：{verb}（{thing}）。"


class GrantUnknown(PlatformError):
    """{grant} is nothing that can be granted; there are: {known}."""

    code = "mediator.grant_unknown"
    http_status = 400
    zh = "没有可授予的 {grant}；可授予：{known}。"
