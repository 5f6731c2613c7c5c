"""A count's statements made ready for sets of rows: signed terms, each with the moment and the window it counts in.

A count is a signed sum over steps, so no engine needs to look from one step to another: *once* and *last* are read
from what each row remembers, the state at a period's end is what entered less what left before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from wangge.domains.evaluation.logic.facts import What
from wangge.standards.counted import Condition, Statement, parse_counted


class Window(StrEnum):
    """When a step counts for a period."""

    IN = "in"  # its moment lies in the period
    BY_END = "by_end"  # and the step itself was made before the period's end
    SAME = "same"  # it replaces a step of the same period
    STANDING = "standing"  # counts from its moment on, in every later period too


@dataclass(frozen=True, slots=True)
class Term:
    """Rows that satisfy every condition count ``sign`` times, by ``moment`` in ``window``, for ``whose`` column."""

    count: str
    sign: int
    moment: str
    window: Window
    conditions: tuple[Condition, ...]
    fresh: tuple[str, ...] = ()  # none of these verbs before in the cycle
    whose: str = ""  # author: instead of the step's own person; former: instead of the unit; held: for nobody's seat or
    # round, only for unit, class and place; before: as held, but those of before the step


@dataclass(frozen=True, slots=True)
class View:
    """Terms that look at rows in the same way."""

    moment: str
    window: Window
    whose: str


def terms_of(count: str, counted: str) -> tuple[Term, ...]:
    """The terms of a count; none where the steps say nothing about it."""
    statements = parse_counted(counted)
    once = tuple(sorted({verb for each in statements if each.once for verb in each.names}))
    return tuple(term for each in statements for term in _expanded(count, each, once))


def _expanded(count: str, told: Statement, once: tuple[str, ...]) -> tuple[Term, ...]:
    if told.subject == "verbs":
        return _of_verbs(count, told, once)
    conditions = told.conditions
    if told.subject == "deadline":
        return (
            Term(count, told.sign, "due_after", Window.BY_END, conditions, whose="held"),
            Term(count, -told.sign, "due_before", Window.BY_END, conditions, whose="before"),
        )
    if told.subject == "overrun":
        inside, out = Condition("to_stage", told.names), Condition("from_stage", told.names)
        return (
            Term(count, told.sign, "run_after", Window.STANDING, (inside, *conditions), whose="held"),
            Term(count, -told.sign, "run_before", Window.STANDING, (out, *conditions), whose="before"),
        )
    if told.subject == "stage":
        inside, out = Condition("to_stage", told.names), Condition("from_stage", told.names)
        return _standing(count, told, inside, out, "at", Window.STANDING)
    if told.subject == "unended":
        told = replace(told, conditions=(Condition("child", ("no",)), *conditions))
        ended, before = Condition("to_ends", ("no",)), Condition("from_ends", ("no",))
        return _standing(count, told, ended, before, "reported", Window.BY_END)
    return ()


def _standing(
    count: str, told: Statement, inside: Condition, out: Condition, moment: str, window: Window
) -> tuple[Term, ...]:
    """Cases that come into a state, leave it, or change hands within it."""
    not_in, not_out = replace(out, negated=not out.negated), replace(inside, negated=not inside.negated)
    kept, moved = (inside, out, *told.conditions), Condition("moved", ("yes",))
    come = Term(count, told.sign, moment, window, (inside, not_in, *told.conditions), told.new, "held")
    gone = Term(count, -told.sign, moment, window, (out, not_out, *told.conditions), told.new, "before")
    taken = Term(count, told.sign, moment, window, (*kept, moved), told.new, "held")
    given = Term(count, -told.sign, moment, window, (*kept, moved), told.new, "before")
    return come, gone, taken, given


def _of_verbs(count: str, told: Statement, once: tuple[str, ...]) -> tuple[Term, ...]:
    conditions = (Condition("verb", told.names), *told.conditions)
    fresh = tuple(sorted({*told.new, *(once if told.once else ())}))
    if told.once == "case":
        conditions += (Condition("cycle", ("1",)),)
    term = Term(
        count, told.sign, told.moment, Window.BY_END if told.by_end else Window.IN, conditions, fresh, told.whose
    )
    if not told.last:
        return (term,)
    earlier = {"reading": "replaced", "inner_reading": "inner_replaced"}
    replaced = tuple(replace(each, column=earlier.get(each.column, each.column)) for each in conditions)
    return term, Term(count, -told.sign, "at", Window.SAME, replaced, fresh, "former")


def holds(term: Term, what: What) -> bool:
    """Whether a kind of step satisfies a term."""
    values: Mapping[str, str] = what._asdict()
    if any(f" {verb} " in what.done for verb in term.fresh):
        return False
    return all((values[each.column] in each.values) != each.negated for each in term.conditions)
