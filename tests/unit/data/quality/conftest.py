"""Fixtures of the quality tests; what needs Django is imported when a test asks for it."""

from __future__ import annotations

from functools import partial

import pytest


@pytest.fixture
def make_office(tmp_path, db):
    from tests.unit.data.quality import world

    world.install_loop()
    return partial(world.make_office, tmp_path)


@pytest.fixture
def office(make_office):
    return make_office()
