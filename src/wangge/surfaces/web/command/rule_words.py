"""A rule of ownership in words: for which classes, where, whose, what it stands on, what it proposes and why."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.cases.queries.neighbourhood import UsualUnit
from wangge.domains.cases.queries.proposal import LimitGround, ProposedLimit
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.queries import city_tables
from wangge.domains.ownership.logic.choosing import Choice, PlaceKind, Role, Rule
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


def unit_proposal(choice: Choice | None, usual: UsualUnit | None = None) -> str:
    """Why a unit is proposed: the rule that says so, or what was done about here before; empty where none is."""
    if choice is not None:
        told = {"unit": unit_name(choice.department), "rule": rule_words(choice.rule)}
        return _("建议：%(unit)s。规则：%(rule)s。") % told
    if usual is None:
        return ""
    told = {"unit": unit_name(usual.code), "number": str(usual.cases)}
    return _("建议：%(unit)s。附近同类案卷近半年有 %(number)s 件由其办理。") % told


def limit_proposal(limit: ProposedLimit | None, category: str, edition: str) -> str:
    """The handling limit that goes with a proposal, and why it is that one; empty where none is."""
    if limit is None:
        return ""
    why = {
        LimitGround.FILED: _("按立案条件"), LimitGround.RULE: _("按这条规则"),
        LimitGround.ONLY: _("该小类只有一个立案条件"),
    }[limit.ground]  # fmt: skip
    words = labels.condition_of(category, limit.condition_seq, edition)
    return _("建议时限：%(limit)s（%(why)s：%(condition)s）。") % {
        "limit": labels.limit_text(limit.value, limit.unit), "why": why, "condition": words,
    }  # fmt: skip
