"""From broken constraints to causes: the one cell whose change mends most and breaks least, again and again.

A misread or mistyped figure breaks every statement it takes part in. The cell that takes part in most of the broken
ones, and with one other value makes them hold without breaking others, is named once, with that value. Where several
cells would do equally well, all are named, the likeliest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from wangge.domains.disclosure.checking.rules.binding import Constraint
from wangge.domains.disclosure.checking.rules.figures import ZERO, Absent, Figures
from wangge.domains.disclosure.checking.rules.weighing import Verdict, Weighed, solved, weigh

_WEIGHTS = {"error": Decimal(1), "warning": Decimal("0.7"), "note": Decimal("0.2")}
MOST_TIED = 24
_SLACK = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell, the value it should have, and how well that explains what is broken."""

    name: str
    value: Decimal
    gain: Decimal
    likelihood: Decimal
    mended: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: the cells that may be it, and the statements it breaks."""

    suspects: tuple[Suspect, ...]
    constraints: tuple[Constraint, ...]
    first: Weighed  # how the leading constraint came out


def causes_of(constraints: list[Constraint], figures: Figures) -> list[Cause]:
    """The causes of what is broken, the best explained first."""
    involved: dict[str, list[Constraint]] = defaultdict(list)
    for constraint in constraints:
        for name in constraint.names:
            involved[name].append(constraint)
    broken = {id(each): each for each in constraints if weigh(each, figures).verdict is Verdict.BROKEN}
    origin = {key: weigh(each, figures) for key, each in broken.items()}
    found: list[Cause] = []
    while broken:
        suspects = _suspects(broken, involved, figures)
        if not suspects:
            rest = next(iter(broken.values()))
            found.append(Cause((), (rest,), origin[id(rest)]))
            del broken[id(rest)]
            continue
        best = suspects[0]
        tied = [
            each
            for each in suspects
            if each.gain == best.gain and {id(c) for c in each.mended} == {id(c) for c in best.mended}
        ]
        mended = _in_order(best.mended)
        found.append(Cause(tuple(tied[:MOST_TIED]), mended, origin.get(id(mended[0])) or weigh(mended[0], figures)))
        figures.instead[best.name] = best.value
        for constraint in involved[best.name]:
            weighed = weigh(constraint, figures)
            if weighed.verdict is Verdict.BROKEN and id(constraint) not in broken:
                broken[id(constraint)] = constraint
                origin[id(constraint)] = weighed
            elif weighed.verdict is not Verdict.BROKEN:
                broken.pop(id(constraint), None)
        for constraint in best.mended:
            broken.pop(id(constraint), None)
    figures.instead.clear()
    return _settled(found)


def _in_order(constraints: Iterable[Constraint]) -> tuple[Constraint, ...]:
    """Errors before warnings, in the order of the table of rules."""
    return tuple(sorted(constraints, key=lambda each: (-_WEIGHTS[each.rule.severity], each.rule.at.line)))


def _settled(causes: list[Cause]) -> list[Cause]:
    """A cell that was changed twice while looking is one cause."""
    seen: dict[str, int] = {}
    kept: list[Cause] = []
    for cause in causes:
        name = cause.suspects[0].name if cause.suspects else ""
        if name and name in seen:
            old = kept[seen[name]]
            merged = dict.fromkeys((*old.constraints, *cause.constraints))
            kept[seen[name]] = Cause(old.suspects, tuple(merged), old.first)
            continue
        if name:
            seen[name] = len(kept)
        kept.append(cause)
    return kept


def _suspects(broken: dict[int, Constraint], involved: dict[str, list[Constraint]], figures: Figures) -> list[Suspect]:
    """Every cell of the broken statements with its best value, the best first; only those that gain."""
    names = {
        name
        for constraint in broken.values()
        for name in constraint.names
        if not name.startswith(("previous:", "budget:", "tables:"))
    }
    found = []
    for name in names:
        if name in figures.instead:
            continue
        suspect = _best_value(name, broken, involved[name], figures)
        if suspect is not None and suspect.gain > 0:
            found.append(suspect)
    found.sort(key=lambda each: (-each.gain, -each.likelihood, each.name))
    return found


def _best_value(
    name: str, broken: dict[int, Constraint], constraints: list[Constraint], figures: Figures
) -> Suspect | None:
    spans: list[tuple[Decimal, Decimal, Decimal, Constraint]] = []
    for constraint in constraints:
        if id(constraint) in broken:
            solution = solved(constraint, name, figures)
            if solution is not None:
                spans.append((*solution, constraint))
    if not spans:
        return None
    step = figures.step(name)
    best: Suspect | None = None
    for value in _proposals(spans, step):
        suspect = _tried(name, value, broken, constraints, figures)
        if suspect is not None and (best is None or (suspect.gain, suspect.likelihood) > (best.gain, best.likelihood)):
            best = suspect
    return best


def _proposals(spans: list[tuple[Decimal, Decimal, Decimal, Constraint]], step: Decimal) -> list[Decimal]:
    """Values worth trying: each statement's own, and the ends of their spans, at the printed decimals."""
    exact = [
        value.quantize(step, ROUND_HALF_UP) for value, low, high, _ in sorted(spans, key=lambda each: each[2] - each[1])
    ]
    ends = [end.quantize(step, ROUND_HALF_UP) for _, low, high, _ in spans if low != high for end in (low, high)]
    return list(dict.fromkeys((*exact, *ends)))[:12]


def _tried(
    name: str, value: Decimal, broken: dict[int, Constraint], constraints: list[Constraint], figures: Figures
) -> Suspect | None:
    printed = _printed(name, figures)
    if printed is not None and printed == value:
        return None
    gain = ZERO
    mended: list[Constraint] = []
    figures.instead[name] = value
    try:
        for constraint in constraints:
            verdict = weigh(constraint, figures).verdict
            was_broken = id(constraint) in broken
            if was_broken and verdict in (Verdict.HOLDS, Verdict.TAIL):
                mended.append(constraint)
                gain += _WEIGHTS[constraint.rule.severity] + (_SLACK if verdict is Verdict.HOLDS else ZERO)
            elif not was_broken and verdict is Verdict.BROKEN:
                gain -= _WEIGHTS[constraint.rule.severity]
    finally:
        del figures.instead[name]
    if not mended:
        return None
    # Rounded, so that cells which explain the same are equals whatever way their sums came out.
    gain = gain.quantize(Decimal("0.01"))
    return Suspect(name, value, gain, _likelihood(name, printed, value, figures), tuple(mended))


def _printed(name: str, figures: Figures) -> Decimal | None:
    try:
        return figures.value(name)
    except Absent:
        return None


def _likelihood(name: str, printed: Decimal | None, value: Decimal, figures: Figures) -> Decimal:
    """How like a slip the printed figure is to the value: one digit wrong, two exchanged, one lost."""
    cell = figures.cell(name)
    likely = Decimal(0)
    if cell is None or cell.value is None:
        likely -= 2
    elif printed is not None:
        likely += _slip(_digits(printed), _digits(value))
        likely += Decimal(str(round(1 - cell.confidence, 2))) * 2
    if value < 0 and (printed is None or printed >= 0):
        likely -= 2
    return likely


def _digits(value: Decimal) -> str:
    return f"{abs(value):f}".replace(".", "").lstrip("0")


def _slip(printed: str, value: str) -> Decimal:
    if printed == value:
        return Decimal(2)  # only the sign or the point
    if len(printed) == len(value):
        wrong = sum(a != b for a, b in zip(printed, value, strict=True))
        if wrong == 1:
            return Decimal(2)
        if wrong == 2 and sorted(printed) == sorted(value):
            return Decimal(2)
        return Decimal(1) / wrong
    longer, shorter = sorted((printed, value), key=len, reverse=True)
    if len(longer) - len(shorter) == 1 and any(longer[:k] + longer[k + 1 :] == shorter for k in range(len(longer))):
        return Decimal("1.5")
    return ZERO
