"""A node with the offices, loops, data sets and people that staff pages need; imports wait until Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture
def node(db):
    """The packs of the legal entity register, installed, with their posts' accounts."""
    from tests.terminals.staff import people

    return people.install()


@pytest.fixture
def sign_in(node, client):
    """A browser without script, signed in as somebody."""

    def enter(username: str):
        from shuzhi.support.identity.models import Account

        client.force_login(Account.objects.get(username=username))
        return client

    return enter
