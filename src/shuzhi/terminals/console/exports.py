"""`shuzhi exports`: files of a data set for a named receiver, and the register of them."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="导出。 Exports.")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def dataset(
    dataset: Annotated[str, typer.Argument(help="数据集。 The data set.")],
    *,
    account: Annotated[str, typer.Option(help="以哪个账号导出。 The account that receives the file.")],
    purpose: Annotated[str, typer.Option(help="用途。 The purpose.")],
    basis: Annotated[str, typer.Option(help="依据。 The legal basis.")],
    out: Annotated[Path, typer.Option(help="写入的文件，.csv、.xlsx 或 .json。 The file to write.")],
) -> None:
    """导出当前数据。 Write a data set's current rows as an account may have them, with its mark."""
    from shuzhi.data.exports import services
    from shuzhi.support.identity import queries as identity
    from shuzhi.support.identity.errors import NoSuchAccount

    receiver = identity.actor(account)
    if receiver is None:
        raise NoSuchAccount(username=account)
    with TemporaryDirectory(prefix="shuzhi-export-") as folder:
        made, file = services.export_dataset(
            dataset=dataset,
            form=out.suffix.removeprefix("."),
            purpose=purpose,
            basis=basis,
            folder=Path(folder),
            by=receiver,
            at=now(),
        )
        shutil.move(file, out)
    print(json.dumps(asdict(made), ensure_ascii=False, default=str))


@app.command("list")
def list_exports(
    *, dataset: Annotated[str | None, typer.Option(help="数据集。 The data set.")] = None
) -> None:
    """列出导出登记。 List what was exported, the newest first."""
    from shuzhi.data.exports import queries

    for made in queries.exports(dataset=dataset):
        typer.echo(
            f"{made.at:%Y-%m-%d %H:%M}\t{made.dataset}\t{made.form}\t{made.rows}\t{made.receiver}\t{made.purpose}"
        )
