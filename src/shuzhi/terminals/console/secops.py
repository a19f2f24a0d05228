"""`shuzhi secops`: look for unusual access in the audit log."""

from __future__ import annotations

from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="安全运营。 Security operation.")


@app.command()
def scan(
    *, seal: Annotated[bool, typer.Option(help="先封存等待的记录。 Seal what waits first.")] = True
) -> None:
    """扫描新的审计记录，异常访问立为安全事件。 Read new audit entries; unusual access becomes an incident."""
    open_rooms()
    from shuzhi.business.secops import services
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.log.unfolding import unfold_waiting
    from shuzhi.pillars.security.types import system

    if seal:
        unfold_waiting()
        audit.seal(at=now())
    found = services.scan(by=system("console"), at=now())
    typer.echo(
        f"读取 {found.entries} 条，异常 {found.findings} 项，新立事件 {found.incidents} 件；已读到第 {found.place} 条。\n"
        f"Read {found.entries} entries: {found.findings} findings, {found.incidents} new incidents; read up to place {found.place}."
    )


@app.command("list")
def list_incidents() -> None:
    """列出未结的安全事件。 List open incidents."""
    open_rooms()
    from shuzhi.business.secops import queries

    for one in queries.incidents(open_only=True):
        typer.echo(f"{one.id}\t{one.day}\t{one.caller}\t{one.title.zh}\t{one.said.zh}")
