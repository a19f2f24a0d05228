"""Who saw someone's data (谁看过我的数据): asked at the counter for a resident or a firm, answered in one list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.clock import now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import services, subjects
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.queries import PAGE, LoggedAct
from shuzhi.terminals.design.types import Cell, Choice, Column, Field, Link, Row, Said, Table
from shuzhi.terminals.staff.audit.views import OUTCOMES
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page
from shuzhi.terminals.staff.workbench.subjects import subject_url

SCHEMES = {
    subjects.USCC: Said("统一社会信用代码", "USCC"),
    subjects.RESIDENT: Said("公民身份号码", "Resident identity number"),
    subjects.ENTITY: Said("基础库记录编号", "Id in a register"),
}
COLUMNS = (
    Column("at", Said("时间", "Time"), "date"),
    Column("who", Said("谁", "Who")),
    Column("what", Said("看了什么", "What"), "code"),
    Column("why", Said("为何", "Why")),
    Column("basis", Said("依据", "Basis")),
    Column("outcome", Said("结果", "Outcome"), "chips"),
)
LONGEST = 200


@requires("audit.subject")
def ask(request: HttpRequest) -> HttpResponse:
    """The question, and below it the answer; asked by POST, so that no identifier stands in an address."""
    scheme = request.POST.get("scheme", subjects.USCC)
    scheme = scheme if scheme in SCHEMES else subjects.USCC
    value = request.POST.get("value", "").replace("\0", "").strip()[:LONGEST]
    asked = request.method == "POST" and bool(value)
    missing = request.method == "POST" and not value
    return page(
        request,
        "staff/audit/subjects.html",
        title=Said("谁看过这些数据", "Who saw this data"),
        lead=Said(
            "日志只存加密的标识，不存身份号码；这次查询也会记入日志。",
            "The log keeps keyed hashes, no identity numbers; this question is logged too.",
        ),
        trail=(Link(Said("审计日志", "Audit log"), reverse("staff:audit")),),
        fields=_fields(scheme, value, missing=missing),
        table=_table(request, scheme, value) if asked else None,
        status=422 if missing else 200,
    )


def _fields(scheme: str, value: str, *, missing: bool) -> tuple[Field, ...]:
    return (
        Field(
            name="scheme",
            label=Said("按什么查", "Known by"),
            control="select",
            value=scheme,
            choices=tuple(Choice(each, label) for each, label in SCHEMES.items()),
        ),
        Field(
            name="value",
            label=Said("号码", "Number"),
            value=value,
            error=Said("请填写这一项", "Fill this in") if missing else "",
            autocomplete="off",
        ),
    )


def _table(request: HttpRequest, scheme: str, value: str) -> Table:
    acts = services.ask_who_saw(scheme=scheme, value=value, by=actor_of(request), at=now())
    offices = organization.office_titles()
    return Table(
        id="sights",
        caption=Said(f"最近 {PAGE} 次", f"The last {PAGE}"),
        columns=COLUMNS,
        rows=[_row(act, offices) for act in acts],
        empty=Said("日志中没有人查看过。", "Nobody saw it, says the log."),
    )


def _row(act: LoggedAct, offices: Titles) -> Row:
    fields = act.facts.get("fields")
    seen = "、".join(map(str, fields)) if isinstance(fields, list) else ""
    return Row(
        {
            "at": act.at,
            "who": Cell(
                name_of(offices, act.office) if act.office else act.actor.removeprefix("account/"),
                under=act.actor if act.office else "",
            ),
            "what": Cell(act.target, url=subject_url(act.target), under=seen),
            "why": act.purpose or Said("—", "—"),
            "basis": act.basis or Said("—", "—"),
            "outcome": OUTCOMES.get(act.outcome) or act.outcome,
        }
    )
