"""What each step counts for evaluation: ``counters`` and ``counters_if`` of the table, read over a whole case."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.effects import Made
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.views import counts_on_time


@dataclass(slots=True)
class Tally:
    """The counts of one case so far, and what must be remembered to count once or to replace the last."""

    counts: Counter[str] = field(default_factory=Counter)
    once: set[tuple[str, str]] = field(default_factory=set)
    last: dict[tuple[str, int], list[str]] = field(default_factory=dict)  # (verb, cycle) → counters to take back


@lru_cache(maxsize=512)
def parsed(counters_if: str) -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """``"a & b: n m; c: k"`` → (((a, b), (n, m)), ((c,), (k,)))."""
    items = []
    for item in filter(None, counters_if.split("; ")):
        text, _, names = item.rpartition(": ")
        items.append((tuple(text.split(" & ")), tuple(names.split())))
    return tuple(items)


def count(rules: Rulebook, tally: Tally, state: CaseState, attempt: Attempt, made: Made) -> Counter[str]:
    """Count one step: ``state`` is the case after it. Returns what this step added (negative: took back)."""
    added: Counter[str] = Counter(made.row.counters)
    replaced = False
    for terms, names in parsed(made.row.counters_if):
        for name in names:
            bare = name.lstrip("-")
            once = _once(terms, state, bare)
            if once is not None:
                if once in tally.once:
                    continue
                tally.once.add(once)
            if "last=cycle" in terms and not replaced:
                added.subtract(tally.last.pop((attempt.verb, state.cycle), []))
                replaced = True
            if all(_holds(rules, state, attempt, made, term) for term in terms):
                added[bare] += -1 if name[0] == "-" else 1
                if "last=cycle" in terms:
                    tally.last.setdefault((attempt.verb, state.cycle), []).append(bare)
    tally.counts.update(added)
    return Counter({name: number for name, number in added.items() if number})


def _once(terms: tuple[str, ...], state: CaseState, name: str) -> tuple[str, str] | None:
    for term in terms:
        if term == "once=case":
            return name, "case"
        if term == "once=cycle":
            return name, str(state.cycle)
    return None


def _holds(rules: Rulebook, state: CaseState, attempt: Attempt, made: Made, term: str) -> bool:
    if term == "always" or term.startswith(("once=", "last=")):
        return True
    if " in setting:" in term:
        name, _, setting = term.partition(" in setting:")
        return attempt.args.get(name) in rules.settings[setting].split()
    if "!=" in term:
        name, _, value = term.partition("!=")
        return attempt.args.get(name) != value
    name, _, value = term.partition("=")
    if name.startswith("setting:"):
        return rules.settings[name[8:]] == value
    if name.startswith("clock:"):
        return _reading(made, name[6:], value)
    if name.startswith("case:"):
        return _of_case(rules, state, made, name[5:], value)
    if name == "post":
        return attempt.post == value
    return attempt.args.get(name) in value.split("|")


def _reading(made: Made, clock: str, value: str) -> bool:
    if clock == "inner":
        reading = made.inner_reading
    else:
        stage = made.stage_reading
        reading = (stage[1], stage[2]) if stage is not None and stage[0] == clock else None
    return reading is not None and (reading[0] <= reading[1]) == (value == "in_time")


def _of_case(rules: Rulebook, state: CaseState, made: Made, name: str, value: str) -> bool:
    if name == "complaint":
        return rules.entries[state.source].complaint == (value == "yes")
    if name == "verified":
        return (state.verification == "true") == (value == "true")
    if name == "on_time":
        on_time = conditions.on_time(state) if made.row.verb == "grant_appeal" else counts_on_time(state)
        return on_time == (value == "yes")
    if name in ("reading", "first"):
        used, allowance = state.readings[-1 if name == "reading" else 0] if state.readings else (0, 0)
        return (used <= allowance) == (value == "in_time")
    if name == "units":
        return len(state.units) == 1 if value == "1" else len(state.units) >= int(value.rstrip("+"))
    if name == "appeal":
        return state.appeal is not None and state.appeal.kind == value
    if name == "stage":
        return state.stage in value.split("|")
    raise ValueError(f"counting condition not understood: case:{name}={value}")
