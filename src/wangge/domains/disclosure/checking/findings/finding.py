"""A finding 疑点 of the check, and the whole result for one paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.papers import Paper


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Cause(StrEnum):
    """Whether the paper itself is wrong, or more likely its copy was misread."""

    DOCUMENT = "document"
    READING = "reading"


@dataclass(frozen=True, slots=True)
class Repair:
    """The smallest change that would make the paper tie: a cell and what should stand there."""

    cell: str
    value: str


@dataclass(slots=True)
class Finding:
    """One thing that is wrong or to be looked at; ``also`` are further rules that break for the same cause."""

    rule: str
    severity: Severity
    cells: list[str]
    where: str
    printed: str
    expected: str
    difference: str | None
    cause: Cause
    message: str
    basis: str
    repair: Repair | None = None
    also: list[str] = field(default_factory=list)
    place: Place = field(default_factory=Place)
    title: str = ""


class Outcome(StrEnum):
    """How a rule came out for the paper."""

    PASS = "pass"  # noqa: S105 - the word of an outcome
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"


@dataclass(slots=True)
class Result:
    """What the check says of one paper."""

    paper: Paper
    findings: list[Finding]
    outcomes: dict[str, Outcome]

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)
