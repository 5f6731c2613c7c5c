"""Takes readings of facts and signed statements: what the lines of every form are filled from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

import orjson
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor
from wangge.domains.self_evaluation.models import Reading, Statement
from wangge.domains.self_evaluation.policies import FILLING_STEP, check_may_do, city_performance_tables
from wangge.domains.self_evaluation.queries.counted import Counted, Scope
from wangge.domains.self_evaluation.queries.forms import MONEY_FACTS, FormView, forms_of
from wangge.domains.self_evaluation.queries.sources import count_fact
from wangge.domains.self_evaluation.refusals import EvaluationRefused, refusal_of
from wangge.standards.performance import FactDefinition


def take_readings(*, by: Actor, at: datetime, unit_code: str, year: int, cut_off_at: datetime) -> tuple[Reading, ...]:
    """Read every fact that a form of the unit and year names, once for all forms, and the money of each form."""
    check_may_do(by, FILLING_STEP, unit_code)
    if cut_off_at > at:
        raise EvaluationRefused(_("截止时点不能晚于现在。"), constraint="reading_not_before_cut_off")
    facts = city_performance_tables().facts
    made = []
    for fact, project in _wanted(forms_of(unit_code=unit_code, year=year), facts.values()):
        counted = count_fact(fact, Scope(unit_code, year, cut_off_at, project))
        if counted is not None:
            made.append(_reading(fact, counted, project, unit_code, year, cut_off_at, at, by))
    return tuple(Reading.objects.bulk_create(made))


def _wanted(forms: Iterable[FormView], facts: Iterable[FactDefinition]) -> list[tuple[FactDefinition, str]]:
    """(fact, project) in the order of the table: business facts once, money per form."""
    views = list(forms)
    named = {each.line.fact for view in views for each in view.lines}
    wanted: list[tuple[FactDefinition, str]] = []
    for fact in facts:
        if fact.fact in MONEY_FACTS:
            wanted += [(fact, view.form.project) for view in views]
        elif fact.fact in named or fact.fact in _ALWAYS:
            wanted.append((fact, ""))
    return wanted


# The report tells these of every year, whether or not a form names them.
_ALWAYS = frozenset(
    {"cases_reported", "cases_filed", "cases_closed", "close_rate", "cases_self_handled", "cases_public",
     "cases_platform", "cases_hotline"}
)  # fmt: skip


def _reading(
    fact: FactDefinition, counted: Counted, project: str, unit_code: str, year: int, cut_off_at: datetime,
    at: datetime, by: Actor,
) -> Reading:  # fmt: skip
    parts = [asdict(part) for part in counted.parts]
    said = {
        "unit": unit_code, "year": year, "project": project, "fact": fact.fact, "value": str(counted.value),
        "numerator": counted.numerator, "denominator": counted.denominator, "query": counted.query,
        "cut_off": cut_off_at.isoformat(), "counted": counted.counted, "samples": list(counted.samples),
        "parts": parts,
    }  # fmt: skip
    return Reading(
        unit_code=unit_code, year=year, project=project, fact=fact.fact,
        source_kind=counted.source_kind or fact.source_kind, value=counted.value, numerator=counted.numerator,
        denominator=counted.denominator, query=counted.query, cut_off_at=cut_off_at, counted=counted.counted,
        samples=list(counted.samples), parts=parts, taken_at=at, by_id=by.person_id, by_name=by.display_name,
        check_code=_sm3(said),
    )  # fmt: skip


def sign_statement(
    *, by: Actor, at: datetime, unit_code: str, year: int, subject: str, evidence: str, signed_by: str,
    signed_on: date, value: Decimal | None = None, band: str = "", words: str = "", scan: str = "",
) -> Statement:  # fmt: skip
    """A signed word for a fact or an indicator without a query. Raises EvaluationRefused."""
    check_may_do(by, FILLING_STEP, unit_code)
    bands = {each.band for each in city_performance_tables().bands["qualitative"]}
    if band and band not in bands:
        raise EvaluationRefused(_("没有这一达成程度。"))
    said = {
        "unit": unit_code, "year": year, "subject": subject, "value": None if value is None else str(value),
        "band": band, "words": words, "evidence": evidence, "signed_by": signed_by, "signed_on": signed_on.isoformat(),
    }  # fmt: skip
    try:
        with transaction.atomic():
            return Statement.objects.create(
                unit_code=unit_code, year=year, subject=subject, value=value, band=band, words=words.strip(),
                evidence=evidence.strip(), scan=scan, signed_by=signed_by.strip(), signed_on=signed_on, at=at,
                by_id=by.person_id, by_name=by.display_name, check_code=_sm3(said),
            )  # fmt: skip
    except IntegrityError as error:
        raise refusal_of(error) from error


def _sm3(said: dict[str, object]) -> bytes:
    return hashlib.new("sm3", orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()
