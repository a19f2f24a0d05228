from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.business.indicators import models
from shuzhi.business.indicators.measures import MEASURES, MEASURES_OF
from shuzhi.business.indicators.types import IndicatorDeclaration
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words

SAYS = {"measure", "of", "working_days", "minutes"}
"""What of a declaration decides what is counted."""


def install_indicator(declaration: Declaration[IndicatorDeclaration], installation: Installation) -> None:
    """Make the definition what the pack says; computed values stay."""
    models.Indicator.objects.update_or_create(
        id=declaration.value.indicator,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


def dry_run_indicator(old: IndicatorDeclaration | None, new: IndicatorDeclaration | None) -> Iterator[Change]:
    """Values of earlier days stay as they were computed; a curve may change its meaning on the day of the upgrade."""
    if old is None or old == new:
        return
    days = models.IndicatorValue.objects.filter(indicator=old.indicator).count()
    if new is None:
        said = Words(zh="不再计算，各日数值保留", en="it is computed no longer, the values of its days stay")
        yield Change("indicators", old.indicator, "removed", said, days)
    elif new.model_dump(include=SAYS) != old.model_dump(include=SAYS):
        said = Words(
            zh="口径改变：以前各日按原口径，此后按新口径",
            en="it measures something else: earlier days keep the former meaning",
        )
        yield Change("indicators", old.indicator, "changed", said, days)


def retire_indicator(old: IndicatorDeclaration, installation: Installation) -> None:
    """Compute it no longer; the values of its days stay."""
    del installation
    models.Indicator.objects.filter(id=old.indicator).delete()


def check_indicators(
    declarations: Sequence[Declaration[IndicatorDeclaration]], known: Known
) -> Iterable[Finding]:
    """An indicator names a measure that exists, and says what that one wants to know."""
    for declaration in declarations:
        measure = declaration.value.measure
        if measure in MEASURES_OF:
            yield from _check_about(declaration, known)
        elif measure not in MEASURES:
            yield Finding(
                file=str(declaration.file),
                line=declaration.line("measure"),
                rule="measure-unknown",
                message=Words(
                    zh=f"没有度量 {measure}；可用：{'、'.join([*MEASURES, *MEASURES_OF])}",
                    en=f"there is no measure {measure}; there are: {', '.join([*MEASURES, *MEASURES_OF])}",
                ),
            )


def _check_about(declaration: Declaration[IndicatorDeclaration], known: Known) -> Iterable[Finding]:
    said = declaration.value
    folder, what = ABOUT[said.measure]
    terms = (said.working_days is not None) + (said.minutes is not None)
    if said.of is None or (said.measure == "cases_in_time" and terms != 1):
        words = Words(
            zh=f"度量 {said.measure} 要写明{what.zh}", en=f"the measure {said.measure} asks for {what.en}"
        )
        yield Finding(str(declaration.file), declaration.line("measure"), "measure-about", words)
    elif not known.has(folder, said.of):
        words = Words(zh=f"没有 {folder}/{said.of}", en=f"there is no {folder}/{said.of}")
        yield Finding(str(declaration.file), declaration.line("of"), "measure-of-unknown", words)


ABOUT = {
    "cases_in_time": (
        "processes",
        Words(
            zh="流程（of）和期限：工作日数（working_days）或分钟数（minutes）之一",
            en="a process (of) and its term: working days (working_days) or minutes (minutes)",
        ),
    ),
    "dossiers_in_time": ("loops", Words(zh="闭环（of）", en="a loop (of)")),
    "cases_satisfied": ("processes", Words(zh="流程（of）", en="a process (of)")),
    "dossiers_satisfied": ("loops", Words(zh="闭环（of）", en="a loop (of)")),
}
"""What a measure is about: the folder that its `of` is declared in, and how to ask for it."""

INDICATORS = Part(
    folder="indicators",
    schema=IndicatorDeclaration,
    key="indicator",
    install=install_indicator,
    check=check_indicators,
    dry_run=dry_run_indicator,
    retire=retire_indicator,
)
