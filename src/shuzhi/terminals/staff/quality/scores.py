"""Scores as a table shows them: the whole, then each dimension of GB/T 36344."""

from __future__ import annotations

from collections.abc import Mapping

from shuzhi.data.catalog.types import Dimension
from shuzhi.data.quality.types import DIMENSION_TITLES, Scorecard
from shuzhi.terminals.design.types import Chip, Column, Meter, Said, Tone, Words
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
    by_dimension = {dimension.value: meter(scores.get(dimension)) for dimension in DIMENSION_TITLES}
    return {"score": meter(score), **by_dimension}


def meter(score: float | None, label: Words = "") -> Meter | None:
    """A score as a number with its bar, coloured where it is weak; nothing where no rule looks."""
    if score is None:
        return None
    tone = Tone.SUCCESS if score >= GOOD else Tone.WARNING if score >= FAIR else Tone.DANGER
    return Meter(score, points(score) or "", tone, label)


def meters(score: float | None, scores: Mapping[Dimension, float]) -> list[Meter]:
    """The whole and every dimension that a rule looks at, each with its name."""
    named = [meter(score, Said("总分", "Score"))]
    named += [meter(scores.get(each), said(title)) for each, title in DIMENSION_TITLES.items()]
    return [each for each in named if each]


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
