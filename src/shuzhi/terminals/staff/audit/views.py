"""The log with its filters, and the button that recomputes the chain."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import audit, policy, queries
from shuzhi.pillars.security.errors import AuditBroken
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.log.findings import WORDS, Finding
from shuzhi.pillars.security.queries import LoggedAct, Question
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Fact,
    Field,
    Link,
    Row,
    Said,
    Table,
    Tone,
    Why,
)
from shuzhi.terminals.staff import acts
from shuzhi.terminals.staff.shell import (
    Titles,
    actor_of,
    asked_for,
    name_of,
    page,
    select_filter,
    text_filter,
    turn,
)
from shuzhi.terminals.staff.workbench.subjects import subject_url

COLUMNS = (
    Column("seq", Said("位置", "Place"), "number"),
    Column("at", Said("时间", "Time"), "date"),
    Column("action", Said("事项", "Act")),
    Column("target", Said("对象", "Target"), "code"),
    Column("actor", Said("谁", "Who")),
    Column("outcome", Said("结果", "Outcome"), "chips"),
)
FINDINGS = 20
OUTCOMES = {
    "done": Chip(Said("办成", "Done"), Tone.SUCCESS),
    "sent": Chip(Said("已转发", "Sent on"), Tone.PRIMARY),
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
            "每一件事和它的记录同时写入，只增不改；记录组成默克尔树，树头逐批签名，改动任何一条都会被发现。",
            "Every act is written together with its entry; entries are only added and form a Merkle tree with signed heads, so any change is found.",
        ),
        doors=_doors(request),
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


def _doors(request: HttpRequest) -> tuple[Link, ...]:
    if not policy.allows("audit.subject", by=actor_of(request)):
        return ()
    return (Link(Said("谁看过某人的数据", "Who saw someone's data"), reverse("staff:audit_subjects")),)


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
    """What recomputing the log found; of many findings, the first."""
    try:
        found = audit.verify()
    except AuditBroken as broken:
        return Why(
            title=Said("日志被改动过", "The log was altered"),
            facts=tuple(_finding(finding) for finding in broken.findings[:FINDINGS]),
            tone=Tone.DANGER,
        )
    return Why(
        title=Said("逐条重算，完好无损", "Recomputed entry by entry: nothing was altered"),
        facts=(
            Fact(Said("记录", "Entries"), found.entries),
            Fact(Said("已封存", "Sealed"), found.sealed),
            Fact(Said("已签名的树头", "Signed heads"), found.heads),
            Fact(Said("树根", "Root"), found.head),
            Fact(
                Said("离线验证", "Verify offline"),
                Said(
                    "运行 shuzhi audit head 保存已签名的树头；以后 shuzhi audit verify --head 或导出包内的 verify_audit.py 可证明日志没有被截断或重写。",
                    "Keep the signed head that shuzhi audit head prints; later shuzhi audit verify --head, or the verify_audit.py of an export, proves that the log was neither cut nor rewritten.",
                ),
            ),
        ),
    )


def _finding(finding: Finding) -> Fact:
    words = WORDS[finding.reason]
    place = "" if finding.place is None else f"{finding.place} · "
    return Fact(Said(words.zh, words.en), f"{place}{finding.entry or finding.detail or '—'}")
