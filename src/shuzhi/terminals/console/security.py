"""`shuzhi security`: find out whose copy of the data has leaked."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="数据安全。 Data security.")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command("find-leaker")
def find_leaker(
    sample: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="泄露的文件。 The leaked file.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """从一批行查出是谁的文件。 Say whose export a sample of rows comes from; exit code 1 when it is nobody's."""
    from shuzhi.data.exports.tracing import find_leaker as trace

    leads = trace(sample=sample, by=system("console"), at=now())
    named = [lead for lead in leads if lead.is_found]
    if as_json:
        print(json.dumps([asdict(lead) for lead in leads], ensure_ascii=False, default=str, indent=2))
    for lead in [] if as_json else named or leads:
        made = lead.export
        typer.echo(
            f"{lead.probability:.4f}\t{made.receiver_title} {made.receiver}\t{made.office}\t{made.dataset}"
            f"\t{made.at:%Y-%m-%d %H:%M}\t{lead.agreeing}/{lead.read}\t{lead.chance:.1e}"
        )
    if not named:
        typer.echo(
            "没有查到：样本里没有任何一次导出的水印。 Found nobody: the sample carries no export’s mark.",
            err=True,
        )
        raise typer.Exit(1)
