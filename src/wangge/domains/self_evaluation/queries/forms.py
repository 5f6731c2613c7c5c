"""Forms as they stand: state, approved targets, newest results with what they rest on, scored; constant statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from wangge.domains.self_evaluation.logic.duties import Duty, score_duties, shared_fact_duties, weight_duties
from wangge.domains.self_evaluation.logic.lines import Funds, Judgement, Line, Reached, Sheet, rounded
from wangge.domains.self_evaluation.logic.scoring import ScoringRefused, score_sheet
from wangge.domains.self_evaluation.logic.targets import PastYear, target_duties
from wangge.domains.self_evaluation.models import (
    Form,
    FormStep,
    Monitoring,
    Reading,
    Result,
    Statement,
    TargetLine,
    TargetSet,
)
from wangge.domains.self_evaluation.policies import city_performance_tables
from wangge.domains.self_evaluation.queries.counted import FEN_PER_WAN

MONEY_FACTS = ("budget_initial", "budget_adjusted", "spending")


@dataclass(frozen=True, slots=True)
class LineView:
    """A target line with its newest result."""

    row: TargetLine
    line: Line
    result: Result | None
    reading: Reading | None
    statement: Statement | None

    @property
    def reached(self) -> Reached:
        """What was reached, as the newest result says."""
        deviation = self.result.deviation if self.result else ""
        measure = self.result.measure if self.result else ""
        if self.reading is not None:
            fact = city_performance_tables().facts.get(self.reading.fact)
            value = rounded(self.reading.value, fact.decimals if fact else 2)
            return Reached(value, deviation=deviation, measure=measure)
        if self.statement is not None:
            value_said = None if self.statement.value is None else self.statement.value.normalize()
            return Reached(value_said, self.statement.words, self.statement.band, deviation, measure)
        return Reached()

    @property
    def judgement(self) -> Judgement | None:
        """The judgement of the newest result."""
        if self.result is None or self.result.method != "judgement":
            return None
        return Judgement(self.result.score, self.result.judged_by, self.result.judged_reason)


@dataclass(frozen=True, slots=True)
class FormView:
    """One form as it stands now."""

    form: Form
    steps: tuple[FormStep, ...]
    targets: TargetSet | None
    lines: tuple[LineView, ...]
    money: Mapping[str, Reading]
    monitorings: tuple[Monitoring, ...]

    @property
    def state(self) -> str:
        """Where the form stands."""
        return self.steps[-1].to_state if self.steps else "draft"

    @property
    def name(self) -> str:
        """What people call it."""
        return self.form.project or "整体支出"

    @property
    def funds(self) -> Funds | None:
        """The money row; None until the ledger was read."""
        if any(name not in self.money for name in MONEY_FACTS):
            return None
        fen = [int(self.money[name].value * FEN_PER_WAN) for name in MONEY_FACTS]
        return Funds(fen[0], fen[1], fen[2], decimals=self.form.score_decimals)

    def sheet(self) -> Sheet:
        """The form scored. Raises ScoringRefused while something is missing."""
        funds = self.funds
        if funds is None:
            raise ScoringRefused(_NO_MONEY)
        lines = [(view.line, view.reached, view.judgement) for view in self.lines]
        return score_sheet(funds, lines, execution_weight=self.form.execution_weight, tables=city_performance_tables())


def forms_of(*, unit_code: str, year: int) -> tuple[FormView, ...]:
    """Every form of a unit and year, the whole unit's first; eight statements whatever their number."""
    forms = list(Form.objects.filter(unit_code=unit_code, year=year).order_by("-kind", "id"))
    return _views(forms, unit_code=unit_code, year=year)


def form_of(form_id: int) -> FormView | None:
    """One form; None when there is none."""
    form = Form.objects.filter(id=form_id).first()
    return None if form is None else _views([form], unit_code=form.unit_code, year=form.year)[0]


def units_with_forms(*, year: int) -> tuple[str, ...]:
    """The budget units that have forms of a year."""
    return tuple(Form.objects.filter(year=year).order_by("unit_code").values_list("unit_code", flat=True).distinct())


def _views(forms: Sequence[Form], *, unit_code: str, year: int) -> tuple[FormView, ...]:
    ids = [form.id for form in forms]
    steps = _grouped(FormStep.objects.filter(form_id__in=ids).order_by("form_id", "seq"), "form_id")
    sets = _grouped(TargetSet.objects.filter(form_id__in=ids).order_by("form_id", "number"), "form_id")
    chosen = {form.id: _chosen(steps.get(form.id, []), sets.get(form.id, [])) for form in forms}
    rows = _grouped(
        TargetLine.objects.filter(target_set_id__in=[each.id for each in chosen.values() if each]).order_by("seq"),
        "target_set_id",
    )
    line_ids = [row.id for found in rows.values() for row in found]
    newest = {
        result.line_id: result
        for result in Result.objects.filter(line_id__in=line_ids)
        .select_related("reading", "statement")
        .order_by("line_id", "-id")
        .distinct("line_id")
    }
    money = {
        (reading.project, reading.fact): reading
        for reading in Reading.objects.filter(unit_code=unit_code, year=year, fact__in=MONEY_FACTS)
        .order_by("project", "fact", "-id")
        .distinct("project", "fact")
    }
    watched = _grouped(Monitoring.objects.filter(form_id__in=ids).order_by("form_id", "id"), "form_id")
    return tuple(
        FormView(
            form,
            tuple(steps.get(form.id, ())),
            chosen[form.id],
            tuple(_line_view(row, newest.get(row.id)) for row in rows.get(_id(chosen[form.id]), ())),
            {fact: reading for (project, fact), reading in money.items() if project == form.project},
            tuple(watched.get(form.id, ())),
        )
        for form in forms
    )


def _id(targets: TargetSet | None) -> int:
    return targets.id if targets is not None else 0


def _chosen(steps: Sequence[FormStep], sets: Sequence[TargetSet]) -> TargetSet | None:
    """The targets that count: while they are written the newest, afterwards the ones approved last."""
    if not sets:
        return None
    state = steps[-1].to_state if steps else "draft"
    if state in {"draft", "returned", "declared", "adjusting"}:
        return sets[-1]
    approved = [step.target_set_id for step in steps if step.step == "approve"]
    return next((each for each in sets if each.id == (approved[-1] if approved else 0)), sets[-1])


def _line_view(row: TargetLine, result: Result | None) -> LineView:
    target = None if row.target is None else row.target.normalize()
    line = Line(
        row.block, row.second, row.name, row.weight.normalize(), row.sign, row.rule, target,
        row.target_text or ("" if target is None else f"{target:f}"), row.unit, row.fact,
    )  # fmt: skip
    return LineView(row, line, result, result.reading if result else None, result.statement if result else None)


_Row = TypeVar("_Row")


def _grouped(rows: Iterable[_Row], key: str) -> dict[int, list[_Row]]:
    groups: dict[int, list[_Row]] = {}
    for row in rows:
        groups.setdefault(getattr(row, key), []).append(row)
    return groups


def newest_readings(*, unit_code: str, year: int) -> dict[tuple[str, str], Reading]:
    """(project, fact) → its newest reading."""
    found = Reading.objects.filter(unit_code=unit_code, year=year).order_by("project", "fact", "-id")
    return {(reading.project, reading.fact): reading for reading in found.distinct("project", "fact")}


def newest_statements(*, unit_code: str, year: int) -> dict[str, Statement]:
    """Fact or indicator → its newest statement."""
    found = Statement.objects.filter(unit_code=unit_code, year=year).order_by("subject", "-id").distinct("subject")
    return {statement.subject: statement for statement in found}


def history_of(*, unit_code: str, year: int) -> dict[str, tuple[PastYear, ...]]:
    """Fact or name → targets and actual values of earlier years, newest first; one statement."""
    rows = (
        Result.objects.filter(line__target_set__form__unit_code=unit_code, line__target_set__form__year__lt=year)
        .select_related("line__target_set__form", "reading", "statement")
        .order_by("line__target_set__form__year", "line_id", "id")
    )
    newest: dict[tuple[str, int], PastYear] = {}
    for row in rows:
        value = row.reading.value if row.reading else row.statement.value if row.statement else None
        past = PastYear(row.line.target_set.form.year, row.line.target, value)
        newest[row.line.fact or row.line.name, past.year] = past
    found: dict[str, list[PastYear]] = {}
    for (key, _year), past in newest.items():
        found.setdefault(key, []).append(past)
    return {key: tuple(sorted(years, key=lambda past: -past.year)) for key, years in found.items()}


def duties_of_targets(view: FormView, history: Mapping[str, Sequence[PastYear]] | None = None) -> tuple[Duty, ...]:
    """What the targets of a form still owe."""
    tables = city_performance_tables()
    lines = [each.line for each in view.lines]
    blocks = tables.blocks_of(view.form.edition, view.form.kind)
    planned = {each.line.name for each in view.lines if each.row.proof}
    faults = target_duties(lines, tables=tables, history=history)
    # Who said how a line will be proved has done what the duty asks for.
    owed = (duty for duty in faults if not (duty.kind == "proof" and duty.line in planned))
    return (*weight_duties(lines, blocks), *owed)


def duties_of_results(view: FormView, others: Sequence[FormView] = ()) -> tuple[Duty, ...]:
    """What the results of a form still owe, alone and beside the other forms of the unit. Raises ScoringRefused."""
    sheet = view.sheet()
    sheets = {view.name: sheet}
    for other in others:
        if other.form.id != view.form.id and all(line.result for line in other.lines) and other.funds and other.lines:
            sheets[other.name] = other.sheet()
    return (*score_duties(sheet, tables=city_performance_tables()), *shared_fact_duties(sheets))


def score_of(view: FormView) -> Decimal | None:
    """The total, or None while something is missing."""
    try:
        return view.sheet().total
    except ScoringRefused:
        return None


_NO_MONEY = "还没有从预算执行台账取得年初预算数、全年预算数和全年执行数。请先取数。"
