"""What would be if a weight, a limit or a band were another: a frozen result scored again, and whose rank moves.

Nothing is counted anew and nothing is kept: values stay as they were frozen, only their scoring differs. Without any
change the scores must come out as they were frozen; where they do not, the scheme has changed since, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from wangge.domains.evaluation.logic import scoring
from wangge.domains.evaluation.logic.figures import UnknownBand, grade_of, part_score, weighted
from wangge.standards.findings import gettext_noop
from wangge.standards.formulas import Composite
from wangge.standards.measures import ScoreBand

GRADES = "grade"
SMALL_BY = "n_need_handle_reached"
"""The count that says whether a group is too small for a rank."""

Bands = Mapping[str, tuple[ScoreBand, ...]]


class WishRefused(ValueError):
    """A change that cannot be tried: a message that says how to write it, and the values of its places."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values)
        self.message, self.values = message, values


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be another: weights by part, the limit of small groups, lower edges and scores of bands."""

    weights: Mapping[str, Decimal] = field(default_factory=dict)
    least_cases: int | None = None
    edges: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)  # (band table, number of the band)
    scores: Mapping[tuple[str, int], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Setup:
    """What scores: the scheme, the limit of small groups, the bands, and the composite of this kind of object."""

    scheme: tuple[scoring.ScorePart, ...]
    least_cases: int
    bands: Bands
    index: str = ""  # the composite indicator shown beside the score
    formula: Composite | None = None
    index_digits: int = 2
    classes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # code → its own band table
    first_class: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands: total, rank, grade, and its composite with the rank by it."""

    total: Decimal | None
    rank: int | None
    grade: str
    index: Decimal | None
    index_rank: int | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One object before and after."""

    code: str
    before: Place
    after: Place

    @property
    def moved(self) -> bool:
        """Whether its rank, or its rank by the composite, or its grade differs."""
        old, new = self.before, self.after
        return (old.rank, old.index_rank, old.grade) != (new.rank, new.index_rank, new.grade)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Every object, best first after the change; whether the frozen scores came out of the scheme as it stands."""

    objects: tuple[Compared, ...]
    reproduces: bool
    weight_sum: Decimal


def wished(setup: Setup, wish: Wish) -> Setup:
    """The setup with the wish in it. Raises :class:`WishRefused` for a part, band or order that cannot be."""
    parts = {part.part for part in setup.scheme}
    for part, weight in wish.weights.items():
        if part not in parts:
            raise WishRefused(
                gettext_noop("方案里没有“%(part)s”这一项：有 %(parts)s。"), part=part, parts=" ".join(sorted(parts))
            )
        if not 0 <= weight <= 1:
            raise WishRefused(gettext_noop("权重“%(weight)s”须在 0 与 1 之间，写作 0.25。"), weight=weight)
    scheme = tuple(replace(part, weight=wish.weights.get(part.part, part.weight)) for part in setup.scheme)
    if not sum(part.weight for part in scheme):
        raise WishRefused(gettext_noop("权重不能全为 0。"))
    if wish.least_cases is not None and wish.least_cases < 0:
        raise WishRefused(gettext_noop("不排名的案卷数下限不能小于 0。"))
    least = setup.least_cases if wish.least_cases is None else wish.least_cases
    return replace(setup, scheme=scheme, least_cases=least, bands=_moved(setup.bands, wish))


def _moved(bands: Bands, wish: Wish) -> Bands:
    """The bands with edges and scores moved; the band below ends where the next one now begins."""
    found = {name: list(rows) for name, rows in bands.items()}
    for table, seq in (*wish.edges, *wish.scores):
        if not any(row.band_seq == seq for row in found.get(table, ())):
            raise WishRefused(gettext_noop("没有分档“%(band)s”：写作 grade/3=70。"), band=f"{table}/{seq}")
    for (table, seq), edge in wish.edges.items():
        rows, text = found[table], format(edge, "f")
        place = next(index for index, row in enumerate(rows) if row.band_seq == seq)
        rows[place] = replace(rows[place], from_value=text)
        if place:
            rows[place - 1] = replace(rows[place - 1], to_value=text)
    for (table, seq), given in wish.scores.items():
        rows = found[table]
        place = next(index for index, row in enumerate(rows) if row.band_seq == seq)
        if not (_is_number(rows[place].score) and _is_number(given)):
            message = gettext_noop("分档“%(band)s”的得分“%(given)s”不合：原为 %(old)s，只有数能改。")
            raise WishRefused(message, band=f"{table}/{seq}", given=given, old=rows[place].score)
        rows[place] = replace(rows[place], score=given)
    for table in {name for name, _seq in wish.edges}:
        edges = [Decimal(row.from_value) for row in found[table] if row.from_value]
        if edges != sorted(set(edges)):
            raise WishRefused(gettext_noop("分档“%(table)s”的界限须一档比一档高。"), table=table)
    return {name: tuple(rows) for name, rows in found.items()}


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def compare(
    frozen: Sequence[Mapping[str, Any]], figures: Mapping[str, Mapping[str, Any]], setup: Setup, wish: Wish
) -> Outcome:
    """The frozen scores of one kind of object beside what they would be.

    ``frozen``: the result's scores; ``figures``: code → the result's figures of it.
    """
    changed = wished(setup, wish)
    before, unchanged = _frozen_places(frozen, figures, setup), _places(frozen, figures, setup)
    after = _places(frozen, figures, changed)
    compared = [Compared(code, before[code], after[code]) for code in before]
    compared.sort(key=lambda each: (each.after.rank or 10**6, each.before.rank or 10**6, each.code))
    reproduces = all(
        (before[code].total, before[code].rank) == (new.total, new.rank) for code, new in unchanged.items()
    )
    return Outcome(tuple(compared), reproduces, sum((part.weight for part in changed.scheme), Decimal(0)))


def _frozen_places(
    frozen: Sequence[Mapping[str, Any]], figures: Mapping[str, Mapping[str, Any]], setup: Setup
) -> dict[str, Place]:
    indices = {each["code"]: value_of(figures.get(each["code"], {}), setup.index) for each in frozen}
    by_index = scoring.ranks(indices)
    found = {}
    for each in frozen:
        code, total = each["code"], _decimal(each["total"])
        grade = grade_of_total(setup.bands, total)
        found[code] = Place(total, each["rank"], grade, indices[code], by_index.get(code))
    return found


def _places(
    frozen: Sequence[Mapping[str, Any]], figures: Mapping[str, Mapping[str, Any]], setup: Setup
) -> dict[str, Place]:
    totals, indices, small = {}, {}, set()
    for each in frozen:
        code = each["code"]
        own = figures.get(code, {})
        indices[code] = _index(own, setup, code)
        values = {part["part"]: _decimal(part["value"]) for part in each["parts"]}
        values |= {part.part: indices[code] for part in setup.scheme if part.of and part.of == setup.index}
        totals[code] = scoring.score(setup.scheme, values, Decimal(each["adjusted"])).total
        if (value_of(own, SMALL_BY) or 0) < setup.least_cases:
            small.add(code)
    ranks = scoring.ranks(totals, too_small=frozenset(small))
    by_index = scoring.ranks(indices)
    return {
        code: Place(total, ranks.get(code), grade_of_total(setup.bands, total), indices[code], by_index.get(code))
        for code, total in totals.items()
    }


def _index(figures: Mapping[str, Any], setup: Setup, code: str) -> Decimal | None:
    """The composite by the setup's bands, from the frozen figures it names."""
    if setup.formula is None:
        return value_of(figures, setup.index)
    classes = setup.classes.get(code, setup.first_class)
    parts = tuple(
        (part, part_score(part, lambda name: value_of(figures, name), setup.bands, classes))
        for part in setup.formula.parts
    )
    return weighted(parts, setup.index_digits)


def value_of(figures: Mapping[str, Any], indicator: str) -> Decimal | None:
    """A frozen figure's value."""
    figure = figures.get(indicator)
    return None if figure is None else _decimal(figure["value"])


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def grade_of_total(bands: Bands, total: Decimal | None) -> str:
    """The grade a total lies in; empty without a total, or outside every band."""
    if total is None or GRADES not in bands:
        return ""
    try:
        return grade_of(bands[GRADES], total).score
    except UnknownBand:
        return ""


def parse_wish(
    *,
    weights: Sequence[str] = (),
    least_cases: int | None = None,
    edges: Sequence[str] = (),
    scores: Sequence[str] = (),
) -> Wish:
    """A wish as written: ``intime=0.35``, ``grade/3=70``, ``department_filed/2=85``."""
    return Wish(
        {part: _given(value) for part, value in (_pair(each, "intime=0.35") for each in weights)},
        least_cases,
        {_band(name): _given(value) for name, value in (_pair(each, "grade/3=70") for each in edges)},
        {_band(name): value for name, value in (_pair(each, "department_filed/2=85") for each in scores)},
    )


def _pair(text: str, how: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise WishRefused(gettext_noop("看不懂“%(text)s”：写作 %(how)s。"), text=text, how=how)
    return name.strip(), value.strip()


def _band(name: str) -> tuple[str, int]:
    table, mark, seq = name.partition("/")
    if not mark or not (seq.isascii() and seq.isdigit() and len(seq) < 4):
        raise WishRefused(gettext_noop("没有分档“%(band)s”：写作 grade/3=70。"), band=name)
    return table, int(seq)


def _given(text: str) -> Decimal:
    if not _is_number(text) or len(text) > 12:
        raise WishRefused(gettext_noop("“%(text)s”不是数：写作 0.35。"), text=text)
    return Decimal(text)
