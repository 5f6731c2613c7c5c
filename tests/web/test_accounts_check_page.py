"""The check before publication on its page: for finance posts alone, answered beside the cells, nothing kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tests.disclosure.checking.generated import made
from tests.disclosure.checking.mutations import mutated
from tests.disclosure.checking.test_mutations import tied_figures
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 10, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def city(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [NOW.date(), NOW.date()])
    for post in ("finance", "collector"):
        person = Person.objects.create(
            username=post, display_name=post, password="!", created_at=NOW, password_set_at=NOW
        )
        PostHolding.objects.create(person=person, post=post, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    with clock.held_at(NOW):
        yield


def who(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
    client.get("/account")
    return client


def given(client: Client, data: bytes, name: str) -> tuple[int, str]:
    answer = client.post("/finance/check", {"paper": SimpleUploadedFile(name, data)})
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.status_code, answer.content.decode()


def test_a_mistake_is_shown_beside_its_cell() -> None:
    paper = made(3)
    wrong = mutated(paper.document, Random(5), tied_figures(3), "table_digit")
    status, page = given(who("finance"), paper.as_format("docx", wrong.document), "决算.docx")
    assert status == 200
    assert f"<mark>{wrong.now}</mark>" in page
    assert 'id="spot-1"' in page
    assert 'href="#spot-1"' in page
    assert paper.account.unit.name in page


def test_a_correct_paper_is_said_to_be_so() -> None:
    status, page = given(who("finance"), made(3).as_format("html"), "决算.html")
    assert status == 200
    assert "没有发现需要更正的疑点" in page


def test_a_file_that_cannot_be_read_is_refused_in_words() -> None:
    status, page = given(who("finance"), b"PK nothing", "决算.docx")
    assert status == 422
    assert "文件已损坏" in page
    client = who("finance")
    assert client.post("/finance/check").status_code == 422


def test_other_posts_are_led_away() -> None:
    assert who("collector").get("/finance/check").status_code == 403


def test_asking_costs_no_statement_of_its_own() -> None:
    client = who("finance")
    client.get("/finance/check")
    counting = _Counting()
    with connection.execute_wrapper(counting):
        client.post("/finance/check", {"paper": SimpleUploadedFile("a.txt", made(3).as_format("txt"))})
    answered = counting.count
    counting = _Counting()
    with connection.execute_wrapper(counting):
        client.get("/finance/check")
    assert answered == counting.count


class _Counting:
    """Counts the statements of a request."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.count += 1
        return execute(sql, params, many, context)
