"""Fixtures of the register tests; what needs Django is imported when a test asks for it."""

from __future__ import annotations

import pytest


@pytest.fixture
def city(tmp_path, db):
    from tests.unit.data.registers.world import City

    return City(tmp_path)
