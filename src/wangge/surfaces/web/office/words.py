"""The words of the ground on the office's pages: kinds of areas, changes, sizes, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.office.pages import MoveList


def kind_name(what: str) -> str:
    """What an import or a list holds."""
    return {
        "district": _("区"), "street": _("街道"), "community": _("社区"), "unit_grid": _("单元网格"),
        "responsibility_grid": _("责任网格"), "road": _("路段"), "name": _("地名与门牌"), "layer": _("自有图层"),
    }.get(what, what)  # fmt: skip


def change_name(change: str) -> str:
    """What becomes of an area."""
    return {
        "new": _("新增"), "moved": _("边界变动"), "renamed": _("名称或属性变动"), "ended": _("停用"),
        "same": _("没有变化"),
    }[change]  # fmt: skip


def size(square_metres: float) -> str:
    """A size as people read it."""
    if square_metres >= 1_000_000:
        return _("%(size)s 平方公里") % {"size": f"{square_metres / 1_000_000:,.2f}"}
    return _("%(size)s 平方米") % {"size": f"{square_metres:,.0f}"}


def day_text(day: date | None) -> str:
    """A day, or nothing for none."""
    return day.isoformat() if day else ""


def move_lists(found: Mapping[str, Any]) -> tuple[MoveList, ...]:
    """What a change moves as lists, from the JSON form of it; lists may be cut short, counts are whole."""
    if not found:
        return ()
    counts = found.get("counts") or {name: len(values) for name, values in found.items() if isinstance(values, list)}
    people = (_("责任网格"), _("姓名"))
    return (
        MoveList(
            _("变动的区域"), str(counts["areas"]), (_("类别"), _("代码"), _("名称"), _("变化"), _("变动面积")),
            tuple(
                (
                    kind_name(each["kind"]), each["code"], each["name"], change_name(each["change"]),
                    size(each["moved_m2"]),
                )
                for each in found["areas"]
            ),
            _("没有区域变动。"),
        ),
        MoveList(
            _("换了区域的在办案卷"), str(counts["cases"]), (_("案卷编号"), _("环节"), _("从哪里到哪里")),
            tuple((each["number"], word("stage", each["stage"]), _case_way(each)) for each in found["cases"]),
            _("没有在办案卷受影响。"),
        ),
        MoveList(
            _("受影响的采集员"), str(counts["collectors"]), people,
            tuple((each["grid"], each["name"]) for each in found["collectors"]),
            _("没有采集员受影响。"),
        ),
        MoveList(
            _("受影响的相关责任人"), str(counts["responsible"]), (*people, _("单位")),
            tuple((each["grid"], each["name"], each["unit"]) for each in found["responsible"]),
            _("没有相关责任人受影响。"),
        ),
        MoveList(
            _("当日新任的相关责任人"), str(counts["appointed"]), (*people, _("单位")),
            tuple((each["grid"], each["name"], each["unit"]) for each in found["appointed"]),
            _("当日没有新任。"),
        ),
    )  # fmt: skip


def _case_way(case: Mapping[str, Any]) -> str:
    nowhere = _("无")
    return "；".join(
        f"{kind_name(kind)} {case[kind][0] or nowhere} → {case[kind][1] or nowhere}"
        for kind in AreaKind
        if kind in case
    )
