"""`shuzhi batches`: hand a file in, collect it, and read its receipt."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.terminals.console.opening import open_rooms

if TYPE_CHECKING:
    from shuzhi.data.sources.types import Batch

app = typer.Typer(no_args_is_help=True, help="接收与归集批次。 Receive and collect batches.")

CONSOLE = system("console")
Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]
BatchId = Annotated[str, typer.Argument(help="批次。 The batch.")]


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def receive(
    source: Annotated[str, typer.Argument(help="数据源。 The source.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="文件。 The file.")],
    *,
    mode: Annotated[str | None, typer.Option(help="full、incremental、delete")] = None,
    rows: Annotated[int | None, typer.Option(help="声明的行数。 How many rows it should have.")] = None,
    collect_now: Annotated[bool, typer.Option("--collect", help="随即归集。 Collect it at once.")] = False,
    as_json: Json = False,
) -> None:
    """接收文件。 Hand a file in to a source."""
    from shuzhi.data.sources import services
    from shuzhi.data.sources.types import Mode

    if mode and mode not in list(Mode):
        raise typer.BadParameter("full、incremental、delete", param_hint="--mode")
    chosen = Mode(mode) if mode else None
    at = now()
    batch = services.receive_file(
        source=source, path=file, mode=chosen, declared_rows=rows, by=CONSOLE, at=at
    )
    if collect_now:
        batch = services.collect_batch(batch=batch.id, by=CONSOLE, at=at)
    _show([batch], as_json=as_json)


@app.command()
def collect(batch: BatchId, *, as_json: Json = False) -> None:
    """归集批次。 Collect a received batch; a failed one ends with exit code 1."""
    from shuzhi.data.sources import services

    _show([services.collect_batch(batch=batch, by=CONSOLE, at=now())], as_json=as_json)


@app.command("list")
def list_batches(
    *,
    source: Annotated[str | None, typer.Option(help="只看此数据源。 Only this source.")] = None,
    as_json: Json = False,
) -> None:
    """列出批次。 List batches, the newest first."""
    from shuzhi.data.sources import queries

    _show(queries.batches(source=source), as_json=as_json, failing=False)


@app.command()
def quarantine(batch: BatchId, *, page: int = 1) -> None:
    """列出隔离的行。 List a batch's quarantined cells."""
    from shuzhi.data.sources import queries
    from shuzhi.data.sources.showing import shown_cells

    whole = queries.quarantined(batch, page)
    found = shown_cells(whole, queries.batch(batch), by=CONSOLE, at=now(), console=True)
    for cell in found.cells:
        facts = (cell.row, cell.column or "", cell.value or "", cell.message.zh, cell.message.en)
        typer.echo("\t".join(str(fact) for fact in facts))
    typer.echo(f"{found.page}/{found.pages} · {found.total}", err=True)


def _show(batches: list[Batch], *, as_json: bool, failing: bool = True) -> None:
    from shuzhi.data.sources.types import Status

    if as_json:
        sys.stdout.write(
            json.dumps([_facts(batch) for batch in batches], ensure_ascii=False, indent=2) + "\n"
        )
    else:
        _print_table(batches)
    for batch in batches:
        if batch.problem and failing:
            typer.echo(f"{batch.problem.zh}\n{batch.problem.en}", err=True)
    if failing and any(batch.status is Status.FAILED for batch in batches):
        raise typer.Exit(1)


def _print_table(batches: list[Batch]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "批次 batch",
        "文件 file",
        "状态 status",
        "接收 received",
        "入湖 accepted",
        "隔离 quarantined",
        "重复 duplicates",
    )
    for batch in batches:
        counts = (batch.received, batch.accepted, batch.quarantined, batch.duplicates)
        table.add_row(batch.id, batch.file_name.replace("[", "\\["), batch.status.value, *map(str, counts))
    Console().print(table)


def _facts(batch: Batch) -> dict[str, object]:
    return {
        "id": batch.id,
        "source": batch.source,
        "dataset": batch.dataset,
        "file": batch.file_name,
        "status": batch.status.value,
        "received": batch.received,
        "accepted": batch.accepted,
        "quarantined": batch.quarantined,
        "duplicates": batch.duplicates,
        "repaired": dict(batch.repaired),
        "problem": batch.problem.model_dump() if batch.problem else None,
    }
