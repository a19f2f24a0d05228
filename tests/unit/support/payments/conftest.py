"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """A sandbox of the test's own, which every part of the room finds."""
    from tests.unit.support.payments.world import open_bank

    return open_bank(tmp_path, monkeypatch)


@pytest.fixture
def receipts(db, tmp_path_factory, monkeypatch):
    """Receipts and the loop of differences as their pack declares them, with a ring of keys that ends with the test."""
    import msgspec.structs
    from tests.unit.support.payments.world import install

    from shuzhi.foundation.settings import settings
    from shuzhi.pillars.security.crypto import node

    home = tmp_path_factory.mktemp("keys")
    ring = node.open_keyring(msgspec.structs.replace(settings(), home=home))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    install()
