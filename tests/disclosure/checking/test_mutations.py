"""Correct papers raise no alarm, and a mistake put into one is found and named at its cell."""

from __future__ import annotations

import functools
import sys
from collections import Counter
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
    assert [
        (each.rule, each.cells, each.where, each.message) for each in findings(paper_of(seed).as_format(format), format)
    ] == []


@pytest.mark.parametrize("seed", range(12 if SOAKING else 1))
def test_a_correct_pdf_raises_no_error_and_no_warning(seed: int) -> None:
    (format,) = SLOW_FORMATS
    assert [(each.rule, each.cells, each.where) for each in findings(paper_of(seed).as_format(format), format)] == []


def draw(number: int) -> tuple[Made, Mutation, str]:
    random = Random(number)
    seed = number % min(PAPERS, 40)
    kind = list(KINDS)[number % len(KINDS)]
    paper = paper_of(seed)
    return paper, mutated(paper.document, random, tied_figures(seed), kind), TEXT_FORMATS[number % len(TEXT_FORMATS)]


def test_mistakes_of_twelve_kinds_are_found_and_named_at_their_cell(capsys: pytest.CaptureFixture[str]) -> None:
    tried: Counter[str] = Counter()
    found: Counter[str] = Counter()
    named: Counter[str] = Counter()
    missed: list[str] = []
    for number in range(MUTATIONS):
        paper, mutation, format = draw(number)
        told = findings(paper.as_format(format, mutation.document), format)
        tried[mutation.kind] += 1
        found[mutation.kind] += bool(told)
        hit = any(mutation.cells & set(each.cells) for each in told)
        named[mutation.kind] += hit
        if not hit:
            answers = [(each.rule, each.cells[:3]) for each in told][:4]
            change = f"{mutation.was}→{mutation.now}"
            missed.append(f"{number} {mutation.kind} {sorted(mutation.cells)[:3]} {change} {format}: {answers}")
    with capsys.disabled():
        sys.stdout.write("\n")
        for kind in KINDS:
            sys.stdout.write(f"  {kind:18}{tried[kind]:5} tried{found[kind]:6} found{named[kind]:6} named\n")
    assert set(tried) == set(KINDS)
    assert sum(found.values()) >= LEAST_FOUND * MUTATIONS, "\n".join(missed)
    assert sum(named.values()) >= LEAST_FOUND * MUTATIONS, "\n".join(missed)
