"""Migrations let a working city go on: they wait for no lock for long, and build no index that stops writers."""

from __future__ import annotations

import re
import threading

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddIndex, AlterField, RunSQL
from django.db.migrations.operations.base import Operation

from tests.city_database import CityDatabase
from wangge.groundwork.embedded_postgres import APPLICATION
from wangge.project import migrating

LARGE = {
    "cases_case", "cases_matter", "cases_step", "cases_private_texts", "outbox", "organizations_audit_record",
    "attachments_photo", "attachments_photo_upload", "patrol_position", "hotline_order", "hotline_event",
}  # fmt: skip
"""Tables that have millions of rows in a city's year."""
BEFORE_THE_RULE = {
    "budgeting": 6, "cases": 15, "citizens": 4, "components": 2, "disclosure": 3, "evaluation": 4, "geography": 2,
    "hotline": 5, "notices": 2, "organizations": 5, "ownership": 2, "partners": 1, "patrol": 2, "replies": 1,
    "self_evaluation": 3, "telephone": 1, "attachments": 2, "outbox": 2,
}  # fmt: skip
"""The last migration of each application that came before this rule and before the first release."""


def _stops_writers(operation: Operation, tables: dict[str, str]) -> str:
    """Why an operation would stop the writers of a large table; empty when it does not."""
    table = tables.get(str(getattr(operation, "model_name", "")).lower(), "")
    if isinstance(operation, AddIndex) and type(operation) is AddIndex and table in LARGE:
        return f"builds {operation.index.name} on {table} while writers wait: AddIndexConcurrently"
    if isinstance(operation, AddConstraint) and type(operation) is AddConstraint and table in LARGE:
        return f"checks all of {table} while writers wait: AddConstraintNotValid, then ValidateConstraint"
    if isinstance(operation, AlterField) and table in LARGE:
        return f"may write all of {table} anew: add a field beside it"
    if isinstance(operation, RunSQL):
        text = operation.sql if isinstance(operation.sql, str) else ";".join(map(str, operation.sql))
        found = re.findall(r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)[^;]*? ON (?:ONLY )?(\w+)", text, re.I)
        if any(each in LARGE for each in found):
            return f"builds an index on {found} while writers wait: CONCURRENTLY"
        altered = re.findall(r"ALTER TABLE (?:ONLY )?(\w+)[^;]*? (?:TYPE|DROP COLUMN|RENAME) ", text, re.I)
        if any(each in LARGE for each in altered):
            return f"changes {altered} under the version that runs: add a column beside it"
    return ""


def test_no_newer_migration_stops_the_writers_of_a_large_table() -> None:
    loader = MigrationLoader(None)
    found = []
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if not migration.__module__.startswith("wangge.") or int(name[:4]) <= _last_before_the_rule(app):
            continue
        state = loader.project_state((app, name))
        tables = {
            model: str(each.options.get("db_table", f"{label}_{model}"))
            for (label, model), each in state.models.items()
            if label == app
        }  # fmt: skip
        made_here = {each.name.lower() for each in migration.operations if hasattr(each, "fields")}
        for operation in migration.operations:
            why = _stops_writers(operation, tables)
            if why and str(getattr(operation, "model_name", "")).lower() not in made_here:
                found.append(f"{app}.{name} {why}")
    assert found == []


def _last_before_the_rule(app: str) -> int:
    return BEFORE_THE_RULE.get(app, 0)


@pytest.mark.parametrize(
    ("operation", "stops"),
    [
        (RunSQL("CREATE INDEX x ON cases_case (stage)"), True),
        (RunSQL("CREATE UNIQUE INDEX x ON ONLY outbox (id)"), True),
        (RunSQL("CREATE INDEX CONCURRENTLY x ON cases_case (stage)"), False),
        (RunSQL(["DROP INDEX x", "CREATE INDEX x ON cases_case (stage)"]), True),
        (RunSQL(["DROP INDEX x", "CREATE INDEX CONCURRENTLY x ON cases_case (stage)"]), False),
        (RunSQL("CREATE INDEX x ON notices_notice (id)"), False),
        (RunSQL("ALTER TABLE cases_matter ALTER COLUMN grams TYPE bigint[] USING '{}'"), True),
    ],
)
def test_the_rule_sees_what_it_forbids(operation: RunSQL, stops: bool) -> None:
    assert bool(_stops_writers(operation, {})) is stops


def test_a_migration_that_gets_no_lock_lets_the_others_go_first_and_tries_again(
    city_database: CityDatabase, as_owner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.management import call_command as real
    from django.db import connection

    monkeypatch.setattr(migrating, "_LOCK_SECONDS", 1)
    tries = []

    def change(command: str, **options: object) -> None:
        tries.append(command)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE notices_notice ALTER COLUMN id SET NOT NULL")
        real(command, **options)

    monkeypatch.setattr(migrating, "call_command", change)
    reader = psycopg.connect(**city_database.cluster.connection(APPLICATION, city_database.name))
    reader.execute("SELECT count(*) FROM notices_notice")  # its transaction stays open
    done = threading.Event()

    def leave_after_two_tries() -> None:
        while len(tries) < 2 and not done.wait(0.05):
            pass
        reader.close()

    leaving = threading.Thread(target=leave_after_two_tries)
    leaving.start()
    try:
        migrating.migrate_database(verbosity=0)
    finally:
        done.set()
        leaving.join()
    assert len(tries) >= 2
