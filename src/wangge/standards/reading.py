"""Reading of the tables' CSV files: which file holds which rows, their keys, how a cell becomes a value."""

from __future__ import annotations

import csv
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

from wangge.standards import tables as rows
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Origin


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table: its files, row type, key columns, and the columns whose field bears another name."""

    name: str  # the field of Tables
    files: tuple[str, ...]
    row_type: type
    key: tuple[str, ...]  # empty: one row at a time, whatever it says
    columns: Mapping[str, str] = field(default_factory=dict)  # field -> column
    separators: Mapping[str, str] = field(default_factory=dict)  # field -> what splits a list; else blanks
    required: tuple[str, ...] = ()  # further columns that may not be empty

    def column(self, field_name: str) -> str:
        return self.columns.get(field_name, field_name)


_LIMIT = {
    "value": "limit_value",
    "unit": "limit_unit",
    "unit_zh": "limit_unit_zh",
    "minutes": "limit_minutes",
}

FORMS: tuple[TableForm, ...] = (
    TableForm(
        "moves",
        ("moves.csv",),
        rows.Move,
        ("verb", "from_stage"),
        {"posts": "post"},
        {"posts": ";"},
        ("move_id", "verb_zh", "kind", "to_stage", "post", "clause_or_standard"),
    ),
    TableForm("stages", ("stages.csv",), rows.Stage, ("stage",), required=("stage_zh", "phase", "handling_clock")),
    TableForm(
        "stage_limits",
        ("stage_limits.csv",),
        rows.StageLimit,
        ("stage_clock",),
        _LIMIT,
        required=("name_zh", "post"),
    ),
    TableForm(
        "refusals", ("refusals.csv", "refusals_added.csv"), rows.Refusal, ("reason",), required=("reason_zh", "when")
    ),
    TableForm(
        "entries", ("entries.csv", "entries_added.csv"), rows.Entry, ("source",), required=("source_zh", "entry")
    ),
    TableForm("settings", ("settings.csv",), rows.CitySetting, ("key",), required=("allowed", "meaning")),
    TableForm(
        "approval_tiers",
        ("approval_tiers.csv",),
        rows.Tier,
        ("set", "request", "seq"),
        required=("deciding_post",),
    ),
    TableForm(
        "automations",
        ("automations.csv",),
        rows.Automation,
        ("name",),
        required=("name_zh", "set", "stage", "verb"),
    ),
    TableForm(
        "composites",
        ("composites.csv",),
        rows.Composite,
        ("act",),
        required=("act_zh", "set", "steps", "post"),
    ),
    TableForm(
        "ladders",
        ("ladders.csv",),
        rows.Rung,
        ("ladder", "level"),
        {"from_posts": "from_post"},
        required=("addressee", "addressee_zh", "answer_within"),
    ),
    TableForm("ask_reasons", ("ask_reasons.csv",), rows.AskReason, ("why",), required=("why_zh",)),
    TableForm(
        "appeal_kinds",
        ("appeal_kinds.csv",),
        rows.AppealKind,
        ("kind",),
        required=("kind_zh", "granted_zh", "effect"),
    ),
    TableForm("time_units", ("time_units.csv",), rows.TimeUnit, ("unit",), required=("name_zh", "clock", "rule")),
    TableForm(
        "categories",
        ("components.csv", "events.csv"),
        rows.Category,
        ("edition", "category_type", "code4"),
        required=("major_code", "major_zh", "minor_code", "minor_zh"),
    ),
    TableForm(
        "time_limits",
        ("time_limits.csv",),
        rows.TimeLimit,
        ("edition", "category_type", "code4", "condition_seq"),
        _LIMIT,
        required=("filing_condition_keywords_zh", "closing_keywords_zh"),
    ),
    TableForm("editions", ("editions.csv",), rows.Edition, ("edition",), required=("title",)),
    TableForm("posts", ("posts.csv", "posts_added.csv"), rows.Post, ("post",), required=("post_zh",)),
    TableForm("access", ("access.csv",), rows.AccessRow, ("name",), required=("posts", "name_zh")),
    TableForm(
        "sight",
        ("sight.csv",),
        rows.SightRow,
        ("post", "window"),
        required=("scope", "personal", "denouncer"),
    ),
    TableForm(
        "labels",
        ("labels.csv",),
        rows.Label,
        ("term",),
        separators={"alternatives": ";"},
        required=("of", "label_zh"),
    ),
    TableForm(
        "indicators",
        ("indicators.csv",),
        rows.Indicator,
        ("id",),
        separators={"treatment": ";"},
        required=("object", "kind", "name_zh", "treatment"),
    ),
    TableForm(
        "score_bands",
        ("score_bands.csv",),
        rows.ScoreBand,
        ("band_table", "band_seq"),
        {"from_value": "from", "to_value": "to"},
        required=("score",),
    ),
    TableForm("area_codes", ("area_codes.csv",), rows.AreaCode, ("kind", "digits"), required=("source", "confidence")),
    TableForm("similar", ("similar.csv",), rows.SimilarRow, ("category",)),
    TableForm("hotline_channels", ("hotline_channels.csv",), rows.HotlineChannel, ("channel",), required=("name_zh",)),
    TableForm(
        "hotline_kinds",
        ("hotline_kinds.csv",),
        rows.HotlineKind,
        ("channel", "kind"),
        required=("kind_zh", "answer_within", "urgent_within", "contact_within", "return_within", "goes_to"),
    ),
    TableForm("hotline_states", ("hotline_states.csv",), rows.HotlineState, ("state",), required=("state_zh",)),
    TableForm(
        "hotline_acts",
        ("hotline_acts.csv",),
        rows.HotlineAct,
        ("act",),
        required=("act_zh", "from_states", "to_state", "posts"),
    ),
    TableForm(
        "letter_kinds",
        ("letter_kinds.csv",),
        rows.LetterKind,
        ("kind",),
        required=("kind_zh", "readers", "answer_within"),
    ),
    TableForm(
        "authorities", ("authorities.csv",), rows.Authority, ("authority",), required=("name_zh", "receipt_within")
    ),
    TableForm("call_backs", ("call_backs.csv",), rows.CallBackRule, ("rule",), required=("rule_zh", "occasion")),
    TableForm(
        "score_schemes",
        ("score_schemes.csv",),
        rows.SchemePart,
        ("scheme", "object", "part"),
        required=("name_zh", "weight", "kind"),
    ),
    TableForm(
        "signs",
        ("signs.csv",),
        rows.SignRow,
        ("sign",),
        required=("name_zh", "measure_zh", "object", "source", "confidence"),
    ),
    TableForm("check_items", ("check_items.csv",), rows.CheckItem, ("form", "item"), required=("name_zh",)),
    TableForm(
        "object_groups", ("object_groups.csv",), rows.ObjectGroup, ("object", "code"), required=("group", "name_zh")
    ),
    TableForm("editions_in_force", ("editions_in_force.csv",), rows.EditionInForce, ()),
)

FORM_OF_FILE: Mapping[str, TableForm] = {file: form for form in FORMS for file in form.files}
# the overlay's settings.csv has another form than the national one: values instead of definitions
SETTING_VALUES = TableForm(
    "setting_values", ("settings.csv",), rows.SettingValue, ("key", "scope"), required=("value",)
)

_BOOLS = {"yes": True, "no": False, "Y": True, "N": False}
_DATED = ("valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as written: cells by column, its key, and whether it removes the national row of this key."""

    form: TableForm
    cells: Mapping[str, str]
    at: Origin
    removes: bool = False


def read_file(path: Path, form: TableForm, *, shown_as: str, overlay: bool) -> tuple[list[RawRow], list[Finding]]:
    """Read one file into raw rows; ``shown_as`` is the name findings print. Never raises on wrong content."""
    findings: list[Finding] = []
    found: list[RawRow] = []
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        at = Origin(shown_as, 1, overlay)
        return [], [Finding(at, gettext_noop("文件不是 UTF-8 编码。"), gettext_noop("请另存为 UTF-8。"))]
    reader = csv.reader(text.splitlines(keepends=True))
    header = next(reader, [])
    findings += _header_findings(header, form, Origin(shown_as, 1, overlay))
    line = reader.line_num
    for cells in reader:
        at = Origin(shown_as, line + 1, overlay)
        line = reader.line_num
        if not any(cells):
            continue
        if len(cells) != len(header):
            findings.append(
                Finding(
                    at,
                    gettext_noop("有 %(n)s 列，表头有 %(m)s 列。"),
                    gettext_noop("请补齐或删去多余的逗号，含逗号的内容加引号。"),
                    {"n": str(len(cells)), "m": str(len(header))},
                )
            )
            continue
        row, wrong = _raw_row(dict(zip(header, cells, strict=True)), form, at)
        findings += wrong
        if row:
            found.append(row)
    return found, findings


def _header_findings(header: list[str], form: TableForm, at: Origin) -> Iterable[Finding]:
    known = {form.column(f.name) for f in fields(form.row_type)} - {"at"} | {*_DATED}
    if at.overlay:
        known.add("remove")
    for name in header:
        if name not in known or header.count(name) > 1:
            yield Finding(
                at,
                gettext_noop("表头有未知或重复的列“%(column)s”。"),
                gettext_noop("可用的列：%(known)s。"),
                {"column": name, "known": " ".join(sorted(known))},
            )
    for name in form.key:
        if name not in header and not (name == "scope" and form is SETTING_VALUES):
            yield Finding(
                at,
                gettext_noop("缺少主键列“%(column)s”。"),
                gettext_noop("请加上这一列。"),
                {"column": name},
            )


def _raw_row(cells: dict[str, str], form: TableForm, at: Origin) -> tuple[RawRow | None, list[Finding]]:
    findings: list[Finding] = []
    for column, cell in cells.items():
        if cell != cell.strip():
            findings.append(_cell(at, column, cell, gettext_noop("请去掉首尾空格。")))
    days: dict[str, date | None] = {"valid_from": None, "valid_to": None}
    for column in _DATED:
        if cells.get(column):
            try:
                days[column] = date.fromisoformat(cells[column])
            except ValueError:
                findings.append(_cell(at, column, cells[column], gettext_noop("日期写作 2024-06-01。")))
    first, last = days["valid_from"], days["valid_to"]
    if first and last and first >= last:
        findings.append(
            _cell(
                at,
                "valid_to",
                cells["valid_to"],
                gettext_noop("valid_to 是失效的第一天，须晚于 valid_from。"),
            )
        )
    if cells.get("remove", "") not in ("", "yes", "no"):
        findings.append(_cell(at, "remove", cells["remove"], gettext_noop("只能写 yes、no 或留空。")))
    if form is SETTING_VALUES:
        cells = {**cells, "scope": cells.get("scope") or "city"}
    key = tuple(cells.get(name, "") for name in form.key)
    if not all(key):
        empty = next((n for n, v in zip(form.key, key, strict=True) if not v), "")
        return None, [*findings, _cell(at, empty, "", gettext_noop("主键不能为空。"))]
    where = Origin(at.file, at.line, at.overlay, first, last, form.name, key)
    return RawRow(form, cells, where, cells.get("remove") == "yes"), findings


def _cell(at: Origin, column: str, cell: str, do: str) -> Finding:
    return Finding(at, gettext_noop("“%(column)s”列的值“%(cell)s”无效。"), do, {"column": column, "cell": cell})


@functools.cache
def _field_types(row_type: type) -> Mapping[str, Any]:
    return get_type_hints(row_type)


def typed_row(raw: RawRow) -> tuple[Any, list[Finding]]:
    """The typed row of ``raw`` and what is wrong with it; None when a cell cannot be read at all."""
    findings: list[Finding] = []
    values: dict[str, Any] = {"at": raw.at}
    form = raw.form
    for name, kind in _field_types(form.row_type).items():
        if name == "at":
            continue
        column = form.column(name)
        if column not in raw.cells:
            findings.append(_absent(raw.at, column))
            continue
        cell = raw.cells[column]
        must = column in ("source", "confidence", *form.required)
        if must and not cell:
            findings.append(_missing(raw.at, column))
        if column == "confidence" and cell not in ("", "A", "B", "C"):
            findings.append(_cell(raw.at, column, cell, gettext_noop("可信度只能是 A、B 或 C。")))
        try:
            values[name] = _value(cell, kind, form.separators.get(name))
        except ValueError:
            findings.append(_cell(raw.at, column, cell, _EXPECTED.get(kind, gettext_noop("写作 操作:时钟。"))))
    readable = len(values) == len(_field_types(form.row_type))
    return (form.row_type(**values) if readable else None), findings


_EXPECTED = {int: gettext_noop("请写整数。"), bool: gettext_noop("请写 yes、no、Y 或 N。")}


def _value(cell: str, kind: Any, separator: str | None) -> Any:
    if kind is str:
        return cell
    if kind is int:
        if not cell.isascii() or not cell.isdigit():
            raise ValueError(cell)
        return int(cell)
    if kind is bool:
        if cell not in _BOOLS:
            raise ValueError(cell)
        return _BOOLS[cell]
    if kind == tuple[tuple[str, str], ...]:
        return tuple(_pair(item) for item in cell.split())
    return tuple(item.strip() for item in cell.split(separator) if item.strip())


def _pair(item: str) -> tuple[str, str]:
    operation, colon, clock = item.partition(":")
    if not (operation and colon and clock):
        raise ValueError(item)
    return operation, clock


def _missing(at: Origin, column: str) -> Finding:
    return Finding(
        at,
        gettext_noop("“%(column)s”列为空。"),
        gettext_noop("请填写；来源与可信度（A、B、C）每行必填。"),
        {"column": column},
    )


def _absent(at: Origin, column: str) -> Finding:
    return Finding(
        at,
        gettext_noop("新增的行缺少“%(column)s”列。"),
        gettext_noop("替换国家行时可省略的列会沿用原值，新增的行须写全。"),
        {"column": column},
    )
