"""The page objects of the check before publication: what was asked, the findings, the tables with marks."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding as it is told."""

    number: int
    severity: str  # error, warning, note: the tone
    severity_zh: str
    where: str
    printed: str
    expected: str
    message: str
    cause_zh: str
    rule: str
    basis: str
    anchor: str = ""  # the spot on this page; empty when it lies outside the tables


@dataclass(frozen=True, slots=True)
class MarkedCell:
    """A cell of a table; marked ones carry the number of their finding."""

    text: str
    severity: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class MarkedTable:
    """A table of the paper, only the rows near its findings when it is long."""

    title: str
    rows: tuple[tuple[MarkedCell, ...], ...]


@dataclass(frozen=True, slots=True)
class CheckedPaperPiece:
    """The answer for an uploaded paper."""

    name: str
    unit: str
    year: str
    overview: str
    findings: tuple[FindingRow, ...]
    notes: tuple[FindingRow, ...]
    tables: tuple[MarkedTable, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountsCheckPage:
    """The form, and below it the answer when a paper was given."""

    shell: Shell
    url: str
    accepts: str
    limit_text: str
    errors: tuple[str, ...] = ()
    paper: CheckedPaperPiece | None = None
    batch_url: str = ""


@dataclass(frozen=True, slots=True)
class BatchFinding:
    """One finding of a paper of a batch."""

    severity: str
    severity_zh: str
    where: str
    message: str
    printed: str
    expected: str
    rule: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One paper of a batch in its rank."""

    place: int
    unit: str
    year: str
    file: str
    errors: str
    warnings: str
    notes: str
    refused: str
    findings: tuple[BatchFinding, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class AccountsBatchPage:
    """The form for many papers, and below it their ranked overview; None: nothing was given yet."""

    shell: Shell
    url: str
    single_url: str
    accepts: str
    limit_text: str
    errors: tuple[str, ...] = ()
    rows: tuple[BatchRow, ...] | None = None
    summary: str = ""
