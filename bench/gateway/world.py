"""A node to measure: a register of firms, interfaces, subscriptions and credentials, written with COPY.

Everything is synthetic and follows from its number, so that the load can be signed by another process.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

AT = datetime(2026, 1, 1, tzinfo=UTC)
SINCE, UNTIL = date(2026, 1, 1), date(2099, 12, 31)
REGISTER = "legal-entity"
FIELDS = (
    ("uscc", "L1", "none"),
    ("name", "L1", "none"),
    ("status", "L1", "none"),
    ("industry", "L1", "none"),
    ("capital", "L1", "none"),
    ("legal_representative", "L3", "partial"),
    ("id_number", "L4", "partial"),
    ("phone", "L3", "partial"),
)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# The point query that a call asks, alone: what `pgbench` runs. Firms have a second identifier, since pgbench can make
# numbers but no codes with a check character.
POINT_QUERY = """\\set key random(0, {last})
SELECT e.id, e.golden::text FROM registers_identifier r JOIN registers_entity e ON e.id = r.entity_id
WHERE r.register = 'legal-entity' AND r.scheme = 'serial' AND r.value = :key
  AND e.register = 'legal-entity' AND e.retired_at IS NULL ORDER BY e.id LIMIT 1;
"""


@dataclass(frozen=True)
class Caller:
    """Who calls: a key of one interface."""

    key_id: str
    secret: str
    interface: str


def uscc(number: int) -> str:
    """A valid code for the firm of this number."""
    from shuzhi.pillars.standards.validators.uscc import uscc_check_character

    body = f"913301{number:011d}"
    return body + uscc_check_character(body)


def fill_register(firms: int) -> None:
    """Fill the register with firms, each with a code and a serial number."""
    from django.db import connection

    with connection.cursor() as cursor:
        _copy(cursor, "registers_entity", _entities(firms))
        _copy(cursor, "registers_identifier", _identifiers(firms))
        cursor.execute("VACUUM ANALYZE registers_entity")
        cursor.execute("VACUUM ANALYZE registers_identifier")


def fill_rights(*, interfaces: range, subscriptions: range) -> list[Caller]:
    """Add interfaces, and subscriptions to them in turn; returns the callers."""
    from django.db import connection

    from shuzhi.data.exchange.vault import Vault
    from shuzhi.foundation.secrets import secret
    from shuzhi.foundation.settings import settings

    vault = Vault(secret(settings().home, "exchange"))
    callers = [
        Caller(f"sk-{number:016x}", secrets.token_urlsafe(32), _interface(number % interfaces.stop))
        for number in subscriptions
    ]
    with connection.cursor() as cursor:
        _copy(cursor, "exchange_interface", _interfaces(interfaces))
        _copy(cursor, "exchange_subscription", _subscriptions(subscriptions, interfaces.stop))
        sealed = (
            {
                "key_id": caller.key_id,
                "subscription_id": number,
                "sealed_secret": vault.seal(caller.key_id, caller.secret),
                "public_key": "",
                "issued_at": AT,
            }
            for number, caller in zip(subscriptions, callers, strict=True)
        )
        _copy(cursor, "exchange_credential", sealed)
        cursor.execute("ANALYZE")
    return callers


def _copy(cursor: Any, table: str, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    first = next(rows)
    names = list(first)
    with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        copy.write_row(tuple(first.values()))
        for row in rows:
            copy.write_row(tuple(row.values()))


def _interface(number: int) -> str:
    return f"firm-by-uscc-{number}"


def _entities(count: int) -> Iterable[dict[str, Any]]:
    for number in range(count):
        golden = {
            "uscc": uscc(number),
            "name": f"杭州第{number}号科技有限公司",
            "status": "存续",
            "industry": "I65",
            "capital": "1000000.00",
            "legal_representative": "张三丰",
            "id_number": f"33010619800101{number % 10000:04d}",
            "phone": f"138{number % 100_000_000:08d}",
            "address": f"杭州市余杭区文一西路{number}号",
            "town": "330110",
        }
        origin = {"dataset": "firms-registration", "batch": "batch-7", "row": number, "at": AT.isoformat()}
        yield {
            "id": f"e-{number}",
            "register": REGISTER,
            "label": golden["name"],
            "label_sort": f"{number:09d}",
            "golden": json.dumps(golden, ensure_ascii=False),
            "provenance": json.dumps(dict.fromkeys(golden, origin)),
            "updated_at": AT,
        }


def _identifiers(count: int) -> Iterable[dict[str, Any]]:
    for number in range(count):
        for scheme, value in (("uscc", uscc(number)), ("serial", str(number))):
            yield {"register": REGISTER, "scheme": scheme, "value": value, "entity_id": f"e-{number}"}


def _interfaces(numbers: range) -> Iterable[dict[str, Any]]:
    for number in numbers:
        terms = {
            "register": REGISTER,
            "kind": "record",
            "parameters": [{"id": "uscc", "standard": "uscc", "compare": "upper"}],
            "fields": [{"id": name, "grade": grade, "mask": mask} for name, grade, mask in FIELDS],
            "clearance": "L2",
            "provenance": False,
            "purposes": [],
            "per_second": 1_000_000,
            "burst": 1_000_000,
        }
        yield {
            "id": _interface(number),
            "declared": "{}",
            "terms": json.dumps(terms),
            "owner": "market-regulation",
            "register": REGISTER,
            "status": "published",
            "revision": 1,
            "proposed_at": AT,
            "published_at": AT,
            "route_key": "",
        }


def _subscriptions(numbers: range, interfaces: int) -> Iterable[dict[str, Any]]:
    for number in numbers:
        yield {
            "id": number,
            "interface_id": _interface(number % interfaces),
            "office": f"office-{number % 60}",
            "purpose": "企业开办核验",
            "basis": "浙江省公共数据条例",
            "since": SINCE,
            "until": UNTIL,
            "daily_quota": 100_000_000,
            "fields": [name for name, _, _ in FIELDS],
            "clearance": "L2",
            "status": "granted",
            "dossier": number,
            "requested_by": "account/bench",
            "requested_at": AT,
            "granted_at": AT,
            "decided_at": AT,
            "reason": "",
            "certificates": [],
        }
