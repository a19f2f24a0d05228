"""Fixtures import late: pytest reads this file before Django is ready."""

from __future__ import annotations

import socket

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The register's tables, where its room has no migration yet, and the gateway's rights on them."""
    from django.db import connection

    from shuzhi.data.exchange import grants
    from shuzhi.data.registers import models as registers

    with django_db_blocker.unblock():
        present = connection.introspection.table_names()
        with connection.schema_editor() as editor:
            for model in (registers.Register, registers.Entity, registers.Identifier):
                if model._meta.db_table not in present:
                    editor.create_model(model)
        grants.grant_gateway(connection)


@pytest.fixture
def world(transactional_db):
    from tests.unit.data.exchange.world import build_world

    return build_world()


@pytest.fixture
def counter(transactional_db):
    from tests.unit.data.exchange.calling import Clock, counter_at

    return counter_at(Clock())


@pytest.fixture
def start_gateway(transactional_db):
    """Starts gateway processes, and ends them."""
    from tests.unit.data.exchange.calling import start_process

    started = []

    def start():
        started.append(start_process(_free_port()))
        return started[-1]

    yield start
    for one in started:
        one.process.terminate()
        one.process.wait(15)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
