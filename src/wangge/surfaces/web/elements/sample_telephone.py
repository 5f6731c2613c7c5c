"""Invented calls for the gallery: missed ones, one call with what came before, and no exchange connected."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, rows, shell
from wangge.surfaces.web.office.telephone_pages import (
    CallAct,
    CallLine,
    CallsPage,
    Earlier,
    OneCallPage,
    OrderOfCaller,
)


def calls() -> CallsPage:
    """Three missed calls, one of them reached since."""
    return CallsPage(
        shell("来电", OFFICE), "来电",
        (Figure("未接来电", "", "#", is_current=True), Figure("全部来电", "", "#")),
        (
            CallLine(31, "#", NOW - timedelta(minutes=4), "138****5678", "8001", "未接", is_missed=True),
            CallLine(30, "#", NOW - timedelta(minutes=21), "139****0042", "8002", "未接", is_missed=True,
                     told="之后已接通"),
            CallLine(26, "#", NOW - timedelta(hours=1), "未显示号码", "", "未接", is_missed=True),
        ),
        Form("#", (Field("extension", "我的分机", FieldKind.TEXT, required=False, value="8001"),), "就座"),
        "您坐在分机 8001。",
    )  # fmt: skip


def no_calls() -> CallsPage:
    """No exchange is connected."""
    return replace(calls(), calls=(), seat_text="", is_open=False)


def one_call() -> OneCallPage:
    """An answered call with its recording, not registered yet."""
    return OneCallPage(
        shell("来电", OFFICE), "138****5678", "#", "已接听",
        (
            Fact("分机", "8001"), Fact("来电", "2024-04-12 10:31:04"), Fact("接听", "2024-04-12 10:31:09"),
            Fact("挂断", "2024-04-12 10:33:40"), Fact("录音 SHA-256", "5f3a" * 16),
        ),
        Earlier(
            rows()[:2], (OrderOfCaller("#", "DH-20240312-0034", "夜间施工噪声", "已答复", NOW - timedelta(days=30)),), 3
        ),
        "#",
        Form("#", (Field("reason", "查看事由", FieldKind.TEXT, max_length=200),), "查看号码"),
        Form("#", (Field("reason", "查看事由", FieldKind.TEXT, max_length=200),), "播放录音"),
        acts=(CallAct("bind", "归入案卷", Form("#", (Field("text", "案卷编号", FieldKind.TEXT),), "归入案卷")),),
    )  # fmt: skip
