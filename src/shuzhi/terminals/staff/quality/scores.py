"""Scores as a table shows them: the whole, then each dimension of GB/T 36344."""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.data.catalog.types import Dimension
from shuzhi.data.quality.types import DIMENSION_TITLES, Scorecard
from shuzhi.terminals.design.types import Chip, Column, Said, Tone
from shuzhi.terminals.staff.shell import said

GOOD, FAIR = 0.99, 0.95


def score_columns(*, sortable: bool = False) -> tuple[Column, ...]:
    """Columns for the whole score, the dimensions and the open issues."""
    return (
        Column("score", Said("总分", "Score"), "number", sortable=sortable),
        *(Column(d.value, said(title), "number") for d, title in DIMENSION_TITLES.items()),
        Column("issues", Said("未办结", "Open issues"), "number", sortable=sortable),
        Column("state", Said("结论", "Verdict"), "chips"),
    )


def score_cells(card: Scorecard) -> dict[str, object]:
    """A scorecard's values under those columns."""
    return {
        **cells_of(card.score, card.scores),
        "issues": card.open_issues,
        "state": verdict(card.score, failing=card.failing_rules),
    }


def cells_of(score: float | None, scores: Mapping[Dimension, float]) -> dict[str, object]:
    """The whole and each dimension, in points of a hundred; a dimension that no rule answers stays empty."""
    by_dimension = {dimension.value: points(scores.get(dimension)) for dimension in DIMENSION_TITLES}
    return {"score": points(score), **by_dimension}


def points(score: float | None) -> str | None:
    """A score in points of a hundred, cut and not rounded, so that a hundred means that nothing fails."""
    return f"{int(score * 1000) / 10:.1f}" if score is not None else None


def verdict(score: float | None, *, failing: int) -> Chip:
    """How good that is, in words."""
    if score is None:
        return Chip(Said("没有规则", "No rule"))
    if not failing:
        return Chip(Said("全部通过", "All pass"), Tone.SUCCESS)
    if score >= FAIR:
        return Chip(Said(f"{failing} 条规则有问题", f"{failing} rules fail"), Tone.WARNING)
    return Chip(Said(f"{failing} 条规则有问题，较重", f"{failing} rules fail, badly"), Tone.DANGER)
