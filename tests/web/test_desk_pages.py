"""Seats on pages: a case in another's hand is marked, a view is kept, a shift goes from hand to hand."""

from __future__ import annotations

import re
from html import unescape
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
    assert '<option value="day" selected>' in going.page, "the shift that runs is the one to hand over"
    standing = re.findall(r'<nav class="queues whole".*?</nav>', going.page, re.DOTALL)[0]
    assert standing.index("超过时限") < standing.index("待")
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


def test_a_text_of_ones_own_is_kept_offered_at_the_note_and_removed(browser: Open) -> None:
    number = reported(browser)
    seat = browser("acceptor-1")
    seat.get("/texts")
    assert "由值班长写好后会出现在这里" in seat.text()
    assert "city" not in seat.forms(), "the city's texts are not a seat's to word"
    seat.send("own", words="已电话联系诉求人 <1>", stage="reported")
    offered = seat.get("/texts/offered?stage=reported")
    assert "<span data-words>已电话联系诉求人 &lt;1&gt;</span>" in offered
    assert "已电话联系" not in seat.get("/texts/offered?stage=handling")
    assert "已电话联系" not in browser("acceptor-2").get("/texts/offered?stage=reported")
    assert 'url="/texts/offered?stage=reported"' in seat.get(f"/cases/{number}")
    seat.get("/texts")
    remove = seat.page.partition('action="/texts/')[2].partition('"')[0]
    seat.client.post(f"/texts/{remove}")
    assert "已电话联系" not in seat.get("/texts")


def test_a_leader_words_the_texts_of_a_post_and_a_seat_may_not(browser: Open) -> None:
    leader, seat = browser("duty_leader-1"), browser("dispatcher-1")
    leader.get("/texts")
    leader.send("city", words="请先围挡", stage="filed", post="dispatcher")
    leader.send("city", status=422, words="")
    assert "请写 1 至 300 个字" in leader.text()
    assert "请先围挡" in seat.get("/texts/offered?stage=filed")
    assert "请先围挡" not in browser("acceptor-1").get("/texts/offered?stage=filed")
    answer = seat.client.post("/texts", {"whose": "city", "words": "也想写"})
    assert answer.status_code == 422
    assert "也想写" not in seat.get("/texts/offered?stage=filed")


def heads(page: str) -> list[str]:
    return re.findall(r"<th[^>]*>([^<]+)</th>", page.partition('class="cases')[2].partition("</thead>")[0])


def test_columns_are_ones_own_lie_in_the_address_and_go_with_the_file(browser: Open) -> None:
    number = reported(browser)
    seat, other = browser("acceptor-1"), browser("acceptor-2")
    seat.get("/work?queue=reported")
    kept = seat.client.post(
        "/columns/work_list", {"query": "queue=reported&cursor=x", "column": ["category_code", "unit"]}
    )
    assert kept["Location"] == "/work?columns=number%2Cunit%2Ccategory_code&queue=reported"
    assert heads(seat.get(kept["Location"])) == ["案卷编号", "责任单位", "小类代码"]
    assert "component:0101" in seat.text()
    assert heads(seat.get("/work")) == ["案卷编号", "责任单位", "小类代码"], "kept without being in the address"
    assert heads(other.get("/work"))[0] == "剩余时间", "nobody else's"
    assert heads(other.get(kept["Location"])) == ["案卷编号", "责任单位", "小类代码"], "the address may be passed on"
    file = re.search(r'href="([^"]+csv[^"]*)"', seat.get("/work"))
    assert file is not None
    answer = seat.client.get(unescape(file[1]))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].removeprefix("\ufeff") == "案卷编号,小类代码,责任单位"
    assert lines[1].startswith(f"{number},component:0101,")
    seat.client.post("/columns/work_list", {"query": "", "usual": "yes"})
    assert heads(seat.get("/work"))[0] == "剩余时间"


def test_columns_that_there_are_not_choose_nothing(browser: Open) -> None:
    reported(browser)
    seat = browser("acceptor-1")
    usual = heads(seat.get("/work"))
    assert heads(seat.get("/work?columns=password,--")) == usual
    kept = seat.client.post("/columns/elsewhere", {"query": "//elsewhere.example", "column": "nothing"})
    assert kept["Location"].startswith("/work?")
    assert heads(seat.get(kept["Location"])) == ["案卷编号"]
