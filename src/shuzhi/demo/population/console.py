"""`population generate`: write the synthetic population to a folder."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.demo.population.generate import generate
from shuzhi.foundation.errors import PlatformError

app = typer.Typer(help="演示人口：虚构的企业与自然人。 / The synthetic population.", no_args_is_help=True)


@app.callback()
def population() -> None:
    """演示人口：虚构的企业与自然人。 / The synthetic population of the demonstration."""


@app.command("generate")
def generate_population(  # noqa: PLR0917 - every one is an option
    into: Annotated[Path, typer.Option(help="目标文件夹 / folder to write to")],
    seed: Annotated[
        int, typer.Option(help="种子：相同种子生成相同文件 / the same seed gives the same files")
    ] = 7,
    firms: Annotated[int, typer.Option(min=0, help="企业数 / number of firms")] = 3_000,
    persons: Annotated[int, typer.Option(min=0, help="自然人数 / number of persons")] = 5_000,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="基准日，默认今天 / day, by default today")
    ] = None,
    as_json: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--json", help="以 JSON 输出清单 / print the manifest as JSON")
    ] = False,
) -> None:
    """生成各部门的演示数据及已知真值。 / Write the departments' synthetic extracts and their known truth."""
    on = (day or datetime.now(UTC).astimezone()).date()
    try:
        manifest = generate(seed, firms, persons, on, into)
    except PlatformError as refusal:
        typer.echo(f"{refusal.message_zh}\n{refusal}", err=True)
        raise typer.Exit(1) from refusal
    if as_json:
        typer.echo(json.dumps(manifest.as_dict(), ensure_ascii=False))
        return
    for file in manifest.files:
        typer.echo(f"{file.rows:>9,}  {file.blocking:>7,}  {file.path}")
    typer.echo(f"{manifest.rows:>9,}  行 / rows  {into}（{manifest.label}）")
