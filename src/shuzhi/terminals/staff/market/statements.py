"""One statement: how it comes about, who gets what; the buyer objects, the owner gives back."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.market import queries, services
from shuzhi.business.market.types import Statement
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Column, Fact, Field, Link, Row, Said, Table, say
from shuzhi.terminals.staff.market.views import MARKET, own_office, party_of, price_of, state_chip, yuan
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page, refusal_above

LONGEST = 12
REASON = Field(name="reason", label=Said("理由", "Reason"), control="textarea")


@requires("market.trade")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """For the payer, the seller, whoever has a share, and the bureau."""
    return _page(request, number)


@requires("market.trade")
@require_POST
def act(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Object, as the buyer; give back, as the owner."""
    by, at, reason = actor_of(request), now(), storable(request.POST.get("reason", "")).strip()[:500]
    queries.statement(number, office=own_office(by))
    if what not in {"dispute", "credit"}:
        raise Http404
    try:
        if what == "dispute":
            services.dispute(statement=number, reason=reason, by=by, at=at)
            told = Said("异议已提出，10 个工作日内答复。", "Sent. An answer comes within ten working days.")
        else:
            services.credit(statement=number, fen=_fen(request), reason=reason, by=by, at=at)
            told = Said("红字结算单已开具。", "The credit note is made.")
    except Forbidden:
        raise
    except PlatformError as refusal:
        return _page(request, number, refusal)
    messages.success(request, say(told))
    return HttpResponseRedirect(reverse("staff:market_statement", args=[number]))


def _page(request: HttpRequest, number: str, refusal: PlatformError | None = None) -> HttpResponse:
    by = actor_of(request)
    one = queries.statement(number, office=own_office(by))
    bought, offices = queries.contract(one.contract, office=None), organization.office_titles()
    dossier = queries.open_dispute(one.number)
    whole = one.corrects is None
    return page(
        request,
        "staff/market/statement.html",
        title=Said(f"结算单 {one.number}", f"Statement {one.number}"),
        trail=(MARKET, _contract_link(bought.id)),
        chips=[state_chip(one)],
        errors=refusal_above(refusal) if refusal else None,
        status=refusal.http_status if refusal else 200,
        number=one.number,
        facts=(
            Fact(Said("产品", "Product"), Said(one.title.zh, one.title.en)),
            Fact(Said("付款方", "Payer"), name_of(offices, one.buyer)),
            Fact(Said("月份", "Month"), f"{one.month:%Y-%m}"),
            Fact(Said("单价", "Price"), price_of(bought.terms.price.model_copy(update={"floor": None}))),
            Fact(Said("提供次数", "Deliveries"), one.deliveries if whole else None),
            Fact(Said("金额", "Amount"), Said(f"{yuan(one.fen)} 元", f"{yuan(one.fen)} yuan")),
            Fact(Said("冲减的结算单", "Corrects"), one.corrects, url=_url(one.corrects) if one.corrects else ""),
            Fact(Said("理由", "Reason"), one.reason or None),
            Fact(Said("开具于", "Made on"), day_of(one.made_at)),
        ),
        lines=_lines(one, offices),
        dossier=reverse("staff:dossier", args=[dossier]) if dossier else "",
        may_dispute=whole and not dossier and policy.allows("market.dispute", by=by, office=one.buyer),
        may_credit=whole and policy.allows("market.settle", by=by, office=bought.terms.owner),
        reason=REASON,
        fen=Field(
            name="fen", label=Said("冲减金额（分）", "To give back (fen)"), inputmode="numeric", short=True,
            value=request.POST.get("fen", "")[:LONGEST],
        ),
    )  # fmt: skip


def _lines(one: Statement, offices: Titles) -> Table:
    columns = (
        Column("party", Said("收款方", "Party")),
        Column("count", Said("人（户）数", "How many"), "number"),
        Column("fen", Said("金额（元）", "Yuan"), "number"),
    )
    persons = {name: fen for name, fen in one.lines.items() if name.startswith("individual/")}
    others = {name: fen for name, fen in one.lines.items() if name not in persons}
    rows = [
        Row({"party": party_of(name, offices), "count": 1, "fen": yuan(fen)}) for name, fen in others.items()
    ]
    if persons:
        sum_of = {
            "party": party_of("subjects", offices),
            "count": len(persons),
            "fen": yuan(sum(persons.values())),
        }
        rows.append(Row(sum_of))
    return Table(
        id="lines", tall=False, caption=Said("收益分配", "Who gets what"), columns=columns, rows=rows
    )


def _contract_link(number: int) -> Link:
    return Link(
        Said(f"合同 {number} 号", f"Contract {number}"), reverse("staff:market_contract", args=[number])
    )


def _url(number: str) -> str:
    return reverse("staff:market_statement", args=[number])


def _fen(request: HttpRequest) -> int:
    text = request.POST.get("fen", "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST else 0
