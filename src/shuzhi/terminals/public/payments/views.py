"""What I was asked to pay or was paid; paying at the till, and the receipt."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from shuzhi.business.matters.cases import queries as cases
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import queries as identity
from shuzhi.support.payments import queries, services
from shuzhi.support.payments.errors import NoSuchOrder
from shuzhi.support.payments.money import said
from shuzhi.support.payments.types import (
    LIVE,
    REFUND_TITLES,
    STATE_TITLES,
    Kind,
    Order,
    OrderState,
    Refund,
    RefundState,
)
from shuzhi.terminals.design.types import Chip, Crumbs, ErrorSummary, Fact, Link, Said, Tone, say
from shuzhi.terminals.public.mine.consents import HOME, whoever_asks

WHY = "everyone sees their own payments only; whoever is not signed in is asked to"
CASE = "case/"
MY_PAYMENTS = (*HOME, Link(Said("我的缴费", "My payments"), "/my/payments/"))
TONES = {OrderState.OPEN: Tone.WARNING, OrderState.SENT: Tone.WARNING, OrderState.PAID: Tone.SUCCESS, OrderState.FAILED: Tone.DANGER, OrderState.RETURNED: Tone.DANGER}  # fmt: skip
TILL = {
    "pay": Said("支付", "Pay"),
    "decline": Said("模拟：银行未受理", "Try: the bank refuses"),
    "pay-silent": Said("模拟：已扣款但没有回音", "Try: charged, but no answer"),
}
TOLD = {
    OrderState.PAID: Said("已支付，凭证随后开出。", "Paid. The receipt follows."),
    OrderState.SENT: Said("还没有支付成功，可以再试一次。", "It has not been paid yet; you can try again."),
}


@open_to_public(WHY)
def my_payments(request: HttpRequest) -> HttpResponse:
    """What has to be paid first, then what was."""
    by, _ = whoever_asks(request)
    found = [_shown(one) for one in queries.orders_of(proven_by(by))]
    found.sort(key=lambda one: not one["to_pay"])
    waiting = Counter(one["order"].subject for one in found if one["to_pay"])
    together = [
        {"url": f"/my/payments/together/{subject.removeprefix(CASE)}/", "count": count}
        | _sum([one["order"] for one in found if one["to_pay"] and one["order"].subject == subject])
        for subject, count in sorted(waiting.items())
        if count > 1 and subject.startswith(CASE)
    ]
    context = {"place_now": "my", "crumbs": Crumbs(HOME), "found": found, "together": together}
    return render(request, "public/my_payments.html", context)


@open_to_public(WHY)
def pay_together(request: HttpRequest, case: str) -> HttpResponse:
    """What one case costs, office by office, with one sum and one button; each is an order of its own and can be refunded alone."""
    by, _ = whoever_asks(request)
    proven = proven_by(by)
    found = [
        one
        for one in queries.orders_about(f"{CASE}{case}")
        if one.party in proven and one.kind is Kind.CHARGE
    ]
    if not found:
        raise NoSuchOrder
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            for one in found:
                if _shown(one)["to_pay"]:
                    _pay(request, one.number, proven, by)
        except PlatformError as error:  # those before it are paid: the page says which
            refusal = error
        else:
            messages.success(request, say(Said("已办理，每一笔的结果如下。", "Done; see each below.")))
            return HttpResponseRedirect(request.path)
        found = [queries.order(one.number) for one in found]
    shown = [_shown(one) | {"why": _why(one)} for one in found]
    waiting = [one["order"] for one in shown if one["to_pay"]]
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MY_PAYMENTS),
        "found": shown,
        "waiting": len(waiting),
        **_sum(waiting),
        "till": TILL,
        "case": case,
        "errors": _errors(refusal),
    }
    return render(
        request, "public/pay_together.html", context, status=refusal.http_status if refusal else 200
    )


@open_to_public(WHY)
def my_payment(request: HttpRequest, order: str) -> HttpResponse:
    """One order: for what, how much, until when; the till, the receipt, what came back."""
    by, _ = whoever_asks(request)
    proven = proven_by(by)
    found = queries.order(order)
    if found.party not in proven:
        raise NoSuchOrder
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            found = _pay(request, order, proven, by)
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(TOLD.get(found.state, TOLD[OrderState.SENT])))
            return HttpResponseRedirect(f"/my/payments/{order}/")
    context = {
        "place_now": "my",
        "crumbs": Crumbs(MY_PAYMENTS),
        "one": _shown(found),
        "facts": _facts(found),
        "till": TILL,
        "refunds": [_refund(each) for each in queries.refunds(order)],
        "why": _why(found),
        "errors": _errors(refusal),
    }
    return render(request, "public/my_payment.html", context, status=refusal.http_status if refusal else 200)


def proven_by(by: Actor) -> frozenset[str]:
    """The names (`uscc/…`) that an account has proven to be its own."""
    return frozenset(f"{scheme}/{number}" for scheme, number in identity.proofs(by.name).items())


def _pay(request: HttpRequest, order: str, proven: frozenset[str], by: Actor) -> Order:
    how, at = request.POST.get("how", ""), now()
    begun = services.begin_payment(order=order, proven=proven, by=by, at=at)
    if begun.state is OrderState.PAID:
        return begun
    return services.use_till(order=order, how=how if how in TILL else "pay", proven=proven, by=by, at=at)


def _errors(refusal: PlatformError | None) -> ErrorSummary | None:
    return ErrorSummary(others=(Said(refusal.message_zh, str(refusal)),)) if refusal else None


def _sum(found: list[Order]) -> dict[str, str]:
    return {"sum": said(sum(one.amount for one in found))}


def _why(one: Order) -> list[Said]:
    """How the amount came about, where a rule worked it out."""
    fee = cases.assessed_fee(one)
    if fee is None or not fee.because:
        return []
    return [Said(fee.because, fee.because), *(Said(line.zh, line.en) for line in fee.explanation)]


def _office(one: Order) -> Said:
    office = organization.office_titles().get(one.office)
    return Said(office.zh, office.en) if office else Said(one.office, one.office)


def _shown(one: Order) -> dict[str, Any]:
    is_late = one.expires_at is not None and one.expires_at <= now()
    to_pay = one.kind is Kind.CHARGE and one.state in LIVE and not is_late
    return {
        "order": one,
        "title": one.reason,
        "amount": said(one.amount),
        "refunded": said(one.refunded) if one.refunded else "",
        "chip": _standing(one, to_pay=to_pay),
        "is_payout": one.kind is Kind.PAYOUT,
        "to_pay": to_pay,
        "is_paid": one.state is OrderState.PAID,
        "office": _office(one),
        "until": day_of(one.expires_at) if one.expires_at else None,
        "made_on": day_of(one.made_at),
        "paid_on": day_of(one.paid_at) if one.paid_at else None,
        "url": f"/my/payments/{one.number}/",
    }


def _standing(one: Order, *, to_pay: bool) -> Chip:
    """Where it stands as the payer sees it: what came back, and that it can be tried again, says more than the state."""
    if one.refunded:
        whole = one.refunded >= one.received
        return Chip(Said("已全部退款", "Refunded") if whole else Said("已部分退款", "Refunded in part"))
    if one.refunding:
        return Chip(Said("退款中", "Being refunded"), Tone.WARNING)
    if to_pay and one.state is OrderState.SENT:
        return Chip(Said("未支付成功，可再试", "Not paid yet, try again"), Tone.WARNING)
    title = STATE_TITLES[one.state]
    return Chip(Said(title.zh, title.en.capitalize()), TONES.get(one.state, Tone.NEUTRAL))


def _facts(one: Order) -> list[Fact]:
    facts = [
        Fact(Said("订单号", "Order"), one.number),
        Fact(
            Said("付款部门", "From") if one.kind is Kind.PAYOUT else Said("收款部门", "To"),
            _office(one),
        ),
        Fact(Said("开单日期", "Placed on"), day_of(one.made_at)),
        Fact(Said("最晚支付", "Pay by"), day_of(one.expires_at) if one.expires_at else None),
        Fact(Said("支付日期", "Paid on"), day_of(one.paid_at) if one.paid_at else None),
        Fact(Said("已退（元）", "Refunded (yuan)"), said(one.refunded) if one.refunded else ""),
        Fact(Said("收款账户尾号", "Account ends with"), one.account_tail),
        Fact(Said("说明", "Note"), one.problem),
    ]
    if one.receipt:
        facts.append(Fact(Said("缴款凭证", "Receipt"), one.receipt, url=f"/my/credentials/{one.receipt}/"))
    return facts


def _refund(one: Refund) -> dict[str, Any]:
    title = REFUND_TITLES[one.state]
    tone = Tone.SUCCESS if one.state is RefundState.DONE else Tone.NEUTRAL
    return {"amount": said(one.amount), "reason": one.reason, "chip": Chip(Said(title.zh, title.en), tone)}
