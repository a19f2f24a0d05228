"""One process at a time collects into a data set (归集锁); the lock ends with its holder's connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError, connection

from shuzhi.data.sources.errors import BatchBusy

_COLLECTING = 5348002


@contextmanager
def dataset_lock(dataset: str, *, batch: str) -> Iterator[None]:
    """Hold the data set, or refuse.

    Raises:
        BatchBusy: somebody else holds it.
    """
    within = connection.in_atomic_block
    function = "pg_try_advisory_xact_lock" if within else "pg_try_advisory_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, hashtext(%s))", [_COLLECTING, dataset])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise BatchBusy(dataset=dataset, batch=batch)
    try:
        yield
    finally:
        if not within:
            _unlock(dataset)


def _unlock(dataset: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_COLLECTING, dataset])
    except (DatabaseError, InterfaceError):
        # The connection is gone and the lock with it; a half-dead one must not go back into the pool.
        connection.close()
