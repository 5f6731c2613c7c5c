"""Words of evaluation: names of objects, texts of figures, labels of the month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.evaluation.evaluating import indicators_on
from wangge.domains.evaluation.logic.months import MonthState
from wangge.surfaces import object_names
from wangge.surfaces.web.assessment.pages import CaseLine, Cell
from wangge.surfaces.web.command.rows import case_url
from wangge.surfaces.web.elements.labels import is_english, verb_name

_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_ALONE = re.compile(r"\(([a-z0-9_]+)\)")


def object_name(kind: str, code: str) -> str:
    """The name of a district or unit."""
    return object_names.object_name(kind, code)


def indicator_name(indicator: str, name_zh: str, day: date) -> str:
    """An indicator's name as defined on a day; in English where the page is and the definition has one."""
    if not is_english():
        return name_zh
    row = indicators_on(settings.ENVIRONMENT.city_overlay, day).get(indicator)
    return row.name_en.capitalize() if row is not None and row.name_en else name_zh


def formula_in_words(formula: str, named: Mapping[str, Mapping[str, Any]], day: date) -> str:
    """A formula with the names of what it is made of; what has no name stays as it is defined."""

    def name_of(found: re.Match[str]) -> str:
        definition = named.get(found[0])
        return indicator_name(found[0], definition["name_zh"], day) if definition else found[0]

    return _WORD.sub(name_of, _ALONE.sub(r"\1", formula).replace("*", "×").replace("/", "÷"))


def treatment_name(treated: str) -> str:
    """How a definition takes a kind of case, in words."""
    return {
        "open_overdue=counted": _("超期未办的计入"),
        "open_overdue=not_counted": _("超期未办的不计"),
        "extended=new_deadline": _("延期的按新时限"),
        "suspended=no_deadline": _("挂账的不计时限"),
        "merged=lead_only": _("合并的只计主案卷"),
        "reopened=new_cycle": _("重新立案的另计一个周期"),
        "excluded=left_out": _("剔除的不计"),
        "excluded=kept": _("剔除的照计"),
    }.get(treated, treated)


def state_name(state: MonthState) -> str:
    """Where a month stands."""
    return {
        MonthState.OPEN: _("未冻结"),
        MonthState.FROZEN: _("已冻结，待单位核对"),
        MonthState.REVIEWED: _("已复核，待签发"),
        MonthState.SIGNED: _("已签发，待发布"),
        MonthState.PUBLISHED: _("已发布"),
    }[state]


def step_name(verb: str) -> str:
    """A step of a month."""
    return {
        "freeze": _("冻结"),
        "review": _("复核"),
        "sign": _("签发"),
        "publish": _("发布"),
        "reissue": _("更正重发"),
    }[verb]


def figure_cell(figure: Mapping[str, Any], *, result: str, name: str) -> Cell:
    """A figure as a table shows it; no value is a dash, a rate beyond 100 says so."""
    value = figure.get("value")
    made_of = ""
    if figure.get("denominator") is not None:
        made_of = f"{figure['numerator']} / {figure['denominator']}"
        if figure.get("left_out"):
            made_of += " · " + _("剔除 %(n)d 件") % {"n": figure["left_out"]}
    mark = _("分子分母不是同一批案卷") if figure.get("beyond") else ""
    return Cell("—" if value is None else str(value), figure_url(result, name), made_of, mark)


def figure_url(result: str, name: str) -> str:
    """The page of a figure's trace."""
    return f"{reverse('assessment_figure', args=[result])}?{urlencode({'figure': name})}"


def case_line(step: Mapping[str, Any]) -> CaseLine:
    """A step that counted."""
    sign = _("计入") if step["sign"] > 0 else _("减去")
    label = f"{verb_name(step['verb'])} #{step['step']}"
    return CaseLine(step["case"], case_url(step["case"]), label, step["at"].replace("T", " "), sign)
