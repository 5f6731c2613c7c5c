"""The tables of rules as the rule browser shows them: which there are, their columns, and a row's cells as words.

Pure: tables in, text out. What differs between two days is told row by row, by the row's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from wangge.standards.editions import edition_in_force
from wangge.standards.origin import Origin
from wangge.standards.tables import Tables
from wangge.surfaces.web.elements.labels import category_name, limit_text, post_name, stage_name, verb_name

Cell = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class RuleTable:
    """One table: its rows in a city's tables, its columns with what stands in them, and where its ground is told."""

    name: str
    heading: object
    rows: Callable[[Tables, date], Iterable[Any]]
    columns: tuple[tuple[object, Cell], ...]
    clause: Cell


class Change(StrEnum):
    """How a row of the later day differs from that of the earlier one."""

    SAME = "same"
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Rule:
    """A row as words; ``before`` holds the cells of the earlier day where they differ, ``national`` those of the
    national row that the city's own one stands for.
    """

    cells: tuple[str, ...]
    clause: str
    confidence: str
    note: str
    origin: Origin
    change: Change = Change.SAME
    before: tuple[str, ...] = ()
    national: tuple[str, ...] = ()


def _joined(name: str, word: Callable[[str], str] = str) -> Cell:
    return lambda row: "、".join(word(each) for each in getattr(row, name))


def _text(name: str) -> Cell:
    return lambda row: str(getattr(row, name))


def _class_of(row: Any) -> str:
    return f"{row.code4} {category_name(f'{row.category_type}:{row.code4}', row.edition)}"


def _clause(row: Any) -> str:
    return " ".join(filter(None, (getattr(row, name, "") for name in ("clause_or_standard", "source"))))


def _limits(tables: Tables, _day: date) -> Iterable[Any]:
    edition = edition_in_force(tables)
    return (row for row in tables.time_limits if row.edition == edition)


def _values(tables: Tables, day: date) -> Iterable[Any]:
    """Values of settings carry their days themselves and stand in the tables of every day."""
    return (row for row in tables.setting_values if row.at.holds_on(day))


def coming_days(tables: Tables, after: date) -> tuple[date, ...]:
    """The days after one on which some rule or value begins or ends."""
    days = {*tables.states_on}
    for row in tables.setting_values:
        days |= {day for day in (row.at.valid_from, row.at.valid_to) if day is not None}
    return tuple(sorted(day for day in days if day > after))


TABLES: Mapping[str, RuleTable] = {
    table.name: table
    for table in (
        RuleTable(
            "time_limits", _("处置时限"), _limits,
            (
                (_("小类"), _class_of),
                (_("立案条件"), _text("filing_condition_keywords_zh")),
                (_("时限"), lambda row: limit_text(row.value, row.unit)),
                (_("结案条件"), _text("closing_keywords_zh")),
            ),
            lambda row: f"{row.edition} {row.source}",
        ),
        RuleTable(
            "moves", _("流转操作"), lambda tables, _day: tables.moves,
            (
                (_("操作"), lambda row: verb_name(row.verb)),
                (_("环节"), lambda row: stage_name(row.from_stage)),
                (_("到环节"), lambda row: stage_name(row.to_stage)),
                (_("岗位"), _joined("posts", post_name)), (_("条件"), _joined("guards")),
                (_("凭据"), _joined("evidence")),
            ),
            _clause,
        ),
        RuleTable(
            "stage_limits", _("环节时限"), lambda tables, _day: tables.stage_limits,
            (
                (_("环节计时"), _text("name_zh")), (_("时限"), lambda row: limit_text(row.value, row.unit)),
                (_("岗位"), lambda row: post_name(row.post)),
            ),
            _clause,
        ),
        RuleTable(
            "approval_tiers", _("审批层级"), lambda tables, _day: tables.approval_tiers,
            (
                (_("方案"), _text("set")), (_("申请"), _text("request")), (_("条件"), _text("condition")),
                (_("凭据"), _joined("evidence")), (_("会签"), _joined("endorsers", post_name)),
                (_("审批岗位"), lambda row: post_name(row.deciding_post)),
            ),
            _clause,
        ),
        RuleTable(
            "automations", _("自动规则"), lambda tables, _day: tables.automations,
            (
                (_("规则"), _text("name_zh")), (_("方案"), _text("set")),
                (_("环节"), lambda row: stage_name(row.stage)), (_("条件"), _text("condition")),
                (_("操作"), lambda row: verb_name(row.verb)),
                (_("抽查比例"), lambda row: f"{row.second_look_percent}%"),
            ),
            _clause,
        ),
        RuleTable(
            "composites", _("合并办理"), lambda tables, _day: tables.composites,
            (
                (_("名称"), _text("act_zh")), (_("方案"), _text("set")), (_("步骤"), _joined("steps", verb_name)),
                (_("岗位"), lambda row: post_name(row.post)), (_("条件"), _text("condition")),
            ),
            _clause,
        ),
        RuleTable(
            "ladders", _("催办与督办"), lambda tables, _day: tables.ladders,
            (
                (_("类别"), _text("ladder")), (_("级别"), _text("level")),
                (_("发起岗位"), _joined("from_posts", post_name)),
                (_("送达"), _text("addressee_zh")), (_("答复期限"), _text("answer_within")),
            ),
            _clause,
        ),
        RuleTable(
            "settings", _("城市设置"), lambda tables, _day: tables.settings,
            (
                (_("设置"), _text("key")), (_("默认值"), _text("default")), (_("可取值"), _text("allowed")),
                (_("含义"), _text("meaning")),
            ),
            _clause,
        ),
        RuleTable(
            "setting_values", _("本市取值"), _values,
            ((_("设置"), _text("key")), (_("取值"), _text("value")), (_("适用范围"), _text("scope"))),
            _clause,
        ),
        RuleTable(
            "indicators", _("考评指标"), lambda tables, _day: tables.indicators,
            (
                (_("指标"), _text("name_zh")), (_("标识"), _text("id")), (_("口径"), _text("definition")),
                (_("公式"), lambda row: row.formula or row.counted), (_("计入时点"), _text("counted_at")),
            ),
            _clause,
        ),
        RuleTable(
            "entries", _("来源与入口"), lambda tables, _day: tables.entries,
            (
                (_("来源"), _text("source_zh")), (_("入口操作"), lambda row: verb_name(row.entry)),
                (_("须核实"), lambda row: "✓" if row.needs_verification else ""),
            ),
            _clause,
        ),
        RuleTable(
            "labels", _("用语目录"), lambda tables, _day: tables.labels,
            ((_("用语"), _text("label_zh")), (_("类别"), _text("of")), (_("标识"), _text("term"))),
            _clause,
        ),
    )
}  # fmt: skip


Day = tuple[Tables, date]


def rules_of(table: RuleTable, on: Day, against: Day | None = None) -> tuple[Rule, ...]:
    """The table's rows as words; with a later day those of that day, each with how it differs."""
    tables, now = on[0], _by_key(table, *on)
    if against is None:
        return tuple(_rule(table, row, tables) for row in now.values())
    later, then = against[0], _by_key(table, *against)
    found = []
    for key, row in then.items():
        told = _rule(table, row, later)
        before = _cells(table, now[key]) if key in now else ()
        if not before:
            found.append(_with(told, Change.ADDED))
        elif before != told.cells:
            found.append(_with(told, Change.CHANGED, before))
        else:
            found.append(told)
    found += [_with(_rule(table, row, tables), Change.ENDED) for key, row in now.items() if key not in then]
    return tuple(found)


def _by_key(table: RuleTable, tables: Tables, day: date) -> dict[tuple[str, ...], Any]:
    return {row.at.key or (str(row.at),): row for row in table.rows(tables, day)}


def _rule(table: RuleTable, row: Any, tables: Tables) -> Rule:
    below = tables.replaced.get((row.at.table, row.at.key)) if row.at.overlay else None
    return Rule(
        _cells(table, row), table.clause(row), getattr(row, "confidence", ""), getattr(row, "note", ""), row.at,
        national=_cells(table, below) if below is not None and type(below) is type(row) else (),
    )  # fmt: skip


def _with(rule: Rule, change: Change, before: tuple[str, ...] = ()) -> Rule:
    return Rule(rule.cells, rule.clause, rule.confidence, rule.note, rule.origin, change, before, rule.national)


def _cells(table: RuleTable, row: Any) -> tuple[str, ...]:
    return tuple(cell(row) for _heading, cell in table.columns)
