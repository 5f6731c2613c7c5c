"""SQL by hand against every invariant: each rule of the catalogue refuses something and lets something through.

The matrix is made from the catalogue: a new rule that nothing is found to break fails here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.city_database import CityDatabase
from tests.faults.catalogue import Rule, Twin, rules, triggers, twice
from wangge.groundwork.embedded_postgres import APPLICATION

pytestmark = pytest.mark.django_db(transaction=True)
HISTORY = ("refuse_change", "budgeting_refuse_by_hand")
"""Functions of triggers that keep a table as it is, whoever asks."""


@pytest.fixture
def link(city_database: CityDatabase) -> Iterator[psycopg.Connection[Any]]:
    with city_database.owner_link() as link:
        yield link


@pytest.fixture
def by_hand(city_database: CityDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A connection as the application, with somebody's hands at it."""
    parameters = city_database.cluster.connection(APPLICATION, city_database.name)
    with psycopg.connect(**parameters, autocommit=True) as link:
        yield link


def test_every_rule_of_every_table_refuses_what_it_is_there_for(link: psycopg.Connection[Any]) -> None:
    found = rules(link)
    assert len(found) > 500
    unbroken = [f"{rule.table}.{rule.name} is not in force" for rule in found if not rule.holds]
    with link.transaction(force_rollback=True):
        for table, of_table in groupby(found, key=lambda rule: rule.table):
            twin = Twin(link, table)
            unbroken += [message for rule in of_table for message in _tried(twin, rule)]
    assert unbroken == [], "\n".join(unbroken)


def _tried(twin: Twin, rule: Rule) -> list[str]:
    """What is wrong with a rule: nothing is found that it refuses, or nothing that it lets through."""
    twin.give(rule)
    refused, passed, chance = False, False, random.Random(rule.name)
    for row in twin.rows(rule.definition, chance):
        answer = twin.insert(*([row] if rule.kind in "cf" else twice(row, rule, chance)))
        refused = refused or answer == f"{twin.name}_rule"
        passed = passed or answer == ""
        if refused and (passed or rule.kind != "c"):
            return []
    return [f"{rule.table}.{rule.name}: {'nothing passes' if refused else 'nothing breaks it'} {rule.definition}"]


def kept_tables(link: psycopg.Connection[Any]) -> list[str]:
    """The tables whose rows stay as they are."""
    return sorted({trigger.table for trigger in triggers(link) if trigger.function in HISTORY})


ORDERS = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table}")


def test_the_application_changes_no_history(link: psycopg.Connection[Any], by_hand: psycopg.Connection[Any]) -> None:
    tables = kept_tables(link)
    assert len(tables) > 40
    allowed = [(table, order) for table in tables for order in ORDERS if not _is_refused(by_hand, table, order)]
    # Where its own work changes rows, the row itself refuses: derived figures follow from the facts alone.
    assert [(table, order) for table, order in allowed if not _refuses_rows(link, table, order)] == []


def test_not_even_the_owner_changes_history(link: psycopg.Connection[Any]) -> None:
    tables = kept_tables(link)
    assert [(table, order) for table in tables for order in ORDERS if not _refuses_rows(link, table, order)] == []


def _is_refused(link: psycopg.Connection[Any], table: str, order: str) -> bool:
    with link.transaction(force_rollback=True):
        (column,) = link.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = ''"
            " AND attgenerated = '' AND NOT attisdropped ORDER BY attnum LIMIT 1",
            [table],
        ).fetchone() or ("",)
    words = sql.SQL(order).format(table=sql.Identifier(table), column=sql.Identifier(column))
    try:
        with link.transaction(force_rollback=True):
            link.execute(words)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation):
        return True
    return False


def _refuses_rows(link: psycopg.Connection[Any], table: str, order: str) -> bool:
    """Whether a row of such a table stays as it is: its triggers on a twin with one row, as the owner."""
    twin = Twin(link, table)
    link.execute(f"INSERT INTO {twin.name} DEFAULT VALUES".encode())
    for trigger in triggers(link):
        if trigger.table == table and trigger.function in HISTORY:
            link.execute(trigger.definition.replace(f" ON public.{table} ", f" ON {twin.name} ").encode())
    try:
        return _is_refused(link, twin.name, order)
    finally:
        twin.drop()


BEYOND = (
    "ALTER TABLE cases_step DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "DROP TABLE cases_step",
    "CREATE TABLE mine (id int)",
    "ALTER TABLE cases_case DROP CONSTRAINT cases_case_pkey",
    "SET ROLE wangge_owner",
    "COPY cases_case TO PROGRAM 'cat'",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SELECT pg_read_file('/etc/hostname')",
)


def test_the_application_does_not_reach_beyond_its_role(by_hand: psycopg.Connection[Any]) -> None:
    reached = []
    for order in BEYOND:
        try:
            by_hand.execute(order.encode())
            reached.append(order)
        except psycopg.errors.InsufficientPrivilege:
            continue
    assert reached == []
    by_hand.execute("GRANT DELETE ON cases_step TO CURRENT_USER")  # PostgreSQL warns and grants nothing
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        by_hand.execute("DELETE FROM cases_step")
