from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class RoleNotForPeople(PlatformError):
    """No person can hold the role {role}; only the platform's own processes do."""

    code = "identity.role_not_for_people"
    zh = "“{role}”只属于平台自身的进程，不能授予任何人。"


class NoSuchAccount(PlatformError):
    """There is no account {username}."""

    code = "identity.no_such_account"
    http_status = 404
    zh = "没有账号 {username}。"
