from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class Forbidden(PlatformError):
    """{actor} may not {permission}: {reason}."""

    code = "security.forbidden"
    http_status = 403
    zh = "{actor}不能“{permission_zh}”：{reason_zh}。"


class NotSignedIn(PlatformError):
    """Sign in to {permission}."""

    code = "security.not_signed_in"
    http_status = 401
    zh = "请先登录，再{permission_zh}。"


class AuditBroken(PlatformError):
    """The audit log was altered: entry {entry} does not fit the chain at position {seq} ({reason})."""

    code = "security.audit_broken"
    http_status = 500
    zh = "审计日志被改动：第 {seq} 条（记录 {entry}）与链不符（{reason}）。"
