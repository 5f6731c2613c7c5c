"""The check before publication on its page: for finance posts alone, answered beside the cells, nothing kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
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


def batch(client: Client, *papers: tuple[str, bytes], **more: str) -> HttpResponse:
    given = [SimpleUploadedFile(name, data) for name, data in papers]
    answer: HttpResponse = client.post("/finance/check/batch", {"papers": given, **more})  # type: ignore[assignment]
    return answer


def three_papers() -> tuple[tuple[str, bytes], ...]:
    wrong = mutated(made(3).document, Random(5), tied_figures(3), "table_digit")
    return (
        ("甲.docx", made(4).as_format("docx")),
        ("乙.docx", made(3).as_format("docx", wrong.document)),
        ("丙.docx", b"PK nothing"),
    )


def test_many_papers_are_ranked_and_their_findings_stand_below() -> None:
    answer = batch(who("finance"), *three_papers())
    page = answer.content.decode()
    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)
    assert "共 3 份：有错误 1 份，没有需要更正的 1 份，未能读取 1 份。" in page
    places = [page.index(name) for name in ("丙.docx", "乙.docx", "甲.docx")]
    assert places == sorted(places)  # what could not be read first, then by errors
    assert 'href="#paper-2"' in page


def test_the_letters_of_a_batch_come_as_one_file_with_one_letter_to_each() -> None:
    papers = three_papers()
    answer = batch(who("finance"), *papers, papers[0], order="letters", sender="示例局")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    letters = [f"反馈函/{name}.docx" for name in ("甲", "乙", "丙", "甲-2")]
    assert archive.namelist() == ["校核汇总.html", *letters]
    words = [paragraph.text for paragraph in docx.Document(io.BytesIO(archive.read(letters[1]))).paragraphs]
    assert made(3).account.unit.name in words[0]
    assert words[-1] == "示例局"


def test_a_batch_of_nothing_or_of_too_many_is_refused_in_words_and_others_do_not_enter() -> None:
    assert batch(who("finance")).status_code == 422
    many = batch(who("finance"), *((f"{number}.txt", b"x") for number in range(81)))
    assert (many.status_code, "请分批校核" in many.content.decode()) == (422, True)
    assert who("collector").get("/finance/check/batch").status_code == 403
