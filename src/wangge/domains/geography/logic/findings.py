"""Owns what may be wrong with a row of an import into the ground, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _


class Problem(StrEnum):
    """What is wrong."""

    NO_CODE = "no_code"
    WRONG_CODE = "wrong_code"
    CODE_TWICE = "code_twice"
    NO_SHAPE = "no_shape"
    WRONG_SHAPE = "wrong_shape"
    SELF_CROSSING = "self_crossing"
    OUT_OF_RANGE = "out_of_range"
    PARENT_MISSING = "parent_missing"
    OUT_OF_PARENT = "out_of_parent"
    OVERLAP = "overlap"
    GAP = "gap"
    LEFT_OPEN = "left_open"
    CHILD_LEFT = "child_left"
    CHILD_OUTSIDE = "child_outside"
    SAME_DAY = "same_day"
    WRONG_DAY = "wrong_day"
    LATER_VERSION = "later_version"
    NO_NAME = "no_name"
    WRONG_VALUE = "wrong_value"
    FAR_OFF = "far_off"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a row (0: about what is there already) that a person should know; `refuses` keeps it out."""

    row: int
    code: str
    problem: Problem
    refuses: bool = True
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is wrong and what to do, in the reader's language."""
        return _words()[self.problem] % {"code": self.code, **self.values}


def _words() -> dict[Problem, str]:
    return {
        Problem.NO_CODE: _("没有代码。请补上代码。"),
        Problem.WRONG_CODE: _("代码“%(code)s”不合编码规则：%(rule)s。"),
        Problem.CODE_TWICE: _("代码“%(code)s”与第 %(other)s 行重复。请只留一行。"),
        Problem.NO_SHAPE: _("没有可读的图形（为空，或环不闭合）。请在制图软件中修正。"),
        Problem.WRONG_SHAPE: _("图形是 %(shape)s，应为 %(wanted)s。"),
        Problem.SELF_CROSSING: _(
            "边界自相交，在 %(place)s 附近。可自动修正，修正后 %(repaired)s 平方米；确认可行时加 --repair 重新导入。"
        ),
        Problem.OUT_OF_RANGE: _("图形的坐标不在所选坐标系的范围内。请检查坐标系、带号与坐标轴顺序。"),
        Problem.PARENT_MISSING: _("生效日没有上级区域“%(parent)s”。请先导入上级区域，或改正代码。"),
        Problem.OUT_OF_PARENT: _("有 %(area)s 平方米在上级区域“%(parent)s”之外。请修正边界或上级。"),
        Problem.OVERLAP: _("与“%(other)s”%(other_row)s重叠 %(area)s 平方米，在 %(place)s 附近。请修正边界。"),
        Problem.GAP: _("上级区域“%(parent)s”内有 %(area)s 平方米没有下级区域覆盖，最大一处在 %(place)s 附近。"),
        Problem.LEFT_OPEN: _(
            "让出的 %(area)s 平方米没有相邻网格接手，在 %(place)s 附近。请同时移动相邻网格的边界，或让它们随之调整。"
        ),
        Problem.CHILD_LEFT: _("停用“%(code)s”后，其下 %(count)s 个区域（如 %(child)s）没有上级。请同时调整下级区域。"),
        Problem.CHILD_OUTSIDE: _("新边界使下级区域“%(child)s”有 %(area)s 平方米落在“%(code)s”之外。"),
        Problem.SAME_DAY: _("“%(code)s”在 %(day)s 已有一个当日启用的边界。请选更晚的生效日期。"),
        Problem.WRONG_DAY: _("日期“%(given)s”不可用。请写作 2024-03-01，且停用日期晚于生效日期。"),
        Problem.LATER_VERSION: _("“%(code)s”自 %(day)s 起另有已登记的边界，本次边界只用到那天。"),
        Problem.NO_NAME: _("没有名称。请补上名称。"),
        Problem.WRONG_VALUE: _("“%(given)s”不可用：%(rule)s。"),
        Problem.FAR_OFF: _("位置不在城市范围内（相距约 %(km)s 公里）。请检查坐标。"),
    }


def label_of(problem: Problem) -> str:
    """The kind of problem in a few words, for a table of counts."""
    return {
        Problem.NO_CODE: _("没有代码"),
        Problem.WRONG_CODE: _("代码不合规则"),
        Problem.CODE_TWICE: _("代码重复"),
        Problem.NO_SHAPE: _("没有图形"),
        Problem.WRONG_SHAPE: _("图形类型不对"),
        Problem.SELF_CROSSING: _("边界自相交"),
        Problem.OUT_OF_RANGE: _("坐标超出范围"),
        Problem.PARENT_MISSING: _("没有上级区域"),
        Problem.OUT_OF_PARENT: _("超出上级区域"),
        Problem.OVERLAP: _("重叠"),
        Problem.GAP: _("空隙"),
        Problem.LEFT_OPEN: _("让出后无人接手"),
        Problem.CHILD_LEFT: _("下级失去上级"),
        Problem.CHILD_OUTSIDE: _("下级落在新边界外"),
        Problem.SAME_DAY: _("当日已有边界"),
        Problem.WRONG_DAY: _("日期不可用"),
        Problem.LATER_VERSION: _("之后另有边界"),
        Problem.NO_NAME: _("没有名称"),
        Problem.WRONG_VALUE: _("取值不可用"),
        Problem.FAR_OFF: _("位置过远"),
    }[problem]
