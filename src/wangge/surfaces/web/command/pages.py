"""The page objects of work list, case, report form, photos and the printed case file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.command.kept_views import KeptViews
from wangge.surfaces.web.elements.forms import BarredVerb, Conflict, Field, Form, VerbForm
from wangge.surfaces.web.elements.pieces import (
    CaseRow,
    ClockLine,
    Fact,
    Figure,
    Flag,
    ListColumn,
    MapView,
    Notice,
    Overlay,
    Photo,
    Place,
    StageChip,
    Step,
    TimeLeft,
)
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class EmptyList:
    """Why a list is empty and what to do."""

    title: str
    detail: str
    link_url: str = ""
    link_text: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under a heading; a plain list has one group without one (a department's has three)."""

    rows: tuple[CaseRow, ...]
    heading: str = ""
    count: str = ""
    empty: EmptyList | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class WithinPane:
    """A map on which the place to look in is drawn; ``text`` holds its corners, ``others`` what else was asked."""

    summary: str
    url: str
    text: str
    most: int
    others: tuple[tuple[str, str], ...]
    map: MapView | None = None
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class TelephonePane:
    """The question for the cases of a telephone number: posted, and recorded with its reason."""

    url: str
    phone: str = ""
    reason: str = ""
    error: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class WorkListPage:
    """A list of cases by remaining time: the seat's queues, a unit's and a collector's tasks."""

    shell: Shell
    heading: str
    queues: tuple[Figure, ...]
    groups: tuple[RowGroup, ...]
    columns: tuple[ListColumn, ...] = ()  # none: the usual
    columns_chosen: bool = False  # they are a person's choice: none of them yields to a narrow window
    filters: tuple[Field, ...] = ()
    filter_url: str = ""
    filter_hidden: tuple[tuple[str, str], ...] = ()  # queue and search text, carried along
    clear_url: str = ""  # set when a filter or search is active
    found_text: str = ""  # 共 31 件，按剩余时间排序
    next_url: str = ""
    previous_url: str = ""
    refresh_url: str = ""  # the same list again, asked every half minute
    pulse_url: str = ""  # tells when cases moved …
    pulse_stages: tuple[str, ...] = ()  # … into or out of these stages; none: of any
    map_url: str = ""  # the open cases on a map
    exports: tuple[tuple[str, str], ...] = ()  # (name, address) of the list as a file
    together_url: str = ""  # one act on many of these cases
    kept: KeptViews | None = None  # views the person keeps beside this list
    corner: tuple[Figure, ...] = ()  # own on-time rate and the like
    within: WithinPane | None = None  # the place to look in, drawn on a map
    telephone: TelephonePane | None = None  # the number to look for


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reported, masked; revealing is a recorded event with a reason."""

    name: str
    phone: str = ""
    reveal: Form | None = None
    is_closed: bool = False  # a denouncer: nobody here may open it
    is_revealed: bool = False
    lost: str = ""  # that an answer did not reach him


@dataclass(frozen=True, slots=True)
class QueuePane:
    """The queue beside an open case on a wide screen, and the neighbours for J and K."""

    heading: str
    rows: tuple[CaseRow, ...]
    list_url: str
    next_url: str = ""
    previous_url: str = ""


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case: where it is, whose turn, how long left; what may be done; what was done."""

    shell: Shell
    number: str
    version: int
    category_zh: str
    category_path: str  # 部件 · 公用设施
    condition_zh: str
    stage: StageChip
    time_left: TimeLeft
    place: Place
    source_zh: str
    reported_at: datetime
    description: str
    verbs: tuple[VerbForm, ...]
    steps: tuple[Step, ...]  # newest first
    clock_lines: tuple[ClockLine, ...] = ()
    flags: tuple[Flag, ...] = ()
    overlays: tuple[Overlay, ...] = ()
    photos_before: tuple[Photo, ...] = ()
    photos_after: tuple[Photo, ...] = ()
    photos_other: tuple[Photo, ...] = ()
    reporter: Reporter | None = None
    facts: tuple[Fact, ...] = ()  # 责任单位, 处置人, 立案条件出处, 版本…
    barred: tuple[BarredVerb, ...] = ()
    refused: Notice | None = None
    conflict: Conflict | None = None
    map: MapView | None = None
    queue: QueuePane | None = None
    similar: tuple[CaseRow, ...] = ()
    photo_list_url: str = ""
    print_url: str = ""
    suggested_url: str = ""  # what the model suggests for its words, asked for once the page stands
    in_hand_url: str = ""  # told when somebody begins to fill a form of it
    calls_url: str = ""  # the calls bound to it, with their recordings
    watch_text: str = ""  # 李四 正在查看

    @property
    def usual(self) -> VerbForm | None:
        """The usual next verb, if one is open."""
        return next((verb for verb in self.verbs if verb.is_usual), None)


@dataclass(frozen=True, slots=True)
class CaseMapPage:
    """The open cases on a map."""

    shell: Shell
    heading: str
    list_url: str
    clusters_url: str
    case_url: str  # a number behind it opens the case
    map: MapView | None
    found_text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing the model names."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SuggestionGroup:
    """The likeliest values of a field, and how often such a suggestion is right."""

    field: str
    label: str
    choices: tuple[Suggestion, ...]
    measured: str = ""


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What the model suggests for words, and cases that say the same: number, address, words."""

    groups: tuple[SuggestionGroup, ...] = ()
    same: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentChoice:
    """A component that a report may be about."""

    code: str
    name: str
    detail: str  # 权属单位 · 12 米
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """What is known of the place of a report that is being written."""

    similar: tuple[CaseRow, ...] = ()
    components: tuple[ComponentChoice, ...] = ()  # the nearest to the point
    proposal: str = ""  # whose it would be, within what limit, and why

    @property
    def has_component(self) -> bool:
        """Whether one of the components is chosen."""
        return any(each.is_chosen for each in self.components)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The report form: source, category, place, photos, description, reporter, in sections."""

    shell: Shell
    heading: str
    form: Form  # url, hidden, draft key, errors; its fields are all those of the sections
    problem: tuple[Field, ...]  # source, category, condition, description
    where: tuple[Field, ...]  # point, address
    photos: tuple[Field, ...]
    reporter: tuple[Field, ...] = ()
    similar_url: str = ""  # answers with likely duplicates near the point
    suggested_url: str = ""  # answers with suggestions for the words; empty before the first training
    suggested: Suggestions = Suggestions()
    near: Near = Near()
    looks: bool = True  # a button asks for what lies near, where no script does


@dataclass(frozen=True, slots=True)
class PhotoPage:
    """One photo large, with its facts and its neighbours."""

    shell: Shell
    number: str
    case_url: str
    category_zh: str
    photo: Photo
    position_text: str  # 2 / 5
    facts: tuple[Fact, ...]
    previous_url: str = ""
    next_url: str = ""
    others: tuple[Photo, ...] = ()
    original: Form | None = None  # asking for the sealed original, with a reason


@dataclass(frozen=True, slots=True)
class Signature:
    """A line to sign on paper."""

    label: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class CaseFilePage:
    """The printed case file 案卷, A4."""

    shell: Shell
    case: CasePage
    case_url: str
    organization: str
    printed_by: str
    printed_at: datetime
    steps: tuple[Step, ...]  # oldest first
    signatures: tuple[Signature, ...] = ()
    chain_text: str = ""  # 校验码 …，共 14 步，核对一致
    word_url: str = ""
