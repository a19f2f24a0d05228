from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class FileMissing(PlatformError):
    """There is no file {name} beside the scenario or among the samples of its pack."""

    code = "packs.file_missing"
    zh = "场景旁和应用包的 samples 里都没有文件 {name}。"


class PageNotThere(PlatformError):
    """{path} answered {status}."""

    code = "packs.page_not_there"
    zh = "{path} 返回 {status}。"


class PacksUnknown(PlatformError):
    """There is no pack {name}; `shuzhi packs list` names all."""

    code = "packs.unknown"
    http_status = 404
    zh = "没有应用包 {name}；运行 shuzhi packs list 可列出全部。"
