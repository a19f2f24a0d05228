"""Reading open rows as a role that can read nothing else (最小权限)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from shuzhi.foundation.database.roles import role_name

_BECOME = f"SET LOCAL ROLE {role_name('reader')}"
_MAY = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s AND pg_has_role(session_user, oid, 'MEMBER'))"


@contextmanager
def reader() -> Iterator[Any]:
    """A cursor whose statements run as `shuzhi_reader`: it sees the releases' tables, and changes nothing.

    On a server of others where that role could not be made, they run as the process's own; `shuzhi doctor` says so.
    """
    goes_on = connection.in_atomic_block  # the caller's own transaction, which is to be its own again
    with transaction.atomic(), connection.cursor() as cursor:
        if _may_become_reader(cursor):
            cursor.execute(_BECOME)
            yield cursor
            if goes_on:
                cursor.execute("RESET ROLE")
        else:
            yield cursor


def _may_become_reader(cursor: Any) -> bool:
    """Asked once a connection: memberships are given when the node starts."""
    held = connection.connection
    known: bool | None = getattr(held, "shuzhi_may_read", None)
    if known is None:
        cursor.execute(_MAY, [role_name("reader")])
        known = bool(cursor.fetchone()[0])
        held.shuzhi_may_read = known
    return known
