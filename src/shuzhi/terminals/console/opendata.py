"""`shuzhi opendata`: what opening a data set would give away."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="开放数据。 Open data.")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def check(
    dataset: Annotated[str, typer.Argument(help="数据集。 The data set.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """开放前核查。 Say what opening a data set would give away of persons; exit code 1 when it may not be opened."""
    from shuzhi.data.opendata import disclosure

    found = disclosure.check(dataset, at=now())
    if as_json:
        print(json.dumps(asdict(found) | {"passes": found.passes}, ensure_ascii=False, indent=2))
    elif not found.roles.about_persons:
        typer.echo("与个人无关，不需核查。 Not about persons: nothing to check.")
    else:
        typer.echo(f"准标识 quasi-identifiers\t{'、'.join(found.roles.quasi) or '—'}")
        typer.echo(f"敏感字段 sensitive\t{'、'.join(found.roles.sensitive) or '—'}")
        typer.echo(f"k ≥ {found.k}\t{found.smallest}\nl ≥ {found.l}\t{found.least_diverse}")
        typer.echo(
            f"不合要求 at fault\t{found.faulty_cells} 个单元 cells\t{found.faulty_rows}/{found.rows} 行 rows"
        )
        for cell in found.cells:
            typer.echo(f"{cell.fault}\t{cell.named}")
    raise typer.Exit(0 if found.passes else 1)


@app.command()
def token(
    account: Annotated[str, typer.Argument(help="账号。 The account that it stands for.")],
    *,
    title: Annotated[str, typer.Option("--title", help="用在哪里。 Where it is used.")] = "命令行",
    days: Annotated[int, typer.Option("--days", help="有效天数。 Days that it holds.")] = 90,
) -> None:
    """为账号签发 CKAN 写接口的令牌，只显示这一次。 Make a token for an account's programs; it is shown this once."""
    from shuzhi.data.opendata import tokens
    from shuzhi.pillars.security.types import PUBLIC
    from shuzhi.support.identity import queries as identity

    made = tokens.issue_token(title=title, days=days, by=identity.actor(account) or PUBLIC, at=now())
    typer.echo(made.secret)
