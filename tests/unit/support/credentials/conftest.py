"""A ring of keys that ends with the test."""

from __future__ import annotations

import msgspec.structs
import pytest

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.crypto import node


@pytest.fixture(autouse=True)
def keys_of_its_own(tmp_path_factory, monkeypatch):
    home = tmp_path_factory.mktemp("keys")
    ring = node.open_keyring(msgspec.structs.replace(settings(), home=home))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    return ring


@pytest.fixture
def issued(db):
    from tests.unit.support.credentials import holders

    holders.install()
    return holders.issue()
