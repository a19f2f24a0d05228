"""`shuzhi market`: data products, contracts over them, monthly statements, objections, what is left after setting off."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.console.opening import open_rooms

if TYPE_CHECKING:
    from shuzhi.business.market.types import Statement

app = typer.Typer(no_args_is_help=True, help="数据产品、合同、结算。 Data products, contracts, statements.")
Clerk = Annotated[str, typer.Option("--account", help="经办人账号。 The clerk's account.")]
Month = Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="月份，如 2026-03。 The month.")]
Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="日期。 A day.")]
Reason = Annotated[str, typer.Option(help="理由。 Why.")]


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def products() -> None:
    """列出数据产品、价格和份额。 List products with price and shares."""
    from shuzhi.business.market import queries

    for one in queries.products():
        shares = " ".join(f"{share.party}:{share.parts}" for share in one.shares)
        floor = "" if one.price.floor is None else f"{one.price.floor}-"
        print(
            f"{one.product}\t{one.title.zh}\t{one.owner}\t{floor}{one.price.fen} 分/{one.price.per}\t{shares}"
        )


@app.command()
def contracts(*, account: Clerk) -> None:
    """列出本部门买卖的合同。 List the contracts of the clerk's office; all for the bureau."""
    from shuzhi.business.market import queries

    for one in queries.contracts(office=_office(account)):
        print(
            f"{one.id}\t{one.product}\t{one.buyer}\t{one.since}\t{one.until}\t{one.terms.price.fen} 分/{one.terms.price.per}"
        )


@app.command()
def sign(
    product: str,
    *,
    subscription: Annotated[int, typer.Option(help="购买方的订阅号。 The buyer's subscription.")],
    since: Day,
    until: Day,
    account: Clerk,
    fen: Annotated[int | None, typer.Option(help="商定价格（分）。 A price agreed on, in fen.")] = None,
) -> None:
    """签订合同。 Sell a product."""
    from shuzhi.business.market import services

    made = services.sign_contract(
        product=product, subscription=subscription, since=since.date(), until=until.date(), by=_clerk(account),
        at=now(), fen=fen,
    )  # fmt: skip
    print(made.id)


@app.command()
def settle(month: Month, *, account: Clerk) -> None:
    """开具某月全部结算单（已开的不变）。 State a month of all contracts; what was made stays."""
    from shuzhi.business.market import services

    for one in services.make_statements(month=month.date(), by=_clerk(account), at=now()):
        print(_line(one))


@app.command()
def statements(
    *,
    account: Clerk,
    contract: Annotated[int | None, typer.Option(help="合同号。 One contract's.")] = None,
    lines: Annotated[bool, typer.Option("--lines", help="列出分配。 Who gets what, too.")] = False,
) -> None:
    """列出结算单和红字结算单。 List statements and credit notes."""
    from shuzhi.business.market import queries

    for one in queries.statements(contract=contract, office=_office(account)):
        print(_line(one))
        for name, fen in sorted(one.lines.items()) if lines else ():
            print(f"  {'subjects' if name.startswith('individual/') else name}\t{fen}")


@app.command()
def dispute(statement: str, *, reason: Reason, account: Clerk) -> None:
    """对结算单提出异议。 Object to a statement, as its buyer."""
    from shuzhi.business.market import services

    number = services.dispute(statement=statement, reason=reason, by=_clerk(account), at=now())
    print(f"案卷 {number}。 Dossier {number}.")


@app.command()
def credit(
    statement: str,
    *,
    fen: Annotated[int, typer.Option(help="冲减金额（分）。 To give back, in fen.")],
    reason: Reason,
    account: Clerk,
) -> None:
    """开具红字结算单。 Give a part back by a credit note."""
    from shuzhi.business.market import services

    made = services.credit(statement=statement, fen=fen, reason=reason, by=_clerk(account), at=now())
    print(_line(made))


@app.command()
def balances(month: Month, *, account: Clerk) -> None:
    """某月收支相抵。 What a month leaves each party, set off."""
    from shuzhi.business.market import queries

    for one in queries.balances(_first(month), office=_office(account)):
        print(f"{one.party}\t{one.comes}\t{one.pays}\t{one.net}")


def _first(month: datetime) -> date:
    return month.date().replace(day=1)


def _line(one: Statement) -> str:
    return f"{one.number}\t{one.month:%Y-%m}\t{one.buyer}\t{one.deliveries}\t{one.fen}"


def _office(username: str) -> str | None:
    """Whose contracts the clerk may see: none means every office's.

    Raises:
        Forbidden: the clerk has nothing to do with them.
    """
    from shuzhi.pillars.security import policy
    from shuzhi.pillars.security.types import Role

    by = _clerk(username)
    policy.require("market.trade", by=by)
    return None if by.has(Role.BUREAU) else by.office or "-"


def _clerk(username: str) -> Actor:
    from shuzhi.support.identity import queries as identity
    from shuzhi.support.identity.errors import NoSuchAccount

    found = identity.actor(username)
    if found is None:
        raise NoSuchAccount(username=username)
    return found
