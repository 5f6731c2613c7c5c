"""Opens forms, writes their targets, and takes the steps of declaring, approving, returning, adjusting, reviewing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.self_evaluation.logic.duties import Duty, Severity
from wangge.domains.self_evaluation.logic.scoring import ScoringRefused
from wangge.domains.self_evaluation.models import Form, FormKind, FormStep, TargetLine, TargetSet
from wangge.domains.self_evaluation.policies import DECLARING_STEP, check_may_do, city_performance_tables
from wangge.domains.self_evaluation.queries.forms import (
    FormView,
    duties_of_results,
    duties_of_targets,
    form_of,
    forms_of,
    history_of,
)
from wangge.domains.self_evaluation.refusals import EvaluationRefused, refusal_of
from wangge.standards.performance import EXECUTION

WRITABLE = frozenset({"draft", "returned", "adjusting"})


@dataclass(frozen=True, slots=True)
class NewLine:
    """A target as typed or imported."""

    block: str
    second: str
    name: str
    weight: Decimal
    sign: str
    target: Decimal | None = None
    target_text: str = ""
    unit: str = ""
    fact: str = ""
    rule: str = ""
    proof: str = ""


def open_form(
    *, by: Actor, at: datetime, unit_code: str, year: int, edition: str, project: str = "", score_decimals: int = 2
) -> Form:
    """A form of a unit and year: of the whole spending, or of a project. Raises EvaluationRefused."""
    check_may_do(by, DECLARING_STEP, unit_code)
    kind = FormKind.PROJECT if project else FormKind.WHOLE
    blocks = city_performance_tables().blocks_of(edition, kind)
    if not blocks:
        raise EvaluationRefused(_("没有表式“%(edition)s”。请在 forms.csv 中选择。") % {"edition": edition})
    weight = next((block.weight for block in blocks if block.block == EXECUTION), Decimal(0))
    try:
        with transaction.atomic():
            return Form.objects.create(
                unit_code=unit_code, year=year, kind=kind, project=project.strip(), edition=edition,
                execution_weight=weight, score_decimals=score_decimals, opened_at=at, opened_by_id=by.person_id,
                opened_by_name=by.display_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise refusal_of(error) from error


def write_targets(
    *, by: Actor, at: datetime, form_id: int, goal: str, lines: Sequence[NewLine], reason: str = ""
) -> TargetSet:
    """A further version of the targets, while they may be written. Raises EvaluationRefused."""
    view = _view(form_id)
    check_may_do(by, DECLARING_STEP, view.form.unit_code)
    if view.state not in WRITABLE:
        raise EvaluationRefused(_("目标已经申报，不能再改；确需调整请走“调整绩效目标”。"), constraint="targets_closed")
    if view.state == "adjusting" and not reason.strip():
        raise EvaluationRefused(_("调整绩效目标须写明理由。"), constraint="form_step_says_why")
    tables = city_performance_tables()
    number = (view.targets.number if view.targets else 0) + 1
    try:
        with transaction.atomic():
            made = TargetSet.objects.create(
                form_id=form_id, number=number, goal=goal.strip(), reason=reason.strip(), at=at, by_id=by.person_id,
                by_name=by.display_name,
            )  # fmt: skip
            TargetLine.objects.bulk_create(
                TargetLine(
                    target_set=made, seq=seq, block=line.block, second=line.second, name=line.name.strip(),
                    weight=line.weight, sign=line.sign, target=line.target, target_text=line.target_text.strip(),
                    unit=line.unit.strip(), fact=line.fact, proof=line.proof.strip(),
                    rule=line.rule or tables.default_rule(line.sign),
                )
                for seq, line in enumerate(lines, start=1)
            )  # fmt: skip
    except IntegrityError as error:
        raise refusal_of(error) from error
    return made


def take_step(*, by: Actor, at: datetime, form_id: int, step: str, reason: str = "") -> FormStep:
    """A step of the form's year, by the table of steps. Raises EvaluationRefused with the duties in the way."""
    view = _view(form_id)
    row = city_performance_tables().steps.get(step)
    if row is None or view.state not in row.from_states:
        raise EvaluationRefused(
            _("这张表现在不能办理这一步。请刷新后看它的状态。"), constraint="form_step_follows_state"
        )
    post = check_may_do(by, step, view.form.unit_code)
    if row.needs_reason and not reason.strip():
        raise EvaluationRefused(_("请写明理由。"), constraint="form_step_says_why")
    _check_duties(view, step)
    return _append(view, step, row.to_state, reason, by, at, post)


def _append(view: FormView, step: str, to_state: str, reason: str, by: Actor, at: datetime, post: str) -> FormStep:
    try:
        with transaction.atomic():
            made = FormStep.objects.create(
                form=view.form, seq=len(view.steps) + 1, step=step, from_state=view.state, to_state=to_state,
                target_set=view.targets, reason=reason.strip(), at=at, by_id=by.person_id, by_name=by.display_name,
                post=post,
            )  # fmt: skip
            record(
                by=by, at=at, kind=AuditKind.MOVE, object_kind="self_evaluation", object_key=str(view.form.id),
                detail={"step": step, "to": to_state},
            )  # fmt: skip
            return made
    except IntegrityError as error:
        raise refusal_of(error) from error


def _check_duties(view: FormView, step: str) -> None:
    if step == DECLARING_STEP:
        history = history_of(unit_code=view.form.unit_code, year=view.form.year)
        _refuse_errors(duties_of_targets(view, history), _("目标还不能申报："))
    elif step == "submit":
        missing = [each.line.name for each in view.lines if each.result is None]
        if missing:
            raise EvaluationRefused(_("还有指标没有填报：%(names)s。") % {"names": "、".join(missing)})
        others = forms_of(unit_code=view.form.unit_code, year=view.form.year)
        try:
            _refuse_errors(duties_of_results(view, others), _("自评还不能报送："))
        except ScoringRefused as refused:
            raise EvaluationRefused(refused.words.text(_)) from refused


def _refuse_errors(duties: Sequence[Duty], lead: str) -> None:
    errors = tuple(duty for duty in duties if duty.severity is Severity.ERROR)
    if errors:
        raise EvaluationRefused(lead + "".join(duty.text(_) for duty in errors), errors)


def _view(form_id: int) -> FormView:
    view = form_of(form_id)
    if view is None:
        raise EvaluationRefused(_("没有这张自评表。"))
    return view


append_step = _append
view_of = _view
