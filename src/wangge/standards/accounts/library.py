"""The library of the accounts' tables: read, checked as a whole, answered from memory.

``load_accounts("2024")`` refuses with every finding at once, each with file and line. An edition is a year's form; a
year without its own takes the last before it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wangge.standards.accounts import rows as kinds
from wangge.standards.accounts.expressions import ExpressionRefused, parse_clauses, parse_expression
from wangge.standards.findings import Finding, StandardsRefused, gettext_noop
from wangge.standards.reading import TableForm, read_file, typed_row

DIRECTORY = Path(__file__).parents[1] / "data" / "accounts"
_LISTS = {"aliases": ";", "words": ";"}

FORMS: tuple[TableForm, ...] = (
    TableForm("forms", ("forms.csv",), kinds.Form, ("edition", "table"), separators=_LISTS, required=("title", "kind")),
    TableForm(
        "columns",
        ("form_columns.csv",),
        kinds.FormColumn,
        ("edition", "table", "column"),
        separators=_LISTS,
        required=("label",),
    ),
    TableForm("rows", ("form_rows.csv",), kinds.FormRow, ("edition", "table", "row"), separators=_LISTS),
    TableForm(
        "function_codes",
        ("function_codes.csv",),
        kinds.FunctionCode,
        ("edition", "code"),
        required=("level", "name"),
    ),
    TableForm(
        "economic_codes",
        ("economic_codes.csv",),
        kinds.EconomicCode,
        ("edition", "code"),
        required=("level", "name"),
    ),
    TableForm(
        "rules",
        ("rules.csv",),
        kinds.Rule,
        ("edition", "id"),
        required=("group", "title", "check", "tolerance", "severity", "basis"),
    ),
    TableForm(
        "sections",
        ("sections.csv",),
        kinds.Section,
        ("edition", "section"),
        separators=_LISTS,
        required=("part", "title", "words"),
    ),
    TableForm("words", ("words.csv",), kinds.Word, ("edition", "kind", "word")),
)
SEVERITIES = ("error", "warning", "note")
KINDS = ("two_sided", "by_code", "economic", "three_public")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The tables of one edition."""

    edition: str
    forms: tuple[kinds.Form, ...]
    columns: tuple[kinds.FormColumn, ...]
    rows: tuple[kinds.FormRow, ...]
    function_codes: Mapping[str, kinds.FunctionCode]
    economic_codes: Mapping[str, kinds.EconomicCode]
    rules: tuple[kinds.Rule, ...]
    sections: tuple[kinds.Section, ...]
    words: tuple[kinds.Word, ...]

    def form(self, table: str) -> kinds.Form:
        return next(form for form in self.forms if form.table == table)

    def columns_of(self, table: str) -> tuple[kinds.FormColumn, ...]:
        return tuple(column for column in self.columns if column.table == table)

    def rows_of(self, table: str) -> tuple[kinds.FormRow, ...]:
        return tuple(row for row in self.rows if row.table == table)

    def row_of_class(self, table: str, code: str) -> str:
        """The row of 01 or 04 that stands for a function class; empty when the form has none."""
        return next((row.row for row in self.rows if row.table == table and row.code == code), "")

    @property
    def classes(self) -> tuple[str, ...]:
        """The function classes of the form's rows, in their order."""
        return tuple(row.code for row in self.rows if row.table == "01" and row.code)

    def words_of(self, kind: str) -> tuple[kinds.Word, ...]:
        return tuple(word for word in self.words if word.kind == kind)


@functools.lru_cache(maxsize=16)
def load_accounts(edition: str = "", *, directory: Path | None = None) -> Accounts:
    """The tables of an edition (of the last one without a name). Raises StandardsRefused with all faults."""
    read, findings = _read(directory or DIRECTORY)
    if findings:
        raise StandardsRefused(findings)
    known = sorted({form.edition for form in read["forms"]})
    chosen = max((each for each in known if not edition or each <= edition), default=known[0])
    return _of_edition(read, chosen)


def find_account_faults(directory: Path | None = None) -> tuple[Finding, ...]:
    """What ``load_accounts`` would refuse, as findings; empty when the tables are sound."""
    return _read(directory or DIRECTORY)[1]


@functools.lru_cache(maxsize=8)
def _read(directory: Path) -> tuple[dict[str, list[Any]], tuple[Finding, ...]]:
    found: dict[str, list[Any]] = {}
    findings: list[Finding] = []
    for form in FORMS:
        found[form.name] = []
        keys: dict[tuple[str, ...], Any] = {}
        for file in form.files:
            raw_rows, wrong = read_file(directory / file, form, shown_as=f"accounts/{file}", overlay=False)
            findings += wrong
            for raw in raw_rows:
                row, faults = typed_row(raw)
                findings += faults
                if raw.at.key in keys:
                    twice = gettext_noop("主键“%(key)s”重复，首次在 %(first)s。")
                    values = {"key": " ".join(raw.at.key), "first": str(keys[raw.at.key])}
                    findings.append(Finding(raw.at, twice, gettext_noop("请删去一行。"), values))
                keys[raw.at.key] = raw.at
                if row is not None:
                    found[form.name].append(row)
    return found, (*findings, *_whole(found))


def _of_edition(read: Mapping[str, list[Any]], edition: str) -> Accounts:
    def of(name: str) -> tuple[Any, ...]:
        return tuple(row for row in read[name] if row.edition == edition)

    return Accounts(
        edition,
        of("forms"),
        of("columns"),
        of("rows"),
        {row.code: row for row in of("function_codes")},
        {row.code: row for row in of("economic_codes")},
        of("rules"),
        of("sections"),
        of("words"),
    )


def _whole(found: Mapping[str, list[Any]]) -> Iterable[Finding]:
    """Faults that show only between the tables."""
    tables = {(row.edition, row.table) for row in found["forms"]}
    for row in (*found["columns"], *found["rows"]):
        if (row.edition, row.table) not in tables:
            yield _fault(row, "table", row.table, gettext_noop("forms.csv 里没有这张表。"))
        if row.formula:
            yield from _readable(row, "formula", row.formula, parse_expression)
    for form in found["forms"]:
        if form.kind not in KINDS:
            yield _fault(form, "kind", form.kind, gettext_noop("只能是 two_sided、by_code、economic 或 three_public。"))
    for rule in found["rules"]:
        if rule.severity not in SEVERITIES:
            yield _fault(rule, "severity", rule.severity, gettext_noop("只能是 error、warning 或 note。"))
        if not _is_tolerance(rule.tolerance):
            yield _fault(rule, "tolerance", rule.tolerance, gettext_noop("只能是 exact、tail、rate 或一个数。"))
        if not rule.detector:
            yield from _readable(rule, "check", rule.check.replace("1-3*", "1-3a"), parse_clauses)
    yield from _codes(found)


def _is_tolerance(text: str) -> bool:
    return text in ("exact", "tail", "rate") or text.replace(".", "", 1).isdigit()


def _readable(row: Any, column: str, text: str, parse: Any) -> Iterable[Finding]:
    try:
        parse(text)
    except ExpressionRefused as refused:
        yield _fault(
            row, column, f"{getattr(row, column)}（{refused}）", gettext_noop("写法见 docs/accounts-cells.md。")
        )


def _codes(found: Mapping[str, list[Any]]) -> Iterable[Finding]:
    """Every code stands under one that is in the list, at the level its length says."""
    levels = {3: "类", 5: "款", 7: "项"}
    known = {(row.edition, row.code) for row in found["function_codes"]}
    for row in found["function_codes"]:
        if levels.get(len(row.code)) != row.level:
            yield _fault(row, "level", row.level, gettext_noop("代码 3 位为类、5 位为款、7 位为项。"))
        if len(row.code) > 3 and (row.edition, row.code[:-2]) not in known:
            yield _fault(row, "code", row.code, gettext_noop("请补上它的上级代码。"))


def _fault(row: Any, column: str, cell: str, do: str) -> Finding:
    return Finding(row.at, gettext_noop("“%(column)s”列的值“%(cell)s”无效。"), do, {"column": column, "cell": cell})
