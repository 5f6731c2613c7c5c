"""The collectors' app on a telephone: filed with no network, restarted, sent once, under nobody else's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Geolocation, Page, expect

from tests.browser.chromium import found_chromium
from tests.browser.conftest import BIRTH, NOW, PASSWORD, PATIENCE_MS
from tests.browser.line import Line
from tests.browser.test_accessibility import AXE, CHECK, LAID_OUT, TAGS
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.components.models import Component
from wangge.domains.organizations.logic import SYSTEM, Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.queries import actor_of_person

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Picture = Callable[[], str]
PLACE: Geolocation = {"longitude": 113.134, "latitude": 27.827, "accuracy": 12}


@pytest.fixture
def line(served_city: str) -> Iterator[Line]:
    line = Line(served_city)
    yield line
    line.close()


class Telephone:
    """A telephone whose storage outlives its browser."""

    def __init__(self, launch: Callable[[], BrowserContext]) -> None:
        self._launch = launch
        self.problems: list[str] = []
        self.context = launch()

    def restart(self) -> None:
        """Everything is closed and begun again; sessions end with the browser, storage stays."""
        self.context.close()
        self.context = self._launch()

    def page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        return page


@pytest.fixture
def telephone(line: Line, tmp_path: Path, chromium: Browser) -> Iterator[Telephone]:
    path, _why = found_chromium()
    folder = tmp_path / "telephone"

    def launch() -> BrowserContext:
        context: BrowserContext = chromium.browser_type.launch_persistent_context(
            str(folder), executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"], base_url=line.url,
            viewport={"width": 390, "height": 844}, locale="zh-CN", geolocation=PLACE, permissions=["geolocation"],
        )  # fmt: skip
        return context

    found = Telephone(launch)
    yield found
    found.context.close()
    assert found.problems == []


def sign_in(page: Page, username: str) -> None:
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def enter(telephone: Telephone, username: str) -> Page:
    page = telephone.page()
    page.goto("/field/enter")
    sign_in(page, username)
    ready(page)
    return page


def ready(page: Page) -> None:
    page.locator("wangge-field[data-ready]").wait_for()


def kept_for_later(page: Page) -> None:
    """The app is in the telephone: its worker is at work, and what it needs of the person has come."""
    page.evaluate(
        "async () => { await navigator.serviceWorker.ready;"
        " while (!navigator.serviceWorker.controller) await new Promise((done) => setTimeout(done, 50)); }"
    )
    expect(page.locator("[name=category] option[value='component:0101']")).to_have_count(1)


def file_one(page: Page, picture: Picture, words: str, *, after: bool = False) -> None:
    """Photo, class, save; where it is the telephone knows."""
    page.goto("/field/app#report")
    ready(page)
    if after:
        page.get_by_text("我已当场处置").click()
        page.set_input_files("[data-photos=photo_after] input[capture]", picture())
        expect(page.locator("[data-photos=photo_after] canvas")).to_have_count(1)
    page.set_input_files("[data-photos=photo_before] input[capture]", picture())
    expect(page.locator("[data-photos=photo_before] canvas")).to_have_count(1)
    page.locator("[data-quick] label").first.click()
    expect(page.locator("[data-fix]")).to_contain_text("误差约 12 米")
    page.fill("[name=description]", words)
    page.get_by_role("button", name="存下并上报").click()
    expect(page.locator("[data-told]")).to_contain_text("已存下")


def _rows() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.description, c.entry, c.stage FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
        )
        return [(row[0], row[1], row[2]) for row in cursor.fetchall()]


def test_what_is_filed_without_a_network_survives_a_restart_and_arrives_once(
    telephone: Telephone, line: Line, picture: Picture
) -> None:
    page = enter(telephone, "collector-1")
    kept_for_later(page)

    line.cut()
    telephone.context.set_offline(True)
    for words in ("一号井盖", "二号井盖", "三号井盖"):
        file_one(page, picture, words)
    file_one(page, picture, "四号小广告", after=True)
    expect(page.locator("[data-counts]")).to_have_text("已存 4 · 已送 0")

    telephone.restart()
    telephone.context.set_offline(True)
    page = telephone.page()
    page.goto("/field/app#queue")
    ready(page)
    expect(page.locator("[data-counts]")).to_have_text("已存 4 · 已送 0")
    expect(page.locator("[data-line]")).to_contain_text("无网络")
    expect(page.locator(".queue li")).to_have_count(4)

    telephone.context.set_offline(False)
    line.mend()
    page.reload()
    expect(page.locator("[data-line]")).to_contain_text("登录已结束")  # sessions end with the browser
    page.get_by_role("link", name="去登录").click()
    line.lose_answer_to(b"POST /field/reports")
    sign_in(page, "collector-1")
    ready(page)
    # The answer is lost when the reports are already there: the telephone, or its browser, sends them again.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 4")
    assert line.lost == 1
    assert sorted(_rows()) == [
        ("一号井盖", "report", "reported"),
        ("三号井盖", "report", "reported"),
        ("二号井盖", "report", "reported"),
        ("四号小广告", "report_self_handled", "self_handled"),
    ]


def staff(username: str) -> Actor:
    found = actor_of_person(Person.objects.get(username=username).id, NOW)
    assert found is not None
    return found


def task_for(username: str) -> str:
    """A citizen's report sent to be verified by somebody; the number."""
    made = report_case(
        report=Report("public", "component:0101", "井盖缺失", {"lon": 113.135, "lat": 27.828, "system": "wgs84"},
                      external_no="P-1"),
        by=SYSTEM, at=NOW,
    )  # fmt: skip
    move_case(
        order=Order(made.number, "send_verification", {"assignee": username}, {}, None), by=staff("acceptor-1"), at=NOW
    )
    return made.number


def test_another_person_on_the_same_telephone_neither_sends_nor_loses_the_firsts_work(
    telephone: Telephone, line: Line, picture: Picture
) -> None:
    page = enter(telephone, "collector-1")
    kept_for_later(page)
    line.cut()
    file_one(page, picture, "第一人的井盖")
    # His session goes, another person signs in.
    line.mend()
    telephone.context.clear_cookies()
    page.goto("/field/enter")
    sign_in(page, "collector-2")
    ready(page)
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 0")
    page.goto("/field/app#queue")
    expect(page.locator("[data-others]")).to_contain_text("另有 1 件由他人保存")
    expect(page.locator(".queue li")).to_have_count(0)
    file_one(page, picture, "第二人的井盖")
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 1")
    assert [row[0] for row in _rows()] == ["第二人的井盖"]

    telephone.context.clear_cookies()
    page.goto("/field/enter")
    sign_in(page, "collector-1")
    ready(page)
    # Until the server has said who it is, the app shows what the last one had.
    page.goto("/field/app#mine")
    expect(page.locator("[data-name]")).to_have_text("collector-1")
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 1")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.description, p.username FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
            " JOIN organizations_person p ON p.id = c.reporter_id ORDER BY 1"
        )
        assert cursor.fetchall() == [("第一人的井盖", "collector-1"), ("第二人的井盖", "collector-2")]


def test_a_task_is_done_without_a_network_and_what_is_refused_is_mended(
    telephone: Telephone, line: Line, picture: Picture
) -> None:
    number = task_for("collector-1")
    page = enter(telephone, "collector-1")
    kept_for_later(page)
    expect(page.locator("[data-route]")).to_contain_text("按步行先后")
    line.cut()
    page.goto(f"/field/app#task/{number}")
    page.get_by_text("核实反馈", exact=True).first.click()
    form = page.locator("form[data-verb=reply_verification]")
    form.get_by_text("属实", exact=True).click()
    page.set_input_files("form[data-verb] input[capture]", picture())
    expect(form.locator("canvas")).to_have_count(1)
    expect(form.locator("[data-fix]")).to_contain_text("误差约 12 米")
    form.get_by_role("button", name="核实反馈").click()
    expect(page.locator(".task-list")).to_contain_text("已填，等待发送")

    # Meanwhile the task is taken back: the result is refused, says why, and is not lost.
    order = Order(number, "recall_verification", {"reason": "重复"}, {}, None)
    move_case(order=order, by=staff("acceptor-1"), at=NOW)
    move_case(
        order=Order(number, "send_verification", {"assignee": "collector-1"}, {}, None), by=staff("acceptor-1"), at=NOW
    )
    line.mend()
    page.goto("/field/app#queue")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".refusal .error")).to_contain_text("更新")
    expect(page.locator("[data-counts]")).to_contain_text("1 件未被接受")
    page.get_by_role("button", name="再送一次").click()
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 1")
    assert [row[2] for row in _rows()] == ["reported"]


def test_what_stands_in_the_grid_is_there_without_a_network_and_reported_by_a_tap(
    telephone: Telephone, line: Line, picture: Picture
) -> None:
    Component.objects.create(
        code="9901010101000001", name="上水井盖", category="component:0101", district_code="990101", state="damaged",
        lon=113.1342, lat=27.8271, initial_on=BIRTH,
    )  # fmt: skip
    page = enter(telephone, "collector-2")  # on duty in the grid
    kept_for_later(page)
    page.goto("/field/app#map")
    expect(page.locator("[data-things]")).to_contain_text("本网格部件 1 个")

    line.cut()
    telephone.context.set_offline(True)
    page.reload()
    ready(page)
    expect(page.locator("[data-things]")).to_contain_text("本网格部件 1 个")
    page.get_by_role("button", name="上水井盖 · 20 米").click()
    expect(page.locator("[data-thing]")).to_contain_text("9901010101000001 · ▲ 破损")
    page.get_by_role("button", name="报这个部件").click()
    expect(page.locator("[name=category]")).to_have_value("component:0101")
    expect(page.locator("[data-fix]")).to_contain_text("部件 上水井盖 9901010101000001 的位置")
    page.set_input_files("[data-photos=photo_before] input[capture]", picture())
    expect(page.locator("[data-photos=photo_before] canvas")).to_have_count(1)
    page.get_by_role("button", name="存下并上报").click()
    expect(page.locator("[data-counts]")).to_have_text("已存 1 · 已送 0")

    telephone.context.set_offline(False)
    line.mend()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT component, lon, lat FROM cases_matter")
        assert cursor.fetchall() == [("9901010101000001", 113.1342, 27.8271)]


def test_a_form_outlives_its_session_and_every_screen_fits_a_telephone(telephone: Telephone, picture: Picture) -> None:
    task_for("collector-1")
    page = enter(telephone, "collector-1")
    kept_for_later(page)
    page.goto("/field/app#report")
    ready(page)
    page.set_input_files("[data-photos=photo_before] input[capture]", picture())
    expect(page.locator("[data-photos=photo_before] canvas")).to_have_count(1)
    page.fill("[name=description]", "写到一半，登录结束")
    page.fill("[name=address]", "建设路 1 号")
    page.locator("[data-quick] label").nth(1).click()
    telephone.context.clear_cookies()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    page.get_by_role("link", name="去登录").click()
    sign_in(page, "collector-1")
    ready(page)
    page.goto("/field/app#report")
    expect(page.locator("[name=description]")).to_have_value("写到一半，登录结束")
    expect(page.locator("[name=address]")).to_have_value("建设路 1 号")
    expect(page.locator("[data-quick] input").nth(1)).to_be_checked()
    expect(page.locator("[data-photos=photo_before] canvas")).to_have_count(1)
    page.get_by_role("button", name="存下并上报").click()
    expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 1")
    assert sorted(row[0] for row in _rows()) == ["井盖缺失", "写到一半，登录结束"]

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for screen in ("tasks", "report", "queue", "map", "mine"):
        page.goto(f"/field/app#{screen}")
        page.locator(f"[data-screen={screen}]").wait_for()
        page.set_viewport_size({"width": 390, "height": 844})
        width, height, _audience = page.evaluate(LAID_OUT)
        page.set_viewport_size({"width": 390, "height": height + 200})
        found += [f"{screen}: {width} px"] if width > 390 else []
        found += [f"{screen}: {each}" for each in page.evaluate(CHECK, [[], list(TAGS)])]
        page.set_viewport_size({"width": 390, "height": 844})
    assert found == []
