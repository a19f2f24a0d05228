from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchRegister(PlatformError):
    """There is no register {register}."""

    code = "registers.no_such_register"
    http_status = 404
    zh = "没有基础库 {register}。"


class NoSuchEntity(PlatformError):
    """Register {register} has no record {entity}."""

    code = "registers.no_such_entity"
    http_status = 404
    zh = "基础库 {register} 中没有记录 {entity}。"
