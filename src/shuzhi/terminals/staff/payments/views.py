"""How orders stand, whether the books agree, the days that were reconciled, and the office's orders."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.payments import queries, services
from shuzhi.support.payments.money import said as written
from shuzhi.support.payments.types import (
    DIFFERENCE_TITLES,
    KIND_TITLES,
    STATE_TITLES,
    Difference,
    Figures,
    Order,
    OrderState,
    Reconciliation,
)
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Choice,
    Column,
    Figure,
    Link,
    Row,
    Said,
    Share,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff.shell import actor_of, asked_for, page, said, select_filter, text_filter, turn

PAYMENTS = Link(Said("公共支付", "Payments"), "/staff/payments/")
TONES = {
    OrderState.PAID: Tone.SUCCESS,
    OrderState.SENT: Tone.WARNING,
    OrderState.FAILED: Tone.DANGER,
    OrderState.RETURNED: Tone.DANGER,
}
ORDERS = (
    Column("reason", Said("项目", "For")),
    Column("amount", Said("金额（元）", "Yuan"), "number"),
    Column("back", Said("已退（元）", "Refunded"), "number"),
    Column("state", Said("状态", "State"), "chips"),
    Column("at", Said("开单日期", "Placed"), "date"),
)
DAYS = (
    Column("day", Said("账单日", "Day"), "date"),
    Column("lines", Said("笔数", "Lines"), "number"),
    Column("booked", Said("补记", "Booked late"), "number"),
    Column("came", Said("收（元）", "In (yuan)"), "number"),
    Column("went", Said("付（元）", "Out (yuan)"), "number"),
    Column("result", Said("结果", "Result"), "chips"),
)


@requires("payments.read")
def listing(request: HttpRequest) -> HttpResponse:
    """The room's page; orders by name for the office that they belong to."""
    by, asked = actor_of(request), asked_for(request, "state", "q")
    office = _office_of(by)
    sees = policy.allows("payments.see", by=by, office=office)
    told = queries.figures(office if sees else None)
    return page(
        request,
        "staff/payments/listing.html",
        title=Said("公共支付", "Payments"),
        lead=Said(
            "一个入口收费、拨付、退款；每一分钱两边记账，每天与通道对账。",
            "One entrance for payments, payouts and refunds; every fen is booked twice, every day reconciled.",
        ),
        chips=[_whole(told), *_came_back(told)],
        figures=_figures(told),
        days=_days(queries.reconciliations()),
        orders=_orders(request, office, asked) if sees else None,
        may_reconcile=policy.allows("payments.reconcile", by=by, office=by.office),
    )


@requires("payments.reconcile")
@require_POST
def reconcile(request: HttpRequest) -> HttpResponse:
    """Hold yesterday's statement, or a day's, against our orders."""
    try:
        day = date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        day = day_of(now()) - timedelta(days=1)
    try:
        found = services.reconcile(day=day, by=actor_of(request), at=now())
    except Forbidden:
        raise
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        told = Said(
            f"{day}：相符 {found.matched}，补记 {found.booked}，差异 {len(found.differences)}。",
            f"{day}: {found.matched} agree, {found.booked} booked late, {len(found.differences)} differ.",
        )
        (messages.success if found.is_clean else messages.error)(request, say(told))
    return HttpResponseRedirect(reverse("staff:payments"))


def state_chip(state: OrderState) -> Chip:
    """An order's state."""
    title = STATE_TITLES[state]
    return Chip(Said(title.zh, title.en.capitalize()), TONES.get(state, Tone.NEUTRAL))


def _office_of(by: Actor) -> str | None:
    """The bureau looks after all offices, everybody else after their own."""
    return None if by.has(Role.BUREAU) else by.office


def _whole(told: Figures) -> Chip:
    if not told.differences:
        return Chip(Said("订单、退款、账目一致", "Orders, refunds and ledger agree"), Tone.SUCCESS)
    wrong = ", ".join(told.differences[:3])
    return Chip(Said(f"账目不一致：{wrong}", f"The books differ: {wrong}"), Tone.DANGER)


def _came_back(told: Figures) -> list[Chip]:
    """Payouts that came back, where there are any."""
    count = told.returned
    return (
        [Chip(Said(f"退汇未重新拨付 {count} 笔", f"Came back, not paid again: {count}"), Tone.DANGER)]
        if count
        else []
    )


def _figures(told: Figures) -> list[Figure]:
    def of(kind: str, *states: str) -> tuple[int, int]:
        found = [told.counts.get((kind, state), (0, 0)) for state in states]
        return sum(count for count, _ in found), sum(fen for _, fen in found)

    asked, paid = of("charge", *OrderState), of("charge", "paid")
    out, arrived = of("payout", *OrderState), of("payout", "paid")
    url = "/staff/payments/?state="
    return [
        Figure(label=Said("已缴费", "Paid"), value=Share(paid[0], asked[0]), url=f"{url}paid", of=Said(f"{written(paid[1])} 元", f"{written(paid[1])} yuan")),
        Figure(label=Said("已拨付", "Paid out"), value=Share(arrived[0], out[0]), url=f"{url}paid", of=Said(f"{written(arrived[1])} 元", f"{written(arrived[1])} yuan")),
        Figure(label=Said("待支付", "To be paid"), value=of("charge", "open", "sent")[0], unit=Said("笔", "orders"), url=f"{url}open", of=Said(f"已退 {written(told.refunded)} 元", f"{written(told.refunded)} yuan refunded")),
    ]  # fmt: skip


def _days(found: list[Reconciliation]) -> Table:
    rows = [
        Row(
            {
                "day": one.day, "lines": one.lines, "booked": one.booked, "came": written(one.came), "went": written(one.went),
                "result": [_difference(each) for each in one.differences[:5]] or [Chip(Said("相符", "They agree"), Tone.SUCCESS)],
            }
        )
        for one in found
    ]  # fmt: skip
    empty = Said("还没有对过账。", "No day has been reconciled.")
    return Table(id="days", tall=False, caption=Said("日对账", "Daily reconciliation"), columns=DAYS, rows=rows, empty=empty)  # fmt: skip


def _difference(one: Difference) -> Chip:
    title = DIFFERENCE_TITLES[one.kind]
    number = f" #{one.dossier}" if one.dossier else ""
    return Chip(Said(f"{title.zh} {one.key}{number}", f"{title.en}: {one.key}{number}"), Tone.DANGER)


def _orders(request: HttpRequest, office: str | None, asked: dict[str, str]) -> Table:
    state = asked["state"] if asked.get("state") in set(OrderState) else ""
    text = asked.get("q", "")
    pages = turn(request, queries.count_orders(office=office, state=state, text=text), queries.PAGE)
    choices = [Choice("", Said("全部", "All")), *(Choice(each.value, said(STATE_TITLES[each])) for each in OrderState)]  # fmt: skip
    rows = [_row(one) for one in queries.orders(office=office, state=state, text=text, page=pages.number)]
    return Table(
        id="orders", caption=Said("订单", "Orders"), columns=ORDERS, rows=rows, pages=pages, query=asked,
        filters=(
            select_filter(asked, "state", Said("状态", "State"), choices),
            text_filter(asked, "q", Said("订单号或事由编号", "Order or subject"), "search"),
        ),
        empty=Said("没有符合的订单。", "No orders."),
    )  # fmt: skip


def _row(one: Order) -> Row:
    kind = KIND_TITLES[one.kind]
    return Row(
        {
            "reason": Cell(
                said(one.reason),
                url=reverse("staff:payment_order", args=[one.number]),
                under=Said(f"{kind.zh} {one.number}", f"{kind.en} {one.number}"),
            ),
            "amount": written(one.amount),
            "back": written(one.refunded) if one.refunded else "",
            "state": [state_chip(one.state)],
            "at": one.made_at,
        }
    )
