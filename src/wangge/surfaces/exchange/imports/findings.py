"""Owns what can be wrong with a foreign row, and what a mapping may decide about it.

Nothing is ever guessed: a finding names the field and quotes what the row states, and the mapping's policy
says whether the row is kept as it is, kept without the doubtful value, or refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wangge.standards.findings import gettext_noop


class Policy(StrEnum):
    """What becomes of a row with a finding."""

    KEEP = "keep"
    """Taken as it stands; the finding is only reported."""
    FALLBACK = "fallback"
    """The code table's declared fallback is taken."""
    WITHOUT_VALUE = "without_value"
    """Taken without the doubtful value."""
    WITHOUT_CLOSING_TIME = "without_closing_time"
    """The status stays, the closing time is not believed."""
    SWAP = "swap"
    """Longitude and latitude change places: the mapping's author has seen that the file has them so."""
    OPEN = "open"
    """Taken as an open report without a closing time."""
    REFUSE = "refuse"
    """Not taken; the row goes to the file of refused rows."""


class FindingKind(StrEnum):
    """Every way a row can be doubtful or broken; the value is the name used in mappings and result files."""

    UNREADABLE_ROW = "unreadable_row"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    UNCOMPUTED_FORMULA = "uncomputed_formula"
    MISSING_KEY = "missing_key"
    REPEATED_KEY = "repeated_key"
    MISSING_REPORTED_AT = "missing_reported_at"
    UNREADABLE_REPORTED_AT = "unreadable_reported_at"
    UNREADABLE_TIME = "unreadable_time"
    REPORTED_OUT_OF_RANGE = "reported_out_of_range"
    REPORTED_IN_FUTURE = "reported_in_future"
    CLOSED_BEFORE_REPORTED = "closed_before_reported"
    CLOSED_IN_FUTURE = "closed_in_future"
    CLOSED_WITHOUT_TIME = "closed_without_time"
    OPEN_WITH_CLOSING_TIME = "open_with_closing_time"
    UPDATED_BEFORE_REPORTED = "updated_before_reported"
    TARGET_BEFORE_REPORTED = "target_before_reported"
    PROMISED_BEFORE_REPORTED = "promised_before_reported"
    PROMISED_FAR_AHEAD = "promised_far_ahead"
    AMBIGUOUS_LOCAL_TIME = "ambiguous_local_time"
    NONEXISTENT_LOCAL_TIME = "nonexistent_local_time"
    OTHER_COLUMN_DISAGREES = "other_column_disagrees"
    MISSING_POINT = "missing_point"
    ZERO_POINT = "zero_point"
    UNREADABLE_POINT = "unreadable_point"
    POINT_OUTSIDE_AREA = "point_outside_area"
    SWAPPED_AXES = "swapped_axes"
    MISSING_PLACE = "missing_place"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_SOURCE = "unknown_source"
    DAMAGED_TEXT = "damaged_text"
    DUE_BEYOND_CALENDAR = "due_beyond_calendar"
    # of whole histories
    CLASS_WITHOUT_LIMIT = "class_without_limit"
    UNKNOWN_CONDITION = "unknown_condition"
    STEP_WITHOUT_CASE = "step_without_case"
    STEP_WITHOUT_TIME = "step_without_time"
    STEP_IN_FUTURE = "step_in_future"
    STEP_BEFORE_REPORTED = "step_before_reported"
    STEPS_OUT_OF_ORDER = "steps_out_of_order"
    UNKNOWN_ACTION = "unknown_action"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_UNIT = "unknown_unit"
    PARENT_NOT_IN_FILE = "parent_not_in_file"
    LEAD_NOT_IN_FILE = "lead_not_in_file"
    PHOTO_NOT_THERE = "photo_not_there"
    PHOTO_UNUSABLE = "photo_unusable"
    PHOTO_WITHOUT_CASE = "photo_without_case"


@dataclass(frozen=True, slots=True)
class RowFinding:
    """One finding of one row: its kind, the field it is about, and what the row states, as text."""

    kind: FindingKind
    field: str
    stated: str


class RowRefused(Exception):
    """A row is not taken; carries the finding that decided it."""

    def __init__(self, finding: RowFinding) -> None:
        super().__init__(finding.kind.value)
        self.finding = finding


_K, _P = FindingKind, Policy
_ONLY_REFUSE = (_P.REFUSE,)
_CLOSING = (_P.WITHOUT_CLOSING_TIME, _P.OPEN, _P.REFUSE)
_DOUBTFUL_VALUE = (_P.KEEP, _P.WITHOUT_VALUE, _P.REFUSE)
_UNUSABLE_VALUE = (_P.WITHOUT_VALUE, _P.REFUSE)
_ONLY_REPORT = (_P.KEEP, _P.REFUSE)
_CODE = (_P.FALLBACK, _P.REFUSE)

ALLOWED_POLICIES: dict[FindingKind, tuple[Policy, ...]] = {
    _K.UNREADABLE_ROW: _ONLY_REFUSE,
    _K.WRONG_COLUMN_COUNT: _ONLY_REFUSE,
    _K.UNCOMPUTED_FORMULA: _ONLY_REFUSE,
    _K.MISSING_KEY: _ONLY_REFUSE,
    _K.REPEATED_KEY: _ONLY_REFUSE,
    _K.MISSING_REPORTED_AT: _ONLY_REFUSE,
    _K.UNREADABLE_REPORTED_AT: _ONLY_REFUSE,
    _K.UNREADABLE_TIME: _UNUSABLE_VALUE,
    _K.REPORTED_OUT_OF_RANGE: (_P.REFUSE, _P.KEEP),
    _K.REPORTED_IN_FUTURE: (_P.REFUSE, _P.KEEP),
    _K.CLOSED_BEFORE_REPORTED: _CLOSING,
    _K.CLOSED_IN_FUTURE: _CLOSING,
    _K.CLOSED_WITHOUT_TIME: _CLOSING,
    _K.OPEN_WITH_CLOSING_TIME: (_P.WITHOUT_CLOSING_TIME, _P.REFUSE),
    _K.UPDATED_BEFORE_REPORTED: _DOUBTFUL_VALUE,
    _K.TARGET_BEFORE_REPORTED: _DOUBTFUL_VALUE,
    _K.PROMISED_BEFORE_REPORTED: _DOUBTFUL_VALUE,
    _K.PROMISED_FAR_AHEAD: _DOUBTFUL_VALUE,
    _K.AMBIGUOUS_LOCAL_TIME: _ONLY_REPORT,
    _K.NONEXISTENT_LOCAL_TIME: _ONLY_REPORT,
    _K.OTHER_COLUMN_DISAGREES: _ONLY_REPORT,
    _K.MISSING_POINT: _ONLY_REPORT,
    _K.ZERO_POINT: _UNUSABLE_VALUE,
    _K.UNREADABLE_POINT: _UNUSABLE_VALUE,
    _K.POINT_OUTSIDE_AREA: (_P.WITHOUT_VALUE, _P.KEEP, _P.REFUSE),
    _K.SWAPPED_AXES: (_P.WITHOUT_VALUE, _P.SWAP, _P.REFUSE),
    _K.MISSING_PLACE: _ONLY_REPORT,
    _K.UNKNOWN_CATEGORY: _CODE,
    _K.UNKNOWN_STATUS: _CODE,
    _K.UNKNOWN_SOURCE: _CODE,
    _K.DAMAGED_TEXT: _ONLY_REPORT,
    _K.DUE_BEYOND_CALENDAR: _ONLY_REPORT,
    _K.CLASS_WITHOUT_LIMIT: _ONLY_REFUSE,
    _K.UNKNOWN_CONDITION: _CODE,
    _K.STEP_WITHOUT_CASE: _ONLY_REFUSE,
    _K.STEP_WITHOUT_TIME: _ONLY_REFUSE,
    _K.STEP_IN_FUTURE: (_P.REFUSE, _P.KEEP),
    _K.STEP_BEFORE_REPORTED: _ONLY_REPORT,
    _K.STEPS_OUT_OF_ORDER: _ONLY_REPORT,
    _K.UNKNOWN_ACTION: _ONLY_REPORT,
    _K.UNKNOWN_PERSON: _ONLY_REPORT,
    _K.UNKNOWN_UNIT: _ONLY_REPORT,
    _K.PARENT_NOT_IN_FILE: _ONLY_REPORT,
    _K.LEAD_NOT_IN_FILE: _ONLY_REPORT,
    _K.PHOTO_NOT_THERE: _ONLY_REPORT,
    _K.PHOTO_UNUSABLE: _ONLY_REPORT,
    _K.PHOTO_WITHOUT_CASE: _ONLY_REFUSE,
}
"""The policies a mapping may choose for each kind; the first one holds when the mapping is silent."""

LABELS: dict[FindingKind, str] = {
    _K.UNREADABLE_ROW: gettext_noop("整行无法读取"),
    _K.WRONG_COLUMN_COUNT: gettext_noop("列数与表头不符"),
    _K.UNCOMPUTED_FORMULA: gettext_noop("单元格是未经计算的公式，没有值；请在表格软件中打开并保存后再导入"),
    _K.MISSING_KEY: gettext_noop("缺少外部编号"),
    _K.REPEATED_KEY: gettext_noop("外部编号在本文件中已出现过"),
    _K.MISSING_REPORTED_AT: gettext_noop("缺少上报时间"),
    _K.UNREADABLE_REPORTED_AT: gettext_noop("上报时间无法读取"),
    _K.UNREADABLE_TIME: gettext_noop("时间无法读取"),
    _K.REPORTED_OUT_OF_RANGE: gettext_noop("上报时间不在映射声明的年份范围内"),
    _K.REPORTED_IN_FUTURE: gettext_noop("上报时间晚于现在"),
    _K.CLOSED_BEFORE_REPORTED: gettext_noop("结案时间早于上报时间"),
    _K.CLOSED_IN_FUTURE: gettext_noop("结案时间晚于现在"),
    _K.CLOSED_WITHOUT_TIME: gettext_noop("已结案但没有结案时间"),
    _K.OPEN_WITH_CLOSING_TIME: gettext_noop("未结案却有结案时间"),
    _K.UPDATED_BEFORE_REPORTED: gettext_noop("更新时间早于上报时间"),
    _K.TARGET_BEFORE_REPORTED: gettext_noop("期限早于上报时间"),
    _K.PROMISED_BEFORE_REPORTED: gettext_noop("承诺日早于上报日"),
    _K.PROMISED_FAR_AHEAD: gettext_noop("承诺日远晚于上报日"),
    _K.AMBIGUOUS_LOCAL_TIME: gettext_noop("当地时间因夏令时结束出现两次，取先一次"),
    _K.NONEXISTENT_LOCAL_TIME: gettext_noop("当地时间因夏令时开始并不存在"),
    _K.OTHER_COLUMN_DISAGREES: gettext_noop("另一列所记的时间与之不符"),
    _K.MISSING_POINT: gettext_noop("缺少坐标"),
    _K.ZERO_POINT: gettext_noop("坐标为 0,0"),
    _K.UNREADABLE_POINT: gettext_noop("坐标无法读取"),
    _K.POINT_OUTSIDE_AREA: gettext_noop("坐标落在映射声明的范围之外"),
    _K.SWAPPED_AXES: gettext_noop("经度与纬度颠倒"),
    _K.MISSING_PLACE: gettext_noop("既无坐标也无地址"),
    _K.UNKNOWN_CATEGORY: gettext_noop("类别不在代码表中"),
    _K.UNKNOWN_STATUS: gettext_noop("状态不在代码表中"),
    _K.UNKNOWN_SOURCE: gettext_noop("来源不在代码表中"),
    _K.DAMAGED_TEXT: gettext_noop("文字含有无法解码的字符"),
    _K.DUE_BEYOND_CALENDAR: gettext_noop("期限超出日历已知的年份，无法推算"),
    _K.CLASS_WITHOUT_LIMIT: gettext_noop("类别在当日标准中没有立案条件，请在映射中改用有时限的类别"),
    _K.UNKNOWN_CONDITION: gettext_noop("立案条件无法读取，取该类别的第一条"),
    _K.STEP_WITHOUT_CASE: gettext_noop("流转记录没有对应的案卷"),
    _K.STEP_WITHOUT_TIME: gettext_noop("流转记录没有可读的时间"),
    _K.STEP_IN_FUTURE: gettext_noop("流转时间晚于现在"),
    _K.STEP_BEFORE_REPORTED: gettext_noop("流转时间早于案卷所记的上报时间"),
    _K.STEPS_OUT_OF_ORDER: gettext_noop("流转的序号与时间先后不一致，按时间排"),
    _K.UNKNOWN_ACTION: gettext_noop("环节动作不在对照表中，留作备注"),
    _K.UNKNOWN_PERSON: gettext_noop("人员在本系统中没有对应"),
    _K.UNKNOWN_UNIT: gettext_noop("单位在本系统中没有对应，另立接收单位"),
    _K.PARENT_NOT_IN_FILE: gettext_noop("主案卷不在文件中，按独立案卷导入"),
    _K.LEAD_NOT_IN_FILE: gettext_noop("并入的案卷不在文件中"),
    _K.PHOTO_NOT_THERE: gettext_noop("照片文件不存在"),
    _K.PHOTO_UNUSABLE: gettext_noop("照片文件无法使用"),
    _K.PHOTO_WITHOUT_CASE: gettext_noop("照片没有对应的案卷"),
}
"""What each kind is called in front of people."""
