"""The forms of ownership: a draft, a rule, a decision of a meeting, a release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.organizations.queries import city_tables
from wangge.domains.ownership.logic.choosing import PlaceKind, Role
from wangge.domains.ownership.models import MeetingDecision
from wangge.groundwork import clock
from wangge.standards.editions import edition_in_force
from wangge.surfaces.web.command.argument_fields import category_field, unit_choices
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form, picture_limits

Typed = Mapping[str, str]
DECISIONS = 50


def _form(url: str, fields: list[Field], submit: str, typed: Typed | None, error: str) -> Form:
    """The form with what was typed, and why it was refused; its text outlives a lost session."""
    shown = tuple(replace(each, value=typed.get(each.name, each.value)) for each in fields) if typed else tuple(fields)
    return Form(url, shown, submit, draft_key=url.strip("/"), errors=(error,) if error else ())


def draft_form(typed: Typed | None = None, error: str = "") -> Form:
    """Begin a draft."""
    title = Field("title", _("草案名称"), FieldKind.TEXT, max_length=100, placeholder=_("例如：2024 年下半年职责分工"))
    return _form(reverse("ownership_draft"), [title], _("以现行规则起草"), typed, error)


def decision_form(typed: Typed | None = None, error: str = "") -> Form:
    """Keep a decision of a meeting."""
    fields = [
        Field("minutes_no", _("会议纪要文号"), FieldKind.TEXT, max_length=60),
        Field("held_on", _("会议日期"), FieldKind.TEXT, placeholder="2024-03-13", max_length=10, input_mode="numeric"),
        Field("decision", _("决定"), FieldKind.LONG_TEXT, max_length=2000),
        Field(
            "paper",
            _("纪要扫描件"),
            FieldKind.FILE,
            required=False,
            max_count=1,
            help=picture_limits(),
        ),
    ]
    return _form(reverse("ownership_decision"), fields, _("登记协调会决定"), typed, error)


def rule_form(number: int, typed: Typed | None = None, error: str = "") -> Form:
    """Add a rule to a draft."""
    edition = edition_in_force(city_tables())
    kinds = {
        PlaceKind.CITY: _("全市"), PlaceKind.DISTRICT: _("区"), PlaceKind.STREET: _("街道"),
        PlaceKind.RESPONSIBILITY_GRID: _("责任网格"), PlaceKind.COMMUNITY: _("社区"),
        PlaceKind.UNIT_GRID: _("单元网格"), PlaceKind.ROAD: _("道路"),
    }  # fmt: skip
    roles = {Role.OWNER: _("部件的权属单位"), Role.MANAGER: _("部件的主管部门"), Role.MAINTAINER: _("部件的养护单位")}
    decisions = tuple(
        Choice(str(each.id), f"{each.minutes_no} {each.decision[:40]}")
        for each in MeetingDecision.objects.all()[:DECISIONS]
    )
    fields = [
        replace(category_field(edition, required=False), help=_("留空表示全部类别。")),
        Field(
            "place_kind", _("范围"), FieldKind.SELECT, value="city",
            choices=tuple(Choice(kind.value, label) for kind, label in kinds.items()),
        ),
        Field(
            "place", _("地点"), FieldKind.TEXT, required=False, max_length=60,
            help=_("区域代码；道路填路名；全市不填。"),
        ),
        Field(
            "department", _("责任单位"), FieldKind.SEARCH, required=False, choices=unit_choices(""),
            placeholder=_("输入名称或拼音首字母"),
        ),
        Field(
            "whose", _("或按部件的单位"), FieldKind.SELECT, required=False,
            choices=(Choice("", "—"), *(Choice(role.value, label) for role, label in roles.items())),
        ),
        Field(
            "condition_seq", _("立案条件序号"), FieldKind.NUMBER, required=False,
            help=_("小类的立案条件；据此建议处置时限。不填则按案卷的立案条件。"),
        ),
        Field("source_text", _("依据"), FieldKind.TEXT, required=False, max_length=300),
        Field(
            "valid_from", _("开始日期"), FieldKind.TEXT, value=clock.today().isoformat(), max_length=10,
            input_mode="numeric",
        ),
    ]  # fmt: skip
    if decisions:
        question = Field(
            "decision", _("协调会决定"), FieldKind.SELECT, required=False, choices=(Choice("", "—"), *decisions)
        )
        fields.insert(-1, question)
    return _form(reverse("ownership_rule", args=[number]), fields, _("加入草案"), typed, error)


def release_form(number: int, typed: Typed | None = None, error: str = "") -> Form:
    """Release a draft."""
    fields = [
        Field("effective_on", _("生效日期"), FieldKind.TEXT, placeholder="2024-07-01", max_length=10,
              input_mode="numeric"),
        Field("accepted_gaps", _("空白为何可以留着"), FieldKind.LONG_TEXT, required=False, max_length=500),
    ]  # fmt: skip
    return _form(reverse("ownership_release", args=[number]), fields, _("发布"), typed, error)
