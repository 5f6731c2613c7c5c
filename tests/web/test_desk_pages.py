"""Seats on pages: a case in another's hand is marked, a view is kept, a shift goes from hand to hand."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.conftest import Open, reported

pytestmark = pytest.mark.django_db


def test_a_case_in_another_seats_hand_is_marked_until_it_is_let_go(browser: Open) -> None:
    number = reported(browser)
    one, two = browser("acceptor-1"), browser("acceptor-2")
    assert f'data-in-hand="/cases/{number}/in-hand"' in one.get(f"/cases/{number}")
    assert one.client.post(f"/cases/{number}/in-hand").json() == {"mine": True}
    answer = two.client.post(f"/cases/{number}/in-hand").json()
    assert (answer["mine"], "acceptor-1" in answer["told"]) == (False, True)
    assert "acceptor-1 刚刚开始办理" in two.get("/work")
    assert "刚刚开始办理" not in one.get("/work"), "one's own is not marked"
    two.get(f"/cases/{number}")
    two.send("accept")  # a soft claim bars nobody
    assert one.client.post(f"/cases/{number}/in-hand", {"let_go": "1"}).status_code == 204
    assert "刚刚开始办理" not in two.get("/work?queue=all")


def test_a_case_behind_the_wall_is_not_taken_in_hand(browser: Open) -> None:
    number = reported(browser)
    assert browser("dept-a").client.post(f"/cases/{number}/in-hand").status_code == 403
    assert browser("acceptor-1").client.post("/cases/430202-20260101-99999/in-hand").status_code == 404


def test_a_view_is_kept_found_again_and_removed(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/work?queue=all&district=430202&cursor=")
    kept = acceptor.client.post(
        "/views/work_list", {"name": "东区 & 夜", "query": "queue=all&district=430202&cursor=x"}
    )
    assert kept["Location"] == "/work?district=430202&queue=all"
    page = acceptor.get(kept["Location"])
    assert '<a href="/work?district=430202&amp;queue=all" aria-current="page">东区 &amp; 夜</a>' in page
    assert "东区" not in browser("acceptor-2").get("/work").partition("kept-views")[2].partition("</div>")[0]
    remove = page.partition('action="/views/work_list/')[2].partition('"')[0]
    acceptor.client.post(f"/views/work_list/{remove}")
    assert "东区 &amp; 夜" not in acceptor.get("/work")
    acceptor.client.post("/views/work_list", {"name": "", "query": ""})
    assert "请给视图起一个" in acceptor.get("/work")


def test_a_view_leads_nowhere_else(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    for query in ("//elsewhere.example", "https://elsewhere.example", "q=" + quote("//elsewhere.example")):
        kept = acceptor.client.post("/views/work_list", {"name": "x", "query": query})
        assert kept["Location"].startswith("/work?")
    assert acceptor.client.post("/views/elsewhere", {"name": "x", "query": ""})["Location"].startswith("/work?")


def test_a_shift_goes_from_hand_to_hand_with_both_names(browser: Open) -> None:
    reported(browser)
    going, coming = browser("acceptor-1"), browser("acceptor-2")
    going.get("/handover")
    assert "还没有交接记录。" in going.text()
    going.send("handover", status=422, shift="")
    going.send("handover", shift="day", promised="20:00 前回电", unusual="停电")
    assert "等待签收" in going.text()
    assert not [form for form in going.forms() if form.startswith("sign-")], "nobody signs his own"
    coming.get("/handover")
    assert "20:00 前回电" in coming.text()
    (sign,) = [form for form in coming.forms() if form.startswith("sign-")]
    coming.send(sign, remark="已核对")
    assert "acceptor-2" in coming.text()
    assert "已核对" in coming.text()
    assert browser("dept-a").client.get("/handover").status_code == 403
