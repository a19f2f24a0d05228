"""A node with the offices, loops, data sets and people that staff pages need; imports wait until Django is ready."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def installed(django_db_setup, django_db_blocker):
    """Every pack, once for a file: each test works on top of them and takes back no more than its own work."""
    from django.db import transaction
    from tests.terminals.staff import people

    with django_db_blocker.unblock(), transaction.atomic():
        people.install()
        yield people.packs()
        transaction.set_rollback(True)


@pytest.fixture
def node(installed, db):
    """The packs, installed, with their posts' accounts."""
    return installed


@pytest.fixture
def sign_in(node, client):
    """A browser without script, signed in as somebody."""

    def enter(username: str):
        from shuzhi.support.identity.models import Account

        client.force_login(Account.objects.get(username=username))
        return client

    return enter
