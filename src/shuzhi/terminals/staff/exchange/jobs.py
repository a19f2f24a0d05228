"""The jobs of a subscription (批量任务): files and returns, how far they are, and the files themselves."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.types import InterfaceKind, Job, JobState, Subscription
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Action, Cell, Column, Link, Row, Said, Table, Tone
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import actor_of, page, refusal_above, said

STATES = {
    JobState.WAITING: (Said("排队中", "Waiting"), Tone.PRIMARY),
    JobState.WORKING: (Said("处理中", "In the making"), Tone.PRIMARY),
    JobState.READY: (Said("已完成", "Done"), Tone.SUCCESS),
    JobState.EXPIRED: (Said("已清除", "Removed"), Tone.NEUTRAL),
    JobState.FAILED: (Said("未完成", "Failed"), Tone.DANGER),
}
KINDS = {
    InterfaceKind.FILE: Said("批量文件", "File"),
    InterfaceKind.INTERSECTION: Said("隐私求交", "Intersection"),
    InterfaceKind.WRITE_BACK: Said("回写", "Return"),
    InterfaceKind.RECEIPT: Said("回执", "Receipts"),
}
COLUMNS = (
    Column("job", Said("任务", "Job")),
    Column("state", Said("状态", "State"), "chips"),
    Column("asked_at", Said("提交时间", "Ordered"), "date"),
    Column("done_at", Said("完成时间", "Done"), "date"),
    Column("rows", Said("行数", "Rows"), "number"),
    Column("kept", Said("保存至", "Kept until"), "date"),
    Column("problem", Said("说明", "Note")),
)


@requires("exchange.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """All of them, for the two offices concerned and for overseers."""
    return _page(request, queries.readable_subscription(number, actor=actor_of(request)))


@requires("exchange.collect")
def download(request: HttpRequest, number: int, job: int) -> HttpResponseBase:
    """The file of a job, for the office that ordered it."""
    found = queries.readable_subscription(number, actor=actor_of(request))
    try:
        made = services.collect_file(subscription=number, job=job, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, found, refusal=refusal)
    return FileResponse(
        made.body.open(),
        as_attachment=True,
        filename=made.name,
        content_type=made.media_type,
        headers={"Cache-Control": "no-store", "Content-Length": str(made.body.size)},
    )


def _page(request: HttpRequest, found: Subscription, *, refusal: PlatformError | None = None) -> HttpResponse:
    actor = actor_of(request)
    return page(
        request,
        "staff/exchange/jobs.html",
        title=Said(f"第 {found.id} 号订阅的任务", f"Jobs of subscription {found.id}"),
        lead=said(found.interface_title),
        trail=(
            Link(Said("数据共享", "Exchange"), reverse("staff:exchange")),
            Link(
                Said(f"第 {found.id} 号订阅", f"Subscription {found.id}"),
                reverse("staff:subscription", args=[found.id]),
            ),
        ),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        jobs=_table(found, actor),
    )


def _table(found: Subscription, actor: Actor) -> Table:
    may_collect = policy.allows("exchange.collect", by=actor, office=found.office)
    return Table(
        id="jobs",
        caption=Said("任务", "Jobs"),
        columns=COLUMNS,
        rows=[_row(job, may_collect=may_collect) for job in queries.jobs(subscription=found.id)],
        empty=Said("还没有提交过任务。", "Nothing has been ordered yet."),
    )


def _row(job: Job, *, may_collect: bool) -> Row:
    is_file = job.kind is InterfaceKind.FILE and job.state is JobState.READY
    url = reverse("staff:subscription_file", args=[job.subscription, job.id])
    return Row(
        {
            "job": Cell(KINDS.get(job.kind, Said(job.kind.value, job.kind.value)), under=f"#{job.id}"),
            "state": titles.state_chip(STATES, job.state),
            "asked_at": job.asked_at,
            "done_at": job.done_at,
            "rows": job.rows if job.kind is InterfaceKind.FILE and job.sha256 else None,
            "kept": job.expires_at if is_file else None,
            "problem": said(job.problem) if job.problem else "",
        },
        action=Action(Said("下载", "Download"), url) if is_file and may_collect else None,
    )
