"""Who acts is found by one statement, with the posts that hold at the moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from wangge.domains.organizations.logic import TERMINAL, Actor, Holding, TokenScope, token_digest
from wangge.domains.organizations.models import Person, PostHolding, ShiftTurn
from wangge.domains.organizations.operations.tokens import add_token, revoke_token
from wangge.domains.organizations.policies import NotYours, Refused
from wangge.domains.organizations.queries import (
    actor_of_person,
    actor_of_token,
    departments_on,
    districts_on,
    holders_of,
    names_of,
    on_duty,
    people_with_posts,
    person_named,
    platform_of,
    sight_in_city,
    tokens_of,
)

from .conftest import BIRTH, NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def hold(person: Person, post: str, **given: Any) -> None:
    PostHolding.objects.create(person=person, post=post, **{"valid_from": NOW - DAY, **given})


def make_token(person: Person, **given: Any) -> bytes:
    return token_digest(add_token(by=TERMINAL, at=NOW, person=person, **given))


def test_a_token_names_its_person_with_posts_and_scope_in_one_statement(
    person: Person, django_assert_num_queries: Any
) -> None:
    hold(person, "department", department_id="water")
    hold(person, "acceptor", district_id="430202")
    digest = make_token(person, scope=TokenScope.READ)
    with django_assert_num_queries(1):
        found = actor_of_token(digest, NOW)
    assert found == Actor(
        person.pk,
        "zhang",
        "张三",
        (Holding("department", "water", None), Holding("acceptor", None, "430202")),
        TokenScope.READ,
        tokens_of(username="zhang")[0].pk,
    )


def test_a_signed_in_person_is_known_by_one_statement(person: Person, django_assert_num_queries: Any) -> None:
    hold(person, "collector")
    with django_assert_num_queries(1):
        found = actor_of_person(person.pk, NOW)
    assert found == Actor(person.pk, "zhang", "张三", (Holding("collector"),))


def test_a_person_without_posts_is_known_and_may_nothing(person: Person) -> None:
    found = actor_of_person(person.pk, NOW)
    assert found is not None
    assert found.holdings == ()
    assert sight_in_city(found) == frozenset()


def test_an_unknown_token_names_nobody(person: Person) -> None:
    make_token(person)
    assert actor_of_token(token_digest("wg_guess"), NOW) is None


def test_a_token_ends_at_the_moment_it_expires(person: Person) -> None:
    digest = make_token(person, expires_at=NOW + DAY)
    assert actor_of_token(digest, NOW + DAY - timedelta(microseconds=1)) is not None
    assert actor_of_token(digest, NOW + DAY) is None


def test_a_revoked_token_names_nobody_and_revoking_again_changes_nothing(person: Person) -> None:
    digest = make_token(person)
    (token,) = tokens_of(username="ZHANG")
    revoke_token(by=TERMINAL, at=NOW + HOUR, token_id=token.pk)
    revoke_token(by=TERMINAL, at=NOW + DAY, token_id=token.pk)
    assert actor_of_token(digest, NOW) is None
    assert tokens_of(username="zhang")[0].revoked_at == NOW + HOUR


def test_a_token_that_is_not_there_cannot_be_revoked(db: None) -> None:
    with pytest.raises(Refused, match="没有令牌 9"):
        revoke_token(by=TERMINAL, at=NOW, token_id=9)


def test_a_person_no_longer_active_is_nobody_with_and_without_token(person: Person) -> None:
    digest = make_token(person)
    Person.objects.update(is_active=False)
    assert actor_of_token(digest, NOW) is None
    assert actor_of_person(person.pk, NOW) is None
    person.refresh_from_db()
    with pytest.raises(Refused, match="已停用"):
        make_token(person)


def test_the_token_itself_is_nowhere_in_the_database(person: Person) -> None:
    token = add_token(by=TERMINAL, at=NOW, person=person)
    (kept,) = tokens_of(username="zhang")
    assert bytes(kept.digest) == token_digest(token)
    assert token.startswith("wg_")
    assert len(token) >= 40


def test_only_the_security_administrator_gives_keys(person: Person) -> None:
    with pytest.raises(NotYours, match="安全管理员"):
        add_token(by=Actor(1, "a", "甲", (Holding("system_administrator"),)), at=NOW, person=person)
    add_token(by=Actor(1, "a", "甲", (Holding("security_administrator"),)), at=NOW, person=person)


@pytest.mark.parametrize(
    ("moment", "posts"),
    [
        (NOW - DAY - HOUR, frozenset()),
        (NOW - DAY, {"collector"}),
        (NOW + DAY - timedelta(microseconds=1), {"collector"}),
        (NOW + DAY, {"verifier"}),
    ],
)
def test_a_post_holds_from_its_first_moment_until_before_its_end(
    person: Person, moment: Any, posts: frozenset[str]
) -> None:
    hold(person, "collector", valid_to=NOW + DAY)
    hold(person, "verifier", valid_from=NOW + DAY)
    found = actor_of_person(person.pk, moment)
    assert found is not None
    assert found.posts == posts


def test_holders_of_a_post_are_found_by_unit_and_by_district(person: Person) -> None:
    other = Person.objects.create(username="li", display_name="李四", password="!", created_at=NOW)
    gone = Person.objects.create(username="wang", display_name="王五", password="!", created_at=NOW, is_active=False)
    hold(person, "acceptor")
    hold(other, "acceptor", district_id="430202")
    hold(gone, "acceptor")
    hold(other, "department", department_id="water")
    assert holders_of(posts=["acceptor"], at=NOW) == (person.pk, other.pk)
    assert holders_of(posts=["acceptor"], at=NOW, district_code="430203") == (person.pk,)
    assert holders_of(posts=["department"], at=NOW, department_code="water") == (other.pk,)
    assert holders_of(posts=["acceptor"], at=NOW - 2 * DAY) == ()
    assert names_of([person.pk, other.pk]) == {person.pk: "张三", other.pk: "李四"}


def turn(person: Person, grid: str, start: Any, hours: int) -> None:
    ShiftTurn.objects.create(person=person, shift="day", grid_code=grid, starts_at=start, ends_at=start + hours * HOUR)


def test_the_collector_on_duty_is_the_one_whose_turn_runs(person: Person) -> None:
    other = Person.objects.create(username="li", display_name="李四", password="!", created_at=NOW)
    turn(person, "G1", NOW, 8)
    turn(other, "G1", NOW + 8 * HOUR, 8)
    turn(other, "G2", NOW - 23 * HOUR, 24)
    assert on_duty(grid_code="G1", at=NOW - HOUR) is None
    assert on_duty(grid_code="G1", at=NOW) == person.pk
    assert on_duty(grid_code="G1", at=NOW + 8 * HOUR) == other.pk
    assert on_duty(grid_code="G2", at=NOW) == other.pk
    assert on_duty(grid_code="G2", at=NOW + HOUR) is None
    assert on_duty(grid_code="G3", at=NOW) is None


def test_of_two_on_duty_in_a_grid_the_one_who_came_last_is_named(person: Person) -> None:
    other = Person.objects.create(username="li", display_name="李四", password="!", created_at=NOW)
    turn(person, "G1", NOW, 8)
    turn(other, "G1", NOW + 2 * HOUR, 2)
    assert on_duty(grid_code="G1", at=NOW + 3 * HOUR) == other.pk
    assert on_duty(grid_code="G1", at=NOW + 5 * HOUR) == person.pk


def test_units_and_districts_are_those_of_the_day(city: None) -> None:
    assert [d.code for d in districts_on(BIRTH)] == ["430202", "430203"]
    assert districts_on(BIRTH - DAY) == ()
    assert {d.code for d in departments_on(BIRTH)} == {"water", "street7", "district202"}
    assert platform_of("430202") == "district202"
    assert platform_of("430203") is None


def test_a_person_is_found_whatever_the_letter_case(person: Person) -> None:
    assert person_named(" ZHANG ") == person
    assert person_named("zhan") is None


def test_people_are_listed_with_their_posts_in_one_statement(person: Person, django_assert_num_queries: Any) -> None:
    hold(person, "collector")
    with django_assert_num_queries(1):
        (line,) = people_with_posts(at=NOW)
    assert (line.username, line.holdings) == ("zhang", (Holding("collector"),))
