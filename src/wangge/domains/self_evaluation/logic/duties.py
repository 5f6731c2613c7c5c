"""What a form owes beside its numbers: weights that add up, reasons where points are lost, one fact in all forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wangge.domains.self_evaluation.logic.lines import Line, Method, Scored, Sheet, plain
from wangge.domains.self_evaluation.logic.scoring import completion_percent
from wangge.domains.self_evaluation.logic.words import Words, as_written, gettext_noop
from wangge.standards.performance import EXECUTION, Block, PerformanceTables


class Severity(StrEnum):
    """How grave a finding is; an error stops the step it is found at."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that a form owes: on which line, what is missing, and what to do."""

    kind: str
    severity: Severity
    line: str  # name of the line; empty for the form
    words: Words

    def text(self, translate: Callable[[str], str] = as_written) -> str:
        """What is missing and what to do, in the reader's language."""
        return self.words.text(translate)


def duty(kind: str, severity: Severity, line: str, template: str, **values: str) -> Duty:
    """A duty with its filled template; ``name`` is the line's unless given."""
    return Duty(kind, severity, line, Words(template, {"name": line, **values}))


def weight_duties(lines: Sequence[Line], blocks: Sequence[Block]) -> list[Duty]:
    """Block weights and the lines under them; a block without a line owes one."""
    found = []
    for block in blocks:
        if block.block == EXECUTION:
            continue
        inside = [line for line in lines if line.block == block.block]
        total = sum((line.weight for line in inside), Decimal(0))
        if total != block.weight:
            found.append(_block_duty(block, total, bool(inside)))
        found += [
            duty("second_level", Severity.WARNING, line.name, _SECOND, second=line.second, block=block.block_zh)
            for line in inside
            if block.seconds and line.second not in block.seconds
        ]
    known = {block.block for block in blocks}
    found += [duty("block", Severity.ERROR, line.name, _NO_BLOCK) for line in lines if line.block not in known]
    return found


def _block_duty(block: Block, total: Decimal, has_lines: bool) -> Duty:
    template = _WEIGHTS if has_lines else _NO_LINES
    values = {"block": block.block_zh, "total": plain(total), "weight": plain(block.weight)}
    return Duty("weights", Severity.ERROR, "", Words(template, values))


def score_duties(sheet: Sheet, *, tables: PerformanceTables) -> list[Duty]:
    """Lost points without a reason, full marks in spite of a shortfall, targets that were too easy."""
    return [found for row in sheet.lines for found in _line_duties(row, tables)]


def _line_duties(row: Scored, tables: PerformanceTables) -> Iterable[Duty]:
    name, reached = row.line.name, row.reached
    if row.score < row.line.weight and not (reached.deviation.strip() and reached.measure.strip()):
        yield duty("reason", Severity.ERROR, name, _REASON)
    short = row.by_rule is not None and row.by_rule < row.line.weight
    if row.method is Method.JUDGEMENT and short and row.score == row.line.weight:
        yield duty("full_marks", Severity.ERROR, name, _FULL)
    share = completion_percent(row.line, reached)
    if share is None or reached.deviation.strip():
        return
    if row.line.sign == "≥" and share > tables.thresholds["over_fulfilled"]:
        yield duty("too_easy", Severity.NOTE, name, _TOO_LOW, share=plain(share))
    if row.line.sign == "≤" and share < tables.thresholds["far_below_limit"]:
        yield duty("too_easy", Severity.NOTE, name, _TOO_LOOSE, share=plain(share))


def shared_fact_duties(sheets: Mapping[str, Sheet]) -> list[Duty]:
    """The same indicator in several forms of one year: same target, same actual, same share of the weight."""
    seen: dict[str, tuple[str, Scored]] = {}
    found = []
    for form, sheet in sheets.items():
        for row in sheet.lines:
            key = row.line.fact or row.line.name
            if key == "spending" or row.line.is_qualitative:
                continue
            if key not in seen:
                seen[key] = (form, row)
                continue
            other_form, other = seen[key]
            template = _difference(row, other)
            if template:
                found.append(
                    duty("shared_fact", Severity.ERROR, row.line.name, template, first=other_form, second=form)
                )
    return found


def _difference(row: Scored, other: Scored) -> str:
    if row.line.target != other.line.target:
        return _OTHER_TARGET
    if row.reached.value != other.reached.value:
        return _OTHER_ACTUAL
    # Cross products: shares are compared without dividing.
    return "" if row.score * other.line.weight == other.score * row.line.weight else _OTHER_SHARE


_SECOND = gettext_noop("“%(name)s”：“%(second)s”不是“%(block)s”的二级指标。")
_NO_BLOCK = gettext_noop("“%(name)s”所属的一级指标不在本表中。")
_WEIGHTS = gettext_noop("“%(block)s”各项分值合计 %(total)s，应为 %(weight)s。")
_NO_LINES = gettext_noop("“%(block)s”（%(weight)s 分）还没有指标。")
_REASON = gettext_noop("“%(name)s”扣了分，须写明偏差原因和改进措施。")
_FULL = gettext_noop("“%(name)s”没有达到指标值，不能得满分。")
_TOO_LOW = gettext_noop("“%(name)s”完成 %(share)s%%，请说明指标值是否偏低。")
_TOO_LOOSE = gettext_noop("“%(name)s”只用了限值的 %(share)s%%，请说明指标值是否偏松。")
_OTHER_TARGET = gettext_noop("“%(name)s”在“%(first)s”与“%(second)s”中指标值不一致。")
_OTHER_ACTUAL = gettext_noop("“%(name)s”在“%(first)s”与“%(second)s”中实际完成值不一致。")
_OTHER_SHARE = gettext_noop("“%(name)s”在“%(first)s”与“%(second)s”中得分率不一致。")
