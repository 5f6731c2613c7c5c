"""Other tests on the same cluster: what their open transactions hold back in every database is waited for."""

from __future__ import annotations

import time

from django.db import connection

_HELD_BACK = """
SELECT EXISTS (
  SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
   WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND a.datname <> current_database()
     AND l.transactionid::text::bigint <= (SELECT max(transaction::text::bigint) FROM outbox)
)
"""
_LONGEST_SECONDS = 600.0


def wait_for_neighbours() -> None:
    """Until no transaction of another database is older than a fact of this one: facts behind it are not handed out."""
    until = time.monotonic() + _LONGEST_SECONDS
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(_HELD_BACK)
            if cursor.fetchone() == (False,):
                return
        time.sleep(0.02)
    raise AssertionError("some other test holds a transaction for ten minutes")
