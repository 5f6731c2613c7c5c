"""The duty leader's board: what is not ordinary, for whose word it waits, what a second look found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import Browser, Open, photo, reported
from tests.web.test_city_rules import lean
from tests.web.test_pages import to_handling
from wangge.domains.cases.rules import forget_rules
from wangge.domains.desks.queries import samples
from wangge.domains.organizations.models import AuditRecord
from wangge.groundwork import clock

__all__ = ["lean"]
pytestmark = pytest.mark.django_db


def section(page: str, key: str) -> str:
    """One list of the board."""
    return page.partition(f'id="{key}"')[2].partition("</section>")[0]


@pytest.fixture
def on_paper(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A city whose suspensions always stand on a sealed application and go up the tiers."""
    (tmp_path / "settings.csv").write_text(
        "key,value,valid_from,valid_to,scope,source,confidence\napproval_tiers,notice_2014,,,city,test,C\n",
        encoding="utf-8",
    )
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": tmp_path})
    settings.CITY_OVERLAY = tmp_path
    forget_rules()
    yield
    forget_rules()


def ask_suspension(browser: Open, number: str) -> None:
    unit = browser("dept-a")
    unit.get(f"/cases/{number}")
    unit.send(
        "request_suspension", until="2024-04-10T18:00", reason="等待材料", sealed_application=photo(),
        photo_site=photo(),
    )  # fmt: skip


def test_a_request_stands_there_with_the_post_whose_word_is_next_and_its_paper(on_paper: None, browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    ask_suspension(browser, number)
    page = browser("duty_leader-1").get("/board")
    requests = section(page, "requests")
    assert number.rpartition("-")[2] in requests
    assert "待科长会签" in requests
    assert f"/cases/{number}/photos/" in requests
    assert 'alt="盖章申请表扫描件"' in requests
    head = browser("section_head-1")
    head.get(f"/cases/{number}")
    head.send("endorse_request")
    assert "待中心领导审批" in section(head.get("/board"), "requests")


def test_urging_stays_until_the_unit_acts_and_is_late_by_the_ladder(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    to_handling(browser, number)
    leader = browser("duty_leader-1")
    leader.get(f"/cases/{number}")
    leader.send("urge", text="请抓紧，附近有小学")
    urges = section(leader.get("/board"), "urges")
    assert "请抓紧，附近有小学" in urges
    assert "已过时限" not in urges
    with clock.held_at(at_nine + timedelta(hours=8)):  # four working hours and the noon between have passed
        assert "1 件已过时限" in section(browser("duty_leader-2").get("/board"), "urges")
    unit = browser("dept-a")
    unit.get(f"/cases/{number}")
    unit.send("acknowledge")
    assert "催办都有回应。" in section(leader.get("/board"), "urges")


def test_supervision_past_its_moment_is_counted_late(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    to_handling(browser, number)
    chief = browser("supervisor-1")
    chief.get(f"/cases/{number}")
    chief.send("supervise", text="请限期办结", reply_by="2024-03-13T09:30")
    with clock.held_at(at_nine + timedelta(minutes=45)):
        supervised = section(browser("duty_leader-1").get("/board"), "supervision")
    assert "1 件已过时限" in supervised
    assert "等待回复" in supervised


@pytest.fixture
def drawn(lean: None, browser: Open, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case that went out in one act, and the lot took it."""
    monkeypatch.setattr(samples, "drawn_by_lot", lambda **_told: True)
    number = reported(browser)
    seat = browser("acceptor-1")
    seat.get(f"/cases/{number}")
    seat.send("desk_act", condition_seq="2", department="dept-a")
    return number


def look(person: Browser, number: str, finding: str, note: str = "") -> str:
    person.client.post("/board/look", {"number": number, "act": "desk_act", "finding": finding, "note": note})
    return person.get("/board")


def test_a_drawn_act_waits_until_somebody_else_has_looked(browser: Open, drawn: str) -> None:
    leader = browser("duty_leader-1")
    waiting = section(leader.get("/board"), "samples")
    assert drawn.rpartition("-")[2] in waiting
    assert "受理立案派遣一次办结 · acceptor-1" in waiting
    assert "办理有误的，请写明情况" in look(leader, drawn, "wrong")
    assert "没有待复核的抽查。" in look(leader, drawn, "wrong", "立案条件应为第 3 项")
    assert "不在待复核之列" in look(leader, drawn, "right"), "once, for good"
    noted = AuditRecord.objects.get(object_kind="second_look")
    assert (noted.object_key, noted.detail) == (drawn, {"act": "desk_act", "finding": "wrong"})


def test_nobody_looks_at_what_he_did_himself_nor_a_seat_at_anothers(browser: Open, drawn: str) -> None:
    from wangge.domains.organizations.models import Person, PostHolding

    person = Person.objects.get(username="acceptor-1")
    PostHolding.objects.create(person=person, post="duty_leader", valid_from=clock.now() - timedelta(days=1))
    own = browser("acceptor-1")
    waiting = section(own.get("/board"), "samples")
    assert "自己办理的由其他人复核" in waiting
    assert 'name="finding"' not in waiting
    assert "自己办理的由其他人复核。" in look(own, drawn, "right")
    assert browser("acceptor-2").client.get("/board").status_code == 403
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desks_second_look SELECT id, 'desk_act', 1, 'wrong', ' ', 1, now() FROM cases_case LIMIT 1"
        )


def test_what_left_the_ordinary_way_is_a_figure_that_opens_its_list(browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    unit = browser("dept-a")
    unit.get(f"/cases/{number}")
    unit.send("send_back", reason="不在本单位职责范围")
    page = browser("duty_leader-1").get("/board")
    assert 'href="/cases?stage=returned"' in page
    assert number in browser("duty_leader-1").get("/cases?stage=returned")


def test_the_board_asks_as_often_however_much_waits(on_paper: None, browser: Open) -> None:
    counts = []
    leader = browser("duty_leader-1")
    leader.get("/board")
    for _turn in range(2):
        number = reported(browser)
        to_handling(browser, number)
        ask_suspension(browser, number)
        dispatcher = browser("dispatcher-1")
        dispatcher.get(f"/cases/{number}")
        dispatcher.send("urge", text="请抓紧")
        with CaptureQueriesContext(connection) as asked:
            leader.get("/board")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 14
