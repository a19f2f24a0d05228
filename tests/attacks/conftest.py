"""What attackers are given: a node's people, and gateways of their own. Imports wait until Django is ready."""

from __future__ import annotations

import pytest

from tests.unit.data.exchange.conftest import counter, each_counter, start_gateway, world  # noqa: F401 - found here by pytest

PEOPLE = {
    "officer": ("market-regulation", "data_officer"),
    "approver": ("market-regulation", "approver"),
    "tax": ("taxation", "data_officer"),
    "leader": (None, "leader"),
    "bureau": ("data-bureau", "bureau"),
    "admin": ("data-bureau", "administrator"),
}


@pytest.fixture
def people(db):
    """An account of every role, in three offices."""
    from datetime import UTC, datetime

    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services

    for username, (office, role) in PEOPLE.items():
        services.open_account(
            username=username, person=username, office=office, division=None,
            roles=frozenset({Role[role.upper()]}), password=None, by=system("test"),
            at=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
        )  # fmt: skip
    return tuple(PEOPLE)


@pytest.fixture
def as_person(people):
    """A browser of its own for each name; it checks forms as a real one is checked."""
    from django.test import Client

    from shuzhi.support.identity.models import Account

    def enter(username: str | None) -> Client:
        browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
        if username is not None:
            browser.force_login(Account.objects.get(username=username))
        return browser

    return enter
