"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def firms(tmp_path, db):
    from tests.unit.data.exports import world

    return world.plant(tmp_path)
