from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchMatter(PlatformError):
    """There is no matter {matter}."""

    code = "matters.no_such_matter"
    http_status = 404
    zh = "没有事项 {matter}。"


class ChoiceUnknown(PlatformError):
    """The situation {situation} has no choice {choice}."""

    code = "matters.choice_unknown"
    http_status = 400
    zh = "情形 {situation} 没有选项 {choice}。"
