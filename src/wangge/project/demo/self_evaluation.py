"""The demo city's self-evaluation of a year: targets declared and approved, filled from its own cases and ledger.

Targets and statements lie in ``demo/accounts``; every step is taken by whoever holds the post, as in a city.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wangge.domains.organizations.logic import Actor
from wangge.domains.self_evaluation.operations.evaluating import Filling, fill_results
from wangge.domains.self_evaluation.operations.evidence import sign_statement, take_readings
from wangge.domains.self_evaluation.operations.targets import NewLine, open_form, take_step, write_targets
from wangge.groundwork.clock import CITY_ZONE
from wangge.project.demo.city_data import CITIES

EDITION = "province-2024"
_SIGNED = "科室负责人"


def evaluate_year(*, unit: str, year: int, people: Mapping[str, Actor], at: datetime) -> int:
    """The forms of the unit and year from the first target to the review; answers how many."""
    told = tomllib.loads((CITIES.parent / "accounts" / f"{year}-targets.toml").read_text(encoding="utf-8"))
    forms = [_approved(form, unit, year, people, at) for form in told["forms"]]
    take_readings(
        by=people["finance"], at=at, unit_code=unit, year=year,
        cut_off_at=min(datetime(year + 1, 1, 1, tzinfo=CITY_ZONE), at),
    )  # fmt: skip
    for row in told["statements"]:
        sign_statement(
            by=people["finance"], at=at, unit_code=unit, year=year, subject=row["subject"], value=Decimal(row["value"]),
            evidence=row["evidence"], signed_by=_SIGNED, signed_on=date(year + 1, 1, 10),
        )  # fmt: skip
    fillings = {name: Filling(row["deviation"], row["measure"]) for name, row in told["fillings"].items()}
    for form in forms:
        fill_results(by=people["finance"], at=at, form_id=form, fillings=fillings)
    for form in forms:
        take_step(by=people["centre_leader"], at=at, form_id=form, step="submit")
        take_step(by=people["bureau_finance"], at=at, form_id=form, step="accept")
    return len(forms)


def _approved(told: Mapping[str, Any], unit: str, year: int, people: Mapping[str, Actor], at: datetime) -> int:
    form = open_form(by=people["finance"], at=at, unit_code=unit, year=year, edition=EDITION, project=told["project"])
    lines = [_line(*row) for row in told["lines"]]
    write_targets(by=people["finance"], at=at, form_id=form.id, goal=told["goal"], lines=lines)
    take_step(by=people["finance"], at=at, form_id=form.id, step="declare")
    take_step(by=people["bureau_finance"], at=at, form_id=form.id, step="approve")
    return form.id


def _line(
    block: str, second: str, name: str, sign: str, target: str, unit: str, weight: str, fact: str, proof: str
) -> NewLine:
    return NewLine(block, second, name, Decimal(weight), sign, Decimal(target), unit=unit, fact=fact, proof=proof)
