"""The values that pages are made of: what a view fills and a template shows, nothing computed in a template.

All texts arrive translated and ready to print; moments are aware and in Asia/Shanghai or UTC (templates
localise them); addresses are site-relative. A tuple that is empty means: there is none, and the page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wangge.surfaces.web.elements.words import (
    Counting,
    LateWord,
    Urgency,
    finished_text,
    kept_by_language,
    left_text,
    urgency_of,
)


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """How long is left on the clock that matters now, with the exact moment, the limit and its clause."""

    urgency: Urgency
    text: str
    due_at: datetime | None = None
    limit_text: str = ""  # 紧急 2 小时
    clause: str = ""  # GB/T 30428.2 表 3 · 2013 版
    counting: Counting = Counting.CONTINUOUS

    @property
    def sign(self) -> str:
        """The sign beside the colour."""
        return self.urgency.sign

    @property
    def ticks(self) -> bool:
        """Whether the browser may count it down: only a running clock that counts every minute."""
        running = self.urgency in {Urgency.ON_TIME, Urgency.SOON, Urgency.OVERDUE}
        return running and self.counting is Counting.CONTINUOUS and self.due_at is not None


@kept_by_language(8192)
def running_time_left(
    *,
    remaining_minutes: int,
    allowance_minutes: int,
    due_at: datetime | None,
    counting: Counting,
    paused: bool = False,
    late_word: LateWord = LateWord.CHAOQI,
    limit_text: str = "",
    clause: str = "",
) -> TimeLeft:
    """The time left on a running or paused clock; minutes are those the clock counts."""
    return TimeLeft(
        urgency=urgency_of(remaining_minutes, allowance_minutes=allowance_minutes, paused=paused),
        text=left_text(remaining_minutes, counting=counting, paused=paused, late_word=late_word),
        due_at=due_at,
        limit_text=limit_text,
        clause=clause,
        counting=counting,
    )


def stopped_time_left(
    *, in_time: bool, late_word: LateWord = LateWord.CHAOQI, limit_text: str = "", clause: str = ""
) -> TimeLeft:
    """How a stopped clock ended."""
    return TimeLeft(
        urgency=Urgency.MET if in_time else Urgency.MISSED,
        text=finished_text(in_time=in_time, late_word=late_word),
        limit_text=limit_text,
        clause=clause,
    )


@dataclass(frozen=True, slots=True)
class StageChip:
    """Where a case is and whose turn it is."""

    stage: str  # key of stages.csv
    stage_zh: str
    turn: str = ""  # the post, unit or person whose turn it is
    is_ending: bool = False


class FlagKind(StrEnum):
    """What a small mark beside a case means; decides its colour only."""

    PLAIN = "plain"
    WARNING = "warning"
    GRAVE = "grave"


@dataclass(frozen=True, slots=True)
class Flag:
    """A small mark beside a case: 督办, 催办 2, 返工 1, 挂账, 疑似重复."""

    text: str
    kind: FlagKind = FlagKind.PLAIN
    title: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list: the five things one look must answer, and its marks."""

    number: str
    url: str
    category_zh: str
    place: str
    stage: StageChip
    time_left: TimeLeft
    condition_zh: str = ""
    source_zh: str = ""
    reported_at: datetime | None = None
    flags: tuple[Flag, ...] = ()
    thumbnail_url: str = ""
    next_verb_zh: str = ""
    is_current: bool = False
    more: tuple[tuple[str, str], ...] = ()  # (column, words) of columns a person added


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list of cases."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens: its value as printed, its name, and the cases behind it."""

    label: str
    value: str
    url: str
    urgency: Urgency | None = None
    is_current: bool = False


class SegmentKind(StrEnum):
    """What a stretch of the clock line means."""

    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class ClockSegment:
    """A stretch of the line, in thousandths of its whole width."""

    kind: SegmentKind
    from_permille: int
    to_permille: int
    title: str = ""

    @property
    def x(self) -> str:
        """Where it begins, as an SVG length."""
        return svg_length(self.from_permille)

    @property
    def width(self) -> str:
        """How long it is, as an SVG length; never quite nothing."""
        return svg_length(max(self.to_permille - self.from_permille, 2))


@dataclass(frozen=True, slots=True)
class ClockMark:
    """A step on the line."""

    at_permille: int
    label: str
    at: datetime

    @property
    def x(self) -> str:
        """Where it stands, as an SVG length."""
        return svg_length(self.at_permille)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of one round from start to limit: filled as it ran, hatched as it paused, a mark per step."""

    label: str  # 处置 · 第 1 轮
    time_left: TimeLeft
    started_at: datetime
    due_permille: int | None
    segments: tuple[ClockSegment, ...]
    marks: tuple[ClockMark, ...]
    used_text: str = ""  # 已用 1 小时 12 分钟
    now_permille: int | None = None

    @property
    def due_x(self) -> str:
        """Where the limit stands, as an SVG length."""
        return svg_length(self.due_permille or 0)

    @property
    def now_x(self) -> str:
        """Where the present stands, as an SVG length."""
        return svg_length(self.now_permille or 0)

    @property
    def sentence(self) -> str:
        """The whole line in words, for who cannot see it."""
        stops = "；".join(f"{mark.label} {mark.at:%m-%d %H:%M}" for mark in self.marks)
        return f"{self.label}：{self.time_left.text}。{stops}"


def svg_length(permille: int) -> str:
    """Thousandths as a percentage with one decimal, from whole numbers: 125 → `12.5%`."""
    whole, tenth = divmod(min(max(permille, 0), 1000), 10)
    return f"{whole}.{tenth}%"


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of a case; the addresses are of re-encoded copies without metadata."""

    url: str
    thumbnail_url: str
    kind_zh: str  # 处置前, 处置后, 核实, 核查
    taken_at: datetime | None = None
    caption: str = ""
    viewer_url: str = ""
    warnings: tuple[str, ...] = ()
    check_code: str = ""  # sha256 of the sealed original
    uploaded_by: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, in words first."""

    words: str
    lon: str = ""  # decimal text, WGS-84
    lat: str = ""
    district: str = ""
    grid: str = ""
    component: str = ""
    owner: str = ""

    @property
    def has_point(self) -> bool:
        """Whether it can be shown on a map."""
        return bool(self.lon and self.lat)


@dataclass(frozen=True, slots=True)
class MapLayer:
    """A GeoJSON layer of the city's own ground drawn under the point."""

    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MapView:
    """What a map shows: centre, layers, other points near by (one GeoJSON address)."""

    lon: str
    lat: str
    layers: tuple[MapLayer, ...] = ()
    nearby_url: str = ""
    zoom: str = "15"


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled value; with an address the value opens."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the history: who, when, what, and what it did to the clock."""

    seq: int
    verb_zh: str
    at: datetime
    by: str
    post_zh: str
    to_stage_zh: str = ""  # empty when the stage stays (an overlay)
    facts: tuple[Fact, ...] = ()
    note: str = ""
    photos: tuple[Photo, ...] = ()
    clock_text: str = ""  # 受理用时 12 分钟（限 30 分钟）
    clock_urgency: Urgency | None = None
    rule_zh: str = ""  # the automatic rule that acted
    check_code: str = ""  # the step's chain hash, printed short


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something that lies over the case without being its stage: 督办, 挂账, 延期申请, 催办, 在途询问."""

    label: str
    text: str
    since: datetime | None = None
    until: datetime | None = None
    urgency: Urgency | None = None


class NoticeKind(StrEnum):
    """What a notice tells."""

    DONE = "done"
    INFORMATION = "information"
    WARNING = "warning"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, whether anything was saved, the next step."""

    kind: NoticeKind
    title: str
    detail: str = ""
    link_url: str = ""
    link_text: str = ""
    link_key: str = ""  # Enter, where the link is the next thing to do
