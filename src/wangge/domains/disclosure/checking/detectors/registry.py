"""What a detector is, what it answers, and the register of all by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from wangge.domains.disclosure.checking.findings.finding import Cause, Severity
from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.rows import Rule


@dataclass(slots=True)
class Fault:
    """One break of a detector's rule."""

    cells: list[str]
    where: str
    message: str
    printed: str = ""
    expected: str = ""
    difference: Decimal | None = None
    cause: Cause = Cause.DOCUMENT
    severity: Severity | None = None  # None: the rule's own
    place: Place = field(default_factory=Place)
    repairable: bool = False  # expected is what should stand in the first cell


@dataclass(slots=True)
class Checked:
    """How many things were looked at, and what is wrong with some of them; none looked at: not applicable."""

    count: int = 0
    faults: list[Fault] = field(default_factory=list)

    def sees(self, good: bool) -> bool:
        """Count one thing; the caller adds its fault when it is not good."""
        self.count += 1
        return good


@dataclass(frozen=True, slots=True)
class Asked:
    """What a detector is given."""

    paper: Paper
    accounts: Accounts
    rule: Rule
    rule_id: str

    @property
    def table(self) -> str:
        """The table a rule like T03-DUP speaks of."""
        return self.rule_id[1:3]

    @property
    def form(self) -> str:
        """The form a rule like A12-… or A13B-… speaks of."""
        return "1-2" if self.rule_id.startswith("A12") else f"1-3{self.rule_id[3].lower()}"

    def value(self, name: str) -> Decimal | None:
        return self.paper.value(name)

    def amount(self, name: str) -> Decimal:
        """The value of a cell of a table, a blank being nothing."""
        return self.paper.value(name) or Decimal(0)

    def place(self, name: str) -> Place:
        cell = self.paper.cells.get(name)
        return cell.place if cell else Place()

    def where(self, name: str) -> str:
        cell = self.paper.cells.get(name)
        return cell.where if cell else name

    def printed(self, name: str) -> str:
        cell = self.paper.cells.get(name)
        return cell.printed if cell else ""


Detector = Callable[[Asked], Checked]
DETECTORS: dict[str, Detector] = {}


def detector(*names: str) -> Callable[[Detector], Detector]:
    """Register a function under the names by which rules call it."""

    def register(found: Detector) -> Detector:
        for name in names:
            DETECTORS[name] = found
        return found

    return register


def cause_of_word(paper: Paper, printed: str, expected: str, lookalikes: frozenset[str]) -> Cause:
    """Reading, when the copy is no exact one and the words differ in one sign that is easily taken for the other."""
    if paper.document.exact_cells or len(printed) != len(expected):
        return Cause.DOCUMENT
    different = [a + b for a, b in zip(printed, expected, strict=True) if a != b]
    return Cause.READING if len(different) == 1 and different[0] in lookalikes else Cause.DOCUMENT


def lookalikes(accounts: Accounts) -> frozenset[str]:
    pairs = {word.word for word in accounts.words_of("lookalike")}
    return frozenset(pairs | {pair[::-1] for pair in pairs})


def plain(value: Decimal) -> str:
    """A number as it would be printed in 万元."""
    return f"{value:f}" if value == value.to_integral() else f"{value.normalize():f}"
