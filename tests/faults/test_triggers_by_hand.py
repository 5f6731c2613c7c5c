"""SQL by hand against every trigger that refuses: each is met once, in a transaction that is taken back.

The tables are laid bare of their other rules for it, so that the trigger alone answers. A new trigger under whose name
neither this nor another test is refused fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.city_database import CityDatabase
from tests.faults.catalogue import triggers
from tests.faults.test_sql_by_hand import HISTORY

pytestmark = pytest.mark.django_db(transaction=True)
TESTS = Path(__file__).resolve().parents[1]
Row = dict[str, Any]
MOMENT = "2024-03-13 08:10+08"
CASE: Row = {
    "id": "00000000-0000-4000-8000-000000000001", "number": "430202-20240313-00001", "month": "2024-03-01",
    "reported_at": MOMENT, "version": 1, "state": "{}", "stage": "closed", "tail_hash": b"x",
}  # fmt: skip
MESSAGE: Row = {
    "message_id": "m", "order_id": 1, "channel": "c", "kind": "k", "body": "{}", "queued_at": MOMENT, "attempts": 0,
}  # fmt: skip
RELEASED: Row = {"id": 1, "title": "t", "released_at": MOMENT}
FORM: Row = {"id": 1, "execution_weight": 10}
LINE: Row = {"id": 1, "weight": 5, "target_set_id": 1}
ALLOTMENT: Row = {"id": 1, "number": "Z-1", "unit_code": "u", "year": 2024}
CHANGE: Row = {"id": 1, "allotment_id": 1, "stage": "added", "amount_fen": 5}
YEAR: Row = {"id": 1, "unit_code": "u", "year": 2024, "state": "open", "closed_through": 0}


@dataclass(frozen=True, slots=True)
class Attack:
    """What is there (table and row each), and the order that must be refused by this name."""

    refused_as: str
    order: str
    there: Sequence[tuple[str, Row]] = ()

    @property
    def tables(self) -> list[str]:
        words = self.order.replace("(", " ").split()
        first = next(word for word in words if word.count("_") and word.islower())
        return list(dict.fromkeys([first, *(table for table, _row in self.there)]))


def a_step(**given: Any) -> str:
    row = {"id": 9, "form_id": 1, **given}
    return f"INSERT INTO self_evaluation_step ({', '.join(row)}) VALUES ({', '.join(map(repr, row.values()))})"


def a_year_step(act: str, by: int) -> str:
    return (
        "INSERT INTO budgeting_year_step (id, unit_code, year, act, period, by_id)"
        f" VALUES (9, 'u', 2024, '{act}', 0, {by})"
    )


ATTACKS = (
    Attack("case_identity_is_unchangeable", "UPDATE cases_case SET number = 'x'", [("cases_case", CASE)]),
    Attack("case_identity_is_unchangeable", "UPDATE cases_case SET month = '2024-04-01'", [("cases_case", CASE)]),
    Attack("case_version_runs_forward", "UPDATE cases_case SET state = '[]'", [("cases_case", CASE)]),
    Attack("case_is_never_removed", "DELETE FROM cases_case", [("cases_case", CASE)]),
    Attack("outgoing_stays", "UPDATE hotline_outgoing SET body = '[]'", [("hotline_outgoing", MESSAGE)]),
    Attack("outgoing_stays", "DELETE FROM hotline_outgoing", [("hotline_outgoing", MESSAGE)]),
    Attack("released_set_stays", "UPDATE ownership_rule_set SET title = 'x'", [("ownership_rule_set", RELEASED)]),
    Attack("released_set_stays", "DELETE FROM ownership_rule_set", [("ownership_rule_set", RELEASED)]),
    Attack(
        "released_rules_stay",
        "INSERT INTO ownership_rule (id, rule_set_id) VALUES (1, 1)",
        [("ownership_rule_set", RELEASED)],
    ),
    Attack("target_set_follows", "INSERT INTO self_evaluation_target_set (id, form_id, number) VALUES (1, 1, 2)"),
    Attack(
        "declared_targets_are_closed",
        "INSERT INTO self_evaluation_line (id, target_set_id) VALUES (2, 1)",
        [("self_evaluation_step", {"id": 1, "form_id": 1, "seq": 1, "target_set_id": 1})],
    ),
    Attack(
        "result_within_weight",
        "INSERT INTO self_evaluation_result (id, line_id, score, by_rule) VALUES (1, 1, 6, 5)",
        [("self_evaluation_line", LINE)],
    ),
    Attack(
        "result_of_open_form",
        "INSERT INTO self_evaluation_result (id, line_id, score, by_rule) VALUES (1, 1, 5, 5)",
        [("self_evaluation_line", LINE), ("self_evaluation_target_set", {"id": 1, "form_id": 1, "number": 1})],
    ),
    Attack("form_step_follows_state", a_step(seq=1, from_state="approved", step="accept")),
    Attack("form_step_follows_state", a_step(seq=2, from_state="draft", step="declare")),
    Attack(
        "form_weights_add_up",
        a_step(seq=1, from_state="draft", step="declare", target_set_id=1),
        [("self_evaluation_form", FORM)],
    ),
    Attack(
        "form_step_names_own_targets",
        a_step(seq=1, from_state="draft", step="declare", target_set_id=1),
        [("self_evaluation_form", {**FORM, "execution_weight": 100})],
    ),
    Attack(
        "form_step_by_second_person",
        a_step(seq=2, from_state="declared", step="approve", by_id=7),
        [
            ("self_evaluation_form", FORM),
            ("self_evaluation_step", {"id": 1, "form_id": 1, "seq": 1, "step": "declare", "to_state": "declared",
                                      "by_id": 7}),
        ],
    ),
    Attack(
        "change_in_open_year",
        "INSERT INTO budgeting_allotment_change (id, allotment_id, stage, amount_fen) VALUES (1, 1, 'added', 5)",
        [("budgeting_allotment", ALLOTMENT), ("budgeting_year", {**YEAR, "state": "approved"})],
    ),
    Attack(
        "change_reversal_mirrors",
        "INSERT INTO budgeting_allotment_change (id, allotment_id, stage, amount_fen, reverses_id)"
        " VALUES (2, 1, 'added', -4, 1)",
        [("budgeting_allotment", ALLOTMENT), ("budgeting_year", YEAR), ("budgeting_allotment_change", CHANGE)],
    ),
    Attack(
        "payment_points_to_what_is_there",
        "INSERT INTO budgeting_payment (id, unit_code, year, dimension_id) VALUES (1, 'nobody', 2024, 1)",
    ),
    Attack(
        "posting_enters_with_voucher",
        "INSERT INTO budgeting_posting (id, voucher_id, dimension_id, side, amount_fen) VALUES (1, 9, 9, 'D', 5)",
    ),
    Attack(
        "posting_dimension_exists",
        "INSERT INTO budgeting_posting (id, voucher_id, dimension_id, side, amount_fen) VALUES (1, 1, 9, 'D', 5)",
        [("budgeting_voucher", {"id": 1, "unit_code": "u", "year": 2024, "made_in": "pg_current_xact_id()"})],
    ),
    Attack(
        "voucher_import_exists",
        "INSERT INTO budgeting_voucher (id, unit_code, year, period, event, phase, made_in, imported_id)"
        " VALUES (1, 'u', 2024, 1, 'payment', 'current', pg_current_xact_id(), 99)",
        [("budgeting_year", YEAR)],
    ),
    Attack("year_step_follows_state", a_year_step("close_year", 7)),
    Attack("year_step_follows_state", a_year_step("open", 7), [("budgeting_year", YEAR)]),
    Attack(
        "year_step_by_second_person",
        a_year_step("approve", 7),
        [
            ("budgeting_year", {**YEAR, "state": "adjusting"}),
            ("budgeting_year_step", {"id": 1, "unit_code": "u", "year": 2024, "act": "close_year", "by_id": 7}),
        ],
    ),
)  # fmt: skip


@pytest.fixture
def link(city_database: CityDatabase) -> Iterator[psycopg.Connection[Any]]:
    with city_database.owner_link() as link:
        yield link


def test_every_trigger_refuses_what_it_is_there_for(link: psycopg.Connection[Any]) -> None:
    wrong = [(attack.refused_as, attack.order, said) for attack in ATTACKS if (said := _met(link, attack))]
    assert wrong == []


def _met(link: psycopg.Connection[Any], attack: Attack) -> str:
    """What answered instead; empty when the trigger did."""
    try:
        with link.transaction(force_rollback=True):
            for table in attack.tables:
                _lay_bare(link, table)
            for table, row in attack.there:
                _put(link, table, row)
            link.execute(attack.order.encode())
    except psycopg.Error as refused:
        return "" if refused.diag.constraint_name == attack.refused_as else str(refused)
    return "nothing refused it"


def _lay_bare(link: psycopg.Connection[Any], table: str) -> None:
    """No checks, no references, nothing that must be there; its triggers stay."""
    found = link.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype IN ('c', 'f')", [table]
    ).fetchall()
    for (name,) in found:
        link.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}" CASCADE'.encode())
    columns = link.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    ).fetchall()
    keys = link.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indrelid = %s::regclass AND i.indisprimary",
        [table],
    ).fetchall()
    for (name,) in columns:
        link.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP IDENTITY IF EXISTS'.encode())
        if (name,) not in keys:
            link.execute(f'ALTER TABLE {table} ALTER COLUMN "{name}" DROP NOT NULL'.encode())


def _put(link: psycopg.Connection[Any], table: str, row: Row) -> None:
    """A row as it would have come to be there long ago."""
    link.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    values = [sql.SQL(value) if value == "pg_current_xact_id()" else sql.Literal(value) for value in row.values()]
    order = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(values)
    )
    link.execute(order)
    link.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def test_no_trigger_is_without_an_attempt(link: psycopg.Connection[Any]) -> None:
    tried = {attack.refused_as for attack in ATTACKS}
    untried = []
    for trigger in triggers(link):
        assert trigger.enabled == "O", f"{trigger.table}.{trigger.name} is switched off"
        if trigger.function not in HISTORY:
            untried += [name for name in trigger.refuses_as if name not in tried and name not in _other_tests()]
    assert untried == []


@cache
def _other_tests() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py") if path.parent.name != "faults")
