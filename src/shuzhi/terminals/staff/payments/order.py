"""One order: its facts, its refunds, its lines of the ledger; refund it or withdraw it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import ledger, queries, services
from shuzhi.support.payments.money import said as written
from shuzhi.support.payments.types import KIND_TITLES, LIVE, REFUND_TITLES, Kind, Order, OrderState
from shuzhi.terminals.design.types import Chip, Column, Fact, Field, Row, Said, Table, say
from shuzhi.terminals.design.types.said import Words
from shuzhi.terminals.staff.payments.views import PAYMENTS, state_chip
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said

REFUNDS = (
    Column("key", Said("退款单号", "Refund"), "code"),
    Column("amount", Said("金额（元）", "Yuan"), "number"),
    Column("reason", Said("理由", "Why")),
    Column("state", Said("状态", "State"), "chips"),
    Column("at", Said("时间", "When"), "date"),
)
LINES = (
    Column("at", Said("时间", "When"), "date"),
    Column("debit", Said("借（进）", "Debit (to)")),
    Column("credit", Said("贷（出）", "Credit (from)")),
    Column("yuan", Said("金额（元）", "Yuan"), "number"),
    Column("said", Said("摘要", "What")),
)


@requires("payments.read")
def show(request: HttpRequest, order: str) -> HttpResponse:
    """The order's page, for its office."""
    found, by = queries.order(order), actor_of(request)
    policy.require("payments.see", by=by, office=found.office)
    refunds = policy.allows("payments.refund", by=by, office=found.office) and found.refundable > 0
    closes = policy.allows("payments.place", by=by, office=found.office)
    again = queries.paid_again(order)
    goes = found.may_go_again and not again and policy.allows("payments.pay_out", by=by, office=found.office)
    return page(
        request,
        "staff/payments/order.html",
        title=said(found.reason),
        lead=Said(f"{KIND_TITLES[found.kind].zh} {written(found.amount)} 元", f"{KIND_TITLES[found.kind].en}: {written(found.amount)} yuan"),
        trail=(PAYMENTS,),
        chips=[state_chip(found.state)],
        facts=_facts(found),
        order=order,
        next_step=_next_step(found, again),
        again=_url(again.number) if again else "",
        account=_account() if goes else None,
        refund=_fields(found) if refunds else None,
        may_close=closes and found.kind is Kind.CHARGE and found.state in LIVE,
        refunds=_refunds(order),
        lines=_lines(found),
    )  # fmt: skip


@requires("payments.read")
@require_POST
def act(request: HttpRequest, order: str, what: str) -> HttpResponse:
    """Refund a part, pay again what came back, or withdraw the order."""
    by, at = actor_of(request), now()
    try:
        if what == "refund":
            yuan, reason = _decimal(request.POST.get("yuan", "")), request.POST.get("reason", "")
            made = services.refund(order=order, amount=yuan, reason=reason.replace("\0", ""), by=by, at=at)
            services.send_refund(refund=made.key, by=system("payments"), at=at)
        elif what == "again":
            account, holder = (request.POST.get(name, "").replace("\0", "") for name in ("account", "holder"))
            services.pay_again(order=order, account=account.strip(), account_name=holder, by=by, at=at)
        elif what == "close":
            services.close_order(order=order, reason="撤销", by=by, at=at)
        else:
            raise Http404
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(Said("已登记。", "Done.")))
    return HttpResponseRedirect(reverse("staff:payment_order", args=[order]))


def _url(order: str) -> str:
    return reverse("staff:payment_order", args=[order])


def _next_step(found: Order, again: Order | None) -> Said | None:
    """What is to be done about a payout that came back."""
    if found.state is not OrderState.RETURNED:
        return None
    if again:
        return Said(f"已重新拨付，新订单 {again.number}。", f"It was paid again by the order {again.number}.")
    return Said(
        f"收款银行退回：{found.problem}。钱已回到部门账上。请向收款人核实账号和户名，再重新拨付；只能重新拨付一次。",
        f"The payee's bank sent it back: {found.problem}. The money is the office's again. Ask the payee for the right account "
        "and name, then pay it again; that can be done once.",
    )


def _account() -> list[Field]:
    return [
        Field(
            name="account", label=Said("核实后的收款账号", "The right account"), inputmode="numeric",
            hint=Said("8 至 32 位数字。", "8 to 32 digits."),
        ),
        Field(name="holder", label=Said("户名", "Its holder")),
    ]  # fmt: skip


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.strip()[:20])
    except InvalidOperation:
        return Decimal(0)


def _facts(found: Order) -> list[Fact]:
    return [
        Fact(Said("订单号", "Order"), found.number),
        Fact(Said("事由", "About"), _about(found.subject)),
        Fact(Said("付款人或收款人", "Payer or payee"), f"…{found.party[-4:]}"),
        Fact(Said("部门", "Office"), name_of(organization.office_titles(), found.office)),
        Fact(Said("户名", "Holder"), found.account_name),
        Fact(Said("收款账户尾号", "Account ends with"), found.account_tail),
        Fact(Said("最晚支付", "Pay by"), found.expires_at),
        Fact(Said("到账时间", "Paid at"), found.paid_at),
        Fact(Said("退回时间", "Came back at"), found.returned_at),
        Fact(
            Said("还可退（元）", "Can be refunded (yuan)"),
            written(found.refundable) if found.refundable else "",
        ),
        Fact(Said("缴款凭证", "Receipt"), found.receipt),
        Fact(Said("说明", "Note"), found.problem),
    ]


def _about(subject: str) -> Words:
    """What an order is about, as a clerk calls it."""
    number = subject.removeprefix("case/")
    return Said(f"办件 {number}", f"Case {number}") if number != subject else subject


def _fields(found: Order) -> list[Field]:
    most = written(found.refundable)
    return [
        Field(
            name="yuan", label=Said("退款金额（元）", "Yuan"), inputmode="decimal", short=True,
            hint=Said(f"至多 {most} 元。", f"At most {most} yuan."),
        ),
        Field(name="reason", label=Said("理由", "Why"), control="textarea"),
    ]  # fmt: skip


def _refunds(order: str) -> Table:
    rows = [
        Row(
            {
                "key": one.key, "amount": written(one.amount), "reason": one.reason, "at": one.done_at or one.asked_at,
                "state": [Chip(said(REFUND_TITLES[one.state])), *([Chip(one.problem)] if one.problem else [])],
            }
        )
        for one in queries.refunds(order)
    ]  # fmt: skip
    empty = Said("没有退款。", "Nothing was given back.")
    return Table(id="refunds", tall=False, caption=Said("退款", "Refunds"), columns=REFUNDS, rows=rows, empty=empty)  # fmt: skip


def _account_title(account: str, office: Words) -> Words:
    """An account of the ledger as a clerk calls it."""
    if account == ledger.TRANSIT:
        return Said("在途", "On its way")
    return office if account.startswith("office/") else Said("缴款人或收款人", "Payer or payee")


def _lines(found: Order) -> Table:
    office = name_of(organization.office_titles(), found.office)
    rows = [
        Row(
            {
                "at": one.at,
                "debit": _account_title(one.debit, office),
                "credit": _account_title(one.credit, office),
                "yuan": written(one.fen),
                "said": one.said,
            }
        )
        for one in queries.postings(found.number)
    ]
    empty = Said("还没有账目。", "There are no lines.")
    return Table(id="lines", tall=False, caption=Said("账目", "Ledger"), columns=LINES, rows=rows, empty=empty)  # fmt: skip
