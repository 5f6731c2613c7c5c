"""Published figures and worked composite scores come out to the last digit."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from wangge.domains.evaluation.logic.figures import figure, grade_of, part_score, percentage, weighted
from wangge.standards.formulas import Composite, parse_formula
from wangge.standards.library import load_tables
from wangge.standards.measures import ScoreBand

EXAMPLES = Path(__file__).parents[1] / "worked_examples"
TABLES = load_tables()
INDICATORS = {each.id: each for each in TABLES.indicators}
BANDS: dict[str, tuple[ScoreBand, ...]] = {}
for band in TABLES.score_bands:
    BANDS[band.band_table] = (*BANDS.get(band.band_table, ()), band)
# The published row names its own reading; ours of the same meaning.
OURS = {"close_rate (closed/filed)": "close_rate_filed", "file_rate (filed/accepted)": "file_rate"}


def rows_of(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


GOLDEN = rows_of("golden_figures.csv")
COMPOSITES = rows_of("composite_examples.csv")


@pytest.mark.parametrize("row", GOLDEN, ids=[f"{row['case']} {row['scope']} {row['indicator']}" for row in GOLDEN])
def test_the_published_figure_comes_out(row: dict[str, str]) -> None:
    numerator, denominator = int(row["numerator"]), int(row["denominator"])
    expected = Decimal(row["expected_percent"])
    assert percentage(numerator, denominator) == expected
    indicator = INDICATORS.get(OURS.get(row["indicator"], row["indicator"]))
    if indicator is None:
        assert row["scope"] == "source share"
        return
    counts = {indicator.numerator.split(" - ")[0]: numerator, indicator.denominator: denominator}
    assert figure(indicator, lambda name: counts.get(name, 0)).value == expected


@pytest.mark.parametrize("row", COMPOSITES, ids=[f"{row['indicator']} {row['expected_score']}" for row in COMPOSITES])
def test_the_worked_composite_comes_out(row: dict[str, str]) -> None:
    inputs = {}
    for piece in row["input"].split("; "):
        words = piece.rsplit(" ", 1)
        inputs[words[0]] = Decimal(words[1])
    values = {**inputs, "n_file": inputs.get("n_file per unit grid", inputs.get("n_file")), "n_unit_grid": Decimal(1)}
    classes = {"area_filed_per_grid": f"area_class_{inputs.get('area class', 1)}_filed_per_grid"}
    formula = parse_formula(INDICATORS[row["indicator"]].formula)
    assert isinstance(formula, Composite)
    parts = tuple((part, part_score(part, lambda name: values[name], BANDS, classes)) for part in formula.parts)
    score = weighted(parts, INDICATORS[row["indicator"]].digits)
    assert score == Decimal(row["expected_score"])
    assert grade_of(BANDS["grade"], score).score == row["expected_grade"]


def test_without_a_denominator_there_is_no_value() -> None:
    found = figure(INDICATORS["close_rate"], lambda _name: 0)
    assert (found.value, found.denominator) == (None, 0)


def test_a_rate_beyond_100_is_shown_and_marked() -> None:
    counts = {"n_missed_report": 3, "n_file": 2}
    found = figure(INDICATORS["missed_rate"], lambda name: counts[name])
    assert (found.value, found.beyond) == (Decimal("150.00"), True)


def test_excluded_cases_leave_both_sides_of_a_rate_and_are_told() -> None:
    counts, out = {"n_close": 90, "n_file": 100}, {"n_close": 1, "n_file": 4}
    found = figure(INDICATORS["close_rate_filed"], lambda name: counts[name], left_out=lambda name: out[name])
    assert (found.numerator, found.denominator, found.left_out) == (89, 96, 4)
    assert found.value == Decimal("92.71")


def test_rounding_is_half_up_and_happens_once() -> None:
    assert percentage(1, 800, 2) == Decimal("0.13")
    assert percentage(2, 3, 2) == Decimal("66.67")
