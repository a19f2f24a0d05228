"""What scenarios do with data products: sell one, state a month, object, give back, look at who gets what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.market import queries, services
from shuzhi.business.market.errors import NoSuchContract, NoSuchStatement
from shuzhi.business.market.types import Statement
from shuzhi.business.market.verbs import OfPerson
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class Selling(BaseModel):
    """A product sold by a subscription, from today for so many days; `fen` is a price that was agreed on."""

    model_config = ConfigDict(extra="forbid")

    product: str
    subscription: int
    days: int = Field(default=365, ge=1, le=3660)
    fen: int | None = None


class Stating(BaseModel):
    """A contract and a month; the one signed last, and the month that is over, where they are left out."""

    model_config = ConfigDict(extra="forbid")

    contract: int | None = None
    month: date | None = None


class Objecting(BaseModel):
    """A statement, the one made last where it is left out, and why."""

    model_config = ConfigDict(extra="forbid")

    statement: str | None = None
    reason: str


class GivingBack(Objecting):
    """How much of it is given back, in fen."""

    fen: int


class OfMonth(BaseModel):
    """A month; the one that is over where it is left out."""

    model_config = ConfigDict(extra="forbid")

    month: date | None = None


def sign(said: Selling, stage: Stage) -> dict[str, Any]:
    """Sell a product to a subscription's office."""
    today = day_of(stage.at)
    made = services.sign_contract(
        product=said.product, subscription=said.subscription, since=today, until=today + timedelta(days=said.days),
        by=stage.by, at=stage.at, fen=said.fen,
    )  # fmt: skip
    return {
        "id": made.id,
        "buyer": made.buyer,
        "fen": made.terms.price.fen,
        "since": made.since,
        "until": made.until,
    }


def state(said: Stating, stage: Stage) -> dict[str, Any]:
    """State what a month came to."""
    last = stage.latest("sign contract")
    contract = said.contract or (last["id"] if last else None)
    if contract is None:
        raise NoSuchContract(contract="—")
    made = services.make_statement(
        contract=contract, month=said.month or _month_before(stage), by=stage.by, at=stage.at
    )
    return _told(made)


def dispute(said: Objecting, stage: Stage) -> dict[str, Any]:
    """Object to a statement, as its buyer."""
    number = services.dispute(
        statement=_number(said.statement, stage), reason=said.reason, by=stage.by, at=stage.at
    )
    return {"dossier": number}


def credit(said: GivingBack, stage: Stage) -> dict[str, Any]:
    """Give a part back by a credit note."""
    number = _number(said.statement, stage)
    return _told(
        services.credit(statement=number, fen=said.fen, reason=said.reason, by=stage.by, at=stage.at)
    )


def revenue(said: OfPerson, stage: Stage) -> list[dict[str, Any]]:
    """What statements give somebody for the use of their data, the newest first."""
    del stage
    who = queries.individual_known_by(said.scheme, said.value)
    found = queries.revenue_of(who.id) if who else []
    return [{"statement": one.number, "month": one.month, "fen": fen} for one, fen in found]


def balances(said: OfMonth, stage: Stage) -> dict[str, Any]:
    """What a month leaves each party to be paid and to pay, set off; `sum` of all nets."""
    found = queries.balances(said.month or _month_before(stage))
    nets = {one.party.replace("-", "_"): one.net for one in found}
    return {"nets": nets, "sum": sum(nets.values())}


def _told(made: Statement) -> dict[str, Any]:
    own = {name: fen for name, fen in made.lines.items() if not name.startswith("individual/")}
    return {
        "number": made.number,
        "deliveries": made.deliveries,
        "fen": made.fen,
        "parties": {name.replace("-", "_"): fen for name, fen in own.items()},
        "subjects": made.fen - sum(own.values()),
    }


def _number(given: str | None, stage: Stage) -> str:
    last = stage.latest("make statement")
    if given is None and last is None:
        raise NoSuchStatement(statement="—")
    return given or str(last["number"])


def _month_before(stage: Stage) -> date:
    return (day_of(stage.at).replace(day=1) - timedelta(days=1)).replace(day=1)


VERBS = (
    Verb("sign contract", Words(zh="签订数据产品合同", en="sell a data product"), Selling, sign, names={"product": "products"}),
    Verb("make statement", Words(zh="开具结算单", en="state a month"), Stating, state),
    Verb("dispute statement", Words(zh="对结算单提出异议", en="object to a statement"), Objecting, dispute),
    Verb("credit statement", Words(zh="开具红字结算单", en="give back by a credit note"), GivingBack, credit),
    Verb("revenue", Words(zh="查看数据收益", en="look at somebody's revenue"), OfPerson, revenue, looks=True),
    Verb("balances", Words(zh="查看收支相抵", en="look at what is left after setting off"), OfMonth, balances, looks=True),
)  # fmt: skip
