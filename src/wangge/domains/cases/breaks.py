"""What verification can find wrong with a case, each break by name and in words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wangge.standards.findings import gettext_noop


class BreakKind(StrEnum):
    """What can be wrong with a case; the value is the name in ``--json``."""

    CHANGED_STEP = "changed_step"
    CHANGED_COLUMNS = "changed_columns"
    REMOVED_STEP = "removed_step"
    FOREIGN_STEP = "foreign_step"
    ILLEGAL_STEP = "illegal_step"
    WRONG_TAIL = "wrong_tail"
    WRONG_STAGE = "wrong_stage"
    WRONG_DEADLINE = "wrong_deadline"
    WRONG_COLUMN = "wrong_column"
    WRONG_STATE = "wrong_state"
    CHANGED_WORDS = "changed_words"
    MISSING_WORDS = "missing_words"
    FOREIGN_WORDS = "foreign_words"
    CHANGED_MATTER = "changed_matter"
    MISSING_MATTER = "missing_matter"
    CASE_WITHOUT_STEPS = "case_without_steps"
    STEPS_WITHOUT_CASE = "steps_without_case"
    CHILD_WITHOUT_PARENT = "child_without_parent"
    CHANGED_PHOTO = "changed_photo"
    MISSING_PHOTO = "missing_photo"
    NUMBER_GAP = "number_gap"
    NUMBER_BEYOND_COUNTER = "number_beyond_counter"
    MONTH_GONE = "month_gone"


LABELS: dict[BreakKind, str] = {
    BreakKind.CHANGED_STEP: gettext_noop("流转记录被改动（校验码不符）"),
    BreakKind.CHANGED_COLUMNS: gettext_noop("流转记录的列与其内容不符"),
    BreakKind.REMOVED_STEP: gettext_noop("流转记录缺失"),
    BreakKind.FOREIGN_STEP: gettext_noop("多出不属于本案卷的流转记录"),
    BreakKind.ILLEGAL_STEP: gettext_noop("流转记录在当时的环节不成立"),
    BreakKind.WRONG_TAIL: gettext_noop("案卷记的末条校验码与流转记录不符"),
    BreakKind.WRONG_STAGE: gettext_noop("案卷的环节与流转记录不符"),
    BreakKind.WRONG_DEADLINE: gettext_noop("案卷的时限与规则不符"),
    BreakKind.WRONG_COLUMN: gettext_noop("案卷的列与流转记录不符"),
    BreakKind.WRONG_STATE: gettext_noop("案卷的状态与流转记录不符"),
    BreakKind.CHANGED_WORDS: gettext_noop("个人信息与流转记录的承诺值不符"),
    BreakKind.MISSING_WORDS: gettext_noop("个人信息缺失，又无清除记录"),
    BreakKind.FOREIGN_WORDS: gettext_noop("多出流转记录没有提到的个人信息"),
    BreakKind.CHANGED_MATTER: gettext_noop("案卷内容与上报时不符"),
    BreakKind.MISSING_MATTER: gettext_noop("案卷内容缺失"),
    BreakKind.CASE_WITHOUT_STEPS: gettext_noop("案卷没有流转记录"),
    BreakKind.STEPS_WITHOUT_CASE: gettext_noop("流转记录没有对应的案卷"),
    BreakKind.CHILD_WITHOUT_PARENT: gettext_noop("子案卷没有主案卷"),
    BreakKind.CHANGED_PHOTO: gettext_noop("照片原件被调换或改动（校验码不符）"),
    BreakKind.MISSING_PHOTO: gettext_noop("照片原件缺失"),
    BreakKind.NUMBER_GAP: gettext_noop("案卷号不连续"),
    BreakKind.NUMBER_BEYOND_COUNTER: gettext_noop("案卷号超出计数"),
    BreakKind.MONTH_GONE: gettext_noop("移出的月份文件缺失或被改动"),
}
"""What each break is called in front of people."""


@dataclass(frozen=True, slots=True)
class Break:
    """One break: which case, at which step (0: the case itself), and what differs."""

    kind: BreakKind
    number: str
    case_id: str
    seq: int = 0
    told: str = ""
