"""What the API itself refuses, before any room is asked."""

from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchOperation(PlatformError):
    """There is nothing at {path}; `/api/openapi.json` lists every operation."""

    code = "api.no_such_operation"
    http_status = 404
    zh = "{path} 处没有接口；全部接口见 /api/openapi.json。"


class InvalidRequest(PlatformError):
    """The request can't be read: {problems}."""

    code = "api.invalid_request"
    http_status = 422
    zh = "请求不合要求：{problems}。"


class NoPolicy(PlatformError):
    """{path} does not say who may use it, so nobody may."""

    code = "api.no_policy"
    http_status = 403
    zh = "{path} 未声明使用权限，不对任何人开放。"
