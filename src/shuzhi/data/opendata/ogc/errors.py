from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class BadQuery(PlatformError):
    """Parameter {parameter}: {reason}"""

    code = "ogc.bad_query"
    http_status = 400
    zh = "参数 {parameter} 有误：{reason_zh}"


class NoSuchCollection(PlatformError):
    """There is no collection {collection}; /ogc/collections names all."""

    code = "ogc.no_such_collection"
    http_status = 404
    zh = "没有要素集 {collection}；/ogc/collections 列出全部。"


class NoSuchFeature(PlatformError):
    """Collection {collection} has no feature {feature}."""

    code = "ogc.no_such_feature"
    http_status = 404
    zh = "要素集 {collection} 里没有要素 {feature}。"


class NoSuchAddress(PlatformError):
    """Nothing is at {path}; /ogc names what there is."""

    zh = "没有 {path} 这个地址；可从 /ogc 查起。"
    code = "ogc.no_such_address"
    http_status = 404
