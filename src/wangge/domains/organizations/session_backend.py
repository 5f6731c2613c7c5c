"""Who a session belongs to, asked in one statement: the person, his second factor, the posts he holds now."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from wangge.domains.organizations.logic import actor_of
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.queries import HOLDINGS_AT
from wangge.groundwork import clock
from wangge.groundwork.prepared import prepared_cursor

_COLUMNS = [field.attname for field in Person._meta.concrete_fields]
# On the way of every page: prepared, and without the query builder, whose work was a third of an empty page's.
_STATEMENT = f"""
SELECT {", ".join(f"p.{column}" for column in _COLUMNS)},
       EXISTS (SELECT FROM otp_totp_totpdevice d WHERE d.user_id = p.id AND d.confirmed)
       OR EXISTS (SELECT FROM otp_static_staticdevice d WHERE d.user_id = p.id AND d.confirmed),
       {HOLDINGS_AT}
  FROM organizations_person p WHERE p.id = %(person_id)s
"""


class PersonBackend(ModelBackend):
    """Passwords as Django checks them; the person of a session with ``has_second_factor`` and ``actor_found``."""

    def get_user(self, user_id: int) -> Person | None:
        """The active person of this id; one statement."""
        with prepared_cursor() as cursor:
            cursor.execute(_STATEMENT, {"person_id": user_id, "at": clock.now()})
            row = cursor.fetchone()
        if row is None:
            return None
        *values, has_second_factor, holdings = row
        found = Person.from_db("default", _COLUMNS, values)
        if not self.user_can_authenticate(found):
            return None
        found.has_second_factor = has_second_factor
        found.actor_found = actor_of(
            person_id=found.id, username=found.username, display_name=found.display_name, holdings=holdings
        )
        return found
