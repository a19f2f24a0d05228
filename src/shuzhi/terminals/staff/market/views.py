"""The market of an office: products on offer, its contracts, its statements, and what is left after setting off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.market import queries, services
from shuzhi.business.market.types import Balance, Contract, Price, ProductDeclaration, Statement
from shuzhi.foundation.clock import day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.terminals.design.types import Cell, Chip, Column, Link, Row, Said, Table, Tone, say
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, said

MARKET = Link(Said("数据产品", "Data products"), "/staff/market/")
PER = {"call": Said("次", "call"), "month": Said("月", "month")}
PRODUCTS = (
    Column("title", Said("产品", "Product")),
    Column("owner", Said("提供部门", "Offered by")),
    Column("price", Said("价格", "Price")),
    Column("shares", Said("收益分配", "Shares")),
)
CONTRACTS = (
    Column("number", Said("合同", "Contract")),
    Column("buyer", Said("购买方", "Buyer")),
    Column("price", Said("价格", "Price")),
    Column("since", Said("自", "Since"), "date"),
    Column("until", Said("至", "Until"), "date"),
)
STATEMENTS = (
    Column("number", Said("结算单", "Statement")),
    Column("month", Said("月份", "Month")),
    Column("buyer", Said("付款方", "Payer")),
    Column("deliveries", Said("提供次数", "Deliveries"), "number"),
    Column("fen", Said("金额（元）", "Yuan"), "number"),
    Column("state", Said("状态", "State"), "chips"),
)
BALANCES = (
    Column("party", Said("收付方", "Party")),
    Column("comes", Said("应收（元）", "To come (yuan)"), "number"),
    Column("pays", Said("应付（元）", "To pay (yuan)"), "number"),
    Column("net", Said("相抵后（元）", "Net (yuan)"), "number"),
)
PARTIES = {
    "subjects": Said("数据主体", "Those whom the data are about"),
    "unclaimed": Said("待领取（数据主体未开户）", "Unclaimed: subjects without an account"),
}


@requires("market.trade")
def listing(request: HttpRequest) -> HttpResponse:
    """The office's own; the bureau sees all."""
    by, today = actor_of(request), day_of(now())
    office, offices = own_office(by), organization.office_titles()
    month = last_month(today)
    return page(
        request,
        "staff/market/list.html",
        title=Said("数据产品", "Data products"),
        lead=Said(
            "卖什么、什么价、谁有份；合同、每月结算和异议。次数取自网关审计日志。",
            "What is sold, at what price, who has a share; contracts, monthly statements, objections. Deliveries are the gateway's.",
        ),
        doors=(Link(Said("签订合同", "Sign a contract"), reverse("staff:market_contract_new")),)
        if policy.allows("market.settle", by=by, office=by.office)
        else (),
        may_settle=policy.allows("market.settle", by=by, office=by.office),
        month=month,
        tables=(
            products_table(queries.products(), offices),
            contracts_table(queries.contracts(office=office), offices),
            statements_table(queries.statements(office=office), offices),
            balances_table(queries.balances(month, office=office), offices, month),
        ),
    )


@requires("market.settle")
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """State the month that is over, for the contracts of the products that one's office owns."""
    by, at = actor_of(request), now()
    month, office = last_month(day_of(at)), own_office(by)
    made = [
        services.make_statement(contract=one.id, month=month, by=by, at=at)
        for one in queries.contracts(office=office)
        if office in (None, one.terms.owner) and one.since <= end_of(month) and one.until >= month
    ]
    messages.success(
        request,
        say(Said(f"{month:%Y-%m} 结算单 {len(made)} 张。", f"{len(made)} statements of {month:%Y-%m}.")),
    )
    return HttpResponseRedirect(reverse("staff:market"))


def own_office(by: Actor) -> str | None:
    """Whose contracts somebody may see: none means every office's."""
    return None if by.has(Role.BUREAU) else by.office or "-"


def last_month(today: date) -> date:
    """The first day of the month that is over."""
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def end_of(month: date) -> date:
    """Its last day."""
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def yuan(fen: int) -> str:
    """An amount to the fen."""
    whole = abs(fen)
    return f"{'-' if fen < 0 else ''}{whole // 100:,}.{whole % 100:02d}"


def price_of(price: Price) -> Said:
    """A price as it is read."""
    least = f"{yuan(price.floor)}–" if price.floor is not None else ""
    per = PER[price.per]
    return Said(f"{least}{yuan(price.fen)} 元/{per.zh}", f"{least}{yuan(price.fen)} yuan a {per.en}")


def party_of(name: str, offices: Titles) -> Said:
    """A party as it is called; a person is never named here."""
    if name.startswith("individual/"):
        return Said("数据主体", "A person or firm")
    return PARTIES.get(name) or name_of(offices, name)


def shares_of(terms: ProductDeclaration, offices: Titles) -> Said:
    """Who has which part of the price."""
    whole = sum(share.parts for share in terms.shares)
    parts = [(party_of(share.party, offices), share.parts * 100 / whole) for share in terms.shares]
    return Said(
        "，".join(f"{name.zh} {part:.1f}%" for name, part in parts),
        ", ".join(f"{name.en} {part:.1f}%" for name, part in parts),
    )


def products_table(found: list[ProductDeclaration], offices: Titles) -> Table:
    """Products on offer."""
    rows = [
        Row(
            {
                "title": Cell(said(one.title), under=one.interface),
                "owner": name_of(offices, one.owner),
                "price": Cell(price_of(one.price), under=one.price.basis),
                "shares": shares_of(one, offices),
            }
        )
        for one in found
    ]
    return Table(
        id="products", caption=Said("产品", "Products"), columns=PRODUCTS, rows=rows,
        empty=Said("还没有数据产品。", "There are no products."),
    )  # fmt: skip


def contracts_table(found: list[Contract], offices: Titles) -> Table:
    """Contracts, the newest first."""
    rows = [
        Row(
            {
                "number": Cell(
                    Said(f"{one.id} 号 {one.title.zh}", f"No. {one.id} {one.title.en}"),
                    url=reverse("staff:market_contract", args=[one.id]),
                ),
                "buyer": name_of(offices, one.buyer),
                "price": price_of(one.terms.price.model_copy(update={"floor": None})),
                "since": one.since,
                "until": one.until,
            }
        )
        for one in found
    ]
    return Table(
        id="contracts", caption=Said("合同", "Contracts"), columns=CONTRACTS, rows=rows,
        empty=Said("还没有合同。", "There are no contracts."),
    )  # fmt: skip


def statements_table(found: list[Statement], offices: Titles) -> Table:
    """Statements and credit notes."""
    rows = [
        Row(
            {
                "number": Cell(
                    one.number,
                    url=reverse("staff:market_statement", args=[one.number]),
                    under=said(one.title),
                ),
                "month": f"{one.month:%Y-%m}",
                "buyer": name_of(offices, one.buyer),
                "deliveries": one.deliveries,
                "fen": yuan(one.fen),
                "state": [state_chip(one)],
            }
        )
        for one in found
    ]
    return Table(
        id="statements", caption=Said("结算单", "Statements"), columns=STATEMENTS, rows=rows,
        empty=Said("还没有结算单。每月结束后开具。", "There are none. They are made when a month is over."),
    )  # fmt: skip


def state_chip(one: Statement) -> Chip:
    """Whether it stands."""
    if one.corrects:
        return Chip(Said("红字", "Credit note"))
    if queries.open_dispute(one.number):
        return Chip(Said("有异议", "Objected to"), Tone.WARNING)
    return Chip(Said("已开具", "Made"), Tone.SUCCESS)


def balances_table(found: list[Balance], offices: Mapping[str, object], month: date) -> Table:
    """What is left after setting off."""
    rows = [
        Row(
            {
                "party": party_of(one.party, offices),  # type: ignore[arg-type]
                "comes": yuan(one.comes),
                "pays": yuan(one.pays),
                "net": yuan(one.net),
            }
        )
        for one in found
    ]
    return Table(
        id="balances", caption=Said(f"{month:%Y-%m} 收支相抵", f"Set off, {month:%Y-%m}"), columns=BALANCES,
        rows=rows, empty=Said("该月没有结算。", "Nothing was stated of this month."),
    )  # fmt: skip
