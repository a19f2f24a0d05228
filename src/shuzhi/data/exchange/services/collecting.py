from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import FileNotGiven, NoSuchJob
from shuzhi.data.exchange.gateway.kinds.ordering import terms_digest
from shuzhi.data.exchange.services.work import holds
from shuzhi.data.exchange.types import InterfaceKind, JobState
from shuzhi.data.exchange.work.places import MEDIA_TYPES, FileBody, file_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor


@dataclass(frozen=True)
class CollectedFile:
    """A file that a caller ordered, for its office."""

    body: FileBody
    name: str
    media_type: str


@transaction.atomic
def collect_file(*, subscription: int, job: int, by: Actor, at: datetime) -> CollectedFile:
    """Give the office that ordered a file the file (领取文件), under the same terms as a call would.

    Raises:
        NoSuchJob: the subscription has no file of this number.
        FileNotGiven: it is not made, was removed, the terms have changed since, or the right has ended.
        Forbidden: the actor does not speak for the office that ordered it.
    """
    rows = models.Job.objects.select_related("subscription__interface")
    row = rows.filter(id=job, subscription_id=subscription, kind=InterfaceKind.FILE.value).first()
    if row is None:
        raise NoSuchJob(job=job)
    policy.require("exchange.collect", by=by, office=row.subscription.office)
    if fault := _fault(row, at):
        raise FileNotGiven(job=job, reason=fault[0], reason_zh=fault[1])
    form = str(row.asked["form"])
    audit.record(
        "exchange.file_collected",
        target=f"interface/{row.subscription.interface_id}",
        by=by,
        at=at,
        subscription=subscription,
        job=job,
        rows=row.rows,
        sha256=row.sha256,
        owner=row.subscription.interface.owner,
    )
    return CollectedFile(
        FileBody(file_of(row.id, form), row.size),
        f"{row.subscription.interface_id}-{job}.{form}",
        MEDIA_TYPES[form],
    )


def _fault(row: models.Job, at: datetime) -> tuple[str, str] | None:
    """Why the file is not given, in both languages."""
    if row.state != JobState.READY.value or row.expires_at is None:
        return "it is not there", "文件未生成或已清除"
    if row.expires_at <= at or not file_of(row.id, row.asked["form"]).is_file():
        return "its time is over", "已过保存期限"
    grant = queries.grant_of(row.subscription)
    if not holds(grant, at):
        return "the subscription has ended", "订阅已失效"
    if row.terms != terms_digest(grant):
        return "the terms have changed since; order it again", "生成后接口条款已变更，请重新申请"
    return None
