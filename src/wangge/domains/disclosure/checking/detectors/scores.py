"""Detectors on the indicators of 1-2 and 1-3: scores, reasons, units, labels."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from wangge.domains.disclosure.checking.detectors.annexes import COST_WORDS, number_in, project_forms
from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.annexes import has_measure
from wangge.domains.disclosure.checking.recognition.cells import CENT
from wangge.domains.disclosure.checking.recognition.papers import Line

_LESS_IS_BETTER = re.compile(
    "故障|成本|经费|费用|支出|投入|超时|逾期|投诉率|差错|错误|次品|事故|超支|空置|控制|不超过|时长|返工|漏报|误报|预算"
)

_HALF_POINT = Decimal("0.005")


def _ratio(line: Line) -> Decimal | None:
    weight, score = number_in(line.weight), number_in(line.score)
    return score / weight if weight and score is not None else None


def _differing(form: str, line: Line, twin: Line) -> list[str]:
    """The cells in which an indicator differs between two forms; the scores when only these do."""
    fields = [field for field in ("target", "actual") if getattr(line, field) != getattr(twin, field)] or ["score"]
    return [name for field in fields for name in (f"{form}.{line.name}.{field}", f"1-2.{twin.name}.{field}")]


@detector("a13_same_indicator")
def same_indicators(asked: Asked) -> Checked:
    """An indicator that stands in two forms has the same target, result and share of its weight."""
    checked = Checked()
    whole = asked.paper.forms.get("1-2")
    for form in project_forms(asked) if whole else ():
        for line in form.lines:
            twin = next((each for each in whole.lines if each.label == line.label), None) if whole else None
            if twin is None or COST_WORDS.search(line.label):
                continue
            same = (line.target, line.actual) == (twin.target, twin.actual) and abs(
                (_ratio(line) or Decimal(0)) - (_ratio(twin) or Decimal(0))
            ) < _HALF_POINT
            if not checked.sees(same):
                checked.faults.append(
                    Fault(
                        _differing(form.form, line, twin),
                        f"附件1-3 行“{line.label}”",
                        "同一指标与附件 1-2 的指标值、完成值或得分率不一致",
                        f"{line.target}→{line.actual} {line.score}/{line.weight}",
                        f"{twin.target}→{twin.actual} {twin.score}/{twin.weight}",
                        place=line.place,
                    )
                )
    return checked


@detector("a13_form_columns")
def deviation_columns(asked: Asked) -> Checked:
    checked = Checked()
    for form in asked.paper.forms.values():
        if form.lines and not checked.sees(form.has_deviation_column):
            checked.faults.append(
                Fault(
                    [f"{form.form}.columns"],
                    f"附件{form.form[:3]}",
                    "缺少“偏差原因分析及改进措施”一列",
                    "（无）",
                    "偏差原因分析及改进措施",
                    place=form.place,
                )
            )
    return checked


_COST_LABELS = ("经济成本指标", "社会成本指标", "生态环境成本指标")


@detector("a13_labels")
def cost_labels(asked: Asked) -> Checked:
    """The cost block has its own three labels."""
    checked = Checked()
    for form in asked.paper.forms.values():
        labels = [label for block, label, _ in form.sublevels if block.startswith("成本")]
        if not labels:
            if any(line.block.startswith("成本") for line in form.lines) and form.form.startswith("1-3"):
                labels = ["成本指标"]
            else:
                continue
        wrong = [label for label in labels if label not in _COST_LABELS]
        if not checked.sees(not wrong):
            checked.faults.append(
                Fault(
                    [f"{form.form}.sublevels"],
                    f"附件{form.form[:3]} 成本指标",
                    "成本指标的二级指标名称有误",
                    "、".join(wrong),
                    "、".join(_COST_LABELS),
                    place=form.place,
                )
            )
    return checked


@detector("a13_benefit_place")
def qualitative_benefits(asked: Asked) -> Checked:
    """A benefit called a rate has figures."""
    checked = Checked()
    for form in project_forms(asked):
        for line in form.lines:
            rate = line.label.endswith(("率", "时长", "次数", "数量"))
            if rate and not checked.sees(number_in(line.target) is not None):
                checked.faults.append(
                    Fault(
                        [f"{form.form}.{line.name}.target"],
                        f"附件1-3 行“{line.label}”",
                        "名为比率的指标没有数值",
                        f"{line.target}→{line.actual}",
                        "数值与基数",
                        place=line.place,
                    )
                )
    return checked


@detector("a13_target_text")
def results_answer(asked: Asked) -> Checked:
    """A target text with figures is answered with figures."""
    checked = Checked()
    for form in project_forms(asked):
        if re.search(r"\d", form.target_text) and not checked.sees(bool(re.search(r"\d", form.actual_text))):
            checked.faults.append(
                Fault(
                    [f"{form.form}.text.actual"],
                    f"附件1-3 “{form.project}”年度总体目标",
                    "目标有数值而完成情况没有对应数值",
                    form.actual_text[:20],
                    "写出完成数值",
                    place=form.place,
                )
            )
    return checked


def _less(line: Line) -> bool:
    """Whether less is better: the target's sign says so, or the line's own words."""
    if line.target.startswith(("≤", "<", "＜", "不超过", "低于", "小于")):
        return True
    if line.target.startswith(("≥", ">", "＞", "不低于", "大于")):
        return False
    return bool(_LESS_IS_BETTER.search(line.label)) or line.block.startswith("成本")


def score_by_rule(line: Line) -> Decimal | None:
    """The score that target and result give; None for lines of words."""
    target, actual, weight = number_in(line.target), number_in(line.actual), number_in(line.weight)
    if weight is None:
        return None
    if target is None or actual is None:
        return weight if line.target == line.actual else None
    if _less(line):
        if actual <= target:
            return weight
        return max(Decimal(0), weight * (2 - actual / target)) if target else Decimal(0)
    return weight * min(Decimal(1), actual / target) if target else weight


@detector("score_rule")
def scores_follow(asked: Asked) -> Checked:
    """Each line's score is what its target and result give."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    for line in form.lines if form else ():
        expected, score = score_by_rule(line), number_in(line.score)
        if expected is None or score is None:
            continue
        shown = expected.quantize(CENT, ROUND_HALF_UP)
        name = f"{asked.form}.{line.name}.score"
        if not checked.sees(abs(shown - score) <= _HALF_POINT):
            checked.faults.append(
                Fault(
                    [name, f"{asked.form}.{line.name}.actual", f"{asked.form}.{line.name}.target"],
                    asked.where(name),
                    "得分与完成比例不相符",
                    line.score,
                    plain(shown),
                    score - shown,
                    severity=Severity.NOTE if line.deviation else None,
                    place=line.place,
                )
            )
    return checked


@detector("deviation")
def deductions_explained(asked: Asked) -> Checked:
    """A line below full marks gives its reason."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    for line in form.lines if form else ():
        weight, score = number_in(line.weight), number_in(line.score)
        if weight is None or score is None or score >= weight:
            continue
        if not checked.sees(bool(line.deviation)):
            checked.faults.append(
                Fault(
                    [f"{asked.form}.{line.name}.deviation", f"{asked.form}.{line.name}.score"],
                    f"附件{asked.form[:3]} 行“{line.label}”",
                    f"得 {line.score}/{line.weight} 分而没有写偏差原因",
                    "（空）",
                    "偏差原因及改进措施",
                    place=line.place,
                )
            )
    return checked


@detector("a12_full_with_defect", "reached_not_full")
def reached_is_full(asked: Asked) -> Checked:
    """A line that reached its target keeps its marks."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    for line in form.lines if form else ():
        weight, score, expected = number_in(line.weight), number_in(line.score), score_by_rule(line)
        if weight is None or score is None or expected != weight:
            continue
        name = f"{asked.form}.{line.name}.score"
        if not checked.sees(score == weight):
            checked.faults.append(
                Fault([name], asked.where(name), "指标已达标而扣分", line.score, line.weight, place=line.place)
            )
    return checked


@detector("empty_sublevels")
def sublevels_filled(asked: Asked) -> Checked:
    """Every second-level label has an indicator, or is left out."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    if form is None or not form.lines:
        return checked
    empty = [label for _, label, filled in form.sublevels if not filled]
    if not checked.sees(not empty):
        checked.faults.append(
            Fault(
                [f"{asked.form}.sublevels"],
                f"附件{asked.form[:3]}",
                "二级指标空缺：" + "、".join(empty),
                "（空）",
                "填写或删去",
                place=form.place,
            )
        )
    return checked


@detector("target_units")
def targets_have_units(asked: Asked) -> Checked:
    """Targets bear a unit or a sign."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    if form is None or not form.lines:
        return checked
    bare = [line for line in form.lines if number_in(line.target) is not None and not has_measure(line.target)]
    if not checked.sees(not bare):
        checked.faults.append(
            Fault(
                [f"{asked.form}.targets"],
                f"附件{asked.form[:3]}",
                f"{len(bare)} 个指标值只有数字，没有计量单位",
                bare[0].target,
                "数字与单位",
                place=form.place,
            )
        )
    return checked


@detector("target_too_low", "a12_overfulfil")
def targets_ambitious(asked: Asked) -> Checked:
    """Results far beyond the target say that it was set too low."""
    checked = Checked()
    form = asked.paper.forms.get(asked.form)
    for line in form.lines if form else ():
        target, actual = number_in(line.target), number_in(line.actual)
        if not target or actual is None:
            continue
        low = actual * 2 < target if _less(line) else actual > target * Decimal("1.3")
        name = f"{asked.form}.{line.name}.target"
        if not checked.sees(not low or bool(line.deviation)):
            checked.faults.append(
                Fault(
                    [name, f"{asked.form}.{line.name}.actual"],
                    asked.where(name),
                    "完成值远超指标值，指标值可能偏低",
                    f"{line.target}→{line.actual}",
                    "符合实际的指标值，或说明",
                    place=line.place,
                )
            )
    return checked


@detector("a12_subindicator_label")
def indicator_labels(asked: Asked) -> Checked:
    """An indicator stands under the same second-level label in all forms."""
    checked = Checked()
    whole = asked.paper.forms.get("1-2")
    for line in whole.lines if whole else ():
        twins = [(form, each) for form in project_forms(asked) for each in form.lines if each.label == line.label]
        for _form, twin in twins:
            if not twin.sublevel or not line.sublevel or COST_WORDS.search(line.label):
                continue
            if not checked.sees(twin.sublevel == line.sublevel):
                checked.faults.append(
                    Fault(
                        [f"1-2.{line.name}.target"],
                        f"附件1-2 行“{line.label}”",
                        "二级指标归类与项目自评表不一致",
                        line.sublevel,
                        twin.sublevel,
                        place=line.place,
                    )
                )
    return checked
