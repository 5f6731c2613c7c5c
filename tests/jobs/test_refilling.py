"""Deadlines beyond the last known calendar are filled in once it is loaded; what the steps gave stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.jobs.conftest import Hands, found, steps_of, use_overlay
from wangge.domains.cases.operations import refilling
from wangge.domains.cases.operations.refilling import Refilled, refill_deadlines
from wangge.domains.cases.verifying import verification
from wangge.standards import watching
from wangge.surfaces.jobs import rounds

NEW_YEARS_EVE = datetime(2026, 12, 31, 7, 30, tzinfo=UTC)  # 15:30: what the limit leaves ends in a year not known yet
CALENDAR = (
    "year,from,to,kind,name_zh,notice_number,source,confidence,note\n"
    "2027,2027-01-01,2027-01-03,holiday,元旦,国办发明电〔2026〕7 号,own choice of this test,C,\n"
)


@pytest.fixture
def unfilled(hands: Hands) -> str:
    number = hands.report(NEW_YEARS_EVE)
    hands.to_handling(number, NEW_YEARS_EVE)
    return number


def load_calendar(settings: Any, directory: Path) -> None:
    write_calendar(directory)
    use_overlay(settings, directory)


def write_calendar(directory: Path) -> None:
    (directory / "calendars").mkdir()
    (directory / "calendars" / "cn_days.csv").write_text(CALENDAR)


@pytest.mark.django_db
def test_a_case_that_runs_into_an_unknown_year_waits_without_a_deadline(unfilled: str) -> None:
    row = found(unfilled)
    assert (row.stage, row.handling_due_at) == ("handling", None)
    assert refill_deadlines() == Refilled(0, 1)
    assert found(unfilled).handling_due_at is None


@pytest.mark.django_db
def test_the_deadline_is_filled_in_when_the_calendar_is_there(unfilled: str, settings: Any, tmp_path: Path) -> None:
    before, steps = found(unfilled), steps_of(unfilled)
    load_calendar(settings, tmp_path)
    assert refill_deadlines() == Refilled(1, 0)
    row = found(unfilled)
    assert row.handling_due_at is not None
    assert row.handling_due_at.year == 2027
    assert row.burns_at == row.handling_due_at
    assert (row.state, row.version, row.tail_hash) == (before.state, before.version, before.tail_hash)
    assert steps_of(unfilled) == steps
    assert refill_deadlines() == Refilled(0, 0)


@pytest.mark.django_db
def test_many_cases_are_filled_in_pieces_of_two_statements(
    hands: Hands, unfilled: str, settings: Any, tmp_path: Path, django_assert_num_queries: Any
) -> None:
    for _turn in range(2):
        hands.to_handling(hands.report(NEW_YEARS_EVE), NEW_YEARS_EVE)
    load_calendar(settings, tmp_path)
    with django_assert_num_queries(4):
        assert refill_deadlines(most=2) == Refilled(3, 0)


@pytest.mark.django_db
def test_a_calendar_that_comes_while_the_worker_runs_fills_the_deadline_at_its_next_minute(
    unfilled: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK_EVERY_SECONDS", 0.0)
    use_overlay(settings, tmp_path)
    assert rounds.refill_when_tables_changed() == 0
    write_calendar(tmp_path)
    assert rounds.refill_when_tables_changed() == 0  # just changed: perhaps half written
    assert rounds.refill_when_tables_changed() == 1
    assert found(unfilled).handling_due_at is not None
    monkeypatch.setattr(refilling, "refill_deadlines", lambda: pytest.fail("nothing has changed"))
    assert rounds.refill_when_tables_changed() == 0


def handled_in_the_new_year(hands: Hands) -> str:
    number = hands.report(NEW_YEARS_EVE)
    hands.to_handling(number, NEW_YEARS_EVE)
    hands.step(number, "dept-a", "report_handled", NEW_YEARS_EVE + timedelta(days=4, hours=1), photos=["photo_after"])
    return number


@pytest.mark.django_db
def test_a_clock_stopped_in_the_unknown_year_becomes_exact_when_the_calendar_comes(
    hands: Hands, settings: Any, tmp_path: Path
) -> None:
    blind = handled_in_the_new_year(hands)
    steps = steps_of(blind)
    assert found(blind).state.handling.unknown_year == 2027
    load_calendar(settings, tmp_path)
    seeing = handled_in_the_new_year(hands)
    assert found(blind).state.readings != found(seeing).state.readings
    assert refill_deadlines() == Refilled(1, 0)
    row, twin = found(blind), found(seeing)
    assert row.state.readings == twin.state.readings
    assert row.state.handling == twin.state.handling
    assert (row.version, steps_of(blind)) == (twin.version, steps)
    with verification() as checked:
        assert [each for answer in checked.answers for each in answer.breaks] == []
    assert refill_deadlines() == Refilled(0, 0)


@pytest.mark.django_db
def test_without_the_calendar_such_a_case_keeps_its_mark(hands: Hands) -> None:
    number = handled_in_the_new_year(hands)
    before = found(number).state
    assert refill_deadlines() == Refilled(0, 1)
    assert found(number).state == before


def rewrite(number: str, also: str = "") -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_case SET state = state || ' '{also} WHERE number = %s", [number])


@pytest.mark.django_db
def test_a_state_is_told_again_only_where_a_year_was_unknown_and_nothing_else_changes(hands: Hands) -> None:
    known, unknown = hands.report(), handled_in_the_new_year(hands)
    with pytest.raises(DatabaseError, match="case_version_runs_forward"):
        rewrite(known)
    for also in (", stage = 'closed'", ", tail_hash = sha256('x')", ", version = version - 1"):
        with pytest.raises(DatabaseError, match="case_version_runs_forward"):
            rewrite(unknown, also)
    rewrite(unknown)
