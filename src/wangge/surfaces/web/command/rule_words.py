"""A rule of ownership in words: for which classes, where, whose, and what it stands on."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.queries import city_tables
from wangge.domains.ownership.logic.choosing import PlaceKind, Role, Rule
from wangge.groundwork import clock
from wangge.standards.editions import edition_in_force
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels


def rule_words(rule: Rule) -> str:
    """One line: 柳堤区 上水井盖 → 权属单位 · 依据."""
    return f"{place_words(rule)} {class_words(rule.category)} → {whose_words(rule)}（{rule.source_text}）"


def place_words(rule: Rule) -> str:
    """Where a rule holds."""
    if rule.place_kind is PlaceKind.CITY:
        return _("全市")
    if rule.place_kind is PlaceKind.ROAD:
        return rule.place
    return area_name(kind=AreaKind(rule.place_kind.value), code=rule.place, on=clock.today())


def class_words(category: str) -> str:
    """The classes a rule is for."""
    if not category:
        return _("全部类别")
    if len(category.partition(":")[2]) == 4:
        return labels.category_name(category, edition_in_force(city_tables()))
    kind, _colon, start = category.partition(":")
    name = _("部件") if kind == "component" else _("事件")
    return _("%(kind)s %(start)s 类") % {"kind": name, "start": start} if start else name


def whose_words(rule: Rule) -> str:
    """The unit a rule names."""
    if rule.role is None:
        return unit_name(rule.department)
    return {
        Role.OWNER: _("部件的权属单位"), Role.MANAGER: _("部件的主管部门"), Role.MAINTAINER: _("部件的养护单位"),
    }[rule.role]  # fmt: skip
