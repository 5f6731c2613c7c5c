"""The forms of the API's bodies and answers: they check what comes in and are the document's schemas."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

PhotoIds = list[str]


class Location(Schema):
    """A place: lon and lat in degrees, or x and y in metres for ``city``; an address alone also counts."""

    model_config = ConfigDict(extra="forbid")
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    x: float | None = None
    y: float | None = None
    system: Literal["wgs84", "gcj02", "bd09", "city"] = "wgs84"
    address: str | None = Field(None, max_length=500)
    component: str | None = Field(None, max_length=20)
    accuracy_m: float | None = Field(None, ge=0, le=1_000_000, description="metres, as the device says")
    fix: Literal["device", "photo", "map", "typed"] | None = Field(None, description="how the point was found")


class Reporter(Schema):
    """Who reported: personal data, shown masked."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=100)
    phone: str | None = Field(None, max_length=40)
    denounces: bool = Field(False, description="a denouncer (举报人): closed to all but the post that may reveal him")


class ReportBody(Schema):
    """A report."""

    model_config = ConfigDict(extra="forbid")
    source: str = Field(max_length=16)
    category: str | None = Field(None, max_length=24)
    description: str | None = Field(None, max_length=4000)
    location: Location | None = None
    reporter: Reporter | None = None
    evidence: dict[str, PhotoIds] = Field(default_factory=dict)
    entry: str | None = Field(None, max_length=32)
    external_no: str | None = Field(None, min_length=1, max_length=80)
    observed_at: datetime | None = None
    note: str | None = Field(None, max_length=2000)
    post: str | None = Field(None, max_length=40)


class RevealBody(Schema):
    """Why a reporter's name and telephone are asked for; the reason is recorded."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=2, max_length=500)


class MoveBody(Schema):
    """A move: the row's arguments by name beside these."""

    model_config = ConfigDict(extra="allow")
    evidence: dict[str, PhotoIds | Location] = Field(default_factory=dict)
    note: str | None = Field(None, max_length=2000)
    post: str | None = Field(None, max_length=40)
    observed_at: datetime | None = None


class Deadline(Schema):
    clock: str
    state: str
    due_at: datetime | None
    used_minutes: int
    allowance_minutes: int
    rule: str


class CaseLocation(Schema):
    lon: float | None
    lat: float | None
    system: str
    address: str
    component: str | None
    given_system: str | None


class CasePhoto(Schema):
    kind: str
    id: str
    seq: int


class ReporterShown(Schema):
    """Name and telephone of the reporter: masked in a case, in full only after a recorded reveal."""

    name: str
    phone: str


class Revealed(Schema):
    reporter: ReporterShown


class Case(Schema):
    """A case as it stands for the person who asks."""

    number: str
    stage: str
    version: int
    entry: str
    source: str
    category: str | None
    condition_seq: int | None
    description: str
    location: CaseLocation | None
    district: str | None
    grid: str | None
    department: str | None
    holder: str | None
    cycle: int
    round: int
    reported_at: datetime
    filed_at: datetime | None
    handling_due_at: datetime | None
    closed_at: datetime | None
    deadlines: list[Deadline]
    overlays: list[str]
    open_verbs: list[str]
    photos: list[CasePhoto]
    reporter: ReporterShown | None = Field(None, description="only in the answer of GET, where the post may know it")


class Step(Schema):
    seq: int
    verb: str
    post: str
    by: str
    at: datetime
    recorded_at: datetime
    from_stage: str
    to_stage: str
    args: dict[str, Any]
    evidence: dict[str, Any]
    hash: str


class Steps(Schema):
    items: list[Step]


class Cases(Schema):
    items: list[Case]
    next: str | None


class Photo(Schema):
    id: str
    sha256: str
    taken_at: datetime | None
    location: dict[str, float] | None
    warnings: list[str]


class FoundPlace(Schema):
    """A place that fits; ``kind`` is road, house_number, crossing, place, or that of an area found by its code."""

    kind: str
    name: str
    lon: float
    lat: float
    district: str | None
    district_name: str | None
    match: str


class Places(Schema):
    items: list[FoundPlace]


class PlaceAt(Schema):
    """A point in words and its areas; ``address`` is empty outside the city."""

    address: str
    kind: str | None
    name: str | None
    road: str | None
    metres: float | None
    lon: float
    lat: float
    district: str | None
    street: str | None
    community: str | None
    unit_grid: str | None
    responsibility_grid: str | None


class Problem(Schema):
    """RFC 9457; ``type`` ends in the reason."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str


class ComponentUnit(Schema):
    """A unit of a component; ``department`` is null where it is none of the platform's units."""

    department: str | None
    name: str


class Component(Schema):
    """A component of the register with its units of the day."""

    code: str
    name: str
    category: str
    state: Literal["intact", "damaged", "lost", "abandoned", "removed"]
    lon: float
    lat: float
    district: str
    unit_grid: str | None
    manager: ComponentUnit | None
    owner: ComponentUnit | None
    maintainer: ComponentUnit | None


class NearComponent(Component):
    """A component and how far it is."""

    metres: float


class Components(Schema):
    """The nearest first."""

    items: list[NearComponent]


class ProposalRule(Schema):
    """A rule of ownership that fits, and the unit it gives."""

    number: int
    category: str | None
    place_kind: Literal["city", "district", "street", "responsibility_grid", "community", "unit_grid", "road"]
    place: str | None
    department: str
    role: Literal["owner", "manager", "maintainer"] | None
    source: Literal["meeting", "agreement", "regulation", "learned", "own"]
    source_text: str
    valid_from: str


class ProposalLimit(Schema):
    """A filing condition with its handling limit; ``because``: filed under it, the rule's, the only one."""

    condition_seq: int
    value: int
    unit: str
    because: Literal["filed", "rule", "only"]


class Proposal(Schema):
    """Whose a matter is: the most specific rule decides, ``before`` are those it goes before."""

    department: str | None
    rule: ProposalRule | None
    before: list[ProposalRule]
    limit: ProposalLimit | None


class SimilarCase(Schema):
    """A case that may be the same matter: what speaks for it."""

    number: str
    stage: str
    category: str | None
    description: str
    address: str
    reported_at: datetime
    metres: float
    hours: float
    points: float


class SimilarCases(Schema):
    """The likeliest first."""

    items: list[SimilarCase]
