"""The page objects of the collectors' pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class FieldAppPage:
    """The shell of the app: words and addresses for its script, and the pages that need none."""

    shell: Shell
    words: str  # JSON: key → text in the language of the page
    urls: str  # JSON: name → address
    report_url: str
    tasks_url: str
    shown: str = ""  # the screen that stands open before the script is at work


@dataclass(frozen=True, slots=True)
class TrackerLine:
    """A tracker that may send this person's positions."""

    name: str
    made_at: datetime
    ends_at: datetime | None
    revoke_url: str


@dataclass(frozen=True, slots=True)
class TrackerPage:
    """Background positions: how a tracker app is set up, and which may send."""

    shell: Shell
    url: str
    trackers: tuple[TrackerLine, ...]
    qr_svg_url: str = ""  # shown once, right after it was made
    facts: tuple[Fact, ...] = ()  # the same for typing
    error: str = ""
    app_url: str = ""


@dataclass(frozen=True, slots=True)
class TurnShown:
    """A turn on duty and what is known of it."""

    day: str
    grid: str
    hours: str
    presence: str  # key: present, late, elsewhere, unknown, gap, to_come
    words: str


@dataclass(frozen=True, slots=True)
class ScoreShown:
    """A published month with one's own score in it."""

    month: str
    total: str
    rank: str


@dataclass(frozen=True, slots=True)
class MinePage:
    """What a person of the field may see of himself: work, attendance, published scores."""

    shell: Shell
    name: str
    months: tuple[tuple[str, tuple[Fact, ...]], ...]  # heading → counts
    turns: tuple[TurnShown, ...]
    scores: tuple[ScoreShown, ...]
    app_url: str
    tracker_url: str
