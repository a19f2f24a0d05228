from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchDataSet(PlatformError):
    """There is no data set {dataset} in the catalog."""

    code = "catalog.no_such_data_set"
    http_status = 404
    zh = "目录中没有数据集 {dataset}。"


class NotCatalogued(PlatformError):
    """Data set {dataset} is {status}, not published in the catalog; it can be neither shared nor opened."""

    code = "catalog.not_catalogued"
    http_status = 409
    zh = "数据集 {dataset} 尚未在目录发布（{status}），不能共享，也不能开放。"
