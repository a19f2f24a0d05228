from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class UnknownAlgorithm(PlatformError):
    """Algorithm {name} is not known here; known are {known}."""

    code = "crypto.unknown_algorithm"
    http_status = 500
    zh = "未知的密码算法 {name}；可用的有 {known}。"


class NotAuthentic(PlatformError):
    """The ciphertext does not open: it was changed, or belongs to another key or place."""

    code = "crypto.not_authentic"
    http_status = 500
    zh = "密文无法解开：内容被改动，或不属于此密钥、此处。"


class NoSuchKey(PlatformError):
    """There is no key {key}."""

    code = "crypto.no_such_key"
    http_status = 500
    zh = "没有密钥 {key}。"


class KeyRetired(PlatformError):
    """Key {key} was retired; nothing is opened with it any more."""

    code = "crypto.key_retired"
    http_status = 500
    zh = "密钥 {key} 已退役，不再用于解密。"


class KeyServiceUnavailable(PlatformError):
    """The key service does not serve: {reason}."""

    code = "crypto.key_service_unavailable"
    http_status = 503
    zh = "密钥服务不可用：{reason}。"
