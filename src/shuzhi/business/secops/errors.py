from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchIncident(PlatformError):
    """There is no incident {incident}."""

    code = "secops.no_such_incident"
    http_status = 404
    zh = "没有第 {incident} 号安全事件。"


class NothingToContain(PlatformError):
    """{caller} is no subscription and no account: there is nothing to suspend."""

    code = "secops.nothing_to_contain"
    http_status = 409
    zh = "{caller} 不是订阅也不是账号，无可停用。"


class ExemptionTooLong(PlatformError):
    """An exception ends within a year; {until} is too late or over."""

    code = "secops.exemption_too_long"
    zh = "例外最长一年，截止日 {until} 过晚或已过。"
