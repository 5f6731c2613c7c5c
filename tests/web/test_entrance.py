"""The way in: password, lock-out, second factor, a password to be changed, and the pages of what went wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.web.conftest import Browser, Open
from wangge.domains.organizations.models import AuditRecord, Person
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
PASSWORD = "Sesame-open-9"


@pytest.fixture
def door(at_nine: object) -> Callable[..., Any]:
    """Try to sign in as acceptor-1 and answer what comes."""
    person = Person.objects.get(username="acceptor-1")
    person.set_password(PASSWORD)
    person.password_set_at = clock.now()
    person.save()
    client = Client()

    def attempt(password: str = PASSWORD, **more: str) -> Any:
        return client.post("/sign-in", {"username": "acceptor-1", "password": password, **more})

    attempt.client = client  # type: ignore[attr-defined]
    return attempt


def test_a_person_comes_in_and_is_led_to_the_page_he_wanted(door: Callable[..., Any]) -> None:
    answer = door(next="/cases?q=cover&stage=closed")
    assert (answer.status_code, answer["Location"]) == (302, "/cases?q=cover&stage=closed")
    assert door()["Location"] == "/"


def test_no_other_site_is_led_to(door: Callable[..., Any]) -> None:
    assert door(next="https://elsewhere.example/")["Location"] == "/"
    assert door(next="//elsewhere.example/")["Location"] == "/"


def test_a_wrong_password_says_so_and_keeps_the_account_but_not_the_password(door: Callable[..., Any]) -> None:
    answer = door("wrong-password")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "用户名或密码不对" in page
    assert 'value="acceptor-1"' in page
    assert "wrong-password" not in page


def test_five_wrong_passwords_lock_out_and_say_for_how_long(door: Callable[..., Any]) -> None:
    for _turn in range(5):
        answer = door("wrong-password")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "请 15 分钟后再试，或联系安全管理员解除" in answer.content.decode()
    assert door().status_code == 429
    assert AuditRecord.objects.filter(kind="locked_out").exists()


def test_a_password_set_by_somebody_else_is_changed_before_all_else(door: Callable[..., Any]) -> None:
    Person.objects.filter(username="acceptor-1").update(must_change_password=True)
    door()
    client = door.client  # type: ignore[attr-defined]
    assert client.get("/work")["Location"] == "/password"
    form = {"old": PASSWORD, "new": "Harbour-lights-21", "again": "Harbour-lights-22"}
    assert "两次输入的新密码不一样" in client.post("/password", form).content.decode()
    short = client.post("/password", {**form, "new": "short", "again": "short"})
    assert short.status_code == 422
    answer = client.post("/password", {**form, "again": "Harbour-lights-21"})
    assert answer["Location"] == "/"
    assert "密码已修改" in client.get("/work").content.decode()


def test_a_compulsory_second_factor_is_bound_and_then_asked_for(door: Callable[..., Any], settings: Any) -> None:
    settings.TOTP_COMPULSORY = True
    door()
    client = door.client  # type: ignore[attr-defined]
    assert client.get("/work")["Location"] == "/second-factor/new"
    page = client.get("/second-factor/new").content.decode()
    assert 'src="data:image/svg+xml' in page
    assert client.post("/second-factor/new", {"code": "000000"}).status_code == 422
    device = TOTPDevice.objects.get()
    codes = client.post("/second-factor/new", {"code": _code(device)}).content.decode()
    recovery = re.findall(r"<code>([0-9a-f]{10})</code>", codes)
    assert len(recovery) == 8
    assert client.get("/work").status_code == 200
    client.post("/sign-out")
    door()
    assert client.get("/work")["Location"] == "/second-factor"
    assert "验证器" in client.get("/second-factor").content.decode()
    assert client.post("/second-factor", {"code": recovery[0]})["Location"] == "/"
    assert client.get("/work").status_code == 200


def test_the_page_wanted_at_sign_in_opens_after_the_second_factor(door: Callable[..., Any], settings: Any) -> None:
    settings.TOTP_COMPULSORY = True
    door()
    client = door.client  # type: ignore[attr-defined]
    client.get("/second-factor/new")
    codes = client.post("/second-factor/new", {"code": _code(TOTPDevice.objects.get())}).content.decode()
    recovery = re.findall(r"<code>([0-9a-f]{10})</code>", codes)
    client.post("/sign-out")
    door(next="/cases?q=cover")
    assert client.post("/second-factor", {"code": recovery[0]})["Location"] == "/cases?q=cover"


def _code(device: TOTPDevice) -> str:
    return f"{totp(device.bin_key):06d}"


def test_signing_out_ends_the_session(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    assert acceptor.client.get("/sign-out").status_code == 405
    assert acceptor.client.post("/sign-out")["Location"] == "/sign-in"
    assert acceptor.client.get("/work").status_code == 302


def test_an_idle_session_ends_and_the_door_says_why(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    with clock.held_at(clock.now() + timedelta(minutes=61)):
        answer = acceptor.client.get("/work")
        page = acceptor.client.get(answer["Location"]).content.decode()
    assert "超过 60 分钟没有操作，请重新登录" in page
    assert 'name="next" value="/work"' in page


def test_each_person_is_led_to_his_own_work(browser: Open) -> None:
    ways = {"acceptor-1": "/work", "dept-a": "/unit", "collector-1": "/field", "supervisor-1": "/work"}
    assert {name: browser(name).client.get("/")["Location"] for name in ways} == ways


def test_demo_sign_ins_are_offered_on_the_machine_itself_only(tmp_path: Any, at_nine: object, settings: Any) -> None:
    settings.VAR = tmp_path
    (tmp_path / "demo.json").write_text('{"city": "yunlan", "password": "qmtw-4827-hnvk", "complete": true}')
    here = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000").get("/sign-in").content.decode()
    assert "qmtw-4827-hnvk" in here
    assert "acceptor-1" in here
    settings.ALLOWED_HOSTS = ["city.example"]
    there = Client(SERVER_NAME="city.example", SERVER_PORT="8000").get("/sign-in").content.decode()
    assert "qmtw-4827-hnvk" not in there


# ---- what went wrong -------------------------------------------------------------------------------------------


def says_all(page: str) -> bool:
    return all(said in page for said in ("发生了什么", "是否已保存", "接下来"))


def test_a_page_of_another_post_says_whose_it_is_not(browser: Open) -> None:
    assert says_all(browser("dept-a").get("/work", 403))


def test_a_failure_brings_a_number_to_tell_and_no_trace(browser: Open) -> None:
    acceptor = quiet(browser)
    with patch("wangge.surfaces.web.command.views.open_by_stage", side_effect=RuntimeError("secret detail")):
        answer = acceptor.client.get("/work")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert says_all(page)
    assert re.search(r"<code>\d{14}-[0-9a-f]{6}</code>", page)
    assert "secret detail" not in page


def test_a_database_away_is_said_with_when_to_try_again(browser: Open) -> None:
    acceptor = quiet(browser)
    with patch("wangge.surfaces.web.command.views.open_by_stage", side_effect=OperationalError("gone")):
        answer = acceptor.client.get("/work")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert says_all(answer.content.decode())


def test_a_form_without_its_token_says_what_to_do(browser: Open) -> None:
    acceptor = quiet(browser)
    acceptor.client.handler.enforce_csrf_checks = True
    answer = acceptor.client.post("/language", {"language": "en"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


def quiet(browser: Open) -> Browser:
    person = browser("acceptor-1")
    person.client.raise_request_exception = False
    return person
