"""The log with its filters, and the button that recomputes the chain."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, queries
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.queries import LoggedAct, Question
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Fact,
    Field,
    Row,
    Said,
    Table,
    Tone,
    Why,
)
from shuzhi.terminals.staff import acts
from shuzhi.terminals.staff.shell import Titles, asked_for, name_of, page, select_filter, text_filter, turn
from shuzhi.terminals.staff.workbench.subjects import subject_url

COLUMNS = (
    Column("seq", Said("链上序号", "Place"), "number"),
    Column("at", Said("时间", "Time"), "date"),
    Column("action", Said("事项", "Act")),
    Column("target", Said("对象", "Target"), "code"),
    Column("actor", Said("谁", "Who")),
    Column("outcome", Said("结果", "Outcome"), "chips"),
)
OUTCOMES = {
    "done": Chip(Said("办成", "Done"), Tone.SUCCESS),
    "answered": Chip(Said("已应答", "Answered"), Tone.SUCCESS),
    "refused": Chip(Said("被拒", "Refused"), Tone.WARNING),
    "failed": Chip(Said("未成", "Failed"), Tone.DANGER),
}


@requires("audit.read")
def listing(request: HttpRequest) -> HttpResponse:
    """Entries that fit, the newest first; asked to verify (POST), the whole chain is recomputed."""
    asked = asked_for(request, "action", "actor", "target", "outcome", "day")
    question = Question(
        action=asked.get("action", ""),
        actor=asked.get("actor", ""),
        target=asked.get("target", ""),
        outcome=asked.get("outcome", ""),
        day=_day(asked.get("day", "")),
    )
    pages = turn(request, queries.count_acts(question), queries.PAGE)
    found = queries.acts(question, page=pages.number)
    offices = organization.office_titles()
    return page(
        request,
        "staff/audit/list.html",
        title=Said("审计日志", "Audit log"),
        lead=Said(
            "每一件事和它的记录同时写入，只增不改；记录连成链，改动任何一条都会被发现。",
            "Every act is written together with its entry; entries are only added and form a chain, so any change is found.",
        ),
        verdict=_verify() if request.method == "POST" else None,
        table=Table(
            id="audit",
            caption=Said("记录", "Entries"),
            columns=COLUMNS,
            rows=[_row(act, offices) for act in found],
            query=asked,
            pages=pages,
            filters=_filters(asked),
            empty=Said("没有符合条件的记录。", "No entry fits."),
        ),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _filters(asked: dict[str, str]) -> tuple[Field, ...]:
    outcomes = (
        Choice("", Said("全部", "All")),
        *(Choice(id_, chip.label) for id_, chip in OUTCOMES.items()),
    )
    return (
        text_filter(asked, "action", Said("事项代码", "Act")),
        text_filter(asked, "target", Said("对象", "Target")),
        text_filter(asked, "actor", Said("谁", "Who")),
        select_filter(asked, "outcome", Said("结果", "Outcome"), outcomes),
        text_filter(asked, "day", Said("日期", "Day"), "date"),
    )


def _row(act: LoggedAct, offices: Titles) -> Row:
    return Row(
        {
            "seq": act.seq,
            "at": act.at,
            "action": acts.act(act.action),
            "target": Cell(act.target, url=subject_url(act.target)),
            "actor": Cell(
                act.actor.removeprefix("account/"), under=name_of(offices, act.office) if act.office else ""
            ),
            "outcome": OUTCOMES.get(act.outcome, Chip(act.outcome)),
        }
    )


def _verify() -> Why:
    """What recomputing the chain found."""
    try:
        found = audit.verify()
    except PlatformError as broken:
        return Why(
            title=Said("日志被改动过", "The log was altered"),
            facts=(Fact(Said("发现", "Found"), Said(broken.message_zh, str(broken))),),
            tone=Tone.DANGER,
        )
    return Why(
        title=Said("逐条重算，完好无损", "Recomputed entry by entry: nothing was altered"),
        facts=(
            Fact(Said("记录", "Entries"), found.entries),
            Fact(Said("已上链", "Sealed"), found.sealed),
            Fact(Said("链尾", "Head"), found.head),
            Fact(
                Said("离线验证", "Verify offline"),
                Said(
                    "抄下链尾，以后在任何一台机器上运行 shuzhi audit verify；链中不再有这一节，就说明日志被截断或重写过。",
                    "Note the head. Later run shuzhi audit verify on any machine; if the chain no longer holds it, the log was cut or rewritten.",
                ),
            ),
        ),
    )
