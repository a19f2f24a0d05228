"""One contract with its statements; signing one."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.business.market import queries, services
from shuzhi.business.market.errors import NoSuchProduct, PeriodWrong, PriceRefused, WrongSubscription
from shuzhi.business.market.types import Contract
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Choice, Fact, Field, Said, say
from shuzhi.terminals.staff.market.views import (
    MARKET,
    own_office,
    price_of,
    shares_of,
    statements_table,
)
from shuzhi.terminals.staff.shell import actor_of, name_of, page, refusal_above

LONGEST = 9


@requires("market.trade")
def show(request: HttpRequest, number: int) -> HttpResponse:
    """For the offices that sell and buy by it, and the bureau."""
    one = queries.contract(number, office=own_office(actor_of(request)))
    offices = organization.office_titles()
    terms = one.terms
    return page(
        request,
        "staff/market/contract.html",
        title=Said(f"合同 {one.id} 号：{one.title.zh}", f"Contract {one.id}: {one.title.en}"),
        trail=(MARKET,),
        facts=(
            Fact(Said("提供部门", "Seller"), name_of(offices, terms.owner)),
            Fact(Said("购买方", "Buyer"), name_of(offices, one.buyer)),
            Fact(Said("期限", "Period"), f"{one.since} – {one.until}"),
            Fact(Said("价格", "Price"), price_of(terms.price.model_copy(update={"floor": None}))),
            Fact(Said("定价依据", "Where the price comes from"), terms.price.basis or None),
            Fact(Said("收益分配", "Shares"), shares_of(terms, offices)),
            Fact(Said("接口", "Interface"), one.interface),
            Fact(Said("订阅", "Subscription"), one.subscription),
        ),
        table=statements_table(queries.statements(contract=one.id), offices),
    )


@requires("market.settle")
def new(request: HttpRequest) -> HttpResponse:
    """Sell one's office's product to the office of a subscription."""
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            made = _sign(request)
        except Forbidden:
            raise
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(Said("已签订。", "Signed.")))
            return HttpResponseRedirect(reverse("staff:market_contract", args=[made.id]))
    return page(
        request,
        "staff/market/sign.html",
        title=Said("签订合同", "Sign a contract"),
        lead=Said(
            "按产品今天的条款签订；以后调价不影响本合同。",
            "At the product's terms of today; later prices change nothing of it.",
        ),
        trail=(MARKET,),
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        fields=_questions(request),
    )


def _sign(request: HttpRequest) -> Contract:
    product, agreed = _text(request, "product"), _text(request, "fen")
    if product not in {one.product for one in queries.products()}:
        raise NoSuchProduct(product=product)
    subscription = _number(_text(request, "subscription"))
    if subscription is None:
        raise WrongSubscription(subscription=_text(request, "subscription") or "—", product=product)
    fen = _number(agreed)
    if agreed and fen is None:
        raise PriceRefused(product=product, least=0, most=0)
    try:
        since, until = (date.fromisoformat(_text(request, name)) for name in ("since", "until"))
    except ValueError:
        raise PeriodWrong from None
    return services.sign_contract(
        product=product, subscription=subscription, since=since, until=until, by=actor_of(request), at=now(), fen=fen
    )  # fmt: skip


def _questions(request: HttpRequest) -> list[Field]:
    products = [
        Choice(one.product, Said(f"{one.title.zh}（{price_of(one.price).zh}）", f"{one.title.en} ({price_of(one.price).en})"))
        for one in queries.products()
    ]  # fmt: skip
    return [
        Field(
            name="product", label=Said("产品", "Product"), control="select", choices=products,
            value=_text(request, "product"),
        ),
        Field(
            name="subscription", label=Said("购买方的订阅号", "The buyer's subscription"), inputmode="numeric", short=True,
            value=_text(request, "subscription"),
        ),
        Field(name="since", label=Said("自", "From"), control="date", value=_text(request, "since")),
        Field(name="until", label=Said("至", "Until"), control="date", value=_text(request, "until")),
        Field(
            name="fen", label=Said("商定价格（分）", "Price agreed on (fen)"), inputmode="numeric", short=True,
            required=False, hint=Said("按产品价格就不填。", "Empty: the product's price."), value=_text(request, "fen"),
        ),
    ]  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else None


def _text(request: HttpRequest, name: str) -> str:
    return storable(request.POST.get(name, "")).strip()[:100]
