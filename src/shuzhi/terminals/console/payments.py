"""`shuzhi payments`: how orders stand, bring them forward, reconcile a day, and a gateway to try with."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from threading import Thread
from typing import Annotated

import typer

from shuzhi.foundation.clock import day_of, now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="公共支付。 Payments.")


@app.command()
def status() -> None:
    """各类订单的数量与金额；账不平时退出码为 1。 How orders stand; exit code 1 if the books differ."""
    open_rooms()
    from shuzhi.support.payments import queries
    from shuzhi.support.payments.money import said
    from shuzhi.support.payments.types import KIND_TITLES, STATE_TITLES, Kind, OrderState

    found = queries.figures()
    for (kind, state), (count, fen) in found.counts.items():
        typer.echo(
            f"{KIND_TITLES[Kind(kind)].zh}\t{STATE_TITLES[OrderState(state)].zh}\t{count}\t{said(fen)}"
        )
    typer.echo(f"已退款 Refunded: {said(found.refunded)}")
    typer.echo("账实相符。 The books agree." if not found.differences else "；".join(found.differences))
    raise typer.Exit(1 if found.differences else 0)


@app.command()
def forward() -> None:
    """发出待付、查询未决、关闭逾期。 Send what waits, ask after what is under way, close what ran out."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.payments import services

    by, at = system("console"), now()
    moved = services.bring_forward(by=by, at=at)
    closed = services.close_overdue(by=by, at=at)
    typer.echo(f"推进 {moved}，关闭 {closed}。 {moved} came forward, {closed} closed.")


@app.command()
def reconcile(
    *,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="哪一天，默认昨天。 Which day.")
    ] = None,
) -> None:
    """按日对账；有差异时退出码为 1。 Hold a day's statement against our orders; exit code 1 if they differ."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.payments import services

    at = now()
    which: date = day.date() if day else day_of(at) - timedelta(days=1)
    found = services.reconcile(day=which, by=system("console"), at=at)
    typer.echo(
        f"{which}：{found.lines} 笔，相符 {found.matched}，补记 {found.booked}，差异 {len(found.differences)}。 "
        f"{found.lines} lines, {found.matched} agree, {found.booked} booked late, {len(found.differences)} differ."
    )
    for one in found.differences:
        typer.echo(f"{one.kind}\t{one.key}\t{one.ours}\t{one.theirs}")
    raise typer.Exit(0 if found.is_clean else 1)


@app.command()
def sandbox(*, port: Annotated[int, typer.Option(help="端口。 Port.")] = 8091) -> None:
    """运行支付沙箱（独立进程，不动真钱）。 Run a payment gateway that moves no money; set payments_url to its address."""
    from shuzhi.foundation.settings import settings
    from shuzhi.support.payments.sandbox import home_book
    from shuzhi.support.payments.sandbox.serving import send_callbacks, serve

    chosen = settings()
    book = home_book(chosen.home)
    server = serve(book, port=port)
    Thread(target=server.serve_forever, daemon=True).start()
    typer.echo(f"http://127.0.0.1:{server.server_address[1]}")
    url = f"http://{chosen.web_host}:{chosen.web_port}/payments/callbacks"
    while True:
        time.sleep(1)
        send_callbacks(book, url)
