from __future__ import annotations

from shuzhi.foundation.errors import PlatformError


class NoSuchReview(PlatformError):
    """There is no review {review}."""

    code = "classification.no_such_review"
    http_status = 404
    zh = "没有复核事项 {review}。"


class NothingCollected(PlatformError):
    """Nothing has been collected for the data set {dataset}; collect a batch first."""

    code = "classification.nothing_collected"
    http_status = 404
    zh = "数据集 {dataset} 还没有归集到数据，请先归集。"
