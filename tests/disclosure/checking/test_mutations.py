"""Correct papers raise no alarm, and a mistake put into one is found and named at its cell."""

from __future__ import annotations

import functools
import multiprocessing
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from random import Random

import hypothesis
import pytest

from tests.disclosure.checking.generated import FORMATS, SLOW_FORMATS, Made, made
from tests.disclosure.checking.mutations import KINDS, Mutation, mutated
from wangge.domains.disclosure.checking.findings.finding import Finding, Severity
from wangge.domains.disclosure.checking.reading.opening import read_document
from wangge.domains.disclosure.checking.recognition.recognising import recognise
from wangge.domains.disclosure.checking.rules.binding import bound_rules, constraints_of
from wangge.domains.disclosure.checking.rules.figures import Figures
from wangge.domains.disclosure.checking.rules.weighing import Verdict, condition_holds, weigh
from wangge.domains.disclosure.checking.work import check_paper
from wangge.standards.accounts.expressions import Relation
from wangge.standards.accounts.library import load_accounts

ACCOUNTS = load_accounts("2024")
TEXT_FORMATS = ("txt", "docx", "html", "md")
SOAKING = hypothesis.settings.get_current_profile_name() == "soak"
PAPERS = 200 if SOAKING else 25
MUTATIONS = 2000 if SOAKING else 180
LEAST_FOUND = 0.99
AT_ONCE = 500
CLEAN: Counter[str] = Counter()


def findings(data: bytes, format: str) -> list[Finding]:
    paper = recognise(read_document(data, name=f"paper.{format}"), ACCOUNTS)
    return [each for each in check_paper(paper, ACCOUNTS).findings if each.severity is not Severity.NOTE]


@functools.cache
def paper_of(seed: int) -> Made:
    return made(seed)


@functools.cache
def tied_figures(seed: int) -> frozenset[str]:
    """The figures of a paper that an equation of weight ties to others."""
    paper = recognise(read_document(paper_of(seed).as_format("txt"), name="paper.txt"), ACCOUNTS)
    figures = Figures(paper)
    tied: set[str] = set()
    for rule in ACCOUNTS.rules:
        if rule.detector or rule.severity == "note":
            continue
        for rule_id, check in bound_rules(rule, paper, ACCOUNTS):
            for bound in constraints_of(rule, rule_id, check, paper, ACCOUNTS):
                if bound.constraint.relation is not Relation.EQUAL:
                    continue
                asked = all(condition_holds(each, figures) for each in bound.conditions)
                if asked and weigh(bound.constraint, figures).verdict is not Verdict.ABSENT:
                    tied |= set(bound.constraint.names)
    return frozenset(tied)


@pytest.mark.parametrize("seed", range(PAPERS))
def test_a_correct_paper_raises_no_error_and_no_warning(seed: int) -> None:
    format = FORMATS[seed % len(FORMATS)]
    alarms = findings(paper_of(seed).as_format(format), format)
    CLEAN["papers"], CLEAN["alarms"] = CLEAN["papers"] + 1, CLEAN["alarms"] + len(alarms)
    assert [(each.rule, each.cells, each.where, each.message) for each in alarms] == []


@pytest.mark.parametrize("seed", range(12 if SOAKING else 1))
def test_a_correct_pdf_raises_no_error_and_no_warning(seed: int) -> None:
    (format,) = SLOW_FORMATS
    alarms = findings(paper_of(seed).as_format(format), format)
    CLEAN["papers"], CLEAN["alarms"] = CLEAN["papers"] + 1, CLEAN["alarms"] + len(alarms)
    assert [(each.rule, each.cells, each.where) for each in alarms] == []


def draw(number: int, papers: int) -> tuple[Made, Mutation, str]:
    random = Random(number)
    seed = number % min(papers, 40)
    kind = list(KINDS)[number % len(KINDS)]
    paper = paper_of(seed)
    return paper, mutated(paper.document, random, tied_figures(seed), kind), TEXT_FORMATS[number % len(TEXT_FORMATS)]


@dataclass
class Tally:
    """How many mistakes of each kind were put in, raised an error or warning, and were named at their cell."""

    tried: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.tried += other.tried
        self.found += other.found
        self.named += other.named
        self.missed += other.missed

    def lines(self) -> Iterator[str]:
        for kind in KINDS:
            yield f"  {kind:18}{self.tried[kind]:5} tried{self.found[kind]:6} found{self.named[kind]:6} named"
        tried, found, named = (each.total() for each in (self.tried, self.found, self.named))
        yield f"  {tried:,} mistakes of {len(self.tried)} kinds: {found:,} found ({found / tried:.2%})"
        yield f"  {named:,} of them named at the right cell ({named / tried:.2%}); to reach: {LEAST_FOUND:.0%} each"
        yield f"  {CLEAN['papers']} correct papers before, in this process: {CLEAN['alarms']} errors and warnings"


def judged(numbers: range, papers: int) -> Tally:
    """What the check says of these mistakes."""
    tally = Tally()
    for number in numbers:
        paper, mutation, format = draw(number, papers)
        told = findings(paper.as_format(format, mutation.document), format)
        hit = any(mutation.cells & set(each.cells) for each in told)
        tally.tried[mutation.kind] += 1
        tally.found[mutation.kind] += bool(told)
        tally.named[mutation.kind] += hit
        if not hit:
            answers = [(each.rule, each.cells[:3]) for each in told][:4]
            change = f"{mutation.was}→{mutation.now}"
            tally.missed.append(f"{number} {mutation.kind} {sorted(mutation.cells)[:3]} {change} {format}: {answers}")
    return tally


def judged_together(count: int, papers: int) -> Tally:
    """All of them; many are shared out among the processors, papers of one seed to one process."""
    if count < AT_ONCE:
        return judged(range(count), papers)
    shares = [range(first, count, 8) for first in range(8)]
    whole = Tally()
    with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
        for part in pool.map(judged, shares, repeat(papers)):
            whole.add(part)
    return whole


def test_mistakes_of_twelve_kinds_are_found_and_named_at_their_cell(capsys: pytest.CaptureFixture[str]) -> None:
    tally = judged_together(MUTATIONS, PAPERS)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(tally.lines()) + "\n")
    assert set(tally.tried) == set(KINDS)
    assert tally.tried.total() == MUTATIONS
    assert tally.found.total() >= LEAST_FOUND * MUTATIONS, "\n".join(tally.missed)
    assert tally.named.total() >= LEAST_FOUND * MUTATIONS, "\n".join(tally.missed)
