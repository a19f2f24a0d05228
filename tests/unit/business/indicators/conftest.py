"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def indicators(db):
    """The indicators that the platform's own pack declares."""
    from tests.unit.business.indicators import world

    return world.install_indicators()


@pytest.fixture
def requests(db):
    """A register behind an interface that offices may ask for."""
    from tests.unit.data.exchange import world

    world.install_loop()
    world.install_register()
    world.install_dataset()
    world.install_interface(world.declare_interface())
    return world


@pytest.fixture
def office(tmp_path, db):
    """An office with a source and quality rules."""
    from tests.unit.data.quality import world

    world.install_loop()
    return world.make_office(tmp_path)
