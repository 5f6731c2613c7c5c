"""Whether a constraint holds in a paper: exactly, within the tail of rounding, or not; and what would make it hold."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from enum import StrEnum

from wangge.domains.disclosure.checking.recognition.cells import CENT
from wangge.domains.disclosure.checking.rules.binding import Constraint, names_in
from wangge.domains.disclosure.checking.rules.figures import ZERO, Absent, Figures
from wangge.standards.accounts.expressions import (
    Call,
    Comparison,
    Expression,
    Figure,
    Number,
    Operation,
    Relation,
    SumOf,
)

HUNDRED = Decimal(100)
STYLE = CENT  # percentages are printed with two decimals unless the figure itself shows more


class Verdict(StrEnum):
    """How a constraint came out."""

    HOLDS = "holds"
    TAIL = "tail"  # a difference that rounding explains
    BROKEN = "broken"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Weighed:
    """The outcome with its figures; ``hint`` names a known mistake: truncated, wrong denominator."""

    verdict: Verdict
    left: Decimal = ZERO
    right: Decimal = ZERO
    hint: str = ""

    @property
    def difference(self) -> Decimal:
        return self.left - self.right


_ABSENT = Weighed(Verdict.ABSENT)


def evaluate(expression: Expression, figures: Figures) -> Decimal:
    """The value of a side; raises Absent."""
    if isinstance(expression, Figure):
        return figures.value(expression.name)
    if isinstance(expression, SumOf):
        return sum((figures.value(name) for name in expression.items), ZERO)
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Operation):
        left, right = evaluate(expression.left, figures), evaluate(expression.right, figures)
        if expression.sign == "+":
            return left + right
        if expression.sign == "-":
            return left - right
        if expression.sign == "*":
            return left * right
        return _divided(left, right)
    arguments = [evaluate(each, figures) for each in expression.arguments]
    if expression.function == "percent":
        return _divided(arguments[0] * HUNDRED, arguments[1])
    return min(arguments) if expression.function == "least" else abs(arguments[0])


def _divided(left: Decimal, right: Decimal) -> Decimal:
    try:
        return left / right
    except (DivisionByZero, InvalidOperation):
        raise Absent("0") from None


def condition_holds(condition: Comparison, figures: Figures) -> bool:
    """Whether a condition is met; what is absent does not meet it."""
    try:
        return _related(evaluate(condition.left, figures), condition.relation, evaluate(condition.right, figures), ZERO)
    except Absent:
        return False


def _related(left: Decimal, relation: Relation, right: Decimal, tolerance: Decimal) -> bool:
    if relation is Relation.EQUAL:
        return abs(left - right) <= tolerance
    if relation is Relation.AT_MOST:
        return left <= right + tolerance
    if relation is Relation.AT_LEAST:
        return left >= right - tolerance
    if relation is Relation.LESS:
        return left < right
    if relation is Relation.MORE:
        return left > right
    return left != right


def weigh(constraint: Constraint, figures: Figures) -> Weighed:
    """How a constraint comes out with the figures as they are."""
    if (
        constraint.rule.tolerance == "rate"
        and isinstance(constraint.right, Call)
        and constraint.right.function == "percent"
    ):
        return _weigh_rate(constraint, figures)
    try:
        left, right = evaluate(constraint.left, figures), evaluate(constraint.right, figures)
    except Absent:
        return _ABSENT
    exact = Decimal(0)
    if _related(left, constraint.relation, right, exact):
        return Weighed(Verdict.HOLDS, left, right)
    if _related(left, constraint.relation, right, tolerance_of(constraint, figures)):
        return Weighed(Verdict.TAIL, left, right)
    return Weighed(Verdict.BROKEN, left, right)


def tolerance_of(constraint: Constraint, figures: Figures) -> Decimal:
    """How far the sides may differ: 0.01 × ⌊m/2⌋ for m non-zero printed figures; two alone must be equal."""
    tolerance = constraint.rule.tolerance
    if tolerance not in ("tail", "exact", "rate"):
        return Decimal(tolerance)
    steps = [figures.step(name) for name in constraint.names]
    mixed = max(steps, default=CENT) / 2 if steps and min(steps) != max(steps) and max(steps) <= CENT else ZERO
    if _has_products(constraint.left) or _has_products(constraint.right):
        return mixed
    # A change that prints as nothing may hide half a cent; a blank amount is nothing.
    counted = sum(1 for name in constraint.names if name.endswith(".change") or _value_or_zero(figures, name))
    if counted <= 2:
        return mixed
    if tolerance == "exact" and not any(
        name[:2] in _AMOUNTS or name[:2] in ("N.", "R.", "1-") for name in constraint.names
    ):
        return mixed
    if any(name.endswith(_WHOLE) for name in constraint.names):
        return mixed
    return CENT * (counted // 2) + mixed


_AMOUNTS = frozenset(f"0{number}" for number in range(1, 10))
_WHOLE = (".weight", ".score", ".persons", "vehicles", ".count")


def _has_products(expression: Expression) -> bool:
    if isinstance(expression, Operation):
        return expression.sign in "*/" or _has_products(expression.left) or _has_products(expression.right)
    return isinstance(expression, Call)


def _value_or_zero(figures: Figures, name: str) -> Decimal:
    try:
        return figures.value(name)
    except Absent:
        return ZERO


def _weigh_rate(constraint: Constraint, figures: Figures) -> Weighed:
    """A printed percentage against its part and whole."""
    assert isinstance(constraint.left, Figure)
    assert isinstance(constraint.right, Call)
    part, whole = constraint.right.arguments
    try:
        printed = figures.value(constraint.left.name)
        above, below = evaluate(part, figures), evaluate(whole, figures)
    except Absent:
        return _ABSENT
    if not below:
        return _ABSENT
    true = above * HUNDRED / below
    step = rate_step(figures, constraint.left.name, printed)
    if rounded(true, step) == printed:
        return Weighed(Verdict.HOLDS, printed, true)
    if _explained(true, printed, step, above, below, _error(part, figures), _error(whole, figures)):
        return Weighed(Verdict.TAIL, printed, true)
    return Weighed(Verdict.BROKEN, printed, true, _rate_hint(constraint, printed, true, step, above, figures))


def rate_step(figures: Figures, name: str, printed: Decimal) -> Decimal:
    """The last decimal of a percentage: its own, but 100 and 0 stand for 100.00 and 0.00."""
    step = figures.step(name)
    return STYLE if step == 1 and printed in (ZERO, HUNDRED, -HUNDRED) else step


def rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)


def _error(expression: Expression, figures: Figures) -> Decimal:
    """How far a side of rounded amounts may be off."""
    steps = [figures.step(name) for name in names_in(expression) if _value_or_zero(figures, name)]
    return sum((step / 2 for step in steps if step < 1), ZERO)  # a count is not rounded


def _explained(
    true: Decimal,
    printed: Decimal,
    step: Decimal,
    above: Decimal,
    below: Decimal,
    above_error: Decimal,
    below_error: Decimal,
) -> bool:
    """Whether some amounts that print the same give the printed percentage."""
    if abs(below) <= below_error:
        return True
    corners = [(above + a * above_error) * HUNDRED / (below + b * below_error) for a in (-1, 1) for b in (-1, 1)]
    return min(*corners, true) - step / 2 <= printed <= max(*corners, true) + step / 2


def _rate_hint(
    constraint: Constraint, printed: Decimal, true: Decimal, step: Decimal, above: Decimal, figures: Figures
) -> str:
    if abs(true).quantize(step, ROUND_FLOOR) == abs(printed):
        return "truncated"
    assert isinstance(constraint.right, Call)
    whole = constraint.right.arguments[1]
    if isinstance(whole, Operation):
        current = evaluate(whole.left, figures)
        if current and rounded(above * HUNDRED / current, step) == printed:
            return "current_base"
    return ""


def solved(constraint: Constraint, name: str, figures: Figures) -> tuple[Decimal, Decimal, Decimal] | None:
    """Value, lowest and highest of a cell with which the constraint would hold, the others as they are; None: none."""
    if constraint.relation not in (Relation.EQUAL, Relation.AT_MOST, Relation.AT_LEAST):
        return None
    try:
        if constraint.rule.tolerance == "rate" and isinstance(constraint.right, Call):
            return _solved_rate(constraint, name, figures)
        at_zero, at_one = (_gap(constraint, name, Decimal(k), figures) for k in (0, 1))
        at_two = _gap(constraint, name, Decimal(2), figures)
    except Absent:
        return None
    slope = at_one - at_zero
    if not slope or abs(at_two - at_one - slope) > Decimal("0.000001"):
        return None
    value = -at_zero / slope
    tolerance = tolerance_of(constraint, figures) / abs(slope)
    return value, value - tolerance, value + tolerance


def _gap(constraint: Constraint, name: str, tried: Decimal, figures: Figures) -> Decimal:
    kept = figures.instead.get(name)
    figures.instead[name] = tried
    try:
        return evaluate(constraint.left, figures) - evaluate(constraint.right, figures)
    finally:
        if kept is None:
            del figures.instead[name]
        else:
            figures.instead[name] = kept


def _solved_rate(constraint: Constraint, name: str, figures: Figures) -> tuple[Decimal, Decimal, Decimal] | None:
    assert isinstance(constraint.left, Figure)
    assert isinstance(constraint.right, Call)
    part, whole = constraint.right.arguments
    printed = figures.value(constraint.left.name)
    step = rate_step(figures, constraint.left.name, printed)
    if name == constraint.left.name:
        # What the figure would be printed as: with two decimals, whatever a wrong one shows.
        true = rounded(evaluate(constraint.right, figures), min(step, STYLE))
        return true, true, true
    ends = [
        _root(Comparison(part, Relation.EQUAL, whole), name, rate, figures)
        for rate in (printed, printed - step / 2, printed + step / 2)
    ]
    if any(end is None for end in ends):
        return None
    value, low, high = (end for end in ends if end is not None)
    return value, min(low, high), max(low, high)


def _root(sides: Comparison, name: str, rate: Decimal, figures: Figures) -> Decimal | None:
    """The value of a cell with which part × 100 = rate × whole."""
    kept = figures.instead.get(name)
    try:
        found = []
        for tried in (ZERO, Decimal(1)):
            figures.instead[name] = tried
            found.append(evaluate(sides.left, figures) * HUNDRED - rate * evaluate(sides.right, figures))
    finally:
        if kept is None:
            figures.instead.pop(name, None)
        else:
            figures.instead[name] = kept
    slope = found[1] - found[0]
    return -found[0] / slope if slope else None
