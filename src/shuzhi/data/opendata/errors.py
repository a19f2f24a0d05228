from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NotOpenable(PlatformError):
    """Data set {dataset} cannot be opened: {reason}."""

    code = "opendata.not_openable"
    http_status = 409
    zh = "数据集 {dataset} 不能开放：{reason_zh}。"


class NotOpen(PlatformError):
    """Data set {dataset} is not open; its catalog entry says how to apply for it."""

    code = "opendata.not_open"
    http_status = 404
    zh = "数据集 {dataset} 没有开放；如需使用，请按目录说明申请。"


class NoSuchColumn(PlatformError):
    """Data set {dataset} has no open column {column}; it has {columns}."""

    code = "opendata.no_such_column"
    http_status = 409
    zh = "数据集 {dataset} 没有开放字段 {column}；可用字段：{columns}。"


class CannotSort(PlatformError):
    """Distinct rows can be sorted by the chosen fields only, not by {column}."""

    code = "opendata.cannot_sort"
    http_status = 409
    zh = "去重时只能按所选字段排序，不能按 {column} 排序。"


class NoSuchFile(PlatformError):
    """Data set {dataset} cannot be downloaded as {format}; it is there as {formats}."""

    code = "opendata.no_such_file"
    http_status = 404
    zh = "数据集 {dataset} 没有 {format} 格式的文件；可下载：{formats}。"


class RowsTooMany(PlatformError):
    """At most {most} rows a request; page with offset."""

    code = "opendata.rows_too_many"
    http_status = 409
    zh = "一次最多取 {most} 行，请用 offset 翻页。"


class GivesPersonsAway(PlatformError):
    """Opening data set {dataset} would give persons away (k = {k}, l = {l}): {cells} cells, {rows} rows. Such as {named}."""

    code = "opendata.gives_persons_away"
    http_status = 409
    zh = "数据集 {dataset} 开放后会暴露个人（k = {k}，l = {l}）：{cells} 个单元、{rows} 行不合要求。例如 {named}。"


class AskerGone(PlatformError):
    """Data set {dataset} was not opened: the account that asked for it is closed."""

    code = "opendata.asker_gone"
    http_status = 409
    zh = "数据集 {dataset} 没有开放：提出开放的账号已停用。"


class OpeningBroken(PlatformError):
    """Data set {dataset} was not opened: the platform broke off {attempts} times."""

    code = "opendata.opening_broken"
    http_status = 500
    zh = "数据集 {dataset} 没有开放：平台试了 {attempts} 次都中途出错。"


class OpeningEnded(PlatformError):
    """The opening of data set {dataset} has ended already; nothing was released again."""

    code = "opendata.opening_ended"
    http_status = 409
    zh = "数据集 {dataset} 的这次开放已经办结，没有重复发布。"


class NoSuchToken(PlatformError):
    """You have no token {token}."""

    code = "opendata.no_such_token"
    http_status = 404
    zh = "您没有令牌 {token}。"


class TokenTooLong(PlatformError):
    """A token holds from 1 to {most} days, not {days}."""

    code = "opendata.token_too_long"
    http_status = 409
    zh = "令牌有效期为 1 至 {most} 天，不能是 {days} 天。"
