"""Watchers are told the truth: alive, ready only when a write would succeed, figures to this machine alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext

from wangge.groundwork import clock
from wangge.groundwork.outbox import operations as outbox
from wangge.surfaces.api import health


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    """No answer is kept from another test."""
    health.kept.last = None
    yield
    health.kept.last = None


def test_alive_needs_no_database(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.django_db
def test_ready_tries_a_write_and_takes_it_back(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/readyz").status_code == 200
    assert any("outbox" in query["sql"] for query in asked.captured_queries)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox WHERE topic = 'readiness'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_answer_is_kept_for_two_seconds(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/readyz").status_code == 200
    assert len(asked) == 0
    later = clock.monotonic() + health.KEPT_SECONDS
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/readyz").status_code == 200
    assert len(asked) > 0


@pytest.mark.django_db
def test_a_write_that_fails_means_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_words: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(outbox, "append", refuse)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["database"]
    assert answer["Retry-After"]


@pytest.mark.django_db
def test_a_full_disk_means_not_ready(client: Client, settings: Any) -> None:
    settings.LEAST_FREE_MEBIBYTES = 2**40
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["missing"] == ["disk"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "10.0.0.7"}, 404),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.0.0.7"}, 404),
        ({"REMOTE_ADDR": ""}, 404),
    ],
)
def test_figures_are_for_this_machine_unless_set_otherwise(
    client: Client, settings: Any, told: dict[str, str], status: int
) -> None:
    assert client.get("/metrics", **told).status_code == status  # type: ignore[arg-type]
    settings.METRICS_PUBLIC = True
    assert client.get("/metrics", **told).status_code == 200  # type: ignore[arg-type]


@pytest.mark.django_db
def test_figures_have_the_form_of_prometheus(client: Client) -> None:
    lines = client.get("/metrics").content.decode().splitlines()
    figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert float(figures["wangge_ready"]) == 1
    assert float(figures["wangge_disk_free_bytes"]) > 0
    assert float(figures["wangge_database_bytes"]) > 0


def _session_of(answer: HttpResponseBase) -> list[str]:
    return [name for name in answer.headers if name in ("Content-Security-Policy", "X-Frame-Options", "Vary")]


@pytest.mark.django_db
def test_machines_pass_by_what_pages_need(client: Client) -> None:
    machine = client.get("/healthz")
    page = client.get("/no-such-page")
    assert _session_of(machine) == []
    assert "Content-Security-Policy" in _session_of(page)
    assert machine["Content-Length"] == str(len(machine.content))
    assert machine["X-Content-Type-Options"] == page["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_pages_allow_no_inline_script_and_no_other_origin(client: Client) -> None:
    policy = client.get("/no-such-page")["Content-Security-Policy"]
    assert "script-src 'self';" in policy + ";"
    assert "worker-src 'self';" in policy + ";"
    assert "unsafe-inline" not in policy
    assert "blob:" not in policy


@pytest.mark.django_db
def test_a_page_form_without_token_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post("/sign-in").status_code in (403, 404)


def test_the_product_hashes_passwords_with_argon2() -> None:
    from wangge.project import settings as product

    assert "Argon2" in product.PASSWORD_HASHERS[0]
