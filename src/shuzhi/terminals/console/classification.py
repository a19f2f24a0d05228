"""`shuzhi classification`: what the values of data sets are, held against their grades."""

from __future__ import annotations

from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="分级分类复核。 Reviews of grading.")


@app.callback()
def _open() -> None:
    open_rooms()


@app.command()
def scan(
    dataset: Annotated[
        list[str] | None,
        typer.Argument(help="数据集，不填为全部。 Data sets; all collected ones by default."),
    ] = None,
) -> None:
    """识别数据内容，定级不够的立为复核事项。 Look into data sets and open reviews."""
    from shuzhi.business.classification import services
    from shuzhi.data.sources import queries as sources

    for each in dataset or sorted(sources.collected_datasets()):
        opened = services.classify(dataset=each, by=system("console"), at=now())
        print(f"{each}\t{opened}")


@app.command("list")
def listing() -> None:
    """列出复核事项。 List the reviews, the open ones first."""
    from shuzhi.business.classification import queries

    for page in range(1, -(-queries.count_reviews() // queries.PAGE) + 1):
        for each in queries.reviews(page=page):
            state = "open" if each.is_open else each.outcome
            print(f"{each.dataset}\t{each.field}\t{state}\t{each.said.zh}")
