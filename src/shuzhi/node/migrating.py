"""Bringing the database up to date (升级): tables, then rights, as the tables' owner and as nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


def bring_up_to_date(*, verbosity: int) -> None:
    """Migrate the tables, make the lake's own, and give every role what it may do. Needs Django to be set up."""
    from django.core.management import call_command
    from django.db import connection

    from shuzhi.foundation import lake
    from shuzhi.node.rights import apply_rights

    with as_owner():
        call_command("migrate", interactive=False, verbosity=verbosity)
        lake.prepare()
        apply_rights(connection)


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner of the tables for a while; before and after, as the process's own role."""
    from django.db import connection
    from psycopg.conninfo import conninfo_to_dict

    from shuzhi.foundation import database, lake

    facts = conninfo_to_dict(database.database_url("owner"))
    owner = {key: str(facts.get(key.lower(), "")) for key in ("USER", "PASSWORD")}
    own = {key: connection.settings_dict[key] for key in owner}
    if own == owner:
        yield
        return
    _connect_as(owner)
    lake.close()
    try:
        yield
    finally:
        _connect_as(own)
        lake.close()


def _connect_as(facts: dict[str, str]) -> None:
    from django.db import connection, connections
    from django.db.backends.postgresql.base import DatabaseWrapper

    connection.close()
    # The connection is a proxy of Django's; only PostgreSQL's has a pool.
    one = connections[connection.alias]
    if isinstance(one, DatabaseWrapper):
        one.close_pool()
    connection.settings_dict.update(facts)
