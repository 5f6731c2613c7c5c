"""A month of history moved into a file can still be read, replayed and held against the anchors, and comes back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.anchoring import AnchorBreak, anchor_heads, hold_against
from wangge.domains.cases.breaks import BreakKind
from wangge.domains.cases.queries.chain_check import chain_breaks
from wangge.domains.cases.queries.history import history_of
from wangge.domains.cases.queries.steps import steps_of
from wangge.domains.cases.rows import load
from wangge.domains.cases.verifying import verification
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork import months_away
from wangge.groundwork.months_away import MonthRefused, bring_back, month_away, move_away, rows_away, rows_of_key
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.simulation.running import Production, produce, year_tasks

MONTH = date(2024, 12, 1)
LATER = NOW + timedelta(days=1)
ALL = "SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {table} t WHERE month = '2024-12-01'"


@pytest.fixture
def city(ground: LoadedGround, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"months": tmp_path / "months"})
    monkeypatch.setattr(months_away, "ROWS_PER_MEMBER", 40)
    list(produce(Production(ground, 9, TERMINAL, NOW), year_tasks(cases=3000, year=2024, seed=9)[-6:], jobs=1))


def _verified() -> tuple[int, int, list[BreakKind]]:
    with verification(jobs=1) as verified:
        answers = list(verified.answers)
    kinds = [each.kind for answer in answers for each in answer.breaks]
    return sum(each.cases for each in answers), sum(each.steps for each in answers), kinds


def _a_case(ask: Ask) -> Any:
    ((number,),) = ask(
        "SELECT number FROM cases_case WHERE month = '2024-12-01' AND version > 3 ORDER BY id OFFSET 30 LIMIT 1"
    )
    row = load(number)
    assert row is not None
    return row


def test_a_month_away_is_read_replayed_and_anchored_as_before(city: None, ask: Ask, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    anchor_heads(directory=anchors, at=LATER)
    row, before = _a_case(ask), _verified()
    told = steps_of(row), history_of(row), chain_breaks(row)
    made = move_away(table="cases_step", month=MONTH, at=LATER)
    assert ask("SELECT count(*) FROM cases_step WHERE month = '2024-12-01'") == [(0,)]
    assert made.rows > 100
    assert len(made.members) > 3
    assert (steps_of(row), history_of(row), chain_breaks(row)) == told
    assert told[2] == ()
    assert steps_of(row, after=2) == told[0][2:]
    assert _verified() == before
    assert before[2] == []
    assert [each for held in hold_against(directory=anchors) for each in held.breaks] == []


def test_what_is_done_to_a_file_is_named(city: None, ask: Ask, tmp_path: Path) -> None:
    anchors = tmp_path / "anchors"
    anchor_heads(directory=anchors, at=LATER)
    row = _a_case(ask)
    made = move_away(table="cases_step", month=MONTH, at=LATER)
    data = bytearray(made.path.read_bytes())
    data[len(data) // 2] ^= 1
    made.path.write_bytes(data)
    assert BreakKind.MONTH_GONE in {each.kind for each in breaks_found()}
    with pytest.raises(MonthRefused, match="SM3"):
        steps_of(row)
    assert {each.kind for held in hold_against(directory=anchors) for each in held.breaks} == {AnchorBreak.STEP_GONE}
    with pytest.raises(MonthRefused, match="SM3"):
        bring_back(table="cases_step", month=MONTH)
    made.path.unlink()
    assert BreakKind.MONTH_GONE in {each.kind for each in breaks_found()}


@pytest.mark.parametrize("table", ["cases_step", "outbox", "organizations_audit_record"])
def test_a_month_comes_back_row_by_row_as_it_went(city: None, ask: Ask, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions('2024-12-01', '2024-12-31')")
        cursor.execute(
            "INSERT INTO outbox (month, topic, key, payload, recorded_at) SELECT '2024-12-01', 'told', n::text,"
            " '{\"tab\": \"a\tb\\\\n\"}', '2024-12-05T00:00Z' FROM generate_series(1, 100) n"
        )
        cursor.execute(
            "INSERT INTO organizations_audit_record (month, at, person_id, person_name, token_id, kind, object_kind,"
            " object_key, detail, address) SELECT '2024-12-01', '2024-12-05T00:00Z', NULL, '终端', NULL, 'view',"
            " 'case', n::text, '{}', '' FROM generate_series(1, 100) n"
        )
    before = ask(ALL.format(table=table))
    made = move_away(table=table, month=MONTH, at=LATER)
    assert ask(ALL.format(table=table))[0][0] == 0
    rows = list(rows_away(made))
    assert len(rows) == made.rows == before[0][0]
    key = months_away.ORDER[table][0]
    wanted = rows[made.rows // 2][key].decode()
    assert rows_of_key(made, wanted) == [each for each in rows if each[key].decode() == wanted]
    with pytest.raises(MonthRefused, match="已经移出"):
        move_away(table=table, month=MONTH, at=LATER)
    assert bring_back(table=table, month=MONTH) == made.rows
    assert ask(ALL.format(table=table)) == before
    assert month_away(table, MONTH) is None


def test_what_is_written_to_a_month_away_has_its_place(city: None, ask: Ask) -> None:
    row = _a_case(ask)
    move_away(table="cases_step", month=MONTH, at=LATER)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_step (month, case_id, seq, verb, post, person_id, at, recorded_at, from_stage, to_stage,"
            " payload, hash) VALUES (%s, %s, %s, 'note', 'system', NULL, now(), now(), 'x', 'x',"
            ' \'{"by": "system"}\','
            " decode(repeat('00', 32), 'hex'))",
            [row.month, row.id, row.version + 1],
        )
    assert [each["seq"] for each in steps_of(row)] == list(range(1, row.version + 2))
