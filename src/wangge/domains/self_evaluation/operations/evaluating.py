"""Fills results from readings and statements, and watches spending and targets in mid-year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor
from wangge.domains.self_evaluation.logic.lines import Judgement, Line, Reached, rounded
from wangge.domains.self_evaluation.logic.monitoring import watch
from wangge.domains.self_evaluation.logic.scoring import ScoringRefused, score_line
from wangge.domains.self_evaluation.models import FormStep, Monitoring, Reading, Result, Statement
from wangge.domains.self_evaluation.operations.targets import append_step, view_of
from wangge.domains.self_evaluation.policies import FILLING_STEP, check_may_do, city_performance_tables
from wangge.domains.self_evaluation.queries.forms import (
    FormView,
    LineView,
    newest_readings,
    newest_statements,
)
from wangge.domains.self_evaluation.refusals import EvaluationRefused, refusal_of


@dataclass(frozen=True, slots=True)
class Filling:
    """What a person adds to a line: reason and measure where points are lost, perhaps a judgement."""

    deviation: str = ""
    measure: str = ""
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of a line that runs off course."""

    reason: str = ""
    correction: str = ""


def fill_results(*, by: Actor, at: datetime, form_id: int, fillings: Mapping[str, Filling]) -> FormStep:
    """Results of every line, from the newest reading or statement of its fact; one step. Raises EvaluationRefused.

    ``fillings`` by the line's name. A line with neither reading nor statement is refused by name.
    """
    view = view_of(form_id)
    row = city_performance_tables().steps[FILLING_STEP]
    if view.state not in row.from_states:
        raise EvaluationRefused(
            _("自评表现在不能填报结果：请先批复目标，或等待审核退回。"), constraint="result_of_open_form"
        )
    post = check_may_do(by, FILLING_STEP, view.form.unit_code)
    readings = newest_readings(unit_code=view.form.unit_code, year=view.form.year)
    statements = newest_statements(unit_code=view.form.unit_code, year=view.form.year)
    missing = [each.line.name for each in view.lines if _proof(each, view, readings, statements) == (None, None)]
    if missing:
        raise EvaluationRefused(
            _("这些指标既没有取数也没有签字说明：%(names)s。请先取数或出具说明。") % {"names": "、".join(missing)},
            constraint="result_rests_on_one_thing",
        )
    results = [
        _result(each, _proof(each, view, readings, statements), fillings.get(each.line.name, Filling()), by, at)
        for each in view.lines
    ]
    try:
        with transaction.atomic():
            Result.objects.bulk_create(results)
            return append_step(view, FILLING_STEP, row.to_state, "", by, at, post)
    except IntegrityError as error:
        raise refusal_of(error) from error


def _proof(
    each: LineView,
    view: FormView,
    readings: Mapping[tuple[str, str], Reading],
    statements: Mapping[str, Statement],
) -> tuple[Reading | None, Statement | None]:
    """Facts before words: a reading of the line's fact, else the statement on its fact or name."""
    line = each.line
    if not line.is_qualitative and line.fact:
        reading = readings.get((view.form.project, line.fact)) or readings.get(("", line.fact))
        if reading is not None and (line.fact != "spending" or reading.project == view.form.project):
            return reading, None
    return None, (statements.get(line.fact) if line.fact else None) or statements.get(line.name)


def _result(
    each: LineView, proof: tuple[Reading | None, Statement | None], filling: Filling, by: Actor, at: datetime
) -> Result:
    reading, statement = proof
    reached = _reached(each.line, reading, statement, filling)
    try:
        scored = score_line(each.line, reached, tables=city_performance_tables(), judgement=filling.judgement)
    except ScoringRefused as refused:
        raise EvaluationRefused(refused.words.text(_)) from refused
    return Result(
        line=each.row, reading=reading, statement=statement,
        by_rule=scored.score if scored.by_rule is None else scored.by_rule, score=scored.score,
        method=scored.method.value, deviation=filling.deviation.strip(), measure=filling.measure.strip(),
        judged_by=filling.judgement.by if filling.judgement else "",
        judged_reason=filling.judgement.reason if filling.judgement else "",
        at=at, by_id=by.person_id, by_name=by.display_name,
    )  # fmt: skip


def _reached(line: Line, reading: Reading | None, statement: Statement | None, filling: Filling) -> Reached:
    if reading is not None:
        fact = city_performance_tables().facts[reading.fact]
        return Reached(rounded(reading.value, fact.decimals), deviation=filling.deviation, measure=filling.measure)
    assert statement is not None
    return Reached(statement.value, statement.words, statement.band, filling.deviation, filling.measure)


def record_monitoring(
    *, by: Actor, at: datetime, form_id: int, on: date, corrections: Mapping[str, Correction]
) -> tuple[Monitoring, ...]:
    """Mid-year: the money and every line against the year, from the newest readings; what is off course is corrected.

    ``corrections`` by the line's name, ``""`` for the money. Raises EvaluationRefused for a line off course without.
    """
    view = view_of(form_id)
    row = city_performance_tables().steps["monitor"]
    if view.state not in row.from_states:
        raise EvaluationRefused(_("目标批复以后才能做年中双监控。"), constraint="form_step_follows_state")
    post = check_may_do(by, "monitor", view.form.unit_code)
    rows = [_money_watch(view, on, corrections), *_line_watches(view, on, corrections)]
    silent = [name for name, made in rows if made.course in {"behind", "exceeded"} and not made.correction.strip()]
    if silent:
        names = "、".join(name or _("预算执行") for name in silent)
        raise EvaluationRefused(
            _("这些指标进度偏离，须写明偏差原因和纠偏措施：%(names)s。") % {"names": names},
            constraint="monitoring_off_course_is_corrected",
        )
    for _name, made in rows:
        made.at, made.by_id, made.by_name = at, by.person_id, by.display_name
    try:
        with transaction.atomic():
            saved = Monitoring.objects.bulk_create(made for _name, made in rows)
            append_step(view, "monitor", row.to_state, "", by, at, post)
    except IntegrityError as error:
        raise refusal_of(error) from error
    return tuple(saved)


def monitoring_ahead(*, view: FormView, on: date) -> tuple[Monitoring, ...]:
    """What the mid-year watch of a day would say, not written: who explains it sees it first; two statements."""
    money = [] if view.funds is None else [_money_watch(view, on, {})]
    return tuple(made for _name, made in (*money, *_line_watches(view, on, {})))


def _money_watch(view: FormView, on: date, corrections: Mapping[str, Correction]) -> tuple[str, Monitoring]:
    funds = view.funds
    if funds is None:
        raise EvaluationRefused(_("还没有从预算执行台账取数。请先取数。"))
    line = Line("execution", "", "", Decimal(1), "≥", "execution", Decimal(funds.adjusted_fen), unit="分")
    seen = watch(line, Decimal(funds.executed_fen), on=on, is_rate=False, tables=city_performance_tables())
    wan = Decimal(1_000_000)
    return "", _monitoring(
        view, None, on, seen.actual and seen.actual / wan, seen.forecast and seen.forecast / wan, seen.course.value,
        corrections.get("", Correction()),
    )  # fmt: skip


def _line_watches(view: FormView, on: date, corrections: Mapping[str, Correction]) -> list[tuple[str, Monitoring]]:
    readings = newest_readings(unit_code=view.form.unit_code, year=view.form.year)
    statements = newest_statements(unit_code=view.form.unit_code, year=view.form.year)
    found = []
    for each in view.lines:
        reading, statement = _proof(each, view, readings, statements)
        actual = reading.value if reading else statement.value if statement else None
        is_rate = each.line.unit == "%"
        seen = watch(each.line, actual, on=on, is_rate=is_rate, tables=city_performance_tables())
        said = corrections.get(each.line.name, Correction())
        row = _monitoring(view, each, on, seen.actual, seen.forecast, seen.course.value, said)
        found.append((each.line.name, row))
    return found


def _monitoring(
    view: FormView, each: LineView | None, on: date, actual: Decimal | None, forecast: Decimal | None, course: str,
    said: Correction,
) -> Monitoring:  # fmt: skip
    return Monitoring(
        form=view.form, line=each.row if each else None, on=on, actual=actual, forecast=forecast, course=course,
        reason=said.reason.strip(), correction=said.correction.strip(),
    )  # fmt: skip
