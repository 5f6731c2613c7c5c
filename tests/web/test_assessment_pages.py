"""The pages of evaluation: what a person sees of a month, a district's paper, and the trace of a figure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cases.photographs import scene
from tests.evaluation.small_months import run_months, walked_city
from tests.web.conftest import REPORT, Open, reported
from wangge.domains.evaluation.snapshots import Snapshot

pytestmark = pytest.mark.django_db
PUBLISHED, DRAFT = "2024-03", "2024-04"


@pytest.fixture
def real(browser: Open) -> str:
    """A case that the database holds."""
    return reported(browser)


@pytest.fixture
def snapshot(real: str, at_nine: datetime, tmp_path: Path, settings: Any) -> Snapshot:
    """A published month and a draft; the warehouse their figures come from, the first case of it a real one."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    made = walked_city(tmp_path, numbers={1: real})
    run_months(made, [PUBLISHED], at=at_nine)
    run_months(made, [DRAFT], at=at_nine, until="freeze")
    return made


def test_the_trace_of_a_figure_lists_the_cases_one_may_open(browser: Open, snapshot: Snapshot, real: str) -> None:
    address = f"/assessment/results/M{PUBLISHED}-1?figure=district%3D430201%2Fn_report"
    evaluator, unit = browser("evaluator-1"), browser("dept-a")
    evaluator.get(address)
    assert real in evaluator.page
    assert "另有" in evaluator.page
    unit.get(address)
    assert real not in unit.page
    assert "不在您的查看范围内" in unit.page


def test_a_districts_paper_counts_what_one_may_not_open(browser: Open, snapshot: Snapshot) -> None:
    unit = browser("dept-a")
    unit.get(f"/assessment/{PUBLISHED}/district/430201")
    assert "430201-20240101" not in unit.page
    unit.get(f"/assessment/{DRAFT}/district/430201", status=403)


def test_a_change_is_tried_on_a_page_and_refused_where_it_cannot_be(browser: Open, snapshot: Snapshot) -> None:
    address = f"/assessment/{PUBLISHED}/what-if"
    evaluator = browser("evaluator-1")
    evaluator.get(f"/assessment/{PUBLISHED}")
    assert address in evaluator.page
    evaluator.get(address)
    assert "0 个对象的名次或等次会变" in evaluator.text()
    assert 'name="weight_intime" value="0.25"' in evaluator.page
    evaluator.get(f"{address}?least=0")
    assert "3 个对象的名次或等次会变" in evaluator.text()
    assert "— → 1" in evaluator.text()
    evaluator.get(f"{address}?kind=department&weight_intime=0.9")
    assert "权重之和是 1.4" in evaluator.text()
    for wrong, says in (
        ("least=x", "“x”不是数"),
        ("edge_grade/3=95", "一档比一档高"),
        ("weight_intime=7", "0 与 1 之间"),
    ):
        evaluator.get(f"{address}?{wrong}")
        assert says in evaluator.text()
    evaluator.get(f"{address}?kind=city", status=404)
    evaluator.get("/assessment/2023-01/what-if", status=404)
    browser("dept-a").get(address, status=403)


def test_signs_have_a_page_with_measure_threshold_source_and_cases(
    browser: Open, snapshot: Snapshot, real: str
) -> None:
    evaluator = browser("evaluator-1")
    evaluator.get("/assessment")
    assert "/assessment/signs" in evaluator.page
    evaluator.get("/assessment/signs?period=2024-03")
    text = evaluator.text()
    assert text.count("本月没有达到门限的。") == 7
    assert "不说明原因，也不是结论" in text
    assert "own choice（C）" in text
    evaluator.get("/assessment/signs")
    assert 'value="2024-02"' in evaluator.page  # the last month that is over
    evaluator.get("/assessment/signs?period=2024")
    assert "期间最长一个月" in evaluator.text()
    collector, again = browser("collector-1"), []
    for _time in range(2):
        collector.get("/cases/new")
        collector.send("report", 302, **REPORT, photo_before=SimpleUploadedFile("a.jpg", scene(5), "image/jpeg"))
        again.append(collector.url)
    evaluator.get("/assessment/signs?period=2024-03")
    assert evaluator.text().count("本月没有达到门限的。") == 6
    assert all(f'href="{url}"' in evaluator.page for url in again)
    browser("dept-a").get("/assessment/signs", status=403)
