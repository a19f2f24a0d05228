"""Values that follow from other values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from shuzhi.data.registers.golden import Derive
from shuzhi.data.registers.types import Derivation
from shuzhi.pillars.organization.places import place_address


def derivations(*, today: date) -> Mapping[Derivation, Derive]:
    """What fields may derive their values by, as of a day."""

    @lru_cache(maxsize=200_000)
    def current_division(address: str) -> str | None:
        return place_address(address, today=today).division

    return {Derivation.CURRENT_DIVISION: current_division}
