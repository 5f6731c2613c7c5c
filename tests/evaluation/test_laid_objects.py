"""Objects that lie over others: groups of districts, persons responsible for grids, owners of components."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from tests.evaluation.small_months import walked_city
from tests.standards.conftest import WriteOverlay, write_overlay  # noqa: F401 - fixture
from wangge.domains.evaluation.evaluating import Question, evaluate
from wangge.domains.evaluation.logic.periods import parse_period
from wangge.domains.evaluation.queries.laid import band_classes, laid_over

pytestmark = pytest.mark.django_db
GROUPS = """object,code,group,name_zh,area_class,source,confidence,note
district,430201,core,城区组,,own choice of this city,C,
district,430202,core,城区组,,own choice of this city,C,
district,430203,counties,县市组,2,own choice of this city,C,"""
ON = date(2024, 12, 31)


def test_groups_of_districts_are_data_and_have_figures(write_overlay: WriteOverlay, tmp_path: Path) -> None:  # noqa: F811
    overlay = write_overlay({"object_groups.csv": GROUPS})
    snapshot = walked_city(tmp_path / "warehouse")
    laid = laid_over(("group",), on=ON, overlay=overlay)
    assert laid == {"group": {"430201": "core", "430202": "core", "430203": "counties"}}
    period = parse_period("2024")

    def reported(by: str) -> dict[str, int]:
        question = Question(period, (by,), ("n_report",), laid=laid)
        rows = evaluate(question, snapshot=snapshot, overlay=overlay).rows
        return {row.objects[by]: int(row.figures["n_report"].value or 0) for row in rows}

    districts, groups = reported("district"), reported("group")
    assert groups == {"core": districts["430201"] + districts["430202"], "counties": districts["430203"]}


def test_the_class_of_an_area_chooses_its_bands(write_overlay: WriteOverlay) -> None:  # noqa: F811
    overlay = write_overlay({"object_groups.csv": GROUPS})
    classes = band_classes(on=ON, overlay=overlay)
    assert classes["430203"] == {"area_filed_per_grid": "area_class_2_filed_per_grid"}
    assert "430202" not in classes


def test_who_is_responsible_for_a_grid_is_asked_as_of_the_day() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM geography_grid_responsible")
        before = cursor.fetchone()[0]
    found = laid_over(("responsible_person", "component_owner"), on=ON, overlay=None)
    assert set(found) == {"responsible_person", "component_owner"}
    assert len(found["responsible_person"]) <= before
