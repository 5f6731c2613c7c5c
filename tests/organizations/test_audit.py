"""The audit log: appended, never changed, kept six months, read as a stream."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.utils import InternalError, ProgrammingError

from wangge.domains.organizations.logic import SYSTEM, Actor, AuditKind, Holding
from wangge.domains.organizations.models import AuditRecord
from wangge.domains.organizations.operations.audit import (
    ReasonMissing,
    audit_row,
    drop_months_before,
    record,
    record_reveal,
    record_rows,
)
from wangge.domains.organizations.policies import Refused, Task, may_administer
from wangge.domains.organizations.queries import audit_lines

from .conftest import NOW

HOUR = timedelta(hours=1)
ZHANG = Actor(7, "zhang", "张三", (Holding("acceptor"),), token_id=3)


@pytest.fixture
def three_lines(db: None) -> None:
    record(by=ZHANG, at=NOW, kind=AuditKind.VIEW, object_kind="case", object_key="c1", address="10.0.0.1")
    record(by=SYSTEM, at=NOW + HOUR, kind=AuditKind.MOVE, object_kind="case", object_key="c1")
    record(by=ZHANG, at=NOW + 31 * 24 * HOUR, kind=AuditKind.EXPORT, detail={"rows": 12})


def lines(**given: Any) -> list[Any]:
    return list(audit_lines(start=NOW - HOUR, end=NOW + 60 * 24 * HOUR, **given))


def test_a_line_says_who_did_what_to_what_and_from_where(three_lines: None) -> None:
    first = lines()[0]
    assert (first.at, first.person_id, first.person_name, first.token_id) == (NOW, 7, "张三", 3)
    assert (first.kind, first.object_kind, first.object_key) == (AuditKind.VIEW, "case", "c1")
    assert (first.detail, first.address) == ({}, "10.0.0.1")


def test_lines_come_in_the_order_of_time_across_months(three_lines: None) -> None:
    assert [line.kind for line in lines()] == ["view", "move", "export"]
    assert lines()[2].detail == {"rows": 12}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"person_id": 7}, ["view", "export"]),
        ({"kind": AuditKind.MOVE}, ["move"]),
        ({"object_key": "c1"}, ["view", "move"]),
        ({"object_key": "c2"}, []),
    ],
)
def test_lines_are_found_by_person_kind_and_object(
    three_lines: None, given: dict[str, Any], expected: list[str]
) -> None:
    assert [line.kind for line in lines(**given)] == expected


def test_the_span_is_half_open(three_lines: None) -> None:
    assert [line.kind for line in audit_lines(start=NOW, end=NOW + HOUR)] == ["view"]


def test_an_export_streams_in_pieces(db: None) -> None:
    rows = [audit_row(by=ZHANG, at=NOW, kind=AuditKind.VIEW, object_kind="case", object_key=str(n)) for n in range(25)]
    record_rows(rows)
    assert [line.object_key for line in lines(at_once=10)] == [str(n) for n in range(25)]


def test_a_line_is_one_statement(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        record(by=ZHANG, at=NOW, kind=AuditKind.VIEW)


def test_a_reveal_needs_a_reason_and_is_recorded_with_it(db: None) -> None:
    given: dict[str, Any] = {
        "by": ZHANG, "at": NOW, "object_kind": "case", "object_key": "c1", "fields": ["phone"],
    }  # fmt: skip
    for reason in ("", "  ", "x"):
        with pytest.raises(ReasonMissing, match="事由"):
            record_reveal(**given, reason=reason)
    assert not AuditRecord.objects.exists()
    record_reveal(**given, reason="核实地点")
    (line,) = lines()
    assert (line.kind, line.detail) == ("reveal", {"reason": "核实地点", "fields": ["phone"]})


@pytest.mark.parametrize("order", ["UPDATE {} SET person_name = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["organizations_audit_record", "organizations_audit_record_2024_04"])
def test_the_application_cannot_change_the_log(three_lines: None, order: str, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(order.format(table))


@pytest.mark.parametrize("order", ["UPDATE {} SET person_name = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_not_even_the_owner_changes_the_log(as_owner: None, owner_link: psycopg.Connection[Any], order: str) -> None:
    record(by=ZHANG, at=NOW, kind=AuditKind.VIEW)
    with pytest.raises(psycopg.errors.RestrictViolation):
        owner_link.execute(order.format("organizations_audit_record").encode())


def test_only_months_older_than_half_a_year_are_dropped(as_owner: None) -> None:
    record(by=ZHANG, at=datetime(2024, 1, 5, tzinfo=UTC), kind=AuditKind.VIEW)
    record(by=ZHANG, at=datetime(2024, 3, 5, tzinfo=UTC), kind=AuditKind.VIEW)
    at = datetime(2024, 9, 20, tzinfo=UTC)
    with pytest.raises(Refused, match="六个月"):
        drop_months_before(before=datetime(2024, 3, 31, tzinfo=UTC), at=at)
    dropped = drop_months_before(before=datetime(2024, 3, 10, tzinfo=UTC), at=at)
    assert dropped == ("organizations_audit_record_2024_01", "organizations_audit_record_2024_02")
    assert [line.at.month for line in AuditRecord.objects.all()] == [3]


def test_the_application_cannot_drop_months(db: None) -> None:
    with pytest.raises((ProgrammingError, InternalError)):
        drop_months_before(before=datetime(2024, 3, 10, tzinfo=UTC), at=datetime(2025, 1, 1, tzinfo=UTC))


def test_the_log_is_read_by_the_audit_administrator_alone() -> None:
    posts = ["audit_administrator", "system_administrator", "security_administrator", "chief", "acceptor"]
    may = [post for post in posts if may_administer(Actor(1, "a", "甲", (Holding(post),)), Task.AUDIT)]
    assert may == ["audit_administrator"]
