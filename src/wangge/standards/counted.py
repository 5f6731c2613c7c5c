"""The small language that says which steps a count counts: ``counted`` of indicators.csv.

Statements are joined by ``"; "``; each is ``[+|-] SUBJECT [@MOMENT] [by_end] [whose=…] [& CONDITION]…``:

* SUBJECT: verbs joined by ``|`` · ``stage:NAME`` cases standing in the stage when the period ends · ``overrun:NAME``
  those of them whose clock has run out · ``deadline`` cases whose last known deadline lies in the period · ``unended``
  cases reported in the period and not ended when it ends · ``outside``, ``unknown``: nothing of the steps;
* ``@MOMENT``: the moment of the case that puts it in the period, where that is not the step's own;
* ``by_end``: only if the step itself was made before that period ended;
* ``whose=author``: counts for whoever made what this step corrects or judges;
* CONDITION: ``once=case|cycle`` only the first of the count's verbs · ``last=cycle`` a later one in the same period
  replaces it · ``new=VERBS`` none of the verbs before in the cycle · ``COLUMN=a|b``, ``COLUMN!=a``; ``none`` is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

COLUMNS = frozenset(
    {
        "verb", "from_stage", "to_stage", "post", "source", "complaint", "verified", "child", "in_grid", "from_ends",
        "to_ends", "clock", "clock_reading", "inner_reading", "reading", "replaced", "inner_replaced", "first",
        "on_time", "units", "appeal", "answer", "grade", "filed_by_audit", "moved", "cycle",
    }
)  # fmt: skip
"""What a condition may ask of a step."""
MOMENTS = frozenset({"accepted", "filed", "handled", "reworked", "inspected", "closed", "due", "reported"})
"""The moments of a case a step may be counted at."""
STANDING = ("stage", "overrun")
ALONE = frozenset({"deadline", "unended", "outside", "unknown"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A column that must (or must not) have one of the values; an empty text is a value."""

    column: str
    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a count."""

    sign: int
    subject: str  # verbs, stage, overrun, deadline, unended, outside, unknown
    names: tuple[str, ...] = ()  # the verbs, or the stage
    moment: str = "at"
    by_end: bool = False
    whose: str = ""
    once: str = ""  # case, cycle
    last: bool = False
    new: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()


@lru_cache(maxsize=512)
def parse_counted(text: str) -> tuple[Statement, ...]:
    """The statements of a count; ``ValueError`` with the piece that cannot be understood."""
    return tuple(_statement(piece) for piece in text.split("; ")) if text else ()


def _statement(text: str) -> Statement:
    head, *conditions = text.strip().split(" & ")
    words = head.split()
    sign = -1 if words[:1] == ["-"] else 1
    if words[:1] in (["-"], ["+"]):
        words = words[1:]
    if not words:
        raise ValueError(text)
    subject, names = _subject(words[0])
    told: dict[str, object] = {}
    for word in words[1:]:
        if word.startswith("@") and word[1:] in MOMENTS:
            told["moment"] = word[1:]
        elif word == "by_end":
            told["by_end"] = True
        elif word == "whose=author":
            told["whose"] = "author"
        else:
            raise ValueError(word)
    plain = []
    for condition in conditions:
        name, _, value = condition.partition("=")
        if name == "once" and value in ("case", "cycle"):
            told["once"] = value
        elif condition == "last=cycle":
            told["last"] = True
        elif name == "new" and value:
            told["new"] = tuple(value.split("|"))
        else:
            plain.append(_condition(condition))
    return Statement(sign, subject, names, conditions=tuple(plain), **told)  # type: ignore[arg-type]


def _subject(word: str) -> tuple[str, tuple[str, ...]]:
    if word in ALONE:
        return word, ()
    kind, colon, name = word.partition(":")
    if colon:
        if kind not in STANDING or not name:
            raise ValueError(word)
        return kind, (name,)
    return "verbs", tuple(word.split("|"))


def _condition(text: str) -> Condition:
    name, sign, value = text.partition("=")
    negated = name.endswith("!")
    name = name.removesuffix("!")
    if not sign or not value or name not in COLUMNS:
        raise ValueError(text)
    return Condition(name, tuple("" if each == "none" else each for each in value.split("|")), negated)


def verbs_of(statements: tuple[Statement, ...], *, once: bool = False) -> Iterator[str]:
    """The verbs that the statements count; ``once``: of those counted once."""
    for statement in statements:
        if statement.subject == "verbs" and (statement.once or not once):
            yield from statement.names
