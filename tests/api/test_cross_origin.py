"""Other origins: those named may read the API with a token, all others and every page stay closed to them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import Client, RequestFactory

from wangge.surfaces.api.cross_origin import CrossOrigin

PARTNER = "https://map.partner.example"


@pytest.fixture
def open_to_partner(settings: Any) -> CrossOrigin:
    settings.CORS_ORIGINS = (PARTNER, "http://localhost:3000/")
    return CrossOrigin(lambda _request: HttpResponse("told"))


def ask(middleware: CrossOrigin, path: str, origin: str, method: str = "GET", **headers: str) -> Any:
    request = RequestFactory().generic(method, path, headers={"Origin": origin, **headers} if origin else headers)
    return middleware(request)


def test_a_named_origin_may_read_the_api_and_its_version(open_to_partner: CrossOrigin) -> None:
    answer = ask(open_to_partner, "/api/v1/cases", PARTNER)
    assert answer["Access-Control-Allow-Origin"] == PARTNER
    assert "ETag" in answer["Access-Control-Expose-Headers"]
    assert answer.content == b"told"


@pytest.mark.parametrize("origin", ["https://evil.example", "https://map.partner.example.evil", "null", ""])
def test_any_other_origin_is_told_nothing_that_opens(open_to_partner: CrossOrigin, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = ask(open_to_partner, "/api/v1/cases", origin, method, **{"Access-Control-Request-Method": "POST"})
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert answer["Vary"] == "Origin"


@pytest.mark.parametrize("path", ["/work", "/", "/cases/430202-20240412-00731", "/metrics", "/apiary"])
def test_pages_are_opened_to_nobody(open_to_partner: CrossOrigin, path: str) -> None:
    answer = ask(open_to_partner, path, PARTNER)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_what_a_browser_asks_beforehand_is_answered_without_the_api(open_to_partner: CrossOrigin) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,if-match"}
    answer = ask(open_to_partner, "/api/v1/cases", PARTNER, "OPTIONS", **asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "POST" in answer["Access-Control-Allow-Methods"]
    for needed in ("Authorization", "Idempotency-Key", "If-Match"):
        assert needed in answer["Access-Control-Allow-Headers"]


def test_cookies_are_never_let_in_from_elsewhere(open_to_partner: CrossOrigin) -> None:
    assert "Access-Control-Allow-Credentials" not in ask(open_to_partner, "/api/v1/cases", PARTNER).headers


def test_without_named_origins_it_is_not_on_the_way(settings: Any) -> None:
    settings.CORS_ORIGINS = ()
    with pytest.raises(MiddlewareNotUsed):
        CrossOrigin(lambda _request: HttpResponse())


@pytest.mark.django_db
def test_a_refusal_can_be_read_by_the_partners_page_too(settings: Any) -> None:
    settings.CORS_ORIGINS = (PARTNER,)
    answer = Client().get("/api/v1/cases", headers={"Origin": PARTNER})
    assert answer.status_code == 401
    assert answer["Access-Control-Allow-Origin"] == PARTNER
