"""An opening under way, and one that came to nothing: how far it is, why it failed, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.types import OpeningState, OpeningTurn
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Link, Running, Said, Words
from shuzhi.terminals.staff.shell import actor_of, said

DOING = {
    OpeningState.WAITING: Said("排队等候后台办理", "Waiting for its turn"),
    OpeningState.RUNNING: Said(
        "正在核查、脱敏，写成四种格式", "Checking, masking and writing the four formats"
    ),
}
WHAT_TO_DO = {
    "opendata.gives_persons_away": Said(
        "请看核查结果，在编目里把这些字段改为不开放，或放宽归并规则，再重新开放。",
        "See the check; close these fields in the entry or let it generalise them, then open it again.",
    ),
    "opendata.not_openable": Said(
        "请按下面的检查逐项补正，再重新开放。", "Mend what the checks below name, then open it again."
    ),
    "catalog.not_catalogued": Said(
        "请先由大数据局审核发布目录，再重新开放。", "Have the bureau publish the entry, then open it again."
    ),
    "opendata.asker_gone": Said(
        "请由在岗的审批人重新提出。", "An approver who is in office asks for it again."
    ),
    "security.forbidden": Said(
        "请由数据所属部门的审批人或大数据局重新提出。",
        "An approver of the owning office or the bureau asks for it again.",
    ),
}
AGAIN = Said(
    "请再开放一次；仍不成功的，请管理员查看平台日志。",
    "Open it once more; if it fails again, the administrator finds the cause in the platform's log.",
)


@dataclass(frozen=True)
class NotOpened:
    """Why the last opening came to nothing, and what to do."""

    at: datetime
    reason: Words
    todo: Said
    door: Link | None = None


@requires("opendata.open")
def state(request: HttpRequest, dataset: str) -> HttpResponse:
    """How far the opening is; when it has ended the page is loaded again."""
    entry = catalog.entry(dataset)
    policy.require("opendata.open", by=actor_of(request), office=entry.owner)
    under_way = running(dataset, queries.latest_opening(dataset))
    response = render(request, "staff/catalog/opening.html", {"running": under_way, "polled": True})
    if under_way is None:
        response.headers["HX-Refresh"] = "true"
    return response


def running(dataset: str, turn: OpeningTurn | None) -> Running | None:
    """The opening under way, if one is; how long the last one took says how long this one may."""
    if turn is None or not turn.state.under_way:
        return None
    doing, took = DOING[turn.state], turn.took
    return Running(
        id="opening",
        label=Said("向社会开放", "Opening to the public"),
        doing=doing,
        seconds_spent=(now() - turn.since).total_seconds(),
        note=Said(f"上次用了 {took:.1f} 秒", f"the last one took {took:.1f} s") if took else "",
        poll_url=reverse("staff:dataset_opening_state", args=[dataset]),
        said=doing,
    )


def not_opened(dataset: str, turn: OpeningTurn | None) -> NotOpened | None:
    """Why it was not opened when somebody last asked."""
    if turn is None or turn.problem is None:
        return None
    door = None
    if turn.code == "opendata.gives_persons_away":
        url = reverse("staff:dataset_disclosure", args=[dataset])
        door = Link(Said("看核查结果", "See the check"), url)
    return NotOpened(turn.since, said(turn.problem), WHAT_TO_DO.get(turn.code, AGAIN), door)
