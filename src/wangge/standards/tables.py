"""The row types of the standards' tables: one frozen value per row, typed and split, nothing computed.

The columns and their meaning are those of the tables under ``data/national``; every row keeps where it came
from (``at``: file and line) so that a finding can name it. ``confidence`` is A (two independent sources or a
printed official figure), B (one source) or C (own knowledge or choice, unconfirmed).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# re-exported: whoever reads the tables finds every row type here
from wangge.standards.hotline_rows import HotlineAct as HotlineAct  # noqa: PLC0414
from wangge.standards.hotline_rows import HotlineChannel as HotlineChannel  # noqa: PLC0414
from wangge.standards.hotline_rows import HotlineKind as HotlineKind  # noqa: PLC0414
from wangge.standards.hotline_rows import HotlineState as HotlineState  # noqa: PLC0414
from wangge.standards.letter_rows import Authority as Authority  # noqa: PLC0414
from wangge.standards.letter_rows import CallBackRule as CallBackRule  # noqa: PLC0414
from wangge.standards.letter_rows import LetterKind as LetterKind  # noqa: PLC0414
from wangge.standards.measures import CheckItem as CheckItem  # noqa: PLC0414
from wangge.standards.measures import Indicator as Indicator  # noqa: PLC0414
from wangge.standards.measures import ObjectGroup as ObjectGroup  # noqa: PLC0414
from wangge.standards.measures import SchemePart as SchemePart  # noqa: PLC0414
from wangge.standards.measures import ScoreBand as ScoreBand  # noqa: PLC0414
from wangge.standards.measures import SignRow as SignRow  # noqa: PLC0414
from wangge.standards.origin import Origin as Origin  # noqa: PLC0414


@dataclass(frozen=True, slots=True)
class Move:
    """A legal row of the table of moves 案卷流转表: verb, from stage, to stage and everything they need."""

    move_id: str
    verb: str
    verb_zh: str
    kind: str  # entry, move, overlay
    from_stage: str
    to_stage: str
    posts: tuple[str, ...]
    args: tuple[str, ...]  # names; a trailing "?" marks an optional one
    evidence: tuple[str, ...]
    guards: tuple[str, ...]
    clock_ops: tuple[tuple[str, str], ...]  # (operation, clock)
    counters: tuple[str, ...]
    message_to: tuple[str, ...]
    clause_or_standard: str
    source: str
    confidence: str
    note: str
    post_by: tuple[str, ...]
    counters_if: str
    at: Origin

    @property
    def required_args(self) -> tuple[str, ...]:
        return tuple(a for a in self.args if not a.endswith("?"))


@dataclass(frozen=True, slots=True)
class Stage:
    stage: str
    stage_zh: str
    phase: str
    phase_zh: str
    work_list_post: str
    stage_clock: str
    handling_clock: str
    is_ending: bool
    open311_status: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class StageLimit:
    stage_clock: str
    name_zh: str
    value: int
    unit: str
    post: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: str
    reason_zh: str
    when: str
    check_order: int
    at: Origin


@dataclass(frozen=True, slots=True)
class Entry:
    source: str
    source_zh: str
    entry: str
    stated_entry: str
    reporter_kind: str  # collector, citizen, none
    needs_verification: bool
    complaint: bool
    self_handled: bool
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class CitySetting:
    key: str
    default: str
    allowed: str
    meaning: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Tier:
    set: str
    request: str
    seq: int
    condition: str
    evidence: tuple[str, ...]
    endorsers: tuple[str, ...]
    deciding_post: str
    second_person: bool
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Automation:
    name: str
    name_zh: str
    set: str
    stage: str
    condition: str
    verb: str
    args: str
    second_look_percent: int
    second_look: str  # "", before, after
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Composite:
    act: str
    act_zh: str
    set: str
    steps: tuple[str, ...]
    post: str
    condition: str
    second_look_percent: int
    second_look: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Rung:
    ladder: str
    level: str
    from_posts: tuple[str, ...]
    addressee: str
    addressee_zh: str
    answer_within: str  # "4 work_hour"
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class AskReason:
    why: str
    why_zh: str
    pauses_handling: bool
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class AppealKind:
    kind: str
    kind_zh: str
    open_case: bool
    needs: str
    granted_zh: str
    effect: str
    at: Origin


@dataclass(frozen=True, slots=True)
class TimeUnit:
    unit: str
    name_zh: str
    name_en: str
    clock: str  # continuous, working
    minutes: int
    rule: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Category:
    """A minor class 小类 of one edition: component 部件 or event 事件."""

    edition: str
    category_type: str  # component, event
    code4: str
    major_code: str
    major_zh: str
    major_en: str
    minor_code: str
    minor_zh: str
    minor_en: str
    is_extension: bool
    source: str
    confidence: str
    note: str
    at: Origin

    @property
    def key(self) -> str:
        """``component:0101``: the way a class is written in reports, moves and settings."""
        return f"{self.category_type}:{self.code4}"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A filing condition 立案条件 of a minor class with its allowance 处置时限 and closing condition."""

    scheme: str
    edition: str
    category_type: str
    code4: str
    minor_zh: str
    condition_seq: int
    filing_condition_keywords_zh: str
    filing_condition_en: str
    value: int
    unit: str
    unit_zh: str
    minutes: int
    closing_keywords_zh: str
    closing_en: str
    is_extension: bool
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Edition:
    edition: str
    title: str
    has_time_limits: bool
    components: int
    events: int
    at: Origin


@dataclass(frozen=True, slots=True)
class Post:
    post: str
    post_zh: str
    belongs_to: str
    scope: str
    may_see: str
    separation_of_duties: str
    work_list_stages: tuple[str, ...]
    verbs: tuple[str, ...]
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A page or endpoint by name and who may open it: posts, or the words of ``standards.access.OpenTo``."""

    name: str
    posts: tuple[str, ...]
    name_zh: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class SightRow:
    """One window of a post onto the cases: stages (none named: every stage) × scope × personal data."""

    post: str
    window: int
    stages: tuple[str, ...]
    scope: str
    personal: str
    denouncer: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Label:
    term: str
    of: str
    label_zh: str
    alternatives: tuple[str, ...]
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class EditionInForce:
    """Which edition of classes and time limits new cases take, for the days its origin holds."""

    edition: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class SettingValue:
    """A city's own value of a setting for a scope (``city``, ``district:CODE`` …) and its days."""

    key: str
    value: str
    scope: str
    source: str
    confidence: str
    at: Origin


@dataclass(frozen=True, slots=True)
class AreaCode:
    """How the code of a kind of area is made: its digits, and how many of them are its parent's code."""

    kind: str
    digits: int  # 0: the city's own form
    parent_kind: str
    parent_digits: int
    sequence_from: str  # the first sequence inside the parent; empty where there is none
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class SimilarRow:
    """How far, how long and how near a report of a class may be to an earlier one to be shown as likely the same.

    ``category`` is a class or its beginning, ``*`` every class; the longest that fits holds. ``start`` and ``age``
    are hundredths of a point: what a report begins with, and what each ln(1 + hours) between the two takes away.
    """

    category: str
    radius_m: int
    days: int
    start: int
    age: int
    recurrence_radius_m: int
    recurrence_days: int
    source: str
    confidence: str
    note: str
    at: Origin

    @property
    def beginning(self) -> str:
        """What a class must begin with."""
        return "" if self.category == "*" else self.category


@dataclass(frozen=True, slots=True, eq=False)  # by identity: one value per state, a cheap cache key
class Tables:
    """Every table of the standards with the city's overlay applied, as loaded from their files."""

    moves: tuple[Move, ...]
    stages: tuple[Stage, ...]
    stage_limits: tuple[StageLimit, ...]
    refusals: tuple[Refusal, ...]
    entries: tuple[Entry, ...]
    settings: tuple[CitySetting, ...]
    approval_tiers: tuple[Tier, ...]
    automations: tuple[Automation, ...]
    composites: tuple[Composite, ...]
    ladders: tuple[Rung, ...]
    ask_reasons: tuple[AskReason, ...]
    appeal_kinds: tuple[AppealKind, ...]
    time_units: tuple[TimeUnit, ...]
    categories: tuple[Category, ...]
    time_limits: tuple[TimeLimit, ...]
    editions: tuple[Edition, ...]
    posts: tuple[Post, ...]
    labels: tuple[Label, ...]
    indicators: tuple[Indicator, ...] = ()
    score_bands: tuple[ScoreBand, ...] = ()
    score_schemes: tuple[SchemePart, ...] = ()
    signs: tuple[SignRow, ...] = ()
    check_items: tuple[CheckItem, ...] = ()
    object_groups: tuple[ObjectGroup, ...] = ()
    editions_in_force: tuple[EditionInForce, ...] = ()
    setting_values: tuple[SettingValue, ...] = ()
    access: tuple[AccessRow, ...] = ()
    sight: tuple[SightRow, ...] = ()
    area_codes: tuple[AreaCode, ...] = ()
    similar: tuple[SimilarRow, ...] = ()
    hotline_channels: tuple[HotlineChannel, ...] = ()
    hotline_kinds: tuple[HotlineKind, ...] = ()
    hotline_states: tuple[HotlineState, ...] = ()
    hotline_acts: tuple[HotlineAct, ...] = ()
    letter_kinds: tuple[LetterKind, ...] = ()
    authorities: tuple[Authority, ...] = ()
    call_backs: tuple[CallBackRule, ...] = ()
    # the national row (or None) that an overlay row of (table, key) stands for; removed rows are here too
    replaced: Mapping[tuple[str, tuple[str, ...]], object] = field(default_factory=dict, hash=False)
    states_on: tuple[date, ...] = ()  # the days on which some row begins or ends
