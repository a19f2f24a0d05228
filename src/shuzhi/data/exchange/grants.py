"""What the gateway's database role may do (最小权限), and a look at whether it may do more.

It reads what it decides by, and adds to the audit log, the nonces and the counts. It changes nothing else.
"""

from __future__ import annotations

from typing import Any

from shuzhi.foundation.database.roles import role_name

ROLE = role_name("gateway")
GRANTS = {
    "exchange_interface": "SELECT",
    "exchange_formerversion": "SELECT",
    "exchange_subscription": "SELECT",
    "exchange_event": "SELECT",
    "exchange_credential": "SELECT",
    "exchange_version": "SELECT, UPDATE (keeper)",
    "exchange_job": "SELECT, INSERT",
    "exchange_questionpart": "SELECT, INSERT",
    "exchange_routedcall": "INSERT",
    "registers_identifier": "SELECT",
    "registers_entity": "SELECT",
    "registers_change": "SELECT",
    "security_auditblock": "INSERT, SELECT (id)",
    "security_consent": "SELECT",
    "exchange_nonce": "SELECT, INSERT",
    "exchange_claimblock": "SELECT, INSERT, UPDATE",
    "exchange_dailycount": "SELECT, INSERT, UPDATE",
}
FORBIDDEN = (
    ("security_auditentry", "INSERT"),
    ("security_auditentry", "UPDATE"),
    ("security_auditentry", "DELETE"),
    ("security_auditblock", "UPDATE"),
    ("security_auditblock", "DELETE"),
    ("security_foldedblock", "DELETE"),
    ("security_auditseal", "INSERT"),
    ("security_consent", "INSERT"),
    ("security_consent", "UPDATE"),
    ("exchange_credential", "INSERT"),
    ("exchange_version", "UPDATE"),
    ("exchange_claimblock", "DELETE"),
    ("exchange_job", "UPDATE"),
    ("exchange_questionpart", "UPDATE"),
    ("exchange_questionpart", "DELETE"),
    ("exchange_routedcall", "UPDATE"),
    ("exchange_event", "UPDATE"),
    ("exchange_subscription", "UPDATE"),
    ("registers_entity", "UPDATE"),
)


def grant_gateway(connection: Any) -> list[str]:
    """Give the gateway's role its rights on the tables that exist; returns the tables. Safe to repeat.

    On a server of others, where the role could not be created, there is nothing to give.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.fetchone() is None:
            return []
        present = [table for table in GRANTS if _exists(cursor, table)]
        for table in present:
            cursor.execute(f"GRANT {GRANTS[table]} ON {table} TO {ROLE}")
    return present


def excess_rights(connection: Any) -> list[str]:
    """What the role of this connection may do that a gateway must not; empty when all is as it should be.

    For `shuzhi doctor`: on a server of others the gateway may have to run as the tables' owner.
    """
    with connection.cursor() as cursor:
        found = []
        for table, right in FORBIDDEN:
            cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
            if not cursor.fetchone()[0]:
                continue
            cursor.execute("SELECT has_table_privilege(%s, %s)", [table, right])
            if cursor.fetchone()[0]:
                found.append(f"{right} {table}")
    return found


def _exists(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return bool(cursor.fetchone()[0])
