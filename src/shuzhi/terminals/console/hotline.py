"""`shuzhi hotline`: rows of a collected data set become requests."""

from __future__ import annotations

from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="热线诉求。 Requests to the hotline.")


@app.command("import")
def import_requests(
    dataset: Annotated[str, typer.Argument(help="已归集的数据集 / a collected data set")],
    *,
    desk: Annotated[str, typer.Option(help="受理台 / the desk")] = "hotline-12345",
) -> None:
    """把数据集的行转为诉求，逐行有着落；已转的不重复。 Make requests of a data set's rows, each accounted for, none twice."""
    open_rooms()
    from shuzhi.business.incidents import services
    from shuzhi.business.incidents.jobs import new_code
    from shuzhi.pillars.security.types import system

    made = services.import_requests(desk=desk, dataset=dataset, code=new_code, by=system("console"), at=now())
    typer.echo(
        f"行 {made.rows} = 立案 {made.opened} + 并单 {made.merged} + 已有 {made.known} + 隔离 {made.quarantined}\n"
        f"rows {made.rows} = opened {made.opened} + merged {made.merged} + known {made.known} + quarantined {made.quarantined}"
    )
    for office, count in sorted(made.offices.items(), key=lambda each: -each[1]):
        typer.echo(f"  {count}\t{office}")
    raise typer.Exit(0 if made.balances else 1)


@app.command("list")
def list_desks() -> None:
    """列出受理台和可转入的数据集。 List desks and the data sets that they take."""
    open_rooms()
    from shuzhi.business.incidents import queries

    for desk in queries.desks():
        typer.echo(f"{desk.desk}\t{desk.title.zh}\t{'、'.join(one.dataset for one in desk.imports)}")
