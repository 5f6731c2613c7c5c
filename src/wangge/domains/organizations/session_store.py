"""Where sessions are kept: Django's table of sessions, read by one prepared statement."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from wangge.groundwork.prepared import prepared_cursor

_STATEMENT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseStore):
    """Django's own store, but for the way it is read, which every page goes."""

    def load(self) -> dict[str, Any]:
        """What the session holds; empty, and its key given up, when there is none that still lives."""
        with prepared_cursor() as cursor:
            cursor.execute(_STATEMENT, [self.session_key, timezone.now()])
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))
