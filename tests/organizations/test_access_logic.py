"""What a person may see and open follows from his posts by the tables of access, and from nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wangge.domains.organizations.logic import (
    Actor,
    Holding,
    SessionEnd,
    TokenScope,
    actor_of,
    denouncer_may_be_revealed,
    masked_name,
    masked_phone,
    month_of,
    password_too_old,
    personal_data_shown,
    session_end,
    sight_of,
)
from wangge.standards.access import (
    PersonalData,
    SightScope,
    access_findings,
    may_open,
    open_to,
    sight_by_post,
    without_row,
)
from wangge.standards.library import load_tables

TABLES = load_tables()
SIGHT = sight_by_post(TABLES)
POSTS = sorted(row.post for row in TABLES.posts)
STAGES = [row.stage for row in TABLES.stages if row.stage != "new"]
AT = datetime(2024, 4, 12, 2, 30, tzinfo=UTC)


def actor(*holdings: Holding, scope: TokenScope = TokenScope.FULL) -> Actor:
    return Actor(1, "zhang", "张三", holdings, scope)


def test_the_shipped_tables_of_access_have_no_findings() -> None:
    assert list(access_findings(TABLES)) == []


def test_every_post_of_the_standard_and_of_the_product_has_its_rows() -> None:
    assert set(POSTS) == set(SIGHT)
    assert {"system_administrator", "security_administrator", "audit_administrator", "finance"} <= set(POSTS)


def test_nobody_without_a_post_sees_a_case() -> None:
    assert sight_of(actor(), SIGHT) == frozenset()


@pytest.mark.parametrize("post", ["system_administrator", "security_administrator", "audit_administrator", "finance"])
def test_administrators_and_finance_see_no_case(post: str) -> None:
    assert sight_of(actor(Holding(post)), SIGHT) == frozenset()


def test_a_post_without_district_sees_the_whole_city_and_with_it_that_district() -> None:
    whole = sight_of(actor(Holding("acceptor")), SIGHT)
    desk = sight_of(actor(Holding("acceptor", None, "430202")), SIGHT)
    assert {window.district_code for window in whole} == {None}
    assert {window.district_code for window in desk} == {"430202"}
    assert {window.scope for window in whole | desk} == {SightScope.DESK}


def test_a_department_sees_its_own_unit_and_nothing_without_one() -> None:
    own = sight_of(actor(Holding("department", "water")), SIGHT)
    assert {(window.scope, window.department_code) for window in own} == {(SightScope.OWN_UNIT, "water")}
    assert sight_of(actor(Holding("department")), SIGHT) == frozenset()


def test_a_dispatcher_sees_a_case_from_filing_on_and_never_the_reporter() -> None:
    windows = sight_of(actor(Holding("dispatcher")), SIGHT)
    seen = {stage for stage in STAGES if any(window.shows(stage) for window in windows)}
    assert "filed" in seen
    assert not seen & {"self_handled", "reported", "verifying", "accepted", "declined"}
    assert {personal_data_shown(windows, stage=stage) for stage in seen} == {PersonalData.NONE}


def test_a_department_reaches_the_reporter_only_while_it_handles() -> None:
    windows = sight_of(actor(Holding("department", "water")), SIGHT)
    assert personal_data_shown(windows, stage="handling") is PersonalData.FULL
    assert personal_data_shown(windows, stage="closed") is PersonalData.NONE


def test_two_posts_show_the_more_of_both() -> None:
    windows = sight_of(actor(Holding("dispatcher"), Holding("acceptor")), SIGHT)
    assert personal_data_shown(windows, stage="filed") is PersonalData.FULL


def test_a_denouncer_stays_closed_to_all_but_the_head_of_the_centre() -> None:
    may = {
        post
        for post in POSTS
        for windows in [sight_of(actor(Holding(post, "water")), SIGHT)]
        if any(denouncer_may_be_revealed(windows, stage=stage) for stage in STAGES)
    }
    assert may == {"centre_leader"}


def test_a_page_without_a_row_is_open_to_nobody() -> None:
    assert not any(may_open("web:forgotten", [post], signed_in=True, tables=TABLES) for post in POSTS)
    assert without_row(["web:forgotten", "api-v1:get_case"], TABLES) == {"web:forgotten"}


def test_only_pages_open_to_anyone_open_without_sign_in() -> None:
    for name, allowed in open_to(TABLES).items():
        assert may_open(name, [], signed_in=False, tables=TABLES) == ("anyone" in allowed), name


def test_each_scope_of_a_token_opens_its_part() -> None:
    opens = {
        scope: (who.may_read(), who.may_write(), who.may_use_open311(), who.may_send_positions())
        for scope in TokenScope
        for who in [actor(scope=scope)]
    }
    assert opens == {
        TokenScope.FULL: (True, True, True, True),
        TokenScope.READ: (True, False, False, False),
        TokenScope.WRITE: (True, True, False, True),
        TokenScope.OPEN311: (False, False, True, False),
        TokenScope.POSITIONS: (False, False, False, True),
    }


def test_an_actor_is_read_from_a_row() -> None:
    found = actor_of(
        person_id=7,
        username="li",
        display_name="李四",
        holdings=[("department", "water", None), ("collector", None, None)],
        scope="read",
        token_id=3,
    )
    assert found.posts == {"department", "collector"}
    assert found.department_codes == {"water"}
    assert found.holds("collector", "verifier")
    assert found.scope is TokenScope.READ
    assert found.is_staff


def test_reporters_and_machines_are_no_staff() -> None:
    assert not actor(Holding("reporter"), Holding("system")).is_staff


@pytest.mark.parametrize(
    ("plain", "masked"),
    [("张三", "张*"), ("欧阳修", "欧**"), ("阿", "阿*"), ("", ""), ("Alexander", "A***")],
)
def test_a_name_is_masked(plain: str, masked: str) -> None:
    assert masked_name(plain) == masked


@pytest.mark.parametrize(
    ("plain", "masked"),
    [("13812345678", "138****5678"), ("+8613812345678", "+86138****5678"), ("12345", "***45"), ("", "")],
)
def test_a_telephone_number_is_masked(plain: str, masked: str) -> None:
    assert masked_phone(plain) == masked


@pytest.mark.parametrize(
    ("age", "idle", "end"),
    [
        (0, 0, None),
        (599, 59, None),
        (599, 60, SessionEnd.IDLE),
        (600, 0, SessionEnd.ABSOLUTE),
        (600, 60, SessionEnd.ABSOLUTE),
    ],
)
def test_a_session_ends_by_idleness_and_by_age(age: int, idle: int, end: SessionEnd | None) -> None:
    found = session_end(
        signed_in_at=AT - timedelta(minutes=age),
        seen_at=AT - timedelta(minutes=idle),
        at=AT,
        idle_minutes=60,
        absolute_minutes=600,
    )
    assert found is end


def test_a_password_ages_only_by_setting() -> None:
    old = AT - timedelta(days=90)
    assert not password_too_old(set_at=old, at=AT, most_days=0)
    assert password_too_old(set_at=old, at=AT, most_days=90)
    assert not password_too_old(set_at=old, at=AT, most_days=91)
    assert password_too_old(set_at=None, at=AT, most_days=91)


def test_a_record_is_filed_under_the_month_in_utc() -> None:
    in_the_city = datetime(2024, 4, 1, 7, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert month_of(in_the_city).isoformat() == "2024-03-01"
    assert month_of(in_the_city + timedelta(minutes=1)).isoformat() == "2024-04-01"
