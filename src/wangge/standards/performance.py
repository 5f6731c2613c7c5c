"""The tables of performance budgeting (预算绩效): forms with their weights, scoring rules, bands, facts, steps.

They are dated and differ by province and city, so they are data under ``data/performance``; a folder ``performance``
in the city's overlay replaces rows of the same key and adds others. Every row says where it comes from.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from wangge.standards.findings import Finding, StandardsRefused, gettext_noop
from wangge.standards.origin import Origin

DIRECTORY = Path(__file__).parent / "data" / "performance"
WHOLE, PROJECT = "whole", "project"
EXECUTION = "execution"
FULL_MARKS = Decimal(100)


@dataclass(frozen=True, slots=True)
class Block:
    """A first-level block (一级指标) of a form, with its weight and the second-level names it offers."""

    form: str
    form_zh: str
    kind: str  # whole, project
    block: str
    block_zh: str
    seq: int
    weight: Decimal
    seconds: tuple[str, ...]
    decimals: int
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class ScoringRule:
    """How a line scores: the sign its target carries and the method, with the formula in words."""

    rule: str
    rule_zh: str
    sign: str
    method: str
    formula_zh: str
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a table; shares in per cent, [from, to) but for the top band, which includes its end."""

    table: str
    band: str
    band_zh: str
    from_share: Decimal
    to_share: Decimal
    share: Decimal | None
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class FactDefinition:
    """A business figure that forms may name: its unit, the sign it usually carries, and where it is counted."""

    fact: str
    name_zh: str
    other_names: tuple[str, ...]
    unit: str
    sign: str
    rule: str
    source_kind: str  # cases, evaluation, geography, ledger, statement
    decimals: int
    query_zh: str
    indicator: str  # of evaluation, "part / whole" for a share: published results are asked first
    definition_zh: str
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Step:
    """One legal step of a form's year: from which states, to which, by which posts, and whether it needs a reason."""

    step: str
    step_zh: str
    from_states: tuple[str, ...]
    to_state: str
    posts: tuple[str, ...]
    needs_reason: bool
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class VagueWord:
    """A word that says nothing measurable, and why."""

    word: str
    why: str
    at: Origin


@dataclass(frozen=True)
class PerformanceTables:
    """Every table of performance budgeting as it holds on a day."""

    blocks: tuple[Block, ...]
    rules: Mapping[str, ScoringRule]
    bands: Mapping[str, tuple[Band, ...]]
    thresholds: Mapping[str, Decimal]
    facts: Mapping[str, FactDefinition]
    steps: Mapping[str, Step]
    vague_words: tuple[VagueWord, ...]

    def blocks_of(self, form: str, kind: str) -> tuple[Block, ...]:
        """The blocks of a form in printed order; empty for a form that is not known."""
        found = (block for block in self.blocks if block.form == form and block.kind == kind)
        return tuple(sorted(found, key=lambda block: block.seq))

    def default_rule(self, sign: str) -> str:
        """The rule that a sign stands for when the form names none: the first row of that sign."""
        return next((rule.rule for rule in self.rules.values() if rule.sign == sign), "qualitative")

    def fact_named(self, name: str) -> FactDefinition | None:
        """The fact a third-level indicator of this name means, by its own name or one of the others."""
        return next((fact for fact in self.facts.values() if name == fact.name_zh or name in fact.other_names), None)


_Row = TypeVar("_Row")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "forms.csv": ("form", "kind", "block"),
    "scoring_rules.csv": ("rule",),
    "bands.csv": ("table", "band"),
    "thresholds.csv": ("threshold",),
    "facts.csv": ("fact",),
    "steps.csv": ("step",),
    "vague_words.csv": ("word",),
}


@functools.lru_cache(maxsize=16)
def performance_tables(overlay: Path | None = None, *, on: date | None = None) -> PerformanceTables:
    """The tables with ``overlay`` on them. Raises StandardsRefused naming every fault by file and line."""
    tables = PerformanceTables(
        blocks=_typed("forms.csv", overlay, on, _block),
        rules={rule.rule: rule for rule in _typed("scoring_rules.csv", overlay, on, _rule)},
        bands=_by_table(_typed("bands.csv", overlay, on, _band)),
        thresholds=dict(_typed("thresholds.csv", overlay, on, _threshold)),
        facts={fact.fact: fact for fact in _typed("facts.csv", overlay, on, _fact)},
        steps={step.step: step for step in _typed("steps.csv", overlay, on, _step)},
        vague_words=_typed("vague_words.csv", overlay, on, _vague_word),
    )
    findings = tuple(table_findings(tables))
    if findings:
        raise StandardsRefused(findings)
    return tables


def table_findings(tables: PerformanceTables) -> list[Finding]:
    """Forms whose weights do not add up, and rows that name a rule, state or band that is not there."""
    found: list[Finding] = []
    for form, kind in dict.fromkeys((block.form, block.kind) for block in tables.blocks):
        blocks = tables.blocks_of(form, kind)
        total = sum((block.weight for block in blocks), Decimal(0))
        if total != FULL_MARKS:
            found.append(Finding(blocks[0].at, _WEIGHTS, _DO_WEIGHTS, {"form": form, "total": str(total)}))
    for fact in tables.facts.values():
        if fact.rule not in tables.rules:
            found.append(Finding(fact.at, _NO_RULE, _DO_RULE, {"rule": fact.rule}))
    states = {step.to_state for step in tables.steps.values()} | {"draft"}
    for step in tables.steps.values():
        for state in step.from_states:
            if state not in states:
                found.append(Finding(step.at, _NO_STATE, _DO_STATE, {"state": state}))
    return found


def _typed(
    file: str, overlay: Path | None, on: date | None, make: Callable[[dict[str, str], Origin], _Row]
) -> tuple[_Row, ...]:
    rows: dict[tuple[str, ...], _Row] = {}
    for path, is_overlay in ((DIRECTORY / file, False), ((overlay or DIRECTORY) / "performance" / file, True)):
        if not path.is_file():
            continue
        for line, row in _lines(path):
            at = Origin(f"{path.parent.name}/{file}", line, is_overlay, _day(row, "valid_from"), _day(row, "valid_to"))
            key = tuple(row[name] for name in _KEYS[file])
            if row.get("remove") == "yes":
                rows.pop(key, None)
            elif on is None or at.holds_on(on):
                rows[key] = _made(make, row, at)
    return tuple(rows.values())


def _made(make: Callable[[dict[str, str], Origin], _Row], row: dict[str, str], at: Origin) -> _Row:
    try:
        return make(row, at)
    except (KeyError, ArithmeticError, ValueError) as error:
        raise StandardsRefused((Finding(at, _UNREADABLE, _DO_UNREADABLE, {"error": str(error)}),)) from error


def _lines(path: Path) -> list[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, {name: (cell or "").strip() for name, cell in row.items()}) for row in reader]


def _day(row: dict[str, str], name: str) -> date | None:
    return date.fromisoformat(row[name]) if row.get(name) else None


def _block(row: dict[str, str], at: Origin) -> Block:
    return Block(
        row["form"], row["form_zh"], row["kind"], row["block"], row["block_zh"], int(row["seq"]),
        Decimal(row["weight"]), tuple(row["seconds"].split()), int(row["decimals"]), row["confidence"], at,
    )  # fmt: skip


def _rule(row: dict[str, str], at: Origin) -> ScoringRule:
    return ScoringRule(
        row["rule"], row["rule_zh"], row["sign"], row["method"], row["formula_zh"], row["confidence"], at
    )


def _band(row: dict[str, str], at: Origin) -> Band:
    share = Decimal(row["share"]) if row["share"] else None
    return Band(
        row["table"], row["band"], row["band_zh"], Decimal(row["from_share"]), Decimal(row["to_share"]), share,
        row["confidence"], at,
    )  # fmt: skip


def _threshold(row: dict[str, str], _at: Origin) -> tuple[str, Decimal]:
    return row["threshold"], Decimal(row["value"])


def _fact(row: dict[str, str], at: Origin) -> FactDefinition:
    return FactDefinition(
        row["fact"], row["name_zh"], tuple(row["other_names"].split()), row["unit"], row["sign"], row["rule"],
        row["source_kind"], int(row["decimals"]), row["query_zh"], row["indicator"],
        row["definition_zh"], row["confidence"], at,
    )  # fmt: skip


def _step(row: dict[str, str], at: Origin) -> Step:
    return Step(
        row["step"], row["step_zh"], tuple(row["from_states"].split()), row["to_state"], tuple(row["posts"].split()),
        row["needs_reason"] == "yes", row["confidence"], at,
    )  # fmt: skip


def _vague_word(row: dict[str, str], at: Origin) -> VagueWord:
    return VagueWord(row["word"], row["why"], at)


def _by_table(bands: tuple[Band, ...]) -> dict[str, tuple[Band, ...]]:
    names = dict.fromkeys(band.table for band in bands)
    return {name: tuple(band for band in bands if band.table == name) for name in names}


_WEIGHTS = gettext_noop("表“%(form)s”各一级指标分值合计为 %(total)s，不是 100。")
_DO_WEIGHTS = gettext_noop("请调整各一级指标的分值。")
_NO_RULE = gettext_noop("没有评分规则“%(rule)s”。")
_DO_RULE = gettext_noop("请用 scoring_rules.csv 中的规则。")
_NO_STATE = gettext_noop("没有任何环节进入状态“%(state)s”。")
_DO_STATE = gettext_noop("请检查 from_states。")
_UNREADABLE = gettext_noop("此行无法读取：%(error)s。")
_DO_UNREADABLE = gettext_noop("请对照同一文件的其他行检查各列。")
