"""A city with a register by district and town; fixtures import late, before Django is ready."""

from __future__ import annotations

import os

import pytest

# Playwright's loop runs in the test's own thread, where Django would otherwise refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture
def city(indicators_installed):
    from tests.terminals.staff.cockpit import world

    return world.build_city()


@pytest.fixture
def indicators_installed(db):
    from tests.unit.business.indicators import world

    return world.install_indicators()
