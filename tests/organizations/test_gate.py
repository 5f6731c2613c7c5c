"""The gate before the pages: closed by default, to sign-in and back, and no further than the posts reach."""

from __future__ import annotations

import sys
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from wangge.domains.organizations import queries
from wangge.domains.organizations.logic import TERMINAL, Holding
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.people import add_person, end_post, set_active
from wangge.domains.organizations.operations.signing_in import sign_in
from wangge.groundwork import clock
from wangge.standards.tables import AccessRow, Origin, Tables
from wangge.surfaces.web import gate

from .conftest import NOW

PASSWORD = "Sesame-open-9"
ROWS = {
    "front": "anyone", "desk": "acceptor duty_leader", "all_staff": "staff", "everyone": "signed_in",
    "sign_in": "anyone", "sign_out": "signed_in", "change_password": "signed_in", "enrol_second_factor": "signed_in",
}  # fmt: skip


def show(request: HttpRequest) -> HttpResponse:
    visitor = gate.visitor_on(request)
    return HttpResponse(visitor.username if visitor else "-")


def enter(request: HttpRequest) -> HttpResponse:
    sign_in(request=request, username=request.GET["name"], password=PASSWORD, at=clock.now())
    return HttpResponse("in")


def needs_actor(request: HttpRequest) -> HttpResponse:
    return HttpResponse(gate.actor_on(request).username)


@pytest.fixture(autouse=True)
def a_house(settings: Any, monkeypatch: pytest.MonkeyPatch, city: None) -> Any:
    urls = ModuleType("urls_of_the_gates_test")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        *(path(name, show, name=name) for name in ROWS if name not in ("sign_in", "front")),
        path("sign-in", enter, name="sign_in"),
        path("front", needs_actor, name="front"),
        path("forgotten", show, name="forgotten"),
        path("unnamed", show),
    ]
    monkeypatch.setitem(sys.modules, urls.__name__, urls)
    settings.ROOT_URLCONF = urls.__name__
    chain = [name for name in settings.PAGE_MIDDLEWARE if not name.endswith("web.gate.Gate")]
    settings.PAGE_MIDDLEWARE = [*chain, "wangge.surfaces.web.gate.Gate"]
    tables = queries.city_tables()
    access = tuple(
        AccessRow(name, tuple(posts.split()), name, "test", "C", "", Origin("", 0)) for name, posts in ROWS.items()
    )
    changed = Tables(**{name: getattr(tables, name) for name in Tables.__slots__} | {"access": access})
    monkeypatch.setattr(gate, "city_tables", lambda: changed)
    with clock.held_at(NOW):
        yield


def make(name: str, *posts: str, **given: Any) -> Person:
    return add_person(
        by=TERMINAL, at=NOW, username=name, password=PASSWORD, posts=[Holding(post) for post in posts], **given
    )


def enters(name: str, *posts: str, **given: Any) -> Client:
    make(name, *posts, **given)
    client = Client()
    assert client.get(f"/sign-in?name={name}").content == b"in"
    return client


def test_without_sign_in_the_way_leads_to_sign_in_and_back() -> None:
    answer = Client().get("/desk?case=7")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Fdesk%3Fcase%3D7")


def test_an_order_without_sign_in_does_not_come_back_as_a_page() -> None:
    answer = Client().post("/desk")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")


def test_after_an_order_without_sign_in_the_way_leads_back_to_the_page_of_its_form_and_to_none_elsewhere() -> None:
    answer = Client().post("/desk", headers={"Referer": "http://testserver/desk?case=7"})
    assert answer["Location"] == "/sign-in?next=%2Fdesk%3Fcase%3D7"
    assert Client().post("/desk", headers={"Referer": "https://elsewhere.example/desk"})["Location"] == "/sign-in"


def test_a_piece_of_a_page_leads_the_whole_page_to_sign_in() -> None:
    answer = Client().get("/desk", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in?next=%2Fdesk")


def test_a_piece_asked_for_without_a_session_leads_back_to_the_page_it_belongs_to() -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/cases/new?from=hall"}
    answer = Client().get("/desk", headers=asked)
    assert answer["HX-Redirect"] == "/sign-in?next=%2Fcases%2Fnew%3Ffrom%3Dhall"


def test_a_page_of_another_site_is_no_place_to_come_back_to() -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/desk"}
    assert Client().get("/desk", headers=asked)["HX-Redirect"] == "/sign-in?next=%2Fdesk"


@pytest.mark.parametrize(
    ("posts", "opens"),
    [
        (["acceptor"], {"desk", "all_staff", "everyone"}),
        (["dispatcher"], {"all_staff", "everyone"}),
        (["dispatcher", "duty_leader"], {"desk", "all_staff", "everyone"}),
        (["reporter"], {"everyone"}),
        ([], {"everyone"}),
    ],
)
def test_each_post_opens_its_pages_and_no_other(posts: list[str], opens: set[str]) -> None:
    client = enters("li", *posts)
    pages = {"desk", "all_staff", "everyone", "forgotten", "unnamed"}
    assert {page for page in pages if client.get(f"/{page}").status_code == 200} == opens
    assert {client.get(f"/{page}").status_code for page in pages - opens} == {403}


def test_a_page_without_a_row_is_closed_without_sign_in_too() -> None:
    assert Client().get("/forgotten").status_code == 302


def test_a_view_learns_who_acts() -> None:
    assert enters("li", "acceptor").get("/desk").content == b"li"


def test_a_view_that_needs_somebody_refuses_nobody() -> None:
    assert Client().get("/front").status_code == 403
    assert enters("li").get("/front").content == b"li"


def test_an_idle_session_ends_with_its_reason() -> None:
    client = enters("li", "acceptor")
    with clock.held_at(NOW + timedelta(minutes=60)):
        answer = client.get("/desk")
    assert answer["Location"] == "/sign-in?next=%2Fdesk&ended=idle"
    assert client.get("/desk").status_code == 302


def test_a_post_taken_away_closes_its_pages_at_the_next_request() -> None:
    client = enters("li", "acceptor")
    end_post(by=TERMINAL, at=NOW, person=Person.objects.get(username="li"), post="acceptor")
    assert client.get("/desk").status_code == 403


def test_a_person_closed_while_signed_in_is_out() -> None:
    client = enters("li", "acceptor")
    set_active(by=TERMINAL, at=NOW, person=Person.objects.get(username="li"), active=False)
    assert client.get("/desk")["Location"].startswith("/sign-in")


def test_what_must_be_done_first_comes_first() -> None:
    client = enters("li", "acceptor", must_change_password=True)
    assert client.get("/desk")["Location"] == "/change_password"
    assert client.get("/change_password").status_code == 200
    assert client.get("/sign_out").status_code == 200


def test_a_compulsory_second_factor_comes_before_all_else(settings: Any) -> None:
    settings.TOTP_COMPULSORY = True
    client = enters("li", "acceptor", must_change_password=True)
    assert client.get("/desk")["Location"] == "/enrol_second_factor"
    assert client.get("/front").status_code == 200
