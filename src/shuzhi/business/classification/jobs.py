"""Background work of classification (内容识别任务)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shuzhi.business.classification import services
from shuzhi.foundation.clock import now
from shuzhi.foundation.queueing import defer_once
from shuzhi.pillars.security.types import system


@app.task(name="classification.classify", retry=3, pass_context=False)
def classify(dataset: str) -> int:
    """Look into a data set that got new rows."""
    return services.classify(dataset=dataset, by=system("classification"), at=now())


def on_batch_collected(event: Mapping[str, Any], at: datetime) -> None:
    """New rows are in the lake: have them looked into; several batches waiting are looked into once."""
    del at
    lock = f"classification/{event['dataset']}"
    defer_once(classify.configure(lock=lock, queueing_lock=lock), dataset=event["dataset"])
