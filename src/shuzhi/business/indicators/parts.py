from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.indicators import models
from shuzhi.business.indicators.measures import MEASURES
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
    """An indicator names a measure that exists."""
    del known
    for declaration in declarations:
        measure = declaration.value.measure
        if measure not in MEASURES:
            yield Finding(
                file=str(declaration.file),
                line=declaration.line("measure"),
                rule="measure-unknown",
                message=Words(
                    zh=f"没有度量 {measure}；可用：{'、'.join(MEASURES)}",
                    en=f"there is no measure {measure}; there are: {', '.join(MEASURES)}",
                ),
            )


INDICATORS = Part(
    folder="indicators",
    schema=IndicatorDeclaration,
    key="indicator",
    install=install_indicator,
    check=check_indicators,
    retire=retire_indicator,
)
