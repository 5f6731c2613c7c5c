"""A personnel office's table is taken over row by row: differences first, refused rows by line and reason."""

from __future__ import annotations

import io

import pytest

from wangge.domains.organizations.logic import TERMINAL, Actor, Holding
from wangge.domains.organizations.models import AuditRecord, Person, PostHolding
from wangge.domains.organizations.operations.importing import (
    Difference,
    PeopleImport,
    import_people,
    read_people,
)
from wangge.domains.organizations.operations.people import add_person
from wangge.domains.organizations.policies import NotYours, Refused
from wangge.domains.organizations.queries import actor_of_person, person_named

from .conftest import NOW

TABLE = """\ufeff用户名,姓名,电话,岗位,责任单位,区,备注
li,李四,13812345678,acceptor,,430202,新来
li,李四,13812345678,dispatcher,,430202,
seat,王小五,,acceptor,,,改名
seat,,,duty_leader,,,

old,,,collector,,,
bad1,甲,,boss,,,
bad2,乙,,department,nowhere,,
bad3,丙,,department,,,
adm,丁,,audit_administrator,,,
"two words",戊,,acceptor,,,
"""


@pytest.fixture
def people(city: None) -> None:
    for name, post in (("seat", "acceptor"), ("old", "collector"), ("adm", "system_administrator")):
        add_person(by=TERMINAL, at=NOW, username=name, posts=[Holding(post)])


def run(*, dry_run: bool, table: str = TABLE) -> PeopleImport:
    return import_people(by=TERMINAL, at=NOW, rows=read_people(io.StringIO(table)), dry_run=dry_run)


def test_differences_and_refused_rows_name_their_lines(people: None) -> None:
    result = run(dry_run=False)
    assert result.differences == {
        Difference.NEW_PERSON: [(2, "li")],
        Difference.NEW_POST: [(3, "li"), (5, "seat")],
        Difference.RENAMED: [(4, "seat")],
        Difference.SAME: [(7, "old")],
    }
    assert [(row.line, row.username) for row in result.refused] == [
        (8, "bad1"), (9, "bad2"), (10, "bad3"), (11, "adm"), (12, "two words"),
    ]  # fmt: skip
    reasons = [row.reason for row in result.refused]
    for reason, says in zip(reasons, ["没有岗位", "没有责任单位", "须写明", "三员分立", "空格"], strict=True):
        assert says in reason


def test_the_people_are_there_with_their_posts_and_cannot_sign_in_yet(people: None) -> None:
    run(dry_run=False)
    li = person_named("li")
    assert li is not None
    found = actor_of_person(li.pk, NOW)
    assert found is not None
    assert found.holdings == (Holding("acceptor", None, "430202"), Holding("dispatcher", None, "430202"))
    assert (li.phone, li.has_usable_password()) == ("13812345678", False)
    seat = person_named("seat")
    assert seat is not None
    assert seat.display_name == "王小五"


def test_a_dry_run_says_the_same_and_changes_nothing(people: None) -> None:
    before = Person.objects.count(), PostHolding.objects.count(), AuditRecord.objects.count()
    would = run(dry_run=True)
    assert (Person.objects.count(), PostHolding.objects.count(), AuditRecord.objects.count()) == before
    assert would == run(dry_run=False)


def test_the_same_table_again_changes_nothing(people: None) -> None:
    run(dry_run=False)
    before = Person.objects.count(), PostHolding.objects.count()
    again = run(dry_run=False)
    assert (Person.objects.count(), PostHolding.objects.count()) == before
    assert {difference for difference, found in again.differences.items() if found} == {Difference.SAME}


def test_a_table_without_a_needed_column_is_refused_by_name(people: None) -> None:
    with pytest.raises(Refused, match="post"):
        read_people(io.StringIO("姓名,用户名\n甲,a\n"))


def test_an_empty_file_is_refused(people: None) -> None:
    with pytest.raises(Refused, match="缺少列"):
        read_people(io.StringIO(""))


def test_a_row_broken_over_lines_keeps_its_line_number(people: None) -> None:
    rows = read_people(io.StringIO('username,display_name,post\na,"甲\n乙",acceptor\nb,丙,acceptor\n'))
    assert [(row.line, row.username) for row in rows] == [(2, "a"), (4, "b")]


def test_an_import_needs_both_administrators_offices(people: None) -> None:
    for post in ("system_administrator", "security_administrator", "acceptor"):
        with pytest.raises(NotYours):
            import_people(by=Actor(1, "a", "甲", (Holding(post),)), at=NOW, rows=[], dry_run=True)
