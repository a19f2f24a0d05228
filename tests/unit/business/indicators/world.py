"""The platform's own indicators, and a day on which they are computed."""

from __future__ import annotations

from datetime import UTC, datetime

from shuzhi.business.indicators import models
from shuzhi.business.indicators.types import IndicatorDeclaration
from shuzhi.foundation.packfiles import packs_root
from shuzhi.packs import yaml
from shuzhi.pillars.security.types import Actor, Role, system

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)  # a Monday
PLATFORM = system("test")
LEADER = Actor("account/leader", "许峰", "city-office", roles=frozenset({Role.LEADER}))


def install_indicators() -> list[str]:
    """Install K12 to K16 and give back their ids."""
    folder = packs_root() / "platform" / "governance" / "indicators"
    found = [
        IndicatorDeclaration.model_validate(yaml.read(file).value) for file in sorted(folder.glob("*.yaml"))
    ]
    for each in found:
        models.Indicator.objects.create(id=each.indicator, declared=each.model_dump(mode="json"), pack="test")
    return [each.indicator for each in found]
