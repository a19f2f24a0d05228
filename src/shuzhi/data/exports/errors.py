from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NothingToExport(PlatformError):
    """Data set {dataset} has no rows to export: nothing has been collected."""

    code = "exports.nothing"
    http_status = 409
    zh = "数据集 {dataset} 还没有归集数据，没有可导出的行。"


class PurposeMissing(PlatformError):
    """Say for which purpose and on which basis data set {dataset} is exported."""

    code = "exports.purpose_missing"
    http_status = 422
    zh = "请写明导出数据集 {dataset} 的用途和依据。"


class NothingAllowed(PlatformError):
    """The policy of data set {dataset} gives you none of its fields this way: {reason} ({law})."""

    code = "exports.nothing_allowed"
    http_status = 403
    zh = "按数据集 {dataset} 的策略，您不能以这种方式取得任何字段：{reason_zh}（{law}）。"


class NoSuchForm(PlatformError):
    """Exports are made as {forms}, not as {form}."""

    code = "exports.no_such_form"
    http_status = 422
    zh = "导出格式为 {forms}，没有 {form}。"


class TooManyForSheet(PlatformError):
    """A sheet holds at most {most} rows; take CSV."""

    code = "exports.too_many_for_sheet"
    http_status = 409
    zh = "工作表最多 {most} 行，请改用 CSV。"
