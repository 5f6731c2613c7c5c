"""Keeps and removes what a person keeps of a list: views under names of his own, and its columns."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor

MOST_VIEWS = 20
LONGEST_NAME = 40
LONGEST_QUERY = 1000


@transaction.atomic
def keep_view(*, by: Actor, page: str, name: str, query: str) -> None:
    """Keep the list as it is filtered now; the same name is written over. Raises ``DeskRefused``."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise DeskRefused(_("请给视图起一个不超过 %(most)s 个字的名称。") % {"most": LONGEST_NAME})
    if len(query) > LONGEST_QUERY:
        raise DeskRefused(_("条件太长，不能保存；请减少条件。"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM organizations_person WHERE id = %s FOR UPDATE", (by.person_id,))
        cursor.execute(
            "SELECT count(*) FROM desks_view WHERE person_id = %s AND NOT (page = %s AND name = %s)",
            (by.person_id, page, name),
        )
        if cursor.fetchone()[0] >= MOST_VIEWS:
            raise DeskRefused(_("最多保存 %(most)s 个视图，请先删除不用的。") % {"most": MOST_VIEWS})
        cursor.execute(
            "INSERT INTO desks_view (person_id, page, name, query) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT view_name_once DO UPDATE SET query = excluded.query",
            (by.person_id, page, name, query),
        )


def remove_view(*, by: Actor, view_id: int) -> None:
    """Remove one of his views; another's stays."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM desks_view WHERE id = %s AND person_id = %s", (view_id, by.person_id))


def keep_columns(*, by: Actor, page: str, columns: Sequence[str]) -> None:
    """Keep the columns of a list, in this order; none gives the usual back."""
    with connection.cursor() as cursor:
        if not columns:
            cursor.execute("DELETE FROM desks_columns WHERE person_id = %s AND page = %s", (by.person_id, page))
            return
        cursor.execute(
            "INSERT INTO desks_columns (person_id, page, columns) VALUES (%s, %s, %s)"
            " ON CONFLICT ON CONSTRAINT columns_once DO UPDATE SET columns = excluded.columns",
            (by.person_id, page, ",".join(columns)),
        )
