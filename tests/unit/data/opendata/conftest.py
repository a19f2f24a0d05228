"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def planted(tmp_path, db):
    from tests.unit.data.opendata import world

    return world.plant(tmp_path)


@pytest.fixture
def opened(planted):
    from tests.unit.data.opendata import world

    world.open_it(planted)
    return planted
