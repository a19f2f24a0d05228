from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.indicators import models
from shuzhi.business.indicators.measures import MEASURES, MEASURES_OF
from shuzhi.business.indicators.types import IndicatorDeclaration
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install_indicator(declaration: Declaration[IndicatorDeclaration], installation: Installation) -> None:
    """Make the definition what the pack says; computed values stay."""
    models.Indicator.objects.update_or_create(
        id=declaration.value.indicator,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


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
    if said.of is None or said.working_days is None:
        words = Words(
            zh=f"度量 {said.measure} 要写明流程（of）和工作日数（working_days）",
            en=f"the measure {said.measure} asks for a process (of) and a number of working days (working_days)",
        )
        yield Finding(str(declaration.file), declaration.line("measure"), "measure-about", words)
    elif not known.has("processes", said.of):
        words = Words(zh=f"没有流程 {said.of}", en=f"there is no process {said.of}")
        yield Finding(str(declaration.file), declaration.line("of"), "process-unknown", words)


INDICATORS = Part(
    folder="indicators",
    schema=IndicatorDeclaration,
    key="indicator",
    install=install_indicator,
    check=check_indicators,
    retire=retire_indicator,
)
