"""Owns mappings: finding one by name or file, reading it, refusing a wrong one by file and line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from wangge.groundwork.working_time import SlotsUnreadable, parse_slots
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.library import load_tables
from wangge.standards.tables import Origin, Tables
from wangge.surfaces.exchange.imports.declaration import CodedColumn, CodeTable, Declaration
from wangge.surfaces.exchange.imports.findings import ALLOWED_POLICIES
from wangge.surfaces.exchange.imports.foreign import ForeignStatus
from wangge.surfaces.exchange.imports.reading import Layout
from wangge.surfaces.exchange.imports.toml_lines import Path as KeyPath
from wangge.surfaces.exchange.imports.toml_lines import line_of, lines_of_keys

SHIPPED = "wangge.surfaces.exchange.mappings"
_ISO_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TOML_POSITION = re.compile(r"at line (\d+)")

CodeTables = Mapping[str, Mapping[str, str]]
Fault = tuple[KeyPath, str, str, dict[str, str]]
"""Where in the file, what is wrong, what to do, and what fills both texts."""


class MappingRefused(ValueError):
    """The mapping cannot be used; ``findings`` names every fault with its file and line."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(finding.text() for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping that has been read and judged, with the code tables written in it or given beside it."""

    name: str
    declaration: Declaration
    tables: CodeTables
    """Every table by name, its codes to its values; a table that may be absent and is so has no entry."""

    @property
    def layout(self) -> Layout:
        told = self.declaration
        return Layout(
            file_format=told.format,
            encoding=told.encoding,
            delimiter=told.delimiter,
            columns=tuple(columns_of(told)),
            ignore_case=told.ignore_header_case,
            records=told.records,
            sheet=told.sheet,
            needed=tuple(sorted(needed_columns(told))),
        )


def shipped_mappings(package: str = SHIPPED) -> list[str]:
    """The names of the mappings that come with the product."""
    folder = resources.files(package)
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load_mapping(name_or_file: str, given: Mapping[str, Path] | None = None) -> MappingFile:
    """The mapping of that name, or in that file, with ``given`` tables read. Raises MappingRefused."""
    shown_as, text = found_text(name_or_file)
    lines = lines_of_keys(text)
    declaration = declared(Declaration, shown_as, text, lines)
    given = given or {}
    tables, findings = read_tables(declaration.tables, given)
    faults = (
        *tables_asked_for(declaration.tables, _table_names(declaration), given),
        *_judged(declaration, tables, load_tables()),
        *_judged_clock(declaration, tables),
    )
    findings += [finding_of(shown_as, lines, fault) for fault in faults]
    if findings:
        raise MappingRefused(findings)
    return MappingFile(Path(name_or_file).stem, declaration, tables)


def columns_of(told: Declaration) -> Iterator[str]:
    """Every column the mapping reads."""
    for _, columns in told.fields:
        yield from columns
    yield from (part.column for part in (told.category, told.status, told.source) if part.column)
    yield from (time.column for _, time in told.times if time and time.column)
    yield from told.kept.values()
    if told.self_handled:
        yield told.self_handled.column
    if told.point:
        yield from (told.point.lon, told.point.lat)
    if told.limit:
        yield told.limit.column


def needed_columns(told: Declaration) -> set[str]:
    """The columns without which no row can be taken."""
    needed = {*told.fields.external_key, *filter(None, (told.times.reported_at.column,))}
    return needed | {part.column for part in (told.category, told.status) if part.column}


def read_given_table(path: Path, *, key: str, value: str) -> tuple[dict[str, str], list[Finding]]:
    """A code table from a CSV file with a header, by its two columns, and what is wrong with it."""
    codes: dict[str, str] = {}
    findings: list[Finding] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [column for column in (key, value) if column not in (reader.fieldnames or ())]
            if missing:
                what = gettext_noop("代码表缺少列“%(column)s”。")
                do = gettext_noop("请在映射的 key、value 中写对列名。")
                return {}, [Finding(Origin(str(path), 1), what, do, {"column": " ".join(missing)})]
            for row in reader:
                code = (row[key] or "").strip()
                if code in codes:
                    what, do = gettext_noop("代码“%(code)s”出现两次。"), gettext_noop("请只保留一行。")
                    findings.append(Finding(Origin(str(path), reader.line_num), what, do, {"code": code}))
                codes[code] = (row[value] or "").strip()
    except (OSError, UnicodeDecodeError) as broken:
        what, do = gettext_noop("代码表无法读取：%(reason)s。"), gettext_noop("请检查路径与编码（UTF-8）。")
        return {}, [Finding(Origin(str(path), 0), what, do, {"reason": str(broken)})]
    return codes, findings


def read_tables(
    declared_tables: Mapping[str, CodeTable], given: Mapping[str, Path]
) -> tuple[dict[str, Mapping[str, str]], list[Finding]]:
    """The codes of every table, written in the mapping or given beside it, and what is wrong with them."""
    tables: dict[str, Mapping[str, str]] = {}
    findings: list[Finding] = []
    for name, table in declared_tables.items():
        if not table.given:
            tables[name] = table.codes
        elif name in given:
            tables[name], wrong = read_given_table(given[name], key=table.key, value=table.value)
            findings += wrong
    return tables, findings


def found_text(name_or_file: str, package: str = SHIPPED) -> tuple[str, str]:
    """What a mapping is shown as and its text: a shipped one by name, else a file. Raises MappingRefused."""
    path = Path(name_or_file)
    if name_or_file in shipped_mappings(package):
        return f"{name_or_file}.toml", (resources.files(package) / f"{name_or_file}.toml").read_text("utf-8")
    try:
        return str(path), path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as broken:
        what = gettext_noop("没有这个映射，也读不到这个文件。")
        do = gettext_noop("自带的映射有：%(known)s；也可给出一个 UTF-8 编码的 .toml 文件。")
        known = {"known": " ".join(shipped_mappings(package))}
        raise MappingRefused([Finding(Origin(name_or_file, 0), what, do, known)]) from broken


Told = TypeVar("Told", bound=BaseModel)


def declared(model: type[Told], shown_as: str, text: str, lines: dict[KeyPath, int]) -> Told:
    """The text read as that model. Raises MappingRefused with every fault by file and line."""
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        position = _TOML_POSITION.search(str(broken))
        at = Origin(shown_as, int(position[1]) if position else len(text.splitlines()))
        what, do = gettext_noop("不是合法的 TOML：%(reason)s。"), gettext_noop("请改正这一行。")
        raise MappingRefused([Finding(at, what, do, {"reason": str(broken)})]) from broken
    except ValidationError as wrong:
        faults = [_shape_fault(dict(error)) for error in wrong.errors(include_url=False)]
        raise MappingRefused([finding_of(shown_as, lines, fault) for fault in faults]) from wrong


MISSING = (gettext_noop("缺少“%(key)s”。"), gettext_noop("请补上这一项。"))
UNKNOWN = (gettext_noop("不认识“%(key)s”。"), gettext_noop("请删去或改正拼写。"))
WRONG = (gettext_noop("“%(key)s”的值“%(value)s”不对。"), gettext_noop("应为：%(expected)s。"))


def _shape_fault(error: dict[str, Any]) -> Fault:
    path = tuple(str(part) for part in error["loc"])
    key = ".".join(part for part in path if part != "[key]")
    kind = error["type"]
    if kind == "missing":
        return path, *MISSING, {"key": key}
    if kind == "extra_forbidden" or (path and path[-1] == "[key]"):
        return path, *UNKNOWN, {"key": key}
    expected = str(error.get("ctx", {}).get("expected") or error["msg"])
    return path, *WRONG, {"key": key, "value": str(error["input"]), "expected": expected}


def finding_of(shown_as: str, lines: dict[KeyPath, int], fault: Fault) -> Finding:
    path, what, do, values = fault
    return Finding(Origin(shown_as, line_of(lines, path)), what, do, values)


def _judged(told: Declaration, codes: CodeTables, tables: Tables) -> Iterator[Fault]:
    """What several keys say together, and what they say of the standards' tables."""
    classes = {f"{c.category_type}:{c.code4}" for c in tables.categories if c.edition == told.edition}
    if not classes:
        editions = " ".join(sorted({c.edition for c in tables.categories}))
        yield ("edition",), *WRONG, {"key": "edition", "value": told.edition, "expected": editions}
    else:
        some_class = gettext_noop("该版分类中的类别，如 event:0110")
        yield from _judged_codes(told, codes, "category", classes, some_class)
    statuses = {status.value for status in ForeignStatus}
    yield from _judged_codes(told, codes, "status", statuses, " ".join(sorted(statuses)))
    sources = {entry.source for entry in tables.entries}
    yield from _judged_codes(told, codes, "source", sources, " ".join(sorted(sources)))
    for kind, policy in told.policies.items():
        allowed = ALLOWED_POLICIES[kind]
        if policy not in allowed:
            expected = " ".join(allowed)
            yield ("policies", kind), *WRONG, {"key": kind, "value": policy, "expected": expected}


def _judged_codes(
    told: Declaration, tables: CodeTables, section: str, values: set[str], expected: str
) -> Iterator[Fault]:
    """A coded column has a fixed value or a column with a table, and every value in use exists."""
    part: CodedColumn = getattr(told, section)
    if bool(part.value) == bool(part.column and part.table):
        what = gettext_noop("“%(key)s”要么写 value，要么写 column 和 table。")
        yield (section,), what, gettext_noop("请只留一种写法。"), {"key": section}
    if part.value and part.value not in values:
        yield (section, "value"), *WRONG, {"key": section, "value": part.value, "expected": expected}
    table = told.tables.get(part.table)
    if table is None:
        return
    if table.fallback and table.fallback not in values:
        path = ("tables", part.table, "fallback")
        yield path, *WRONG, {"key": "fallback", "value": table.fallback, "expected": expected}
    for code, value in tables.get(part.table, {}).items():
        if value not in values:
            at = ("tables", part.table, "codes", code)
            yield at, *WRONG, {"key": code, "value": value, "expected": expected}


def _judged_clock(told: Declaration, tables: CodeTables) -> Iterator[Fault]:
    """Limits are whole working days, holidays are days, slots can be read."""
    if told.limit:
        for code, days in tables.get(told.limit.table, {}).items():
            if not (days.isdecimal() and int(days) > 0):
                expected = gettext_noop("大于零的整数工作日")
                values = {"key": code, "value": days, "expected": expected}
                yield ("tables", told.limit.table, "codes", code), *WRONG, values
    if told.calendar:
        try:
            parse_slots(told.calendar.slots)
        except SlotsUnreadable:
            values = {"key": "slots", "value": told.calendar.slots, "expected": "08:30-17:00"}
            yield ("calendar", "slots"), *WRONG, values
        for day in tables.get(told.calendar.holidays, {}):
            if not _ISO_DAY.fullmatch(day):
                values = {"key": told.calendar.holidays, "value": day, "expected": "2024-10-01"}
                yield ("calendar", "holidays"), *WRONG, values


def tables_asked_for(
    tables: Mapping[str, CodeTable], asked: Iterable[tuple[KeyPath, str]], given: Mapping[str, Path]
) -> Iterator[Fault]:
    """Every table named exists, every one to be given is given, and none is given that is not asked for."""
    for path, name in asked:
        if name not in tables:
            what = gettext_noop("没有名为“%(table)s”的代码表。")
            yield path, what, gettext_noop("请加一节 [tables.%(table)s]。"), {"table": name}
    for name, table in tables.items():
        if table.given and not (table.key and table.value):
            what = gettext_noop("外给的代码表“%(table)s”没有写明 key 与 value 两列。")
            yield ("tables", name), what, gettext_noop("请补上列名。"), {"table": name}
        elif table.given and not table.optional and name not in given:
            what = gettext_noop("需要代码表“%(table)s”。")
            yield ("tables", name), what, gettext_noop("请加 --table %(table)s=文件.csv。"), {"table": name}
    for name in given:
        if name not in tables or not tables[name].given:
            what = gettext_noop("映射没有要求外给代码表“%(table)s”。")
            yield ("tables",), what, gettext_noop("请去掉这个 --table。"), {"table": name}


def _table_names(told: Declaration) -> Iterator[tuple[KeyPath, str]]:
    for section in ("category", "status", "source"):
        part: CodedColumn = getattr(told, section)
        if part.table:
            yield (section, "table"), part.table
    if told.limit:
        yield ("limit", "table"), told.limit.table
    if told.calendar:
        yield ("calendar", "holidays"), told.calendar.holidays
