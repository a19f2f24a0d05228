from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchRegister(PlatformError):
    """There is no register {register}."""

    code = "registers.no_such_register"
    http_status = 404
    zh = "没有基础库 {register}。"


class NoSuchScheme(PlatformError):
    """Register {register} does not identify its records by {scheme}."""

    code = "registers.no_such_scheme"
    http_status = 404
    zh = "基础库 {register} 不以 {scheme} 标识记录。"


class NoSuchEntity(PlatformError):
    """Register {register} has no record {entity}."""

    code = "registers.no_such_entity"
    http_status = 404
    zh = "基础库 {register} 中没有记录 {entity}。"
