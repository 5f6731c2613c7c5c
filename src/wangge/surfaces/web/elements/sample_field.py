"""Invented pages of collectors for the gallery: the app, own work, background positions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import segno

from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.elements.samples import NOW, field_shell
from wangge.surfaces.web.field.app_views import app_page
from wangge.surfaces.web.field.pages import FieldAppPage, MinePage, ScoreShown, TrackerLine, TrackerPage, TurnShown
from wangge.surfaces.web.pages import Theme

_ADDRESS = "https://example.org/api/v1/positions/osmand"
_TOKEN = "wg_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"  # noqa: S105 - invented


def field_app() -> FieldAppPage:
    """The collectors' app at its report form, without an address to ask."""
    return replace(app_page(Theme.AUTO), urls="", shown="report")


def mine() -> MinePage:
    """Own work of somebody who was late once and not seen once."""
    return MinePage(
        shell=field_shell("我的工作量与考评"),
        name="赵小禾",
        months=(("本期", _counts(86, 31, 50, 2, 61)), ("上期 2024-03", _counts(402, 144, 249, 6, 390))),
        turns=(
            TurnShown("04-12", "QS03", "07:00–15:00", "present", "到岗"),
            TurnShown("04-11", "QS03", "07:00–15:00", "late", "到岗，晚 12 分钟"),
            TurnShown("04-10", "QS03", "07:00–15:00", "unknown", "没有定位，情况不明"),
        ),
        scores=(ScoreShown("2024-03", "96.40", "12"), ScoreShown("2024-02", "95.10", "19")),
        app_url="field-app",
        tracker_url="field-tracker",
    )


def mine_new() -> MinePage:
    """Own work of somebody who began today."""
    empty = _counts(0, 0, 0, 0, 0)
    return replace(mine(), months=(("本期", empty), ("上期 2024-03", empty)), turns=(), scores=())


def _counts(reported: int, own: int, filed: int, declined: int, closed: int) -> tuple[Fact, ...]:
    names = ("上报", "其中自行处置", "已立案", "不予受理或审核不通过", "已结案")
    return tuple(
        Fact(name, str(count)) for name, count in zip(names, (reported, own, filed, declined, closed), strict=True)
    )


def tracker() -> TrackerPage:
    """Background positions before any was set up."""
    return TrackerPage(field_shell("后台定位"), "#", (), app_url="field-app")


def tracker_made() -> TrackerPage:
    """A tracker just made: its code, and the list."""
    picture = segno.make(f"{_ADDRESS}?id={_TOKEN}&interval=60", error="m").svg_data_uri(scale=6, border=4, light="#fff")
    return replace(
        tracker(),
        trackers=(TrackerLine("华为 Mate", NOW, NOW + timedelta(days=180), "#"),),
        qr_svg_url=picture,
        facts=(Fact("服务器地址", _ADDRESS), Fact("设备标识", _TOKEN), Fact("上报间隔", "60 秒或 30 米")),
    )
