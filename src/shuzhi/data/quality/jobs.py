"""Background work of quality (质量任务)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app

from shuzhi.data.quality import issues, services
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system


@app.task(name="quality.check_batch", retry=5, pass_context=False)
def check_batch(batch: str) -> int:
    """Check a batch that has been collected."""
    return services.check_batch(batch=batch, by=system("quality"), at=now()).id


@app.periodic(cron="10 16 * * *")  # ten past midnight in China
@app.task(name="quality.check_freshness", queueing_lock="quality.check_freshness", pass_context=False)
def check_freshness(timestamp: int) -> int:
    """Check again what has gone stale, or is fresh again."""
    del timestamp
    return len(services.check_freshness(by=system("quality"), at=now()))


def on_batch_collected(event: Mapping[str, Any], at: datetime) -> None:
    """A batch is in the lake: have it checked. The job's lock keeps a data set's batches in their order."""
    del at
    check_batch.configure(lock=f"quality/{event['dataset']}").defer(batch=event["batch"])


def on_dossier_moved(event: Mapping[str, Any], at: datetime) -> None:
    """Somebody acted on an issue's dossier."""
    del at
    if event["loop"] == issues.LOOP:
        services.follow_dossier(dossier=event["dossier"])
