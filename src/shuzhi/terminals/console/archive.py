"""`shuzhi archive`: how much is archived, check records again, verify a package that somebody holds."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import day_of, now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="电子档案。 Archive.")


@app.command()
def status() -> None:
    """归档率与档案数。 How many closed cases are archived."""
    open_rooms()
    from shuzhi.support.archive import queries

    filed, closed = queries.archived(day_of(now()))
    typer.echo(
        f"应归档 {len(closed)}，已归档且四性合格 {len(filed)}。 {len(filed)} of {len(closed)} closed cases are archived."
    )


@app.command()
def check(*, most: Annotated[int, typer.Option(help="最多多少份。 How many at most.")] = 500) -> None:
    """重新做四性检测；有不合格的退出码为 1。 Do the four checks again; exit code 1 if one does not hold."""
    open_rooms()
    from shuzhi.pillars.security.types import system
    from shuzhi.support.archive import queries, services

    faulty = 0
    for number in queries.longest_unchecked(most):
        found = services.check_record(record=number, by=system("console"), at=now())
        if not found.checked.holds:
            faulty += 1
            typer.echo(f"{number}\t{', '.join(check.value for check in found.checked.faults)}")
    typer.echo(f"不合格 {faulty}。 {faulty} do not hold.")
    raise typer.Exit(1 if faulty else 0)


@app.command()
def keys() -> None:
    """输出公钥，供离线核验。 Print the public keys by which packages are verified elsewhere."""
    open_rooms()
    from shuzhi.support.archive import queries

    told = {
        name: [algorithm, base64.b64encode(public).decode()]
        for name, (algorithm, public) in queries.keys().items()
    }
    typer.echo(json.dumps(told, indent=1))


@app.command()
def verify(
    package: Annotated[Path, typer.Argument(help="档案包 / the package")],
    *,
    trusted: Annotated[
        Path, typer.Option("--keys", help="公钥文件 / the file that `shuzhi archive keys` printed")
    ],
) -> None:
    """离线核验档案包，不需要节点。 Verify a package without a node; exit code 1 if it does not hold."""
    from shuzhi.support.archive import checking

    told = json.loads(trusted.read_text("utf-8"))
    known = {name: (algorithm, base64.b64decode(public)) for name, (algorithm, public) in told.items()}
    found = checking.check(package.read_bytes(), keys=known)
    for check_, faults in found.faults.items():
        for fault in faults:
            typer.echo(f"{check_.value}\t{fault.zh}\t{fault.en}")
    typer.echo("真实、完整、可用、安全。 It holds." if found.holds else "不合格。 It does not hold.")
    raise typer.Exit(0 if found.holds else 1)
