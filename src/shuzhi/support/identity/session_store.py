"""Sessions as Django keeps them in the database, read by a prepared statement: every request of a signed-in person reads one."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from shuzhi.foundation.database import prepared


class SessionStore(db.SessionStore):
    """The same table, the same form: a session that one of both wrote is read by the other."""

    def _get_session_from_db(self) -> Any:
        """The row; None where there is none, or it is over. Django's own hook."""
        found = prepared.first(self.model, "WHERE session_key = %s", [self.session_key])
        if found is None or found.expire_date <= timezone.now():
            self._session_key = None
            return None
        return found
