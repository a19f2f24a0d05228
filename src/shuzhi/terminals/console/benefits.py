"""`shuzhi benefits`: run a policy, list what it found, pay and reconcile."""

from __future__ import annotations

from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="免申即享。 Benefits without applying.")
Policy = Annotated[str, typer.Argument(help="政策编号 / the policy's id")]


@app.command()
def run(policy: Policy) -> None:
    """在整个基础库上匹配并预留资金。 Run a policy over its whole register and set money aside."""
    open_rooms()
    from shuzhi.business.benefits import queries, services
    from shuzhi.business.benefits.money import said
    from shuzhi.pillars.security.types import system

    made = services.run_policy(policy=policy, by=system("console"), at=now())
    kept = queries.budget(policy)
    typer.echo(
        f"记录 {made.rows}，符合 {made.eligible}，缺数据 {made.unknown}，新找到 {made.fresh}，不再符合 {made.lapsed}；"
        f"预算 {said(kept.total)}，已预留 {said(kept.reserved)}，已支付 {said(kept.paid)} 元。\n"
        f"{made.rows} records: {made.eligible} entitled, {made.unknown} lack data, {made.fresh} new, {made.lapsed} no longer."
    )
    for reason, count in made.reasons.items():
        typer.echo(f"  {count}\t{reason}")


@app.command()
def findings(policy: Policy) -> None:
    """各状态的数量与金额。 How many findings stand where, and how much money that is."""
    open_rooms()
    from shuzhi.business.benefits import queries
    from shuzhi.business.benefits.money import said
    from shuzhi.business.benefits.types import STATE_TITLES

    for state, (count, fen) in queries.states(policy).items():
        typer.echo(f"{STATE_TITLES[state].zh}\t{count}\t{said(fen)}")
    differences = queries.differences(policy, queries.policy(policy).declared.period.id)
    typer.echo("账实相符。 The books agree." if not differences else "；".join(differences))
    raise typer.Exit(1 if differences else 0)


@app.command()
def reconcile() -> None:
    """拨付并与银行对账；有不符时退出码为 1。 Pay, and hold the bank's statement against our orders; exit code 1 if they differ."""
    open_rooms()
    from shuzhi.business.benefits import services
    from shuzhi.pillars.security.types import system

    found = services.reconcile(by=system("console"), at=now())
    typer.echo(
        f"相符 {found.matched}，补记到账 {found.settled}，退汇 {found.returned}，未付成 {found.failed}。 "
        f"{found.matched} agree, {found.settled} booked late, {found.returned} sent back, {found.failed} refused."
    )
    for what, keys in (
        ("unknown", found.unknown),
        ("missing", found.missing),
        ("differing", found.differing),
    ):
        for key in keys:
            typer.echo(f"{what}\t{key}")
    raise typer.Exit(0 if found.is_clean else 1)
