"""A frozen result scored by other weights, limits or bands; nothing is kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from wangge.domains.evaluation.evaluating import FIRST_CLASS, bands_on, indicators_on
from wangge.domains.evaluation.logic.what_if import Outcome, Setup, Wish, compare
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.operations.month import scheme_of
from wangge.domains.evaluation.operations.results import question_of
from wangge.domains.evaluation.queries.results import content_of
from wangge.domains.evaluation.queries.settings import least_cases_for_rank
from wangge.standards.formulas import Composite, parse_formula

_COMPOSITES_OF = {"district": "area", "department": "department"}


def setup_of(result: Result, kind: str, overlay: Path | None) -> Setup:
    """What scores one kind of object of a result, as in force on the period's last day."""
    question = question_of(result.question)
    day = question.period.end - timedelta(days=1)
    indicators = indicators_on(overlay, day).values()
    composites = (each for each in indicators if (each.kind, each.object) == ("composite", _COMPOSITES_OF[kind]))
    index = next(composites, None)
    formula = parse_formula(index.formula) if index is not None else None
    return Setup(
        scheme=scheme_of(kind, question.period, overlay),
        least_cases=least_cases_for_rank(day),
        bands=bands_on(overlay, day),
        index=index.id if index is not None else "",
        formula=formula if isinstance(formula, Composite) else None,
        index_digits=index.digits if index is not None else 2,
        classes=question.band_classes,
        first_class=FIRST_CLASS,
    )


def what_if(result: Result, kind: str, setup: Setup, wish: Wish) -> Outcome:
    """The scores of one kind of object of a result beside what they would be. Raises ``WishRefused``."""
    content = content_of(result)
    rows = content["rows"] if kind == "district" else content["departments"]
    figures = {row["objects"][kind]: row["figures"] for row in rows}
    return compare(content["scores"][kind], figures, setup, wish)
