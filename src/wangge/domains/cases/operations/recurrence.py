"""Owns how far recurrence groups look: the standards' figures as the database needs them at hand."""

from __future__ import annotations

from django.db import connection, transaction

from wangge.domains.organizations.queries import city_tables


def keep_reach() -> None:
    """Bring the database's copy of the classes' radius and days to what the standards say."""
    rows = [(row.beginning, row.recurrence_radius_m, row.recurrence_days) for row in city_tables().similar]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_recurrence_reach")
        cursor.executemany("INSERT INTO cases_recurrence_reach (category, radius_m, days) VALUES (%s, %s, %s)", rows)
