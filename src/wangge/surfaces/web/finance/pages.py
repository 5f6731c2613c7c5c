"""The page objects of the finance pages; every text arrives ready to print."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.safestring import SafeString

from wangge.surfaces.web.elements.forms import Choice, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class FormLine:
    """One self-evaluation form in the list."""

    url: str
    name: str
    kind_zh: str
    state_zh: str
    lines: str
    score: str
    grade: str


@dataclass(frozen=True, slots=True)
class EvaluationListPage:
    """The forms of a unit and year, and the way to open another."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    lines: tuple[FormLine, ...]
    new_form: Form | None
    book_urls: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One indicator on the sheet, with the reckoning of its score and what it rests on."""

    block: str
    second: str
    name: str
    target: str
    actual: str
    weight: str
    score: str
    reckoning: str
    proof: str
    samples: tuple[Fact, ...]
    deviation: str
    flags: tuple[str, ...] = ()
    is_judged: bool = False


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One line of the newest mid-year watch."""

    name: str
    actual: str
    forecast: str
    course_zh: str
    is_off: bool
    correction: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step of a form's year."""

    at: datetime
    step_zh: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class TargetInput:
    """One row of the targets' table as it is typed."""

    number: int
    block: str = ""
    second: str = ""
    name: str = ""
    sign: str = "≥"
    target: str = ""
    unit: str = ""
    weight: str = ""
    fact: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class TargetEditor:
    """The table in which targets are written."""

    url: str
    goal: str
    reason: str
    asks_reason: bool
    rows: tuple[TargetInput, ...]
    blocks: tuple[Choice, ...]
    seconds: tuple[str, ...]
    facts: tuple[Choice, ...]
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FillingInput:
    """What may be typed beside a line's result."""

    number: int
    name: str
    deviation: str = ""
    measure: str = ""
    judged: str = ""
    judged_reason: str = ""


@dataclass(frozen=True, slots=True)
class FillingEditor:
    """The table in which results are explained."""

    url: str
    rows: tuple[FillingInput, ...]


@dataclass(frozen=True, slots=True)
class MonitoringInput:
    """One line to be explained, beside what the watch says of it; row 0 is the money."""

    number: int
    name: str
    actual: str
    forecast: str
    course_zh: str
    is_off: bool
    reason: str = ""
    correction: str = ""


@dataclass(frozen=True, slots=True)
class MonitoringEditor:
    """The table in which the mid-year watch is explained; row 0 is the money."""

    url: str
    on: str
    rows: tuple[MonitoringInput, ...]


@dataclass(frozen=True, slots=True)
class EvaluationSheetPage:
    """One form as it stands: money, indicators, scores, evidence, faults, and what may be done now."""

    shell: Shell
    title: str
    state_zh: str
    goal: str
    money: tuple[Fact, ...]
    rows: tuple[EvaluationRow, ...]
    total: str
    grade: str
    missing: str
    duties: tuple[str, ...]
    watches: tuple[WatchRow, ...]
    history: tuple[HistoryRow, ...]
    list_url: str
    steps: tuple[Form, ...] = ()
    editor: TargetEditor | None = None
    readings_form: Form | None = None
    statement_form: Form | None = None
    filling: FillingEditor | None = None
    monitoring: MonitoringEditor | None = None
    book_urls: tuple[Fact, ...] = ()
    errors: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One budget line of the board."""

    number: str
    item: str
    project: str
    budget: str
    paid: str
    bound: str
    returned: str
    left: str
    rate: str
    is_low: bool = False
    url: str = ""  # its changes and payments


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """One change of a line's amount."""

    stage_zh: str
    amount: str
    document: str
    on: str


@dataclass(frozen=True, slots=True)
class BudgetPayment:
    """One payment asked of a line."""

    number: str
    on: str
    payee: str
    purpose: str
    contract: str
    amount: str
    state_zh: str
    is_off: bool
    reason: str


@dataclass(frozen=True, slots=True)
class BudgetLinePage:
    """One budget line from inside: its sums, changes, and payments by state."""

    shell: Shell
    title: str
    unit: str
    year: int
    facts: tuple[Fact, ...]
    changes: tuple[BudgetChange, ...]
    states: tuple[Figure, ...]
    payments: tuple[BudgetPayment, ...]
    more: str
    back_url: str


@dataclass(frozen=True, slots=True)
class BudgetBoardPage:
    """What each budget line has, spent, bound and left."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    lines: tuple[BudgetLine, ...]
    total: BudgetLine | None


@dataclass(frozen=True, slots=True)
class FindingNote:
    """A finding of the check in the margin."""

    severity: str
    severity_zh: str
    rule: str
    where: str
    message: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The document as it would be published now, findings and open questions in the margin."""

    shell: Shell
    title: str
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    body: SafeString
    gaps: tuple[tuple[str, Form], ...]  # with the id of each on the page
    findings: tuple[FindingNote, ...]
    downloads: tuple[Fact, ...]
    summary: str
    editions_url: str = ""
    official: tuple[FindingNote, ...] = ()  # against the official tables, where they were taken in


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One thing below a figure: a cell, a payment, a case."""

    name: str
    amount: str
    detail: str
    url: str = ""
    label: str = ""  # what the cell is called on paper


@dataclass(frozen=True, slots=True)
class TracePage:
    """Where a printed figure comes from."""

    shell: Shell
    name: str
    unit: str
    year: int
    formula: str
    code: str
    rows: tuple[TraceRow, ...]
    back_url: str
    label: str = ""  # what the figure is called on paper
    amount: str = ""  # as it is printed, 万元
    beside: tuple[Fact, ...] = ()  # last year, budget


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """One published account in the public list."""

    url: str
    unit: str
    year: int
    number: int
    published_at: datetime
    reason: str = ""
    form_zh: str = ""  # 决算, 预算


@dataclass(frozen=True, slots=True)
class PublishedListPage:
    """Every account that is open to the public."""

    shell: Shell
    lines: tuple[PublishedLine, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of a chart, which stands as a table beside it."""

    name: str
    amount: str
    share: str
    value: str  # plain number for the chart


@dataclass(frozen=True, slots=True)
class PublishedPage:
    """A published account: printed cells, how they are formed, counts, downloads; nothing of payees or cases."""

    shell: Shell
    title: str
    unit: str
    year: int
    number: int
    published_at: datetime
    note: str
    slices: tuple[Slice, ...]
    body: SafeString
    downloads: tuple[Fact, ...]
    code: str
    list_url: str
    amount_head: str = ""
