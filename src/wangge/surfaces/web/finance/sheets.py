"""Puts a self-evaluation form on its page: rows with reckoning and evidence, faults, forms that are open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wangge.domains.organizations.logic import Actor
from wangge.domains.self_evaluation.logic.lines import Scored, Sheet, plain, rounded
from wangge.domains.self_evaluation.logic.scoring import ScoringRefused
from wangge.domains.self_evaluation.models import Monitoring
from wangge.domains.self_evaluation.models.forms import SIGNS
from wangge.domains.self_evaluation.operations.evaluating import monitoring_ahead
from wangge.domains.self_evaluation.operations.targets import WRITABLE
from wangge.domains.self_evaluation.policies import city_performance_tables, may_do
from wangge.domains.self_evaluation.queries.forms import (
    FormView,
    LineView,
    duties_of_results,
    duties_of_targets,
)
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.finance.pages import (
    EvaluationRow,
    FillingEditor,
    FillingInput,
    HistoryRow,
    MonitoringEditor,
    MonitoringInput,
    TargetEditor,
    TargetInput,
    WatchRow,
)
from wangge.surfaces.web.shells import opens

STATES = {
    "draft": gettext_noop("编写目标"),
    "returned": gettext_noop("退回修改"),
    "declared": gettext_noop("已申报，待批复"),
    "adjusting": gettext_noop("目标调整中"),
    "approved": gettext_noop("目标已批复"),
    "self_evaluated": gettext_noop("已自评，待报送"),
    "submitted": gettext_noop("已报送，待审核"),
    "review_returned": gettext_noop("审核退回"),
    "reviewed": gettext_noop("审核通过"),
}
COURSES = {
    "on_course": gettext_noop("正常"),
    "behind": gettext_noop("滞后"),
    "exceeded": gettext_noop("将超限"),
    "unknown": gettext_noop("未知"),
}
SPARE_ROWS = 3
OWN_FORMS = frozenset({"monitor", "evaluate"})  # steps that have a form of their own


def state_name(state: str) -> str:
    """The state as people call it."""
    return _(STATES.get(state, state))


def rows_of(view: FormView, sheet: Sheet | None, by: Actor) -> tuple[EvaluationRow, ...]:
    """The indicators in the order of the form's blocks."""
    tables = city_performance_tables()
    blocks = {block.block: block.block_zh for block in tables.blocks_of(view.form.edition, view.form.kind)}
    scored = {row.line.name: row for row in sheet.lines} if sheet else {}
    flagged: dict[str, list[str]] = {}
    for duty in duties_of_targets(view):
        if duty.line:
            flagged.setdefault(duty.line, []).append(duty.text(_))
    opens_cases = opens(by, "case")
    return tuple(
        _row(each, scored.get(each.line.name), blocks, tuple(flagged.get(each.line.name, ())), opens_cases)
        for each in view.lines
    )


def _row(
    each: LineView, scored: Scored | None, blocks: Mapping[str, str], flags: tuple[str, ...], opens_cases: bool
) -> EvaluationRow:
    line, reached = each.line, each.reached
    target = line.target_text if line.target is None else f"{line.sign}{plain(line.target)}{line.unit}"
    actual = reached.text if reached.value is None else f"{plain(reached.value)}{line.unit}"
    deviation = "；".join(part for part in (reached.deviation, reached.measure) if part)
    samples = each.reading.samples if each.reading else []
    return EvaluationRow(
        blocks.get(line.block, line.block), line.second, line.name, target, actual or "—", plain(line.weight),
        plain(each.result.score) if each.result else "—", scored.reckoning if scored and each.result else "",
        _proof(each), tuple(Fact("", str(number), _case_url(str(number), opens_cases)) for number in samples),
        deviation, flags, bool(each.judgement),
    )  # fmt: skip


def _case_url(number: str, opens_cases: bool) -> str:
    return reverse("case", args=[number]) if opens_cases else ""


def _proof(each: LineView) -> str:
    if each.reading is not None:
        reading = each.reading
        ratio = "" if reading.denominator is None else f"（{reading.numerator} ÷ {reading.denominator}）"
        cut = timezone.localtime(reading.cut_off_at)
        return _("取数：%(query)s%(ratio)s，截至 %(cut)s，%(count)s 条") % {
            "query": reading.query, "ratio": ratio, "cut": f"{cut:%Y-%m-%d %H:%M}", "count": reading.counted,
        }  # fmt: skip
    if each.statement is not None:
        return _("签字说明：%(evidence)s（%(who)s，%(day)s）") % {
            "evidence": each.statement.evidence, "who": each.statement.signed_by, "day": each.statement.signed_on,
        }  # fmt: skip
    return each.row.proof


def money_of(view: FormView) -> tuple[Fact, ...]:
    """The money row as it was read from the ledger."""
    names = {"budget_initial": _("年初预算数"), "budget_adjusted": _("全年预算数"), "spending": _("全年执行数")}
    facts = [
        Fact(names[fact], f"{rounded(view.money[fact].value, 2)} {_('万元')}") for fact in names if fact in view.money
    ]
    funds = view.funds
    if funds is not None and funds.rate_percent is not None:
        facts.append(Fact(_("执行率"), f"{funds.rate_percent}%"))
    return tuple(facts)


def sheet_of(view: FormView) -> tuple[Sheet | None, str]:
    """The scored form, or what is still missing."""
    try:
        return view.sheet(), ""
    except ScoringRefused as refused:
        return None, refused.words.text(_)


def duties_of(view: FormView, others: Sequence[FormView]) -> tuple[str, ...]:
    """What the form as a whole still owes."""
    if view.state in WRITABLE | {"declared"}:
        return tuple(duty.text(_) for duty in duties_of_targets(view) if not duty.line)
    if view.state in {"submitted", "reviewed"}:
        return ()
    try:
        return tuple(duty.text(_) for duty in duties_of_results(view, others))
    except ScoringRefused:
        return ()


def watches_of(view: FormView) -> tuple[WatchRow, ...]:
    """The newest mid-year watch."""
    newest = max((row.on for row in view.monitorings), default=None)
    names = {each.row.id: each.line for each in view.lines}
    return tuple(_watch(row, names) for row in view.monitorings if row.on == newest)


def _watch(row: Monitoring, names: Mapping[int, object]) -> WatchRow:
    line = names.get(row.line_id or 0)
    name = str(getattr(line, "name", "")) or _("预算执行")
    unit = str(getattr(line, "unit", "")) or (_("万元") if row.line_id is None else "")
    said = "；".join(part for part in (row.reason, row.correction) if part)
    return WatchRow(
        name,
        "—" if row.actual is None else f"{plain(rounded(row.actual, 2))}{unit}",
        "—" if row.forecast is None else f"{plain(rounded(row.forecast, 2))}{unit}",
        _(COURSES[row.course]),
        row.course in {"behind", "exceeded"},
        said,
    )


def history_of(view: FormView) -> tuple[HistoryRow, ...]:
    """The steps of the form's year."""
    steps = city_performance_tables().steps
    return tuple(
        HistoryRow(step.at, steps[step.step].step_zh if step.step in steps else step.step, step.by_name, step.reason)
        for step in view.steps
    )


def act_url(view: FormView, act: str) -> str:
    """Where an act of the sheet is posted."""
    return reverse("evaluation_act", args=[view.form.id, act])


def steps_open(view: FormView, by: Actor) -> tuple[Form, ...]:
    """The steps his posts open now, each a small form."""
    forms = []
    for name, step in city_performance_tables().steps.items():
        if name in OWN_FORMS or view.state not in step.from_states or not may_do(by, name, view.form.unit_code):
            continue
        fields = (Field("reason", _("理由"), FieldKind.TEXT, max_length=200),) if step.needs_reason else ()
        forms.append(Form(act_url(view, name), fields, step.step_zh))
    return tuple(forms)


def editor_of(view: FormView, by: Actor, typed: Sequence[TargetInput] | None, goal: str | None) -> TargetEditor | None:
    """The table of targets, while they may be written."""
    if view.state not in WRITABLE or not may_do(by, "declare", view.form.unit_code):
        return None
    tables = city_performance_tables()
    blocks = [block for block in tables.blocks_of(view.form.edition, view.form.kind) if block.block != "execution"]
    rows = list(typed) if typed is not None else [_input(number, each) for number, each in enumerate(view.lines)]
    rows += [TargetInput(number) for number in range(len(rows), len(rows) + SPARE_ROWS)]
    return TargetEditor(
        act_url(view, "targets"),
        goal if goal is not None else (view.targets.goal if view.targets else ""),
        "",
        view.state == "adjusting",
        tuple(rows),
        tuple(Choice(block.block, f"{block.block_zh}（{plain(block.weight)}）") for block in blocks),
        tuple(dict.fromkeys(second for block in blocks for second in block.seconds)),
        (Choice("", _("由人说明")), *(Choice(fact.fact, fact.name_zh) for fact in tables.facts.values())),
        SIGNS,
    )


def _input(number: int, each: LineView) -> TargetInput:
    line = each.line
    target = line.target_text if line.target is None else plain(line.target)
    return TargetInput(
        number, line.block, line.second, line.name, line.sign, target, line.unit, plain(line.weight), line.fact,
        each.row.proof,
    )  # fmt: skip


def readings_form(view: FormView, by: Actor, cut_off: str) -> Form | None:
    """Taking facts from cases, ground and ledger."""
    if view.state in WRITABLE or not may_do(by, "evaluate", view.form.unit_code):
        return None
    help_text = _("一次为本单位本年度所有自评表取数；同一事实在各表中用同一个数。")
    field = Field("cut_off", _("截止时点"), FieldKind.MOMENT, value=cut_off, help=help_text)
    return Form(act_url(view, "readings"), (field,), _("取数"))


def statement_form(view: FormView, by: Actor, today: str) -> Form | None:
    """A signed word for what no query counts."""
    if view.state in WRITABLE or not may_do(by, "evaluate", view.form.unit_code):
        return None
    bands = city_performance_tables().bands["qualitative"]
    subjects = tuple(
        Choice(each.line.fact or each.line.name, each.line.name) for each in view.lines if each.reading is None
    )
    if not subjects:
        return None
    fields = (
        Field("subject", _("指标"), FieldKind.SELECT, choices=subjects),
        Field("value", _("完成值"), FieldKind.NUMBER, required=False, help=_("定量指标填数值。")),
        Field(
            "band", _("达成程度"), FieldKind.SELECT, required=False, help=_("定性指标选一档。"),
            choices=(Choice("", "—"), *(Choice(band.band, band.band_zh) for band in bands)),
        ),
        Field("words", _("完成情况"), FieldKind.LONG_TEXT, required=False, max_length=500),
        Field("evidence", _("佐证材料"), FieldKind.TEXT, max_length=300, help=_("写明名称、页数和存放处。")),
        Field("signed_by", _("签字人"), FieldKind.TEXT, max_length=60),
        Field("signed_on", _("签字日期"), FieldKind.TEXT, value=today, placeholder="2025-01-15"),
    )  # fmt: skip
    return Form(act_url(view, "statement"), fields, _("登记签字说明"))


def filling_of(view: FormView, by: Actor, typed: Sequence[FillingInput] | None) -> FillingEditor | None:
    """Reasons, measures and judgements beside the lines, while results may be filled."""
    step = city_performance_tables().steps["evaluate"]
    if view.state not in step.from_states or not may_do(by, "evaluate", view.form.unit_code):
        return None
    rows = typed if typed is not None else [_filling(number, each) for number, each in enumerate(view.lines)]
    return FillingEditor(act_url(view, "results"), tuple(rows))


def _filling(number: int, each: LineView) -> FillingInput:
    judged = each.judgement
    return FillingInput(
        number, each.line.name, each.reached.deviation, each.reached.measure, plain(judged.score) if judged else "",
        judged.reason if judged else "",
    )  # fmt: skip


def monitoring_of(view: FormView, by: Actor, on: date, typed: Mapping[str, str]) -> MonitoringEditor | None:
    """The mid-year watch as it would be today, while the targets are approved and nothing is evaluated yet."""
    step = city_performance_tables().steps["monitor"]
    if view.state not in step.from_states or not may_do(by, "monitor", view.form.unit_code):
        return None
    lines = {each.row.id: each.line for each in view.lines}
    ahead = {row.line_id: _watch(row, lines) for row in monitoring_ahead(view=view, on=on)}
    ids = [None, *(each.row.id for each in view.lines)]
    names = [_("预算执行"), *(each.line.name for each in view.lines)]
    rows = tuple(
        _explained(number, name, ahead.get(line), typed)
        for number, (line, name) in enumerate(zip(ids, names, strict=True))
    )
    return MonitoringEditor(act_url(view, "monitoring"), f"{on:%Y-%m-%d}", rows)


def _explained(number: int, name: str, seen: WatchRow | None, typed: Mapping[str, str]) -> MonitoringInput:
    reason, correction = (typed.get(f"{word}_{number}", "") for word in ("reason", "correction"))
    if seen is None:
        return MonitoringInput(number, name, "—", "—", "", False, reason, correction)
    return MonitoringInput(
        number, name, seen.actual, seen.forecast, seen.course_zh, seen.is_off, reason, correction
    )  # fmt: skip


def book_urls(unit: str, year: int) -> tuple[Fact, ...]:
    """The evidence book, as PDF and Word."""
    return tuple(
        Fact(name, "", f"{reverse('evidence_book', args=[format])}?unit={unit}&year={year}")
        for format, name in (("pdf", "PDF"), ("docx", "Word"))
    )


def typed_targets(request: HttpRequest) -> tuple[TargetInput, ...]:
    """The rows that have a name or a weight, as they were typed."""
    rows: list[TargetInput] = []
    number = 0
    while f"name_{number}" in request.POST:
        given = {
            key: request.POST.get(f"{key}_{number}", "").strip()
            for key in ("block", "second", "name", "sign", "target", "unit", "weight", "fact", "proof")
        }
        if given["name"] or given["weight"]:
            rows.append(TargetInput(len(rows), **given))
        number += 1
    return tuple(rows)


def typed_fillings(request: HttpRequest, view: FormView) -> tuple[FillingInput, ...]:
    """What was typed beside each line."""
    return tuple(
        FillingInput(
            number,
            each.line.name,
            *(
                request.POST.get(f"{key}_{number}", "").strip()
                for key in ("deviation", "measure", "judged", "judged_reason")
            ),
        )
        for number, each in enumerate(view.lines)
    )
