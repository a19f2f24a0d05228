"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import pytest
from tests.ports import free_port


@pytest.fixture
def world(transactional_db):
    from tests.unit.data.exchange.world import build_world

    return build_world()


@pytest.fixture
def counter():
    from tests.unit.data.exchange.calling import Clock, counter_at

    return counter_at(Clock())


@pytest.fixture(params=["rows", "memory"])
def each_counter(request):
    """A counter for each way of claiming."""
    from tests.unit.data.exchange.calling import Clock, counter_at, kept, rows

    return counter_at(Clock(), claims=rows if request.param == "rows" else kept())


@pytest.fixture(scope="module")
def shared_world(django_db_setup, django_db_blocker):
    """One committed world for all tests of a module; a test adds its own subscriptions and changes no other's."""
    from django.core.management import call_command
    from tests.unit.data.exchange.world import build_world

    with django_db_blocker.unblock():
        yield build_world()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def start_gateway(transactional_db):
    """Starts gateway processes, and ends them."""
    from tests.unit.data.exchange.calling import start_process

    started = []

    def start(**more):
        started.append(start_process(free_port(), **more))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.wait(15)
