"""A city with a register by district and town; fixtures import late, before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def city(indicators_installed):
    from tests.terminals.staff.cockpit import world

    return world.build_city()


@pytest.fixture
def indicators_installed(db):
    from tests.unit.business.indicators import world

    return world.install_indicators()
