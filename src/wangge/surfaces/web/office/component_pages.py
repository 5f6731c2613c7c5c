"""The page objects of the register of components and of its census."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, MapView
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class ComponentLine:
    """One component in a list."""

    code: str
    url: str
    name: str
    state: str
    grid: str
    owner: str
    maintainer: str
    is_amiss: bool = False  # damaged, lost, abandoned


@dataclass(frozen=True, slots=True)
class ComponentsPage:
    """The register, narrowed and leafed through by code."""

    shell: Shell
    heading: str
    states: tuple[Figure, ...]
    state: str
    words: str
    district: str
    districts: tuple[tuple[str, str], ...]
    category: str
    categories: tuple[tuple[str, str], ...]
    unit: str
    form_url: str
    components: tuple[ComponentLine, ...]
    census_url: str = ""
    first_url: str = ""
    next_url: str = ""
    is_narrowed: bool = False


@dataclass(frozen=True, slots=True)
class UnitsLine:
    """The units of a component between two days."""

    since: str
    until: str
    manager: str
    owner: str
    maintainer: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case bound to the component."""

    number: str
    url: str
    stage: str
    unit: str
    reported: str
    closed: str


@dataclass(frozen=True, slots=True)
class ComponentPhotoLine:
    """A picture: small and whole."""

    thumbnail_url: str
    url: str
    words: str


@dataclass(frozen=True, slots=True)
class ComponentPage:
    """One component."""

    shell: Shell
    heading: str
    list_url: str
    facts: tuple[Fact, ...]
    units: tuple[UnitsLine, ...]
    cases: tuple[CaseLine, ...]
    cases_text: str
    photos: tuple[ComponentPhotoLine, ...]
    map: MapView | None = None
    add_photo: Form | None = None


@dataclass(frozen=True, slots=True)
class ProgressLine:
    """A census or a task with how far it stands."""

    title: str
    url: str
    detail: str
    ends: str
    done: str
    of: str
    percent: str
    who: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class CensusesPage:
    """Every census, and one's own tasks."""

    shell: Shell
    heading: str
    components_url: str
    censuses: tuple[ProgressLine, ...]
    mine: tuple[ProgressLine, ...]
    open: Form | None = None


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding that waits for a second person."""

    code: str
    url: str
    name: str
    words: str
    found: str
    decide_url: str = ""  # empty where the reader found it himself


@dataclass(frozen=True, slots=True)
class CensusPage:
    """One census: its tasks, and what waits for the second person's word."""

    shell: Shell
    heading: str
    list_url: str
    figures: tuple[Figure, ...]
    tasks: tuple[ProgressLine, ...]
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A component nobody has looked at yet."""

    code: str
    url: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """What one person walks."""

    shell: Shell
    heading: str
    list_url: str
    progress: ProgressLine
    left: tuple[LeftLine, ...]
    left_text: str
    note: Form | None = None
    finish_url: str = ""
