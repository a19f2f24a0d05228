from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchIndicator(PlatformError):
    """There is no indicator {indicator}."""

    code = "indicators.no_such_indicator"
    http_status = 404
    zh = "没有指标 {indicator}。"
