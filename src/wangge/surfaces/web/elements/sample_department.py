"""Invented samples of the pages of units: their own figures."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.command.pages import EmptyList, RowGroup
from wangge.surfaces.web.department.pages import MonthOfUnit, UnitFiguresPage
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.elements.samples import DEPARTMENT, rows, shell
from wangge.surfaces.web.elements.words import Urgency


def figures() -> UnitFiguresPage:
    """A running month with two late cases, a frozen month with its appeals, a published one."""
    some = rows()
    return UnitFiguresPage(
        shell=shell("本单位时限与考评", DEPARTMENT), heading="城东供排水公司：本期时限情况", list_url="department-list",
        span="统计期 2024-04-01 起，至此刻。按各次处置是否在时限内计，申诉已支持的计入；剔除以月度考评为准。",
        figures=(
            Figure("结案", "56", ""), Figure("时限内", "54", "#in-time"),
            Figure("超过时限", "2", "#late", Urgency.OVERDUE), Figure("时限内占比", "96%", ""),
        ),
        groups=(
            RowGroup(some[:2], "超过时限结案", "2", anchor="late"),
            RowGroup(some[3:7], "时限内结案", "4 / 54", anchor="in-time"),
        ),
        months=(
            MonthOfUnit("2024-03", "#", "已冻结，责任单位核对中", "—", "#", "2024-04-15 18:00"),
            MonthOfUnit("2024-02", "#", "已发布", "93.40"),
        ),
    )  # fmt: skip


def nothing_yet() -> UnitFiguresPage:
    """The first day of a month, before the first evaluation."""
    none = EmptyList("本期还没有在时限内结案的案卷。", "结案后自动列在这里。")
    late = EmptyList("本期没有超过时限结案的案卷。", "结案后自动列在这里。")
    return replace(
        figures(),
        figures=(Figure("结案", "0", ""), Figure("时限内占比", "—", "")),
        groups=(
            RowGroup((), "超过时限结案", "0", late, "late"),
            RowGroup((), "时限内结案", "0", none, "in-time"),
        ),
        months=(),
    )
