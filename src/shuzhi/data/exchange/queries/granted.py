"""A subscription as the gateway judges it (授权), for the work that its calls ordered."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import connection

from shuzhi.data.exchange import models
from shuzhi.data.exchange.gateway.scopes import ADMITS, SCOPE, at_time, compile_scope
from shuzhi.data.exchange.gateway.terms import Grant, Terms, read_terms, sandboxed
from shuzhi.pillars.security.types import Grade

IS_IN_SCOPE = f"""
SELECT 1 FROM (SELECT %s AS scope) w {SCOPE}
JOIN registers_entity e ON e.register = %s AND e.id = %s WHERE {ADMITS}
"""  # noqa: S608 - of constants only


def grant_of(row: models.Subscription) -> Grant:
    """A subscription as the gateway judges it, without a key; for the work that its calls ordered."""
    terms = _terms_of(row)
    return Grant(
        key_id="",
        sealed_secret=b"",
        public_key="",
        key_live=True,
        subscription=row.id,
        status=row.status,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        since=row.since,
        until=row.until,
        daily_quota=row.daily_quota,
        clearance=Grade(row.clearance),
        fields=tuple(row.fields),
        interface=row.interface_id,
        interface_status=row.interface.status,
        terms=terms,
        sandbox=row.sandbox,
        scope=None
        if row.sandbox
        else compile_scope(terms, office=row.office, purpose=row.purpose, rows=row.rows, ground=row.ground),
        owner=row.interface.owner,
    )


def is_in_scope(entity: str, grant: Grant, *, at: datetime) -> bool:
    """Whether a record is among the caller's rows."""
    if grant.scope is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(IS_IN_SCOPE, [at_time(grant.scope, at), grant.terms.register, entity])
        return cursor.fetchone() is not None


def _terms_of(row: models.Subscription) -> Terms:
    """The terms of the version that the subscription is bound to, as the gateway finds them."""
    former = models.FormerVersion.objects.filter(interface=row.interface_id, version=row.version).first()
    text = json.dumps(former.terms if former else row.interface.terms)
    return sandboxed(text) if row.sandbox else read_terms(text)
