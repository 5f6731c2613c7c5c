"""Invented handovers and kept views for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.command.handover_pages import HandoverPage, HandoverRow
from wangge.surfaces.web.command.kept_views import KeptView, KeptViews
from wangge.surfaces.web.command.pages import WorkListPage
from wangge.surfaces.web.elements import samples
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.elements.words import Urgency

STANDING = (("待受理", 12), ("处置中", 208), ("超过时限", 3))


def handovers() -> HandoverPage:
    """One waits for a signature, one is signed."""
    return HandoverPage(
        shell=shell("交接班"), heading="交接班",
        standing=(
            Figure("待受理", "12", "#"), Figure("处置中", "208", "#"), Figure("超过时限", "3", "#", Urgency.OVERDUE),
        ),
        form=Form(
            "#",
            (
                Field("shift", "交出的班次", FieldKind.SELECT, choices=(Choice("day", "白班"),)),
                Field("promised", "答应过的事", FieldKind.LONG_TEXT, required=False),
                Field("unusual", "异常情况", FieldKind.LONG_TEXT, required=False),
            ),
            "写下交接",
        ),
        handovers=(
            HandoverRow(
                2, "白班", NOW - timedelta(minutes=9), "安晓", STANDING, "430201-20260506-00017 今晚 20:00 前回电",
                "柳堤一带停电，路灯类上报增多。", None, "", "",
                Form("#", (Field("remark", "接班意见", FieldKind.TEXT, required=False),), "签收接班"),
            ),
            HandoverRow(
                1, "夜班", NOW - timedelta(hours=10), "白帆", STANDING, "", "", NOW - timedelta(hours=10), "安晓",
                "已核对", None,
            ),
        ),
        next_url="#",
    )  # fmt: skip


def no_handover() -> HandoverPage:
    """The first shift."""
    return replace(handovers(), handovers=(), next_url="")


def with_views() -> WorkListPage:
    """A work list beside which two views are kept."""
    views = KeptViews(
        (KeptView("云岚区夜间", "#", "#", True), KeptView("热线来的", "#", "#", False)), "#", "district=430201"
    )
    return replace(samples.work_list(), kept=views)
