"""One finding: why, how far, its payments, its lines in the ledger; recover what was paid on false facts."""

from __future__ import annotations

from decimal import InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.benefits import queries, services
from shuzhi.business.benefits.money import fen_of
from shuzhi.business.benefits.money import said as written
from shuzhi.business.benefits.types import Finding, State
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy as security
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Chip, Column, Fact, Field, Link, Row, Said, Table, say
from shuzhi.terminals.staff.benefits.ledger import lines_table
from shuzhi.terminals.staff.benefits.policy import BENEFITS, state_chip
from shuzhi.terminals.staff.shell import actor_of, page, said

ORDERS = (
    Column("key", Said("指令号", "Order"), "code"),
    Column("account", Said("账户尾号", "Account ends with")),
    Column("at", Said("时间", "When"), "date"),
    Column("state", Said("结果", "Result"), "chips"),
)
ORDER_TITLES = {
    "waiting": Said("待发出", "To be sent"),
    "sent": Said("已发出，等银行答复", "Sent, the bank has not said"),
    "settled": Said("到账", "Arrived"),
    "failed": Said("未付成", "Refused"),
    "returned": Said("退汇", "Sent back"),
}


@requires("benefits.read")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """The finding's page, for the policy's office."""
    found = queries.finding(number)
    declared, by = queries.policy(found.policy).declared, actor_of(request)
    security.require("benefits.see", by=by, office=declared.office)
    decides = security.allows("benefits.decide", by=by, office=declared.office)
    return page(
        request,
        "staff/benefits/finding.html",
        title=found.name,
        lead=Said(f"{written(found.amount)} 元：{found.because}", f"{written(found.amount)} yuan: {found.because}"),
        trail=(BENEFITS, Link(said(declared.title), reverse("staff:benefit_policy", args=[found.policy]))),
        chips=[state_chip(found.state)],
        facts=_facts(found),
        lines=queries.why(found),
        orders=_orders(number),
        postings=lines_table(queries.postings(found.policy, finding=number)),
        number=number,
        recover=Field(name="reason", label=Said("追回理由", "Why"), control="textarea") if decides and found.state is State.PAID else None,
        repay=_repay_fields() if decides and found.state is State.RECOVERING else None,
    )  # fmt: skip


@requires("benefits.read")
@require_POST
def act(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Recover, or book a repayment."""
    by, asked = actor_of(request), request.POST
    try:
        if what == "recover":
            services.recover(finding=number, reason=asked.get("reason", ""), by=by, at=now())
        elif what == "repay":
            services.repay(
                finding=number,
                fen=_fen(asked.get("yuan", "")),
                reference=asked.get("reference", ""),
                by=by,
                at=now(),
            )
        else:
            raise Http404
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已登记。", "Done.")))
    return HttpResponseRedirect(reverse("staff:benefit_finding", args=[number]))


def _fen(text: str) -> int:
    try:
        return fen_of(text.strip()[:20])
    except (InvalidOperation, ValueError):
        return 0


def _facts(found: Finding) -> list[Fact]:
    named = queries.policy(found.policy).declared.facts
    used = [
        Fact(said(named[name]) if name in named else name, value if isinstance(value, bool) else str(value))
        for name, value in found.facts.items()
        if value not in (None, "")
    ]
    return [
        Fact(Said("代码", "Code"), found.recipient),
        Fact(Said("账户", "Account"), f"{found.account_name} …{found.account_tail}"),
        Fact(Said("已还（元）", "Paid back (yuan)"), written(found.repaid) if found.repaid else ""),
        Fact(Said("说明", "Note"), found.reason),
        *used,
    ]


def _orders(number: int) -> Table:
    rows = [
        Row(
            {
                "key": one.key,
                "account": one.account_tail,
                "at": one.settled_at or one.made_at,
                "state": [
                    Chip(ORDER_TITLES[one.state.value]),
                    *([Chip(one.problem)] if one.problem else []),
                ],
            }
        )
        for one in queries.orders(number)
    ]
    return Table(
        id="orders",
        tall=False,
        caption=Said("支付指令", "Payments"),
        columns=ORDERS,
        rows=rows,
        empty=Said("还没有支付。", "Nothing has been paid."),
    )


def _repay_fields() -> list[Field]:
    return [
        Field(name="yuan", label=Said("还款金额（元）", "Yuan"), inputmode="decimal", short=True),
        Field(name="reference", label=Said("回单号", "Slip")),
    ]
