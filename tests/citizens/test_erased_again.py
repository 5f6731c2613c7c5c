"""What a person had erased stays erased when the city goes back to an earlier moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from tests.cases.conftest import START
from tests.citizens.test_erasing_a_person import report_of
from wangge.domains.citizens.operations.erasing import Erasure, erase_again, erase_person, erasure_of_case
from wangge.domains.citizens.operations.following import erase_citizens
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import AuditRecord
from wangge.project.erasures import NAME, bring_erasures, erasures_noted, note_erasures

Find = Callable[[str], Actor]
HIS = "13800000000"
LATER = START + timedelta(days=1)
WORDS = "SELECT count(*) FROM cases_private_texts WHERE erased_at IS NULL"
KEPT = ("cases_private_texts", "cases_matter")


def _run(*orders: str) -> int:
    with connection.cursor() as cursor:
        for order in orders:
            cursor.execute(order)
        return int(cursor.fetchone()[0]) if cursor.description else 0


def _keep() -> None:
    _run(*(f"CREATE TEMP TABLE kept_{table} AS TABLE {table}" for table in KEPT))


def _go_back() -> None:
    """The words as they were when they were kept, as a restore brings them back."""
    columns = {"cases_private_texts": ("texts", "erased_at", "erased_because")}
    columns["cases_matter"] = ("description", "address", "grams")
    match = {"cases_private_texts": "k.case_id = t.case_id AND k.seq = t.seq", "cases_matter": "k.case_id = t.case_id"}
    for table in KEPT:
        back = ", ".join(f"{name} = k.{name}" for name in columns[table])
        _run(f"UPDATE {table} t SET {back} FROM kept_{table} k WHERE {match[table]}")


@pytest.mark.django_db
def test_words_that_came_back_are_erased_again_and_no_others(small_city: None, actor: Find) -> None:
    report_of(actor, HIS, "楼下路灯不亮")
    report_of(actor, HIS, "井盖松动")
    report_of(actor, "13900000000", "树枝折断")
    _keep()
    erasures = erase_person(phone=HIS, because="本人申请", by=actor("chief-1"), at=START).erasures
    assert [each.kind for each in erasures] == ["case", "case"]
    assert erase_again(erasures=erasures, by=TERMINAL, at=LATER) == 0
    _go_back()
    assert _run(WORDS) == 3
    assert erase_again(erasures=erasures, by=TERMINAL, at=LATER) == 2
    assert _run(WORDS) == 1
    assert _run("SELECT count(*) FROM cases_matter WHERE description <> ''") == 1
    assert "初次清除于" in str(AuditRecord.objects.filter(kind="erasure").latest("id").detail)


@pytest.mark.django_db
def test_words_written_after_the_erasure_stay(small_city: None, actor: Find) -> None:
    number = report_of(actor, HIS, "楼下路灯不亮")
    erase_citizens(number=number, because="本人申请", by=TERMINAL, at=START)
    _run(
        "INSERT INTO cases_private_texts (case_id, seq, texts, erased_because)"
        ' SELECT case_id, 9, \'{"answer": ["00", "new"]}\', \'\' FROM cases_private_texts'
    )
    assert erase_again(erasures=[erasure_of_case(number=number, at=START)], by=TERMINAL, at=LATER) == 0
    assert _run(WORDS) == 1


@pytest.mark.django_db
def test_what_the_earlier_moment_does_not_hold_is_passed_over(small_city: None) -> None:
    gone = [
        Erasure("case", "018cc450-0d0e-722e-814b-6e831b750318", START),
        Erasure("letter", "ab" * 32, START),
        Erasure("follower", "cd" * 32, START),
    ]
    assert erase_again(erasures=gone, by=TERMINAL, at=LATER) == 0


def test_the_list_goes_from_place_to_place_once_and_survives_a_broken_line(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    first, second = Erasure("letter", "ab" * 32, LATER), Erasure("letter", "cd" * 32, START)
    assert bring_erasures(here, there) == 0
    note_erasures(here, [first])
    with (here / NAME).open("a") as file:
        file.write('{"kind": "let')
    note_erasures(here, [second])
    assert bring_erasures(here, there) == 2
    assert bring_erasures(here, there) == 0
    assert erasures_noted(there) == [second, first]
