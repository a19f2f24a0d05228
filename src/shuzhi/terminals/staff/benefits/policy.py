"""One policy: its figures, its runs, who was found, and why somebody was not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.benefits import jobs, queries
from shuzhi.business.benefits.money import said as written
from shuzhi.business.benefits.types import (
    STATE_TITLES,
    Finding,
    PolicyDeclaration,
    Run,
    RunState,
    State,
    Verdict,
)
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy as security
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Count,
    Figure,
    Link,
    Meter,
    Row,
    Running,
    Said,
    Share,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.shell import actor_of, asked_for, page, said, select_filter, text_filter, turn

BENEFITS = Link(Said("免申即享", "Benefits"), "/staff/benefits/")
FINDINGS = (
    Column("who", Said("受益对象", "Recipient")),
    Column("amount", Said("金额（元）", "Yuan"), "number"),
    Column("because", Said("理由", "Because")),
    Column("state", Said("状态", "State"), "chips"),
    Column("at", Said("找到日期", "Found"), "date"),
)
RUNS = (
    Column("at", Said("时间", "When"), "date"),
    Column("by", Said("谁", "Who")),
    Column("rows", Said("记录", "Records"), "number"),
    Column("eligible", Said("符合", "Entitled"), "number"),
    Column("unknown", Said("缺数据", "Data missing"), "number"),
    Column("fresh", Said("新找到", "New"), "number"),
    Column("state", Said("结果", "Result"), "chips"),
)
RUN_TITLES = {
    RunState.WAITING: Said("排队", "Waiting"),
    RunState.GATHERING: Said("读取基础库", "Reading the register"),
    RunState.DECIDING: Said("判断", "Deciding"),
    RunState.KEEPING: Said("登记结果", "Keeping results"),
    RunState.ALLOTTING: Said("预留资金", "Setting money aside"),
    RunState.DONE: Said("完成", "Done"),
    RunState.FAILED: Said("未完成", "Failed"),
}
TONES = {State.PAID: Tone.SUCCESS, State.RETURNED: Tone.DANGER, State.RECOVERING: Tone.DANGER, State.RESERVED: Tone.WARNING}  # fmt: skip


@requires("benefits.read")
def show(request: HttpRequest, policy: str) -> HttpResponse:
    """The policy's page."""
    declared, by = queries.policy(policy).declared, actor_of(request)
    asked = asked_for(request, "state", "q", "recipient")
    sees = security.allows("benefits.see", by=by, office=declared.office)
    latest = queries.runs(policy)
    return page(
        request,
        "staff/benefits/policy.html",
        title=said(declared.title),
        lead=said(declared.summary),
        trail=(BENEFITS,),
        doors=(
            Link(Said("资金账", "Ledger"), reverse("staff:benefit_ledger", args=[policy])),
            Link(Said("公开页", "Public page"), f"/benefits/{policy}/"),
        ),
        policy=policy,
        figures=_figures(declared),
        meter=_meter(policy),
        running=_running(latest[0]) if latest and latest[0].done_at is None else None,
        runs=_runs(latest),
        reasons=sorted(latest[0].reasons.items(), key=lambda each: -each[1]) if latest else [],
        may_run=security.allows("benefits.run", by=by, office=declared.office),
        findings=_findings(request, policy, asked) if sees else None,
        asked=asked.get("recipient", ""),
        **(_explained(policy, asked.get("recipient", "")) if sees else {}),
        sees=sees,
    )


@requires("benefits.read")
@require_POST
def run(request: HttpRequest, policy: str) -> HttpResponse:
    """Ask for a run; it is done in the background."""
    try:
        jobs.ask_for_run(policy=policy, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已开始匹配。", "The run has begun.")))
    return HttpResponseRedirect(reverse("staff:benefit_policy", args=[policy]))


def state_chip(state: State) -> Chip:
    """A finding's state."""
    return Chip(said(STATE_TITLES[state]), TONES.get(state, Tone.NEUTRAL))


def _figures(declared: PolicyDeclaration) -> list[Figure]:
    told, url = queries.figures(declared.policy), f"/staff/benefits/{declared.policy}/?state="
    days = (
        Said(f"平均 {told.mean_days:.1f} 天", f"{told.mean_days:.1f} days on average")
        if told.mean_days is not None
        else ""
    )
    return [
        Figure(label=Said("已找到", "Found"), value=told.found, unit=Said("家", "recipients"), url=url, of=Said(f"候补 {told.waiting}", f"{told.waiting} waiting")),
        Figure(label=Said("已确认", "Taken"), value=Share(told.confirmed, told.found - told.waiting), url=f"{url}confirmed"),
        Figure(label=Said("已到账", "Paid"), value=Share(told.paid, told.confirmed), url=f"{url}paid", of=days),
    ]  # fmt: skip


def _meter(policy: str) -> Meter:
    kept = queries.budget(policy)
    share = (kept.paid + kept.reserved) / kept.total if kept.total else 0
    return Meter(
        value=share,
        text=f"{share:.1%}",
        label=Said(
            f"预算 {written(kept.total)} 元 = 已支付 {written(kept.paid)} + 已预留 {written(kept.reserved)} + 余 {written(kept.left)}",
            f"Budget {written(kept.total)} yuan = paid {written(kept.paid)} + set aside {written(kept.reserved)} + left {written(kept.left)}",
        ),
    )


def _running(found: Run) -> Running:
    return Running(
        id="run",
        label=Said("正在匹配", "Running"),
        doing=RUN_TITLES[found.state],
        counts=(Count(Said("已处理", "Done"), found.done),),
        done=found.done,
        total=found.rows or None,
        seconds_spent=(now() - found.asked_at).total_seconds(),
    )


def _runs(found: Sequence[Run]) -> Table:
    rows = [
        Row(
            {
                "at": one.asked_at,
                "by": one.by,
                "rows": one.rows,
                "eligible": one.eligible,
                "unknown": one.unknown,
                "fresh": one.fresh,
                "state": Chip(
                    said(one.problem) if one.problem else RUN_TITLES[one.state],
                    Tone.DANGER if one.problem else Tone.NEUTRAL,
                ),
            }
        )
        for one in found
    ]
    return Table(
        id="runs",
        tall=False,
        caption=Said("最近的匹配", "Latest runs"),
        columns=RUNS,
        rows=rows,
        empty=Said("还没有运行过。", "It has not run yet."),
    )


def _findings(request: HttpRequest, policy: str, asked: dict[str, str]) -> Table:
    state = State(asked["state"]) if asked.get("state") in set(State) else None
    text = asked.get("q", "")
    pages = turn(request, queries.count_findings(policy, state=state, text=text), queries.PAGE)
    choices = [
        Choice("", Said("全部", "All")),
        *(Choice(each.value, said(STATE_TITLES[each])) for each in State),
    ]
    return Table(
        id="findings",
        caption=Said("受益名单（按保障次序）", "Recipients, in the order of the queue"),
        columns=FINDINGS,
        rows=[_row(one) for one in queries.findings(policy, state=state, text=text, page=pages.number)],
        pages=pages,
        query=asked,
        filters=(
            select_filter(asked, "state", Said("状态", "State"), choices),
            text_filter(asked, "q", Said("名称或代码", "Name or code"), "search"),
        ),
        empty=Said("没有符合的记录。", "Nobody."),
    )


def _row(one: Finding) -> Row:
    doubt = [Chip(Said("事实有变，待核", "Facts have changed"), Tone.DANGER)] if one.is_doubted else []
    return Row(
        {
            "who": Cell(one.name, under=one.recipient, url=reverse("staff:benefit_finding", args=[one.id])),
            "amount": written(one.amount),
            "because": one.because,
            "state": [state_chip(one.state), *doubt],
            "at": one.found_at,
        }
    )


def _explained(policy: str, recipient: str) -> dict[str, Any]:
    """Why somebody is entitled or not, if it was asked."""
    if not recipient:
        return {}
    try:
        verdict: Verdict = queries.explain(policy, recipient.upper(), at=now())
    except PlatformError as refusal:
        return {"unexplained": Said(refusal.message_zh, str(refusal))}
    return {"verdict": verdict}
