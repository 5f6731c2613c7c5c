"""The page objects of ownership: rule sets, one set with what is wrong with it, a ruling, how rules fared."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class SetLine:
    """One rule set in the list."""

    title: str
    url: str
    state: str  # 草案 · 生效中 · 将生效 · 已被替代
    since: str
    rules: str
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision of a coordination meeting."""

    minutes_no: str
    held_on: str
    decision: str
    rules: str
    paper_url: str = ""  # the scanned minutes


@dataclass(frozen=True, slots=True)
class RulingLine:
    """A ruling 权属确认 on one case that no rule has come of yet."""

    number: str
    category: str
    place: str
    unit: str
    ruled_on: str
    url: str = ""  # where it is made a rule, for who may


@dataclass(frozen=True, slots=True)
class RulingPage:
    """One ruling: what it says, the minutes that make it a rule, or why it stays with its case."""

    shell: Shell
    heading: str
    list_url: str
    case_url: str
    facts: tuple[Fact, ...]
    settled: Notice | None = None
    rule: Form | None = None
    aside: Form | None = None


@dataclass(frozen=True, slots=True)
class OwnershipPage:
    """All rule sets, the meetings' decisions, and the share of proposals taken."""

    shell: Shell
    heading: str
    sets: tuple[SetLine, ...]
    decisions: tuple[DecisionLine, ...]
    figures: tuple[Figure, ...]
    wrong_url: str
    draft: Form | None = None
    meeting: Form | None = None
    rulings: tuple[RulingLine, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in words."""

    number: int
    place: str
    what: str
    whose: str
    source: str
    since: str
    until: str
    figures: str = ""
    remove_url: str = ""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """Something wrong with a set."""

    trouble: str
    words: str
    cases: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class RuleSetPage:
    """One rule set: its rules, what is wrong with it, and what may be done."""

    shell: Shell
    heading: str
    list_url: str
    state: str
    summary: Notice
    rules: tuple[RuleLine, ...]
    rules_text: str
    findings: tuple[FindingLine, ...]
    next_url: str = ""
    add: Form | None = None
    release: Form | None = None


@dataclass(frozen=True, slots=True)
class FaredLine:
    """How one rule fared."""

    rule: str
    proposed: str
    taken: str
    percent: str
    instead: str


@dataclass(frozen=True, slots=True)
class WrongRulesPage:
    """Rules by how often they were not followed."""

    shell: Shell
    heading: str
    list_url: str
    form_url: str
    since: str
    before: str
    summary_text: str
    rules: tuple[FaredLine, ...]
