"""The page objects of the public pages; every text arrives ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from wangge.surfaces.web.elements.forms import Choice, Field, Form
from wangge.surfaces.web.elements.pieces import MapView, Notice, Photo, TimeLeft
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class Door:
    """One thing the public may do here."""

    title: str
    words: str
    url: str
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class PublicHomePage:
    """What stands open."""

    shell: Shell
    heading: str
    doors: tuple[Door, ...]


@dataclass(frozen=True, slots=True)
class NearCase:
    """An open matter near the place, which may be the same."""

    number: str
    category_zh: str
    detail: str
    stage: str


@dataclass(frozen=True, slots=True)
class StepPage:
    """One question of the report: where it stands among the four, what is asked, what was said on other screens."""

    shell: Shell
    url: str
    step: str
    number: int
    names: tuple[str, ...]
    heading: str
    intro: str
    fields: tuple[Field, ...]
    hidden: tuple[tuple[str, str], ...]
    next_text: str
    has_back: bool = False
    errors: tuple[str, ...] = ()
    offer: str = ""  # the place a photo says it was taken at
    offer_button: str = ""
    near: tuple[NearCase, ...] = ()
    letter_button: str = ""  # outside the city: hand it to the authority there


@dataclass(frozen=True, slots=True)
class LetterPage:
    """The form of a letter."""

    shell: Shell
    heading: str
    form: Form


@dataclass(frozen=True, slots=True)
class ReportedPage:
    """The code, shown this once."""

    shell: Shell
    heading: str
    code: str
    words: tuple[str, ...]
    status_url: str
    again_url: str
    is_letter: bool = False


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that happened, in plain words."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class StatusPage:
    """A case told as a letter to who follows it; without ``number`` only the question for the code."""

    shell: Shell
    url: str
    code_field: Field
    errors: tuple[str, ...] = ()
    code: str = ""
    number: str = ""
    matter: str = ""
    words: str = ""
    place: str = ""
    now: str = ""
    body: str = ""
    time_left: TimeLeft | None = None
    milestones: tuple[Milestone, ...] = ()
    before: tuple[Photo, ...] = ()
    after: tuple[Photo, ...] = ()
    answer: str = ""
    followers: str = ""
    question: str = ""
    grades: tuple[Choice, ...] = ()
    rating_help: str = ""
    rated: str = ""
    may_reopen: bool = False
    act_url: str = ""
    told: Notice | None = None


@dataclass(frozen=True, slots=True)
class LetterStatusPage:
    """How a letter stands, for who wrote it."""

    shell: Shell
    url: str
    state: str
    kind: str
    at: datetime
    authority: str = ""
    receipt_no: str = ""
    due_at: datetime | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class RecentLine:
    """One recent case, told to everybody."""

    category_zh: str
    place: str
    stage: str
    body: str
    at: datetime
    picture_url: str


@dataclass(frozen=True, slots=True)
class PublicMapPage:
    """Recent cases by squares."""

    shell: Shell
    heading: str
    map: MapView | None
    points_url: str
    lines: tuple[RecentLine, ...]


@dataclass(frozen=True, slots=True)
class OpenListPage:
    """A list of published papers."""

    shell: Shell
    heading: str
    lines: tuple[Door, ...]
    empty: str


@dataclass(frozen=True, slots=True)
class PublicPaperPage:
    """One published paper to read."""

    shell: Shell
    heading: str
    body: SafeString
    list_url: str
