"""The check of one paper, whole: read, recognise, run every rule, name the causes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wangge.domains.disclosure.checking.detectors import (
    annexes,
    basics,
    changes,
    codes,
    completeness,
    evaluated,
    headings,
    items,
    lists,
    narrative,
    plausibility,
    procurement,
    repeats,
    report,
    scores,
    tables,
    texts,
)
from wangge.domains.disclosure.checking.detectors.registry import DETECTORS, Asked, Checked, Fault
from wangge.domains.disclosure.checking.detectors.relations import RELATIONS
from wangge.domains.disclosure.checking.findings.causes import causes_of
from wangge.domains.disclosure.checking.findings.finding import Cause, Finding, Outcome, Repair, Result, Severity
from wangge.domains.disclosure.checking.findings.telling import finding_of_cause, finding_of_note, finding_of_tail
from wangge.domains.disclosure.checking.reading.opening import read_document
from wangge.domains.disclosure.checking.recognition.cells import CENT, DOUBTFUL
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.domains.disclosure.checking.recognition.recognising import recognise
from wangge.domains.disclosure.checking.rules.binding import Bound, Constraint, bound_rules, constraints_of
from wangge.domains.disclosure.checking.rules.figures import Figures
from wangge.domains.disclosure.checking.rules.weighing import Verdict, Weighed, condition_holds, weigh
from wangge.standards.accounts.expressions import SumOf
from wangge.standards.accounts.library import Accounts, load_accounts
from wangge.standards.accounts.rows import Rule

_REGISTERED = (  # imported for the detectors that they register
    annexes,
    basics,
    changes,
    codes,
    completeness,
    evaluated,
    headings,
    items,
    lists,
    narrative,
    plausibility,
    procurement,
    repeats,
    report,
    scores,
    tables,
    texts,
)
_ORDER = [Severity.ERROR, Severity.WARNING, Severity.NOTE]


@dataclass(frozen=True, slots=True)
class Task:
    """A paper to check, with the papers laid beside it."""

    path: Path
    previous: Path | None = None
    budget: Path | None = None
    tables: Path | None = None
    ocr: bool = False
    edition: str = ""


def check_file(task: Task) -> Result:
    """The result for a file; refused: ``ReadingRefused``."""
    accounts = load_accounts(task.edition)
    paper = paper_of(task.path, accounts, ocr=task.ocr)
    if task.previous:
        paper.previous = paper_of(task.previous, accounts, ocr=task.ocr)
    if task.budget:
        paper.budget = paper_of(task.budget, accounts, ocr=task.ocr)
    if task.tables:
        paper.official = paper_of(task.tables, accounts, ocr=task.ocr)
    return check_paper(paper, accounts)


def paper_of(path: Path, accounts: Accounts, *, ocr: bool = False) -> Paper:
    """The recognised paper in a file."""
    return recognise(read_document(path.read_bytes(), name=path.name, ocr=ocr), accounts)


def check_paper(paper: Paper, accounts: Accounts) -> Result:
    """Run every rule on a recognised paper."""
    run = _Run(paper, accounts)
    for rule in accounts.rules:
        for rule_id, check in bound_rules(rule, paper, accounts):
            if rule.detector:
                run.detect(rule, rule_id)
                run.relate(rule, rule_id)
            else:
                run.weigh(rule, rule_id, check)
    return Result(paper, run.findings(), run.outcomes)


class _Run:
    """Gathers what the rules say, then makes findings of it, one per cause."""

    def __init__(self, paper: Paper, accounts: Accounts) -> None:
        self.paper, self.accounts = paper, accounts
        self.figures = Figures(paper)
        self.outcomes: dict[str, Outcome] = {}
        self.constraints: list[Constraint] = []
        self.tails: list[tuple[Constraint, Weighed]] = []
        self.notes: list[tuple[Constraint, Weighed]] = []
        self.faults: list[tuple[Rule, str, Fault]] = []

    def weigh(self, rule: Rule, rule_id: str, check: str) -> None:
        verdicts: set[Verdict] = set()
        for bound in constraints_of(rule, rule_id, check, self.paper, self.accounts):
            verdicts.add(self._weigh_one(bound))
        if Verdict.BROKEN in verdicts:
            self.outcomes[rule_id] = Outcome.FAIL
        elif verdicts - {Verdict.ABSENT}:
            self.outcomes[rule_id] = Outcome.PASS
        else:
            self.outcomes[rule_id] = Outcome.NOT_APPLICABLE

    def _weigh_one(self, bound: Bound) -> Verdict:
        constraint = bound.constraint
        for condition in bound.conditions:
            if not condition_holds(condition, self.figures):
                probe = Constraint(
                    constraint.rule, constraint.rule_id, condition.left, condition.relation, condition.right, ()
                )
                return Verdict.ABSENT if weigh(probe, self.figures).verdict is Verdict.ABSENT else Verdict.HOLDS
        weighed = weigh(constraint, self.figures)
        if weighed.verdict is Verdict.ABSENT or self._says_nothing(constraint, weighed):
            return Verdict.ABSENT
        if constraint.rule.severity == "note":
            if weighed.verdict is Verdict.BROKEN:
                self.notes.append((constraint, weighed))
            return weighed.verdict
        self.constraints.append(constraint)
        if weighed.verdict is Verdict.TAIL:
            self.tails.append((constraint, weighed))
        return weighed.verdict

    def _says_nothing(self, constraint: Constraint, weighed: Weighed) -> bool:
        """A sum over what the paper does not tell; an empty fund or capital table."""
        nothing = weighed.verdict is Verdict.HOLDS and not weighed.left and not weighed.right
        if any(isinstance(side, SumOf) and not side.items for side in (constraint.left, constraint.right)):
            return nothing or not any(self._has_rows(name) for name in constraint.names)
        if not nothing:
            return False
        return all(name.startswith(("07.", "08.")) for name in constraint.names)

    def _has_rows(self, name: str) -> bool:
        """Whether a cell stands in a table whose rows add up: an empty sum there is a row that is missing."""
        return name[0] == "0" and any(self.paper.tables[t].codes for t in ("03", "05") if t in self.paper.tables)

    def relate(self, rule: Rule, rule_id: str) -> None:
        """Weigh what a rule's relation says of this paper; its outcome joins that of its detector."""
        told = RELATIONS.get(rule.detector)
        if told is None:
            return
        before = self.outcomes.get(rule_id, Outcome.NOT_APPLICABLE)
        self.weigh(rule, rule_id, "; ".join(told(Asked(self.paper, self.accounts, rule, rule_id))))
        if before is not Outcome.NOT_APPLICABLE and self.outcomes[rule_id] is not Outcome.FAIL:
            self.outcomes[rule_id] = before

    def detect(self, rule: Rule, rule_id: str) -> None:
        if rule.detector not in DETECTORS:
            return
        checked: Checked = DETECTORS[rule.detector](Asked(self.paper, self.accounts, rule, rule_id))
        self.outcomes[rule_id] = (
            Outcome.FAIL if checked.faults else Outcome.PASS if checked.count else Outcome.NOT_APPLICABLE
        )
        self.faults += [(rule, rule_id, fault) for fault in checked.faults]

    def findings(self) -> list[Finding]:
        """Everything found, gravest first, each cause once."""
        found = [finding_of_cause(cause, self.figures) for cause in causes_of(self.constraints, self.figures)]
        found = _rows_together(found)
        for rule, rule_id, fault in self.faults:
            if not _told_already(found, rule, rule_id, fault):
                found.append(_finding_of_fault(rule, rule_id, fault))
        found += self._unread()
        found += _each_once([finding_of_note(c, w, self.figures) for c, w in self.notes])
        found += _each_once([finding_of_tail(c, w, self.figures) for c, w in self.tails])
        found += self._against_official()
        found.sort(key=lambda each: _ORDER.index(each.severity))
        return found

    def _unread(self) -> list[Finding]:
        """Cells that hold signs which are no number, or doubtful ones."""
        found = []
        for cell in self.paper.cells.values():
            if cell.name.endswith((".code", ".name")) or cell.name.startswith(("N.", "R.", "1-2", "1-3")):
                continue
            if cell.value is None and cell.printed.strip(" -—－–/") and cell.confidence <= DOUBTFUL / 2:
                found.append(
                    Finding(
                        "F-NUMBER",
                        Severity.WARNING,
                        [cell.name],
                        cell.where,
                        cell.printed,
                        "金额",
                        None,
                        Cause.DOCUMENT if self.paper.document.exact_cells else Cause.READING,
                        "金额格里不是可读的数字",
                        "版面",
                        None,
                        [],
                        cell.place,
                        "金额可读",
                    )
                )
        return found

    def _against_official(self) -> list[Finding]:
        """Every cell of the nine tables against the official tables laid beside."""
        if self.paper.official is None:
            return []
        found = []
        for name, official in self.paper.official.cells.items():
            if name[0] != "0" or name.endswith((".code", ".name")):
                continue
            cell = self.paper.cells.get(name)
            ours = cell.value if cell else None
            theirs = (official.value or 0) if official.value is None else official.value.quantize(CENT)
            if (ours or 0) != theirs and name.partition(".")[0] in self.paper.tables:
                found.append(
                    Finding(
                        "O-OFFICIAL",
                        Severity.ERROR,
                        [name],
                        cell.where if cell else official.where,
                        cell.printed if cell else "（无）",
                        f"{theirs}",
                        f"{(ours or 0) - theirs}",
                        Cause.DOCUMENT,
                        "与财政部门决算系统导出的表不一致",
                        "财政部门决算系统的公开表",
                        Repair(name, f"{theirs}"),
                        [],
                        cell.place if cell else official.place,
                        "与官方表一致",
                    )
                )
        return found


def _finding_of_fault(rule: Rule, rule_id: str, fault: Fault) -> Finding:
    return Finding(
        rule_id,
        fault.severity or Severity(rule.severity),
        list(fault.cells),
        fault.where,
        fault.printed,
        fault.expected,
        f"{fault.difference:f}" if fault.difference is not None else None,
        fault.cause,
        fault.message,
        rule.basis,
        Repair(fault.cells[0], fault.expected) if fault.repairable else None,
        [],
        fault.place,
        rule.title,
    )


def _told_already(found: list[Finding], rule: Rule, rule_id: str, fault: Fault) -> bool:
    """A fault whose cell is named already is one more rule that breaks for that cause."""
    for finding in found:
        if not finding.cells or not fault.cells:
            continue
        same_cell = finding.cells[0] in fault.cells or fault.cells[0] == finding.cells[0]
        same_row = rule_id.startswith(("X-02-03-CODES", "N-S5-3-ITEM-COUNT", "T06-ROWLIST")) and any(
            _row(cell) == _row(fault.cells[0]) for cell in finding.cells[:1]
        )
        same_code = fault.cells[0].endswith((".code", ".name")) and finding.cells[0] == fault.cells[0]
        if same_cell or same_row or same_code:
            if rule_id != finding.rule and rule_id not in finding.also:
                finding.also.append(rule_id)
            grave = fault.severity or Severity(rule.severity)
            finding.severity = min(finding.severity, grave, key=_ORDER.index)
            return True
    return False


def _row(name: str) -> str:
    return ".".join(name.split(".")[:2])


def _rows_together(found: list[Finding]) -> list[Finding]:
    """A row that is not printed at all is one finding, whatever number of its cells is missed."""
    kept: dict[str, Finding] = {}
    result = []
    for finding in found:
        missing = (
            finding.printed == ""
            and finding.cells
            and finding.cells[0][:2] in ("02", "03", "05")
            and len(finding.cells) == 1
        )
        key = _row(finding.cells[0]) if finding.cells else ""
        if missing and key in kept:
            kept[key].cells += finding.cells
            kept[key].also += [
                rule for rule in (finding.rule, *finding.also) if rule != kept[key].rule and rule not in kept[key].also
            ]
            continue
        if missing:
            kept[key] = finding
        result.append(finding)
    return result


def _each_once(found: list[Finding]) -> list[Finding]:
    """Notes of one rule are one finding: the first, with the cells of all."""
    kept: dict[str, Finding] = {}
    for finding in found:
        if finding.rule in kept:
            kept[finding.rule].cells += [cell for cell in finding.cells if cell not in kept[finding.rule].cells]
        else:
            kept[finding.rule] = finding
    return list(kept.values())
