from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class RoleNotForPeople(PlatformError):
    """No person can hold the role {role}; only the platform's own processes do."""

    code = "identity.role_not_for_people"
    zh = "“{role}”只属于平台自身的进程，不能授予任何人。"


class NameNotAllowed(PlatformError):
    """The name {name} can't be given: {reason}."""

    code = "identity.name_not_allowed"
    zh = "不能使用名称“{name}”：{reason_zh}。"


class SigningInPaused(PlatformError):
    """Too many attempts to sign in failed; try again in {minutes} minutes, or ask your administrator."""

    code = "identity.signing_in_paused"
    http_status = 429
    zh = "登录尝试过多，请 {minutes} 分钟后再试，或联系本单位管理员。"


class NoSuchPause(PlatformError):
    """The pause {pause} is over."""

    code = "identity.no_such_pause"
    http_status = 404
    zh = "该限制已经解除。"


class NoSuchAccount(PlatformError):
    """There is no account {username}."""

    code = "identity.no_such_account"
    http_status = 404
    zh = "没有账号 {username}。"
