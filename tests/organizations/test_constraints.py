"""Every rule a row can show is held by the database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from wangge.domains.organizations.models import (
    AccessToken,
    Department,
    District,
    Person,
    PostHolding,
    ShiftTurn,
)

from .conftest import BIRTH, NOW

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


def district(**given: Any) -> District:
    return District.objects.create(**{"code": "430299", "name": "新区", "valid_from": BIRTH, **given})


def unit(**given: Any) -> Department:
    return Department.objects.create(
        **{"code": "parks", "name": "园林处", "kind": "department", "valid_from": BIRTH, **given}
    )


def somebody(**given: Any) -> Person:
    return Person.objects.create(
        **{"username": "li", "display_name": "李四", "password": "!", "created_at": NOW, **given}
    )


CASES: list[tuple[str, Callable[..., Any], dict[str, Any]]] = [
    ("district_code_has_six_digits", district, {"code": "43029"}),
    ("district_code_has_six_digits", district, {"code": "43029x"}),
    ("district_has_name", district, {"name": ""}),
    ("district_period_runs_forward", district, {"valid_to": BIRTH}),
    ("department_code_form", unit, {"code": "绿化 1"}),
    ("department_has_name", unit, {"name": ""}),
    ("department_kind_known", unit, {"kind": "club"}),
    ("department_is_not_its_own_parent", unit, {"parent_id": "parks"}),
    ("department_platform_has_district", unit, {"kind": "district_platform"}),
    ("department_period_runs_forward", unit, {"valid_to": date(2019, 1, 1)}),
    ("department_one_platform_per_district", unit, {"kind": "district_platform", "district_id": "430202"}),
    ("person_username_once", somebody, {"username": "zhang"}),
    ("person_username_once_in_any_case", somebody, {"username": "ZHANG"}),
    ("person_username_form", somebody, {"username": "li si"}),
    ("person_username_form", somebody, {"username": ""}),
    ("person_has_name", somebody, {"display_name": ""}),
    ("person_phone_form", somebody, {"phone": "call me"}),
]


@pytest.mark.parametrize(("constraint", "make", "given"), CASES)
def test_a_unit_or_person_that_cannot_be_is_refused(
    person: Person, constraint: str, make: Callable[..., Any], given: dict[str, Any]
) -> None:
    with refused(constraint):
        make(**given)


def test_a_unit_and_a_person_as_they_should_be_are_kept(person: Person) -> None:
    district()
    unit(district_id="430299", parent_id="street7")
    somebody(phone="+86 138 0000 0000")


def hold(person: Person, post: str = "acceptor", **given: Any) -> PostHolding:
    return PostHolding.objects.create(person=person, post=post, **{"valid_from": NOW, **given})


@pytest.mark.parametrize(
    ("constraint", "given"),
    [
        ("holding_post_form", {"post": "Acceptor"}),
        ("holding_of_unit_names_unit", {"post": "department"}),
        ("holding_of_unit_names_unit", {"post": "district_dispatcher", "district_id": "430202"}),
        ("holding_period_runs_forward", {"valid_to": NOW}),
    ],
)
def test_a_holding_that_cannot_be_is_refused(person: Person, constraint: str, given: dict[str, Any]) -> None:
    with refused(constraint):
        hold(person, **given)


def test_a_post_is_not_held_twice_at_the_same_time(person: Person) -> None:
    hold(person, valid_to=NOW + DAY)
    with refused("holding_once_at_a_time"):
        hold(person, valid_from=NOW + HOUR)


def test_a_post_may_be_held_again_from_the_moment_it_ended(person: Person) -> None:
    hold(person, valid_to=NOW + DAY)
    hold(person, valid_from=NOW + DAY)


def test_a_post_may_be_held_for_two_units_at_a_time(person: Person) -> None:
    hold(person, "department", department_id="water")
    hold(person, "department", department_id="street7")
    with refused("holding_once_at_a_time"):
        hold(person, "department", department_id="water")


@pytest.mark.parametrize("second", ["security_administrator", "audit_administrator"])
def test_the_database_keeps_the_three_administrators_apart(person: Person, second: str) -> None:
    hold(person, "system_administrator")
    with refused("holding_administrators_apart"):
        hold(person, second)


def test_an_administrator_may_become_another_one_later(person: Person) -> None:
    hold(person, "system_administrator", valid_to=NOW + DAY)
    hold(person, "audit_administrator", valid_from=NOW + DAY)


def turn(person: Person, **given: Any) -> ShiftTurn:
    return ShiftTurn.objects.create(
        person=person, **{"shift": "day", "starts_at": NOW, "ends_at": NOW + 8 * HOUR, "grid_code": "G1", **given}
    )


@pytest.mark.parametrize(
    ("constraint", "given"),
    [
        ("turn_runs_forward", {"ends_at": NOW}),
        ("turn_within_a_day", {"ends_at": NOW + 24 * HOUR + timedelta(seconds=1)}),
        ("turn_grid_not_empty", {"grid_code": ""}),
    ],
)
def test_a_turn_that_cannot_be_is_refused(person: Person, constraint: str, given: dict[str, Any]) -> None:
    with refused(constraint):
        turn(person, **given)


def test_a_person_is_not_on_duty_twice_in_a_grid(person: Person) -> None:
    turn(person)
    turn(person, grid_code="G2")
    with refused("turn_once_at_a_time"):
        turn(person, starts_at=NOW + HOUR, ends_at=NOW + 9 * HOUR)


def token(person: Person, **given: Any) -> AccessToken:
    return AccessToken.objects.create(
        person=person, **{"digest": b"d" * 32, "scope": "full", "created_at": NOW, **given}
    )


@pytest.mark.parametrize(
    ("constraint", "given"),
    [
        ("token_scope_known", {"scope": "all"}),
        ("token_digest_is_sha256", {"digest": b"short"}),
        ("token_lives_forward", {"expires_at": NOW}),
    ],
)
def test_a_token_that_cannot_be_is_refused(person: Person, constraint: str, given: dict[str, Any]) -> None:
    with refused(constraint):
        token(person, **given)


def test_two_tokens_have_two_digests(person: Person) -> None:
    token(person)
    with refused("token_digest_once"):
        token(person)


AUDIT = {"month": "2024-04-01", "at": NOW, "kind": "view", "detail": "{}"}


@pytest.mark.parametrize(
    ("constraint", "given"),
    [
        ("audit_kind_known", {"kind": "gossip"}),
        ("audit_month_is_of_moment", {"month": "2024-05-01"}),
        ("audit_detail_is_object", {"detail": "[]"}),
        ("audit_reveal_has_reason", {"kind": "reveal", "detail": '{"reason": ""}'}),
        ("audit_object_has_kind", {"object_key": "7"}),
    ],
)
def test_an_audit_record_that_cannot_be_is_refused(db: None, constraint: str, given: dict[str, Any]) -> None:
    with refused(constraint), connection.cursor() as cursor:
        row = {**AUDIT, **given}
        cursor.execute(
            f"INSERT INTO organizations_audit_record ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )
