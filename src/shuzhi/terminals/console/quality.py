"""`shuzhi quality`: check a batch, and read scorecards."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import system

if TYPE_CHECKING:
    from shuzhi.data.catalog.types import Dimension
    from shuzhi.data.quality.types import CheckRun, Scorecard

app = typer.Typer(no_args_is_help=True, help="数据质量：检查与评分。 Data quality: checks and scores.")

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]


@app.command()
def check(batch: Annotated[str, typer.Argument(help="批次。 The batch.")], *, as_json: Json = False) -> None:
    """检查一个已归集的批次。 Check a collected batch by every rule of its data set."""
    from shuzhi.data.quality import services

    run = services.check_batch(batch=batch, by=system("console"), at=now())
    if as_json:
        _print_json(_run_facts(run))
        return
    for result in run.results:
        typer.echo(
            f"{result.rule}\t{result.dimension}\t{result.failed}/{result.checked}\t{result.message.zh}"
        )
    typer.echo(f"得分 score {_percent(run.score)} · {run.seconds:.2f} s", err=True)


@app.command()
def scorecard(
    dataset: Annotated[
        str | None, typer.Argument(help="数据集；不给则列出全部。 A data set, or all.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """列出评分。 Print the scores of one data set or of all."""
    from shuzhi.data.quality import queries

    cards = [queries.scorecard(dataset)] if dataset else queries.scorecards()
    if as_json:
        _print_json([_card_facts(card) for card in cards])
        return
    for card in cards:
        typer.echo(
            f"{card.dataset}\t{_percent(card.score)}\t{card.open_issues}\t{card.title.zh}\t{_spelt(card.scores)}"
        )


def _run_facts(run: CheckRun) -> dict[str, object]:
    return {
        "run": run.id,
        "batch": run.batch,
        "dataset": run.dataset,
        "rows": run.rows,
        "score": run.score,
        "scores": run.scores,
        "seconds": run.seconds,
        "rules": [
            {
                "rule": result.rule,
                "dimension": result.dimension,
                "severity": result.severity,
                "checked": result.checked,
                "failed": result.failed,
                "answered": result.place,
            }
            for result in run.results
        ],
    }


def _card_facts(card: Scorecard) -> dict[str, object]:
    return {
        "dataset": card.dataset,
        "office": card.office,
        "score": card.score,
        "scores": card.scores,
        "rows": card.rows,
        "failing_rules": card.failing_rules,
        "open_issues": card.open_issues,
        "at": card.at.isoformat(),
    }


def _spelt(scores: Mapping[Dimension, float]) -> str:
    from shuzhi.data.quality.types import DIMENSION_TITLES

    return " ".join(f"{DIMENSION_TITLES[name].zh} {_percent(score)}" for name, score in scores.items())


def _percent(score: float | None) -> str:
    return "—" if score is None else f"{score:.2%}"


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")
