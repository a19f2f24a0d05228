"""Building a register by hand: the button, how far it is, and what the last build found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.registers import jobs, queries
from shuzhi.data.registers.queries import RegisterSummary
from shuzhi.data.registers.types import BuildState, BuildTurn
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Chip, Fact, Running, Said, Tone
from shuzhi.terminals.staff.shell import actor_of

DOING = {
    BuildState.WAITING: Said("排队等候后台生成", "Waiting for its turn"),
    BuildState.RUNNING: Said("正在比对、合成各部门的记录", "Matching and merging the offices' records"),
}
FAILED = Chip(Said("上次没有生成成功", "The last build failed"), Tone.DANGER)


@requires("registers.build")
@require_POST
def build(request: HttpRequest, register: str) -> HttpResponse:
    """Queue a build; the register's page shows how far it is."""
    jobs.ask_for_build(register=register, by=actor_of(request), at=now())
    return HttpResponseRedirect(reverse("staff:register", args=[register]) + "#build")


@requires("registers.read")
def state(request: HttpRequest, register: str) -> HttpResponse:
    """How far the build is; when it is done the page is loaded again."""
    under_way = running(queries.register_summary(register), jobs.latest_build(register))
    response = render(request, "staff/registers/building.html", {"running": under_way, "polled": True})
    if under_way is None:
        response.headers["HX-Refresh"] = "true"
    return response


def running(summary: RegisterSummary, turn: BuildTurn | None) -> Running | None:
    """The build under way, if one is; how long the last one took says how long this one may."""
    if turn is None or turn.state not in DOING:
        return None
    took = (summary.report or {}).get("seconds")
    register = summary.declaration.id
    doing = DOING[turn.state]
    return Running(
        id="building",
        label=Said("生成基础库", "Building the register"),
        doing=doing,
        seconds_spent=(now() - turn.since).total_seconds(),
        note=Said(f"上次用了 {took:.1f} 秒", f"the last one took {took:.1f} s") if took else "",
        poll_url=reverse("staff:register_build_state", args=[register]),
        said=doing,
    )


def facts(summary: RegisterSummary, turn: BuildTurn | None) -> list[Fact]:
    """What the last build found and changed."""
    report = summary.report
    if report is None:
        return []
    done = turn is not None and turn.state is BuildState.DONE
    checked = turn.since if done and turn and summary.built_at and turn.since > summary.built_at else None
    return [
        Fact(Said("生成时间", "Built"), summary.built_at),
        Fact(Said("核对时间", "Looked at"), checked),
        Fact(Said("部门记录", "Offices' records"), report["records"]),
        Fact(Said("合成主体", "Entities"), report["entities"]),
        Fact(Said("两个以上部门都有的记录", "Records matched across offices"), report["matched"]),
        Fact(Said("新增", "Created"), report["created"]),
        Fact(Said("变动", "Changed"), report["changed"]),
        Fact(Said("停用", "Retired"), report["retired"]),
        Fact(Said("说法不一", "Values that differ"), report["conflicts"]),
        Fact(Said("推不出来", "Values not derived"), report["underived"]),
        Fact(Said("归属不明的记录", "Records that fit several"), report["ambiguous"]),
        Fact(Said("用时", "Took"), Said(f"{report['seconds']:.1f} 秒", f"{report['seconds']:.1f} s")),
    ]
