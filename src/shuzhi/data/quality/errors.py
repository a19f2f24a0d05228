from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class BatchNotCollected(PlatformError):
    """Batch {batch} is {status}; only a collected batch can be checked."""

    code = "quality.batch_not_collected"
    http_status = 409
    zh = "批次 {batch} 的状态为 {status}，归集完成后才能检查质量。"


class NoSuchRun(PlatformError):
    """There is no check run {run}."""

    code = "quality.no_such_run"
    http_status = 404
    zh = "没有编号为 {run} 的检查。"


class NotCheckedYet(PlatformError):
    """No batch of data set {dataset} has been checked yet."""

    code = "quality.not_checked_yet"
    http_status = 404
    zh = "数据集 {dataset} 还没有做过质量检查。"
