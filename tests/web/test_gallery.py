"""Every page in every state, rendered without a city: what holds for all of them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings

from wangge.surfaces.web.elements import built
from wangge.surfaces.web.elements.gallery import SAMPLES
from wangge.surfaces.web.elements.pieces import running_time_left, svg_length
from wangge.surfaces.web.elements.words import Counting
from wangge.surfaces.web.templatetags import elements

NEEDS_NAME = {"input", "select", "textarea"}
NAMED_BY_ITSELF = {"hidden", "submit"}


class Reading(HTMLParser):
    """What the tests look for in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside_label = 0
        self.unnamed: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.inside_label += tag == "label"
        hidden = attributes.get("type") in NAMED_BY_ITSELF or "aria-label" in attributes
        if tag in NEEDS_NAME and not hidden and not self.inside_label:
            self.unnamed.append(attributes.get("id") or attributes.get("name") or tag)

    def handle_endtag(self, tag: str) -> None:
        self.inside_label -= tag == "label"

    @property
    def labelled(self) -> set[str | None]:
        return {attributes.get("for") for tag, attributes in self.tags if tag == "label"}


@pytest.fixture(autouse=True)
def _built_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are looked at here, not their script: a fixed entry, whether or not the front end is built."""
    monkeypatch.setattr(built, "entry", lambda: built.Entry("main-0.js", ("main-0.css",)))


@pytest.fixture(params=sorted(SAMPLES))
def page(request: pytest.FixtureRequest) -> str:
    response = Client().get(f"/gallery/{request.param}")
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_on_a_page_needs_an_exception_from_the_content_security_policy(page: str) -> None:
    for tag, attributes in Reading(page).tags:
        assert tag != "style"
        assert "style" not in attributes, (tag, attributes)
        assert not [name for name in attributes if name.startswith(("on", "hx-on"))], (tag, attributes)
        assert tag != "script" or (attributes.get("src") or "").startswith("/static/")


def test_no_page_asks_another_host_for_anything(page: str) -> None:
    for tag, attributes in Reading(page).tags:
        for name in ("src", "href", "action", "value", "hx-get"):
            assert not re.match(r"(https?:)?//", attributes.get(name) or ""), (tag, attributes)


def test_every_question_has_a_name_that_is_read_aloud(page: str) -> None:
    reading = Reading(page)
    assert [name for name in reading.unnamed if name not in reading.labelled] == []


def test_every_picture_and_table_of_a_page_says_what_it_is(page: str) -> None:
    tags = Reading(page).tags
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    assert sum(tag == "h1" for tag, _attributes in tags) == 1
    ids = [attributes["id"] for _tag, attributes in tags if attributes.get("id")]
    assert len(ids) == len(set(ids))


def test_every_form_that_changes_something_carries_the_token(page: str) -> None:
    forms = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
    assert all("csrfmiddlewaretoken" in form for form in forms)


def test_the_title_on_screen_is_the_platforms_and_the_products_name_small() -> None:
    page = Client().get("/gallery/work-list").content.decode()
    assert "城市运行管理服务平台（数字城管）" in page
    assert '<span class="product">网格</span>' in page


def test_a_row_answers_where_whose_turn_and_how_long() -> None:
    page = Client().get("/gallery/work-list").content.decode()
    row = re.findall(r"<tr data-row.*?</tr>", page, re.DOTALL)[0]
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row))
    for said in (
        "430299-20240412-",
        "00731",
        "上水井盖",
        "人民路 118 号",
        "待派遣",
        "派遣员",
        "▲ 超期 12 分钟",
        "时限 紧急 2 小时",
    ):
        assert said in text


def test_the_usual_verb_stands_first_and_has_enter() -> None:
    page = Client().get("/gallery/case").content.decode()
    verbs = re.findall(r'data-verb="(\w+)"', page)
    assert verbs[0] == "dispatch"
    assert re.findall(r'data-key="Enter"', page) == ['data-key="Enter"']
    assert page.index('data-key="Enter"') < page.index('data-verb="return_to_filing"')


def test_a_barred_verb_is_never_without_its_reason() -> None:
    page = Client().get("/gallery/case").content.decode()
    assert re.search(r"<b>延期</b>\s*<span[^>]*>次数已用完：", page)


def test_a_conflict_shows_both_versions() -> None:
    page = Client().get("/gallery/case-conflict").content.decode()
    conflict = page[page.index('class="conflict"') : page.index('class="case-body"')]
    assert "城东供排水公司" in conflict
    assert "青石区市政维护所" in conflict
    assert "没有保存" in conflict


def test_a_refused_form_says_what_is_missing_where_it_is_missing() -> None:
    page = Client().get("/gallery/report-wrong").content.decode()
    question = page[page.index('id="report-description-field"') :]
    assert "data-wrong" in question[:60]
    assert "缺少必填项" in question[:900]


def test_an_error_page_says_what_happened_whether_it_was_saved_and_what_to_do() -> None:
    for status in (403, 404, 409, 429, 500, 503):
        page = Client().get(f"/gallery/error-{status}").content.decode()
        for said in ("发生了什么", "是否已保存", "接下来"):
            assert said in page


def test_the_gallery_does_not_exist_outside_demo_and_debug() -> None:
    from wangge.surfaces.web import urls

    class City:
        mode = "production"

    with override_settings(DEBUG=False, ENVIRONMENT=City()):
        assert urls._gallery() == []


def test_text_of_people_is_printed_as_text() -> None:
    sample = SAMPLES["case"]
    made = sample.make()
    from dataclasses import replace

    from wangge.surfaces.web.command.pages import CasePage

    assert isinstance(made, CasePage)
    nasty = "<script>alert(1)</script>"
    case = replace(made, description=nasty, category_zh=nasty, condition_zh=nasty)
    page = render_to_string(sample.template, {"page": case})
    assert nasty not in page
    assert page.count("&lt;script&gt;") >= 3


def test_only_clocks_that_count_every_minute_are_ticked_by_the_browser() -> None:
    due = datetime(2024, 4, 12, 12, tzinfo=ZoneInfo("Asia/Shanghai"))

    def left(counting: Counting, paused: bool) -> str:
        return elements.time_left(
            running_time_left(remaining_minutes=90, allowance_minutes=120, due_at=due, counting=counting, paused=paused)
        )

    assert "due=" in left(Counting.CONTINUOUS, False)
    assert "due=" not in left(Counting.CONTINUOUS, True)
    assert "due=" not in left(Counting.WORKING, False)


def test_a_moment_of_another_year_names_its_year() -> None:
    from wangge.groundwork import clock

    at = datetime(2024, 4, 12, 10, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
    with clock.held_at(at):
        assert ">04-12 10:05<" in elements.moment(at)
        assert ">2023-04-13 10:05<" in elements.moment(at - timedelta(days=365))
    assert elements.moment(None) == "—"


def test_lengths_on_the_clock_line_stay_on_it() -> None:
    assert svg_length(125) == "12.5%"
    assert svg_length(-5) == "0.0%"
    assert svg_length(1200) == "100.0%"
