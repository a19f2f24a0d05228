from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shuzhi.foundation.errors import PlatformError

if TYPE_CHECKING:
    from shuzhi.pillars.security.log.findings import Finding


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
    """The audit log was altered: entry {entry} at place {place}: {reason} ({count} findings in all)."""

    code = "security.audit_broken"
    http_status = 500
    zh = "审计日志被改动：第 {place} 位，记录 {entry}：{reason_zh}（共 {count} 处）。"
    findings: Sequence[Finding] = ()


class BlockTooLarge(PlatformError):
    """A block of audit entries holds 1 to {most} entries, not {count}."""

    code = "security.block_too_large"
    http_status = 500
    zh = "一个审计块应有 1 至 {most} 条记录，实为 {count} 条。"


class NoSuchEntry(PlatformError):
    """The audit log has no entry {entry}."""

    code = "security.no_such_entry"
    http_status = 404
    zh = "审计日志中没有记录 {entry}。"


class UnreadableEntry(PlatformError):
    """What stands where an audit entry should be can't be read as one ({start})."""

    code = "security.unreadable_entry"
    http_status = 500
    zh = "审计记录所在位置的内容无法识别（{start}）。"


class UnreadableHead(PlatformError):
    """This is no head of an audit log: {start}."""

    code = "security.unreadable_head"
    http_status = 422
    zh = "这不是审计日志的树头：{start}。"


class LogTooShort(PlatformError):
    """The audit log has {size} sealed entries; {asked} were asked for."""

    code = "security.log_too_short"
    http_status = 404
    zh = "审计日志已封存 {size} 条，查询的是第 {asked} 条。"
