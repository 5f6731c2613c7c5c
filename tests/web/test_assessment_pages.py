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
