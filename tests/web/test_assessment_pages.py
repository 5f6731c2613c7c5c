"""The pages of evaluation: what a person sees of a month, a district's paper, and the trace of a figure."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.evaluation.small_months import run_months, walked_city
from tests.web.conftest import Open, reported
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
