"""Owns history mappings: reading one by name or file, and refusing a wrong one by file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wangge.domains.cases.told_history import ENTRY, Action
from wangge.standards.library import load_tables
from wangge.standards.tables import Tables
from wangge.surfaces.exchange.imports.findings import ALLOWED_POLICIES
from wangge.surfaces.exchange.imports.history.declaration import CodedColumns, HistoryDeclaration, actions_of
from wangge.surfaces.exchange.imports.mapping import (
    WRONG,
    CodeTables,
    Fault,
    MappingRefused,
    declared,
    finding_of,
    found_text,
    read_tables,
    tables_asked_for,
)
from wangge.surfaces.exchange.imports.toml_lines import Path as KeyPath
from wangge.surfaces.exchange.imports.toml_lines import lines_of_keys

SHIPPED_HISTORIES = "wangge.surfaces.exchange.mappings.histories"


@dataclass(frozen=True, slots=True)
class HistoryMapping:
    """A history mapping that has been read and judged."""

    name: str
    declaration: HistoryDeclaration
    tables: CodeTables
    actions: Mapping[str, tuple[Action, ...]]
    """Foreign action → the moves it is; an empty tuple is a step known to be no move here."""
    numbered: Mapping[str, str]
    """Kind and four digits, as offices write them → a class of the edition."""


def load_history_mapping(name_or_file: str, given: Mapping[str, Path] | None = None) -> HistoryMapping:
    """The mapping of that name, or in that file, with ``given`` tables read. Raises MappingRefused."""
    shown_as, text = found_text(name_or_file, SHIPPED_HISTORIES)
    lines = lines_of_keys(text)
    told = declared(HistoryDeclaration, shown_as, text, lines)
    given = given or {}
    tables, findings = read_tables(told.tables, given)
    faults = (
        *tables_asked_for(told.tables, _tables_named(told), given),
        *_judged(told, tables, load_tables()),
    )
    findings += [finding_of(shown_as, lines, fault) for fault in faults]
    if findings:
        raise MappingRefused(findings)
    actions = {code: actions_of(value) for code, value in tables[told.steps.table].items()}
    return HistoryMapping(Path(name_or_file).stem, told, tables, actions, _numbered(told, load_tables()))


def _numbered(told: HistoryDeclaration, tables: Tables) -> dict[str, str]:
    if not told.cases.category.by_number:
        return {}
    kinds = {"event": ("事件", "event"), "component": ("部件", "component")}
    return {
        f"{word} / {row.code4}": f"{row.category_type}:{row.code4}"
        for row in tables.categories
        if row.edition == told.edition
        for word in kinds[row.category_type]
    }


def _tables_named(told: HistoryDeclaration) -> Iterator[tuple[KeyPath, str]]:
    for section, part in _coded(told):
        if part.table:
            yield (*section, "table"), part.table
    yield ("steps", "table"), told.steps.table
    for arg, name in told.steps.arg_tables.items():
        yield ("steps", "arg_tables", arg), name
    if told.steps.amount_units:
        yield ("steps", "amount_units"), told.steps.amount_units
    for section_name, name in (("people", told.people.table), ("units", told.units.table), ("", told.posts)):
        if name:
            yield (section_name, "table") if section_name else ("posts",), name


def _coded(told: HistoryDeclaration) -> Iterator[tuple[KeyPath, CodedColumns]]:
    yield ("cases", "source"), told.cases.source
    yield ("cases", "category"), told.cases.category
    if told.cases.status:
        yield ("cases", "status"), told.cases.status
    if told.photos:
        yield ("photos", "kind"), told.photos.kind


def _judged(told: HistoryDeclaration, codes: CodeTables, tables: Tables) -> Iterator[Fault]:
    """Codes, actions, posts and policies against the standards' tables."""
    known = {
        ("cases", "category"): {f"{c.category_type}:{c.code4}" for c in tables.categories if c.edition == told.edition},
        ("cases", "source"): {entry.source for entry in tables.entries},
        ("cases", "status"): {stage.stage for stage in tables.stages},
        ("photos", "kind"): {kind for move in tables.moves for kind in move.evidence} | {"photo_before"},
    }
    if not known["cases", "category"]:
        editions = " ".join(sorted({c.edition for c in tables.categories}))
        yield ("edition",), *WRONG, {"key": "edition", "value": told.edition, "expected": editions}
        return
    for section, part in _coded(told):
        values = known[section]  # type: ignore[index]
        if part.value and part.value not in values:
            yield (*section, "value"), *WRONG, _told(".".join(section), part.value, values)
        yield from _judged_table(told, codes, part.table, values)
    yield from _judged_table(told, codes, told.posts, {post.post for post in tables.posts})
    yield from _judged_table(told, codes, told.steps.amount_units, {unit.unit for unit in tables.time_units})
    yield from _judged_actions(told, codes, tables)
    for kind, policy in told.policies.items():
        if policy not in ALLOWED_POLICIES[kind]:
            yield ("policies", kind), *WRONG, _told(kind, policy, set(ALLOWED_POLICIES[kind]))


def _judged_table(told: HistoryDeclaration, codes: CodeTables, name: str, values: set[str]) -> Iterator[Fault]:
    table = told.tables.get(name)
    if table is not None and table.fallback and table.fallback not in values:
        yield ("tables", name, "fallback"), *WRONG, _told("fallback", table.fallback, values)
    for code, value in codes.get(name, {}).items():
        if value not in values:
            yield ("tables", name, "codes", code), *WRONG, _told(code, value, values)


def _judged_actions(told: HistoryDeclaration, codes: CodeTables, tables: Tables) -> Iterator[Fault]:
    verbs = {move.verb for move in tables.moves} | {ENTRY}
    for code, value in codes.get(told.steps.table, {}).items():
        try:
            unknown = [action.verb for action in actions_of(value) if action.verb not in verbs]
        except ValueError as wrong:
            unknown = [str(wrong)]
        for verb in unknown:
            yield ("tables", told.steps.table, "codes", code), *WRONG, _told(code, verb, verbs)


def _told(key: str, value: str, expected: set[str]) -> dict[str, str]:
    shown = sorted(expected)
    return {"key": key, "value": value, "expected": " ".join(shown[:40]) + (" …" if len(shown) > 40 else "")}
