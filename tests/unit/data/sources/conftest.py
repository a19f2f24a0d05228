"""Fixtures of the collecting tests; what needs Django is imported when a test asks for it."""

from __future__ import annotations

from functools import partial

import pytest


@pytest.fixture
def make_sender(tmp_path, transactional_db):
    from tests.unit.data.sources import sending

    return partial(sending.make_sender, tmp_path)


@pytest.fixture
def sender(make_sender):
    return make_sender()
