"""The rows of the accounts' tables: forms with columns and rows, codes, rules, sections, words."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.standards.origin import Origin


@dataclass(frozen=True, slots=True)
class Form:
    """One of the tables 公开01–09 of an edition."""

    at: Origin
    edition: str
    table: str
    title: str
    aliases: tuple[str, ...]  # titles of other years and provinces
    kind: str  # two_sided, by_code, economic, three_public
    empty_statement: bool  # an empty table says in a sentence that the unit has nothing of the kind
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FormColumn:
    """A column of amounts of a form."""

    at: Origin
    edition: str
    table: str
    column: str  # c1 …
    side: str  # 收入, 支出; 预算数, 决算数; empty
    label: str
    aliases: tuple[str, ...]
    formula: str  # over {row}; empty: from the facts
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FormRow:
    """A fixed row of a form: of the two-sided tables, and of table 06."""

    at: Origin
    edition: str
    table: str
    row: str  # r27, 30101, 人员经费合计
    side: str  # 收入, 支出; 人员经费, 公用经费
    block: str  # of table 06: left, middle, right
    label: str
    aliases: tuple[str, ...]
    code: str  # function class of a row of 01 and 04; economic code of 06
    formula: str  # empty: from the facts
    tie: str  # where else the same figure stands, for people
    empty: str  # how nothing is printed
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class FunctionCode:
    """A code of the functional classification 支出功能分类."""

    at: Origin
    edition: str
    code: str
    level: str  # 类, 款, 项
    name: str
    fund: bool  # belongs to the government-fund budget
    source: str
    confidence: str
    note: str


@dataclass(frozen=True, slots=True)
class EconomicCode:
    """A code of the economic classification 支出经济分类."""

    at: Origin
    edition: str
    code: str
    level: str
    name: str
    part: str  # 人员经费, 公用经费 of form 06; empty when not in it
    gov_code_admin: str
    gov_code_institution: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the check: an expression over cells, or a detector by name."""

    at: Origin
    edition: str
    id: str  # 1-3 forms: A13*-…, the star standing for the letter of the form
    group: str
    title: str
    title_en: str
    check: str  # expression, or @detector
    tolerance: str  # exact, tail, rate, or a number
    severity: str  # error, warning, note
    basis: str
    source: str
    confidence: str
    note: str

    @property
    def detector(self) -> str:
        """The name of the detector; empty for an expression."""
        return self.check[1:] if self.check.startswith("@") else ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that the paper should have: of the narrative, of the self-evaluation report."""

    at: Origin
    edition: str
    section: str  # s1 … s13, p1 … p5, R1 … R9
    part: str  # parts, narrative, report
    number: str  # 一 …
    title: str
    words: tuple[str, ...]  # words that tell the heading from the others, all needed
    required: bool
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word the check knows: a misprint, a confusable sign, a term of the glossary, a unit of measure."""

    at: Origin
    edition: str
    kind: str  # misprint, term, measure, lookalike
    word: str
    right: str
    note: str
    source: str
    confidence: str
