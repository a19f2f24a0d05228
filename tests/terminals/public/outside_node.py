"""A node for tests of signing in from one node at another: a home, a database, a web process. Run as a script; what it is told and tells is JSON."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

MODULE = "tests.terminals.public.outside_node"
PASSWORD = "eins-zwei-drei-polizei"


def prepare() -> Any:
    """Tables and roles."""
    from shuzhi.node.migrating import bring_up_to_date

    bring_up_to_date(verbosity=0)
    return {}


def resident(username: str, number: str) -> Any:
    """Somebody with a password, whose number is proven."""
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import services

    at, by = datetime.now(UTC), system("console")
    services.open_account(
        username=username, person="李娜", office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=PASSWORD, by=by, at=at,
    )  # fmt: skip
    services.note_proof(username=username, scheme="resident_id", value=number, by=by, at=at)
    return {}


def client(name: str, back: str) -> Any:
    """Let another node's people sign in here."""
    from shuzhi.foundation.words import Words
    from shuzhi.pillars.security.types import system
    from shuzhi.support.identity.openid import clients

    secret = clients.register(
        client=name, title=Words(zh="市门户", en="City portal"), redirect_uris=[back], public=False,
        scopes=["openid", "profile", "identity"], by=system("console"), at=datetime.now(UTC),
    )  # fmt: skip
    return {"secret": secret}


def turn_key() -> Any:
    """Sign with a new key from now on."""
    from shuzhi.support.identity.openid import keys

    return {"kid": keys._make(datetime.now(UTC)).kid}


def signed_in() -> Any:
    """Who signed in, and by whom that was said."""
    from shuzhi.pillars.security.models import AuditEntry

    rows = AuditEntry.objects.filter(action="identity.signed_in").order_by("id")
    return [[row.target, row.outcome, row.facts.get("issuer")] for row in rows]


def main() -> None:
    import django

    django.setup()
    verbs = {each.__name__: each for each in (prepare, resident, client, turn_key, signed_in)}
    sys.stdout.write(json.dumps(verbs[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")


if __name__ == "__main__":
    main()
