"""Background work of the node itself (节点作业): jobs whose worker died under them are taken up again."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="node.resume_stalled", queueing_lock="node.resume_stalled", pass_context=False)
async def resume_stalled(timestamp: int) -> int:
    """Queue again what a killed worker was doing; until then its lock would hold up every job behind it.

    A worker that sent no sign of life for 30 seconds counts as dead. Jobs are safe to repeat.
    """
    del timestamp
    stalled = list(await app.job_manager.get_stalled_jobs())
    for job in stalled:
        log.warning("taking up %s again, whose worker died", job.task_name)
        await app.job_manager.retry_job(job)
    return len(stalled)
