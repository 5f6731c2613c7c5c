"""A bulletin says what published results say and no more; every figure of it leads to its trace."""

from __future__ import annotations

import copy
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdfium2
import pytest
from django.core import mail
from django.http import Http404
from django.test import RequestFactory

from tests.evaluation.small_city import city_of, steps_of
from tests.evaluation.test_months import LEADER, REVIEWER
from tests.volume.conftest import NOW, months  # noqa: F401 - fixture
from wangge.domains.disclosure.rendering.pdf import as_pdf
from wangge.domains.disclosure.rendering.word import as_word
from wangge.domains.evaluation.logic.bulletins import (
    RATES,
    SHOWN,
    Issue,
    months_in,
    most,
    objects_of,
    told,
    whole_periods,
)
from wangge.domains.evaluation.models import BulletinMail
from wangge.domains.evaluation.operations.bulletins import keep_template, subscribe, unsubscribe
from wangge.domains.evaluation.operations.month import step
from wangge.domains.evaluation.queries.bulletins import template_in_force
from wangge.domains.evaluation.queries.results import content_of, explain, published_months
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.evaluation.snapshots import latest
from wangge.domains.notices.models import Notice
from wangge.domains.organizations.logic import Actor, Holding
from wangge.domains.organizations.models import Person
from wangge.domains.replies.operations.sending import SendFailed
from wangge.groundwork import clock
from wangge.surfaces.jobs import rounds
from wangge.surfaces.web.assessment.bulletin import Paper, bulletin_of
from wangge.surfaces.web.assessment.bulletin_book import as_workbook
from wangge.surfaces.web.assessment.bulletin_views import bulletin_file, paper_of

pytestmark = pytest.mark.django_db(transaction=True)
COURSE = (("freeze", REVIEWER), ("review", REVIEWER), ("sign", LEADER), ("publish", REVIEWER))


@pytest.fixture
def published(months: None, tmp_path: Path) -> list[Issue]:  # noqa: F811
    names = ["W01", "W02", "W03", "W58", "W60", "W61", "W86"] * 3
    snapshot = city_of(tmp_path, [(name, len(steps_of(name)[1]), place % 3 + 1) for place, name in enumerate(names)])
    for period in ("2024-01", "2024-02", "2024-03"):
        for verb, by in COURSE:
            step(period=period, verb=verb, by=by, at=NOW, snapshot=snapshot)
    return [Issue(each.id, each.period, content_of(each)) for each in reversed(published_months())]


def paper(period: str) -> Any:
    return paper_of(RequestFactory().get("/"), period, absolute=False)


def test_a_quarter_has_a_bulletin_when_its_three_months_are_published() -> None:
    months_of_year = [f"2024-{month:02d}" for month in range(1, 13)]
    assert whole_periods(["2024-01", "2024-03"]) == ["2024-03", "2024-01"]
    assert whole_periods(["2024-01", "2024-02", "2024-03"])[0] == "2024-Q1"
    assert whole_periods(months_of_year)[0] == "2024"
    assert len(whole_periods(months_of_year)) == 17
    assert months_in("2024-Q4") == ["2024-10", "2024-11", "2024-12"]


def test_only_published_months_have_one(published: list[Issue]) -> None:
    for period in ("2024-04", "2024", "2024-Q2", "nonsense"):
        with pytest.raises(Http404):
            paper(period)


def test_every_figure_of_the_text_has_its_note_and_leads_on(published: list[Issue]) -> None:
    for period in ("2024-03", "2024-Q1"):
        made, document, _results = paper(period)
        ids = {figure.id for figure in document.figures()}
        in_text = [id for id in made.links if id.startswith("note-")]
        assert len(in_text) == len(made.notes) > len(SHOWN) - 1
        for id in in_text:
            address = made.links[id]
            assert address.removeprefix("#figure-") in ids if address.startswith("#") else "/assessment/" in address
        printed = {figure.id: figure.text for figure in document.figures()}
        assert all(printed[f"note-{number}"] == note[0] for number, note in enumerate(made.notes, start=1))


def test_each_cell_of_a_month_prints_the_frozen_figure(published: list[Issue]) -> None:
    _made, document, _results = paper("2024-03")
    printed = {figure.id: figure.text for figure in document.figures()}
    for rows, kind in (("rows", "district"), ("departments", "department")):
        for row in published[-1].content[rows]:
            for indicator in SHOWN:
                frozen = row["figures"][indicator]["value"]
                assert printed[f"{kind}={row['objects'][kind]}/{indicator}"] == ("—" if frozen is None else frozen)


def test_a_quarter_adds_whole_counts_and_takes_rates_from_the_sums(published: list[Issue]) -> None:
    months_reports = [told([issue], "district", "n_report").value or 0 for issue in published]
    assert told(published, "district", "n_report").value == sum(months_reports) > 0
    for rate in RATES:
        whole = told(published, "district", rate)
        parts = [row["figures"][rate] for issue in published for row in issue.content["rows"]]
        assert whole.denominator == sum(part.get("denominator") or 0 for part in parts)


def test_the_workbook_keeps_formulas_with_their_values(published: list[Issue]) -> None:
    made, _document, _results = paper("2024-Q1")
    data = as_workbook(made)
    formulas, values = (openpyxl.load_workbook(io.BytesIO(data), data_only=only)["各区"] for only in (False, True))
    last = formulas.max_row
    assert last == len(objects_of(published, "district")) + 2
    assert formulas.cell(last, 3).value == f"=SUM(C2:C{last - 1})"
    assert values.cell(last, 3).value == sum(values.cell(line, 3).value for line in range(2, last))
    rates = [cell for row in formulas.iter_rows() for cell in row if str(cell.value).startswith("=ROUND")]
    assert rates
    for cell in rates:
        above, below = (values.cell(cell.row, cell.column - back).value for back in (2, 1))
        assert float(values[cell.coordinate].value) == pytest.approx(100 * above / below, abs=0.0051)


def test_word_and_pdf_carry_the_same_words(published: list[Issue]) -> None:
    _made, document, _results = paper("2024-03")
    word = "\n".join(each.text for each in docx.Document(io.BytesIO(as_word(document))).paragraphs)
    with pypdfium2.PdfDocument(as_pdf(document)) as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf)
    assert "各区合计" in word
    assert "各区合计" in text
    answer = bulletin_file(RequestFactory().get("/"), "2024-03", "pdf")
    assert answer["Content-Disposition"].endswith('bulletin-2024-03.pdf"')


def test_what_was_reported_most_and_where_follows_from_frozen_figures(published: list[Issue]) -> None:
    made, document, _results = paper("2024-03")
    printed = {figure.id: figure.text for figure in document.figures()}
    classes = most([published[-1]], "minor_class", "n_report", number=10)
    assert classes
    for code, figure in classes:
        assert printed[f"minor_class={code}/n_report"] == figure.text
        assert "/assessment/results/" in made.links[f"minor_class={code}/n_report"]
    total = told([published[-1]], "minor_class", "n_report").value
    assert total == told([published[-1]], "district", "n_report").value


def runs_of(document: Any) -> list[Any]:
    return [run for block in document.blocks for run in getattr(block, "runs", ())]


def test_a_figure_of_a_class_opens_to_its_cases(published: list[Issue], tmp_path: Path) -> None:
    code, figure = most([published[-1]], "minor_class", "n_report", number=1)[0]
    result = next(each for each in published_months() if each.period == "2024-03")
    trace = explain(result, f"minor_class={code}/n_report", root=tmp_path, overlay=None)
    assert sum(step["sign"] for step in trace["counts"][0]["steps"]) == figure.value


def made_up(issue: Issue, period: str, reports: int) -> Issue:
    """The issue as if it were of another month, with so many reports in each district."""
    content = copy.deepcopy(dict(issue.content))
    for row in content["rows"]:
        row["figures"]["n_report"]["value"] = str(reports)
    return Issue(f"M{period}-1", period, content)


def written(period: str, issues: list[Issue], earlier: list[Issue]) -> tuple[Paper, str]:
    made = replace(paper("2024-03")[0], period=period, issues=issues, earlier=earlier, links={}, notes=[])
    document = bulletin_of(made, "")
    return made, "".join(run if isinstance(run, str) else run.text for run in runs_of(document))


def test_a_quarter_says_in_which_month_most_was_reported(published: list[Issue]) -> None:
    issues = [made_up(published[-1], f"2024-{month:02d}", reports) for month, reports in ((1, 4), (2, 9), (3, 6))]
    made, words = written("2024-Q1", issues, [])
    assert "上报最多的月份是 2024-02，27〔" in words
    assert "最少的是 2024-01，12〔" in words
    assert len([id for id in made.links if id.startswith("note-")]) == len(made.notes)


def test_the_same_period_of_last_year_stands_beside_where_it_was_published(published: list[Issue]) -> None:
    this_year = [made_up(published[-1], "2024-03", 6)]
    assert "上年同期" not in written("2024-03", this_year, [])[1]
    made, words = written("2024-03", this_year, [made_up(published[-1], "2023-03", 4)])
    assert "上年同期上报数12〔" in words
    assert "本期增加 6 件（50.0%）" in words
    assert "M2023-03-1" in next(note[3] for note in made.notes if note[1].startswith("上年同期"))


def test_a_bulletin_is_set_in_the_template_that_was_loaded(published: list[Issue]) -> None:
    template = docx.Document()
    template.add_heading("某市城市管理考评通报", 0)
    template.add_heading("一、总体情况", 1)
    template.add_paragraph("（此处由系统填写）")
    template.add_heading("二、各区", 1)
    raw = io.BytesIO()
    template.save(raw)
    keep_template(name="通报.docx", content=raw.getvalue(), by=REVIEWER, at=NOW)
    made = docx.Document(io.BytesIO(bulletin_file(RequestFactory().get("/"), "2024-03", "docx").content))
    text = "\n".join(each.text for each in made.paragraphs)
    assert "某市城市管理考评通报" in text
    assert "此处由系统填写" not in text
    assert "各区合计上报数" in text
    keep_template(name="", content=b"", by=REVIEWER, at=NOW)
    assert template_in_force() is None
    with pytest.raises(CheckRefused):
        keep_template(name="x.docx", content=b"x", by=LEADER, at=NOW)


def test_subscribers_are_told_once_of_each_bulletin_and_of_its_correction(
    published: list[Issue], tmp_path: Path
) -> None:
    person = Person.objects.create(username="reader", display_name="读者", password="!", created_at=NOW)
    reader = Actor(person.id, "reader", "读者", (Holding("chief"),))
    subscribe(by=reader, at=NOW)
    subscribe(by=reader, at=NOW)
    step(period="2024-03", verb="reissue", by=LEADER, at=NOW, snapshot=latest(tmp_path), note="申诉成立一件")
    for period in ("2024-04",):
        for verb, by in COURSE:
            step(period=period, verb=verb, by=by, at=NOW, snapshot=latest(tmp_path))
    said = sorted(Notice.objects.filter(person=person).values_list("object_key", "text"))
    assert [key for key, _text in said] == ["2024-03", "2024-04", "2024-Q1"]
    assert "更正重发" in said[0][1]
    assert "已发布" in said[1][1]
    unsubscribe(by=reader)
    step(period="2024-04", verb="reissue", by=LEADER, at=NOW, snapshot=latest(tmp_path), note="又一件")
    assert Notice.objects.filter(person=person).count() == 3


def test_a_subscriber_with_a_mailbox_gets_the_published_bulletin_once_and_again_when_it_is_corrected(
    published: list[Issue], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REPLIES = settings.ENVIRONMENT.model_copy(update={"email_from": "考评 <city@example.org>"})
    people = [
        Person.objects.create(username=name, display_name=name, created_at=NOW) for name in ("with", "without", "gone")
    ]
    readers = [Actor(each.id, each.username, each.username) for each in people]
    for reader, email in zip(readers, ("reader@example.org", "", "gone@example.org"), strict=True):
        subscribe(by=reader, at=NOW, email=email)
    with pytest.raises(CheckRefused):
        subscribe(by=readers[0], at=NOW, email="no address")
    snapshot = latest(tmp_path)
    for verb, by in COURSE:
        assert rounds.send_bulletins() == 0  # only what is published
        step(period="2024-04", verb=verb, by=by, at=NOW, snapshot=snapshot)
    unsubscribe(by=readers[2])
    assert BulletinMail.objects.count() == 2

    def away(_message: Any) -> None:
        raise SendFailed("away", is_down=True)

    with monkeypatch.context() as patch:
        patch.setattr("wangge.surfaces.exchange.bulletin_mail.hand_over", away)
        with clock.held_at(NOW):
            assert rounds.send_bulletins() == 0
            assert rounds.send_bulletins() == 0  # it rests
    with clock.held_at(NOW + timedelta(hours=1)):
        assert rounds.send_bulletins() == 1
        assert rounds.send_bulletins() == 0
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["reader@example.org"], "2024年4月城市管理考评月报")
    assert letter.attachments[0][0] == "bulletin-2024-04.pdf"
    assert bytes(letter.attachments[0][1]).startswith(b"%PDF")
    assert BulletinMail.objects.filter(sent_at__isnull=True, dead_at__isnull=False).count() == 1
    step(period="2024-04", verb="reissue", by=LEADER, at=NOW, snapshot=snapshot, note="一件申诉成立")
    with clock.held_at(NOW + timedelta(hours=1)):
        assert rounds.send_bulletins() == 1
        settings.REPLIES = settings.ENVIRONMENT.model_copy(update={"email_from": ""})
        assert rounds.send_bulletins() == 0
