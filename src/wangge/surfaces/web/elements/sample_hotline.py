"""Invented hotline orders for the gallery: lists, an order whose answer awaits approval, days reconciled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.office.hotline_pages import (
    ActForm,
    DayLine,
    DaysPage,
    DifferenceLine,
    EventLine,
    OrderLine,
    OrderPage,
    OrdersPage,
)


def _line(number: str, title: str, kind: str, state: str, hours: int, whose: str = "热线时限") -> OrderLine:
    return OrderLine(
        number, "#", "12345 热线", kind, title, state, NOW + timedelta(hours=hours), whose, hours < 0, hours == 2
    )


def orders() -> OrdersPage:
    """Open orders, one of them late."""
    return OrdersPage(
        shell=shell("热线工单", OFFICE), heading="热线工单", url="#",
        filters=(
            Field("channel", "渠道", FieldKind.SELECT, required=False, choices=(Choice("a", "12345 热线"),)),
            Field("state", "状态", FieldKind.SELECT, required=False, choices=(Choice("b", "待处理"),)),
        ),
        figures=(Figure("12345 热线", "42", "#"), Figure("马上就办", "7", "#")),
        orders=(
            _line("DH-20240312-0034", "夜间施工噪声扰民，希望查处", "投诉", "待处理", -3),
            _line("DH-20240313-0002", "路口窨井盖松动，车过有响声", "求助", "案卷办理中", 2, "案卷时限"),
            _line("DH-20240313-0008", "建议在公园增设垃圾桶", "建议", "答复待审", 90),
        ),
        next_url="#",
    )  # fmt: skip


def no_orders() -> OrdersPage:
    """Nothing to work on."""
    return replace(orders(), orders=(), next_url="")


def days() -> DaysPage:
    """Two days agree, one does not."""
    return DaysPage(
        shell=shell("热线对账", OFFICE), heading="热线对账", list_url="#",
        days=tuple(
            DayLine(
                f"2024-03-{12 - back}", "12345 热线", NOW - timedelta(days=back), theirs, ours, count,
                "#" if count else "", count > 0,
            )
            for back, theirs, ours, count in ((0, 412, 412, 0), (1, 398, 397, 2), (2, 405, 405, 0))
        ),
        differences_heading="2024-03-11 的差异",
        differences=(
            DifferenceLine("DH-20240311-0217", "本系统缺单", "有此单", "无此单"),
            DifferenceLine("DH-20240311-0031", "答复次数", "1", "0"),
        ),
    )  # fmt: skip


def no_days() -> DaysPage:
    """Never reconciled."""
    return replace(days(), days=(), differences=(), differences_heading="")


def one_order() -> OrderPage:
    """An order before the approver."""
    return OrderPage(
        shell=shell("DH-20240313-0008", OFFICE), heading="DH-20240313-0008", list_url="#",
        title="建议在公园增设垃圾桶", content="周末游人多，现有垃圾桶常满溢。", state="答复待审",
        facts=(
            Fact("渠道", "12345 热线"), Fact("诉求类型", "建议"), Fact("地点", "人民公园北门"),
            Fact("诉求人", "张** 138****5678"), Fact("科室", "综合"),
        ),
        clocks=(("热线时限", NOW + timedelta(hours=90), False), ("联系诉求人", NOW - timedelta(hours=1), True)),
        answer="已与园林养护单位商定，本月内在北门增设两处。",
        acts=(
            ActForm(
                "send_back_draft", "退回修改",
                Form("#", (Field("note", "说明", FieldKind.LONG_TEXT, max_length=1000),), "退回修改"),
            ),
            ActForm("approve_answer", "审核答复", Form("#", (), "审核答复")),
        ),
        reveal=Form("#", (Field("reason", "查看事由", FieldKind.TEXT, max_length=200),), "查看诉求人"),
        events=(
            EventLine(NOW - timedelta(hours=5), "接单", "待处理", "系统", ""),
            EventLine(NOW - timedelta(hours=4), "联系诉求人", "待处理", "李工", "已电话联系，核对了位置。"),
            EventLine(NOW - timedelta(hours=1), "拟写答复", "答复待审", "李工", "已与园林养护单位商定。"),
        ),
    )  # fmt: skip
