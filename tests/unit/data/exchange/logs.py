"""Reading a log in tests."""

from __future__ import annotations

import json

from django.db import connection


def entries_of(call):
    """Action, outcome and facts of the entries of a call, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, outcome, facts FROM security_act WHERE facts ->> 'call' = %s AND action LIKE 'exchange.%%'"
            " ORDER BY at, block, place",
            [call],
        )
        return [(action, outcome, json.loads(facts)) for action, outcome, facts in cursor.fetchall()]
