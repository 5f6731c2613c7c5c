"""Counted again, table against table: what was delivered, the open cases kept twice, the numbers given."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection


def wrong_deliveries() -> list[str]:
    """Every step is one fact, every fact was effective once."""
    asked = {
        "steps without their one fact": (
            "SELECT s.case_id, s.seq FROM cases_step s LEFT JOIN outbox o ON o.key = s.case_id::text"
            " AND (o.payload::jsonb ->> 'seq')::int = s.seq GROUP BY 1, 2 HAVING count(o.id) <> 1"
        ),
        "facts not effective once": (
            "SELECT o.id, count(n.id) FROM outbox o LEFT JOIN notices_inbox_notice n ON n.inbox = 'post:ledger'"
            " AND n.object_key = o.id::text GROUP BY 1 HAVING count(n.id) <> 1"
        ),
    }
    return _told(asked)


def wrong_counters() -> list[str]:
    """Counters against recounts: the narrow table of open cases, the numbers given."""
    asked = {
        "open cases kept twice differ": (
            "SELECT number FROM (SELECT number, stage, burns_at, category, district_code, department_code,"
            " inner_department_code, assignee_id, reporter_id FROM cases_case WHERE stage NOT IN"
            " ('closed', 'archived', 'declined', 'voided', 'merged')) a FULL JOIN (SELECT number, stage, burns_at,"
            " category, district_code, department_code, inner_department_code, assignee_id, reporter_id"
            " FROM cases_open) b USING (number) WHERE a.* IS DISTINCT FROM b.* AND (a.stage, a.burns_at, a.category,"
            " a.district_code, a.department_code, a.inner_department_code, a.assignee_id, a.reporter_id) IS DISTINCT"
            " FROM (b.stage, b.burns_at, b.category, b.district_code, b.department_code, b.inner_department_code,"
            " b.assignee_id, b.reporter_id)"
        ),
        "numbers given and cases differ": (
            "SELECT n.district_code, n.day, n.last FROM cases_number_counter n WHERE n.last <> (SELECT count(*)"
            " FROM cases_case c WHERE c.number LIKE n.district_code || '-' || to_char(n.day, 'YYYYMMDD') || '-_____')"
        ),
    }
    return _told(asked)


def _told(asked: Mapping[str, str]) -> list[str]:
    found = []
    for what, statement in asked.items():
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found += [f"{what}: {row}" for row in cursor.fetchall()]
    return found
