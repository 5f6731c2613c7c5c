"""People are made, given posts and relieved of them by those whose office it is, and each order leaves a line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher, make_password
from django.db import IntegrityError
from django.test import override_settings

from wangge.domains.organizations.logic import TERMINAL, Actor, AuditKind, Holding
from wangge.domains.organizations.models import AuditRecord, Department, DepartmentKind, Person, PostHolding
from wangge.domains.organizations.operations.bulk import (
    NewDepartment,
    NewDistrict,
    NewPerson,
    NewTurn,
    load_people,
    load_turns,
    load_units,
    shared_password_hash,
)
from wangge.domains.organizations.operations.people import (
    PasswordRefused,
    add_person,
    change_password,
    end_post,
    grant_post,
    reset_password,
    set_active,
)
from wangge.domains.organizations.operations.units import (
    add_department,
    add_district,
    end_department,
    put_on_duty,
)
from wangge.domains.organizations.policies import AdministratorsApart, NotYours, Refused
from wangge.domains.organizations.queries import actor_of_person, departments_on, on_duty, platform_of

from .conftest import BIRTH, NOW

DAY = timedelta(days=1)
SYSTEM_ADMINISTRATOR = Actor(1, "sys", "系管", (Holding("system_administrator"),))
SECURITY_ADMINISTRATOR = Actor(2, "sec", "安管", (Holding("security_administrator"),))
AUDIT_ADMINISTRATOR = Actor(3, "aud", "审管", (Holding("audit_administrator"),))
ACCEPTOR = Actor(4, "seat", "坐席", (Holding("acceptor"),))


def make(username: str = "li", **given: Any) -> Person:
    return add_person(by=TERMINAL, at=NOW, username=username, **given)


def posts_of(person: Person, at: Any = NOW) -> set[str]:
    found = actor_of_person(person.pk, at)
    assert found is not None
    return set(found.posts)


def test_a_person_is_made_with_posts_and_a_line_in_the_log(city: None) -> None:
    person = make(password="Sesame-open-9", posts=[Holding("acceptor"), Holding("department", "water")])
    assert posts_of(person) == {"acceptor", "department"}
    assert person.check_password("Sesame-open-9")
    kinds = list(AuditRecord.objects.order_by("id").values_list("kind", "object_key", "person_name"))
    assert kinds == [("access", "li", "命令行")] * 3


def test_without_a_password_nobody_signs_in_as_him(city: None) -> None:
    assert not make().has_usable_password()


@pytest.mark.parametrize("name", ["", "   ", "li si", "x" * 65])
def test_a_malformed_user_name_is_refused(city: None, name: str) -> None:
    with pytest.raises(Refused, match="用户名"):
        make(name)


def test_a_user_name_is_taken_in_any_letter_case(person: Person) -> None:
    with pytest.raises(Refused, match="已有"):
        make("ZhAnG")


@pytest.mark.parametrize(
    ("holding", "says"),
    [
        (Holding("boss"), "没有岗位 boss"),
        (Holding("acceptor", None, "999999"), "没有区 999999"),
        (Holding("department", "nowhere"), "没有责任单位 nowhere"),
        (Holding("department"), "须写明责任单位"),
        (Holding("district_dispatcher"), "须写明责任单位"),
        (Holding("district_dispatcher", None, "430203"), "还没有区级平台"),
    ],
)
def test_a_post_that_does_not_fit_is_refused_and_makes_nobody(city: None, holding: Holding, says: str) -> None:
    with pytest.raises(Refused, match=says):
        make(posts=[holding])
    assert not Person.objects.exists()


def test_a_district_dispatcher_speaks_for_the_platform_of_his_district(city: None) -> None:
    person = make(posts=[Holding("district_dispatcher", None, "430202")])
    found = actor_of_person(person.pk, NOW)
    assert found is not None
    assert found.department_codes == {"district202"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("system_administrator", "security_administrator"),
        ("security_administrator", "audit_administrator"),
        ("audit_administrator", "system_administrator"),
    ],
)
def test_one_person_is_never_two_of_the_three_administrators(city: None, first: str, second: str) -> None:
    person = make(posts=[Holding(first)])
    with pytest.raises(AdministratorsApart, match="三员分立"):
        grant_post(by=TERMINAL, at=NOW + DAY, person=person, holding=Holding(second))
    end_post(by=TERMINAL, at=NOW + DAY, person=person, post=first)
    grant_post(by=TERMINAL, at=NOW + DAY, person=person, holding=Holding(second))
    assert posts_of(person, NOW + DAY) == {second}


def test_a_post_held_already_is_not_given_again(city: None) -> None:
    person = make(posts=[Holding("acceptor")])
    with pytest.raises(Refused, match="已担任"):
        grant_post(by=TERMINAL, at=NOW + DAY, person=person, holding=Holding("acceptor"))


def test_an_ended_post_is_gone_at_once_and_its_past_stays(city: None) -> None:
    person = make(posts=[Holding("acceptor")])
    assert end_post(by=TERMINAL, at=NOW + DAY, person=person, post="acceptor") == 1
    assert posts_of(person, NOW + DAY) == set()
    assert posts_of(person, NOW) == {"acceptor"}
    with pytest.raises(Refused, match="没有担任"):
        end_post(by=TERMINAL, at=NOW + DAY, person=person, post="acceptor")


def test_a_post_ended_before_it_began_never_was(city: None) -> None:
    person = make(posts=[Holding("acceptor")])
    end_post(by=TERMINAL, at=NOW, person=person, post="acceptor")
    assert not PostHolding.objects.exists()


def test_people_are_made_by_one_administrator_and_given_posts_by_another(city: None) -> None:
    person = add_person(by=SYSTEM_ADMINISTRATOR, at=NOW, username="li")
    for other in (SECURITY_ADMINISTRATOR, AUDIT_ADMINISTRATOR, ACCEPTOR):
        with pytest.raises(NotYours, match="系统管理员"):
            add_person(by=other, at=NOW, username="wang")
    for other in (SYSTEM_ADMINISTRATOR, AUDIT_ADMINISTRATOR, ACCEPTOR):
        with pytest.raises(NotYours, match="安全管理员"):
            grant_post(by=other, at=NOW, person=person, holding=Holding("acceptor"))
        with pytest.raises(NotYours, match="安全管理员"):
            reset_password(by=other, at=NOW, person=person, password="Sesame-open-9")
    grant_post(by=SECURITY_ADMINISTRATOR, at=NOW, person=person, holding=Holding("acceptor"))
    assert posts_of(person) == {"acceptor"}


def test_whoever_makes_people_cannot_give_them_posts_along_the_way(city: None) -> None:
    with pytest.raises(NotYours, match="安全管理员"):
        add_person(by=SYSTEM_ADMINISTRATOR, at=NOW, username="li", posts=[Holding("chief")])


def test_a_person_changes_his_own_password_by_the_rules(city: None) -> None:
    person = make(password="Sesame-open-9", must_change_password=True)
    himself = Actor(person.pk, "li", "li")
    for old, new, says in (
        ("wrong", "Another-gate-7", "原密码不对"),
        ("Sesame-open-9", "Sesame-open-9", "不同"),
        ("Sesame-open-9", "short", "10"),
        ("Sesame-open-9", "password123", "常见"),
    ):
        with pytest.raises(PasswordRefused, match=says):
            change_password(by=himself, at=NOW, person=person, old=old, new=new)
    with pytest.raises(PasswordRefused):
        change_password(by=TERMINAL, at=NOW, person=person, old="Sesame-open-9", new="Another-gate-7")
    change_password(by=himself, at=NOW + DAY, person=person, old="Sesame-open-9", new="Another-gate-7")
    person.refresh_from_db()
    assert person.check_password("Another-gate-7")
    assert (person.must_change_password, person.password_set_at) == (False, NOW + DAY)


def test_a_reset_password_must_be_changed(city: None) -> None:
    person = make(password="Sesame-open-9")
    reset_password(by=SECURITY_ADMINISTRATOR, at=NOW, person=person, password="Temporary-5")
    person.refresh_from_db()
    assert person.must_change_password
    assert AuditRecord.objects.filter(kind=AuditKind.PASSWORD, object_key="li").count() == 1


def test_the_products_hashes_are_argon2() -> None:
    from wangge.project import settings as product

    with override_settings(PASSWORD_HASHERS=product.PASSWORD_HASHERS):
        assert identify_hasher(make_password("Sesame-open-9")).algorithm == "argon2"
    assert settings.PASSWORD_HASHERS != product.PASSWORD_HASHERS


def test_a_person_is_closed_and_opened(city: None) -> None:
    person = make()
    set_active(by=SYSTEM_ADMINISTRATOR, at=NOW, person=person, active=False)
    assert actor_of_person(person.pk, NOW) is None
    set_active(by=SYSTEM_ADMINISTRATOR, at=NOW, person=person, active=True)
    assert actor_of_person(person.pk, NOW) is not None


def test_units_are_made_and_ended_by_the_system_administrator(city: None) -> None:
    add_district(by=SYSTEM_ADMINISTRATOR, at=NOW, code="430204", name="石峰区", valid_from=BIRTH)
    add_department(
        by=SYSTEM_ADMINISTRATOR,
        at=NOW,
        code="p204",
        name="石峰区平台",
        kind=DepartmentKind.DISTRICT_PLATFORM,
        valid_from=BIRTH,
        district_code="430204",
    )
    assert platform_of("430204") == "p204"
    end_department(by=SYSTEM_ADMINISTRATOR, at=NOW, code="p204", valid_to=NOW.date())
    assert "p204" not in {unit.code for unit in departments_on(NOW.date())}
    assert "p204" in {unit.code for unit in departments_on(NOW.date() - DAY)}
    with pytest.raises(NotYours, match="系统管理员"):
        add_district(by=ACCEPTOR, at=NOW, code="430211", name="天元区", valid_from=BIRTH)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"code": "water"}, "单位代码 water 已有"),
        ({"code": "new", "parent_code": "none"}, "没有上级单位 none"),
        ({"code": "new", "district_code": "999999"}, "没有区 999999"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(city: None, given: dict[str, str], says: str) -> None:
    with pytest.raises(Refused, match=says):
        add_department(by=TERMINAL, at=NOW, name="某处", kind=DepartmentKind.DEPARTMENT, valid_from=BIRTH, **given)


def test_a_district_code_is_used_once(city: None) -> None:
    with pytest.raises(Refused, match="430202 已有"):
        add_district(by=TERMINAL, at=NOW, code="430202", name="又一个", valid_from=BIRTH)


def test_ending_a_unit_that_is_not_there_says_so(city: None) -> None:
    with pytest.raises(Refused, match="没有责任单位 none"):
        end_department(by=TERMINAL, at=NOW, code="none", valid_to=BIRTH)


def test_a_turn_on_duty_is_given(person: Person) -> None:
    put_on_duty(by=TERMINAL, person=person, shift="day", starts_at=NOW, ends_at=NOW + DAY, grid_code="G1")
    assert on_duty(grid_code="G1", at=NOW) == person.pk


def test_a_whole_city_is_loaded_at_once(db: None, django_assert_max_num_queries: Any) -> None:
    hashed = shared_password_hash("Sesame-open-9")
    people = [
        NewPerson(f"c{number}", f"采集员{number}", (Holding("collector"), Holding("verifier")), None, hashed)
        for number in range(150)
    ]
    people.append(NewPerson("sys", "系管", (Holding("system_administrator"),)))
    with django_assert_max_num_queries(24):
        load_units(
            by=TERMINAL,
            at=NOW,
            valid_from=BIRTH,
            districts=[NewDistrict("430202", "荷塘区")],
            departments=[
                NewDepartment("d", "荷塘区平台", "district_platform", None, "430202"),
                NewDepartment("s", "街道", "street", "d", "430202"),
            ],
        )
        ids = load_people(by=TERMINAL, at=NOW, people=people, valid_from=NOW)
        load_turns(by=TERMINAL, at=NOW, turns=[NewTurn(f"c{n}", "day", NOW, NOW + DAY, f"G{n}") for n in range(150)])
    assert len(ids) == 151
    assert on_duty(grid_code="G77", at=NOW) == ids["c77"]
    assert Person.objects.get(pk=ids["c149"]).check_password("Sesame-open-9")
    assert not Person.objects.get(pk=ids["sys"]).has_usable_password()
    assert posts_of(Person.objects.get(pk=ids["c3"])) == {"collector", "verifier"}
    assert Department.objects.get(pk="s").parent_id == "d"


def test_a_load_is_all_or_nothing(city: None) -> None:
    good = NewPerson("a", "甲", (Holding("acceptor"),))
    with pytest.raises(AdministratorsApart):
        load_people(
            by=TERMINAL,
            at=NOW,
            people=[good, NewPerson("b", "乙", (Holding("system_administrator"), Holding("audit_administrator")))],
            valid_from=NOW,
        )
    with pytest.raises(IntegrityError, match="department_code"):
        load_people(
            by=TERMINAL,
            at=NOW,
            people=[good, NewPerson("b", "乙", (Holding("department", "nowhere"),))],
            valid_from=NOW,
        )
    assert not Person.objects.exists()
