"""The forms of what the API answers on evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Schema
from pydantic import Field

Kind = Literal["district", "department"]
Traced = Literal["district", "department", "minor_class", "street"]


class ResultHead(Schema):
    """A published result: what it is of, what it was computed from, its seal."""

    id: str
    period: str
    issue: int
    replaces: str | None
    change_note: str | None
    snapshot: str
    edition: str
    software: str
    computed_at: datetime
    sm3: str


class ResultHeads(Schema):
    """The newest month first, of each month the newest issue first."""

    items: list[ResultHead]


class FigurePart(Schema):
    """A part of a composite figure."""

    weight: str
    of: str
    score: str | None


class Figure(Schema):
    """A figure as it was frozen: exact decimals as text; no value where there is no denominator."""

    value: str | None
    numerator: int | None = None
    denominator: int | None = None
    left_out: int = 0
    beyond: bool = False
    parts: list[FigurePart] = Field(default_factory=list)


class Definition(Schema):
    """An indicator as defined on the period's last day."""

    id: str
    kind: Literal["count", "rate", "composite"]
    name_zh: str
    formula: str
    counted: str
    treatment: list[str]
    missing: str
    source: str
    confidence: str


class Row(Schema):
    """The figures of one object in one period, by indicator."""

    kind: Kind
    code: str
    name: str
    period: str
    figures: dict[str, Figure]


class ScorePart(Schema):
    """What one part of the scheme gave; weights after those without a value handed theirs on."""

    part: str
    name_zh: str
    kind: str
    of: str
    value: str | None
    weight: str
    points: str | None
    lost: str | None


class Score(Schema):
    """One object's score; a small group has an interval and no rank."""

    kind: Kind
    code: str
    name: str
    total: str | None
    rank: int | None
    small: bool
    interval: list[str] | None
    adjusted: str
    parts: list[ScorePart]


class Exclusion(Schema):
    """A case that scoring leaves out, by which step."""

    case: str
    step: int
    at: str
    department: str
    district: str


class Change(Schema):
    """What a re-issue changed: before and after of a score and rank, or of one figure."""

    object: Kind
    code: str
    indicator: str | None = None
    value: list[Figure | None] | None = None
    total: list[str | None] | None = None
    rank: list[int | None] | None = None


class Result(ResultHead):
    """A published result with its figures, scores, exclusion list, and what it changed."""

    first: str
    end: str
    indicators: list[Definition]
    rows: list[Row]
    scores: list[Score]
    exclusions: list[Exclusion]
    changes: list[Change]


class MonthStepMade(Schema):
    """A step that a month has made."""

    step: Literal["freeze", "review", "sign", "publish", "reissue"]
    by: str
    at: datetime
    note: str | None


class MonthHead(Schema):
    """Where a month stands, and which steps this person may make now."""

    period: str
    state: Literal["frozen", "reviewed", "signed", "published"]
    result: str
    open_steps: list[str]
    steps: list[MonthStepMade]


class MonthHeads(Schema):
    """The newest month first."""

    items: list[MonthHead]


class Month(MonthHead):
    """A month's newest issue as far as this person may see it; a draft shows his own objects, without a rank."""

    issue: ResultHead
    rows: list[Row]
    scores: list[Score]
    exclusions: list[Exclusion]


class Standing(Schema):
    """Where an object stands: score, rank, grade, its composite and the rank by that."""

    total: str | None
    rank: int | None
    grade: str | None
    index: str | None
    index_rank: int | None


class Tried(Schema):
    """One object before and after."""

    code: str
    name: str
    moved: bool
    before: Standing
    after: Standing


class WhatIf(Schema):
    """Frozen scores beside those another rule would give; ``reproduces``: the frozen ones come out of the scheme."""

    period: str
    result: str
    kind: Kind
    weight_sum: str
    reproduces: bool
    moved: int
    objects: list[Tried]


class CountOfFigure(Schema):
    """A count that a figure is made of; ``steps``: how many steps make it up."""

    count: str
    counted: str
    number: int
    steps: int


class FigureTrace(Schema):
    """A figure down to its counts."""

    result: str
    snapshot: str
    edition: str
    period: str
    kind: Traced
    code: str
    indicator: str
    name_zh: str
    formula: str
    figure: Figure
    counts: list[CountOfFigure]


class StepBehind(Schema):
    """A step that counted (1) or took back (-1)."""

    case: str
    step: int
    verb: str
    at: str
    sign: Literal[1, -1]


class CasesBehind(Schema):
    """The steps behind one count that this person may see; ``hidden``: how many of this page he may not."""

    count: str
    steps: int
    items: list[StepBehind]
    hidden: int
    next: str | None


class Showing(Schema):
    """An object at which a sign shows; ``cases``: those this person may open of ``all_cases``."""

    code: str
    name: str
    measure: str
    part: int
    whole: int
    hour: int | None
    cases: list[str]
    all_cases: int


class Sign(Schema):
    """A sign as defined; it says where to look and proves nothing."""

    sign: str
    name_zh: str
    measure_zh: str
    object: Literal["department", "district", "collector", "grid"]
    window: str
    least: int
    limit: int
    source: str
    confidence: str
    shows: int
    showings: list[Showing]


class Signs(Schema):
    """Every sign of a period."""

    period: str
    snapshot: str
    items: list[Sign]


class Draw(Schema):
    """What was drawn by lot, from which pool and seed; ``keys``: grids, or the case files that one may open."""

    kind: Literal["quality", "spot"]
    pool: int
    pool_sm3: str
    seed: str
    drawn: int
    keys: list[str]
    at: datetime


class Finding(Schema):
    """Points off; negative in a row that takes one back. Words of another's object are not shown."""

    id: int
    form: Literal["spot", "special"]
    kind: Kind
    code: str
    name: str
    points: str
    item: str
    item_zh: str
    takes_back: int | None
    taken_back: bool
    place: str | None
    note: str | None
    case: str | None
    counted: bool
    at: datetime


class AdjustmentMade(Schema):
    """Bonus or malus; ``counted``: the newest issue was computed with it."""

    id: int
    kind: Kind
    code: str
    name: str
    points: str
    reason: str | None
    order_no: str | None
    counted: bool
    at: datetime


class FilesChecked(Schema):
    """How many closed cases were drawn, judged, and found valid."""

    drawn: int
    judged: int
    valid: int


class Checks(Schema):
    """The checks of a month as far as this person may see them; draws are for the evaluation section."""

    period: str
    state: Literal["open", "frozen", "reviewed", "signed", "published"]
    draws: list[Draw]
    findings: list[Finding]
    adjustments: list[AdjustmentMade]
    files: FilesChecked


class BulletinHead(Schema):
    """A bulletin there is."""

    period: str
    title: str


class BulletinHeads(Schema):
    """The newest first."""

    items: list[BulletinHead]


class BulletinRun(Schema):
    """A piece of running text; a figure by its id."""

    text: str
    figure: str | None


class BulletinCell(BulletinRun):
    """A cell of a table."""

    is_head: bool


class BulletinBlock(Schema):
    """A heading (``level``), a paragraph (``runs``) or a table (``number``, ``measure``, ``rows``)."""

    kind: Literal["heading", "paragraph", "table"]
    text: str
    level: int | None
    number: str
    measure: str
    runs: list[BulletinRun]
    rows: list[list[BulletinCell]]


class TraceKey(Schema):
    """A frozen figure by name: ``district=430202/n_close``; ``…/total`` is a score."""

    result: str
    figure: str


class BulletinFigure(Schema):
    """A printed figure and the frozen ones that it is or is the sum of; rates of sums from the parts of all."""

    text: str
    traces: list[TraceKey]


class Bulletin(BulletinHead):
    """A published bulletin as a document; ``figures`` by the ids that stand in it."""

    results: list[ResultHead]
    blocks: list[BulletinBlock]
    figures: dict[str, BulletinFigure]
