"""What another system told of a case and its steps, as an import hands it over; pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

ENTRY = "entry"
"""In place of a verb: the entry verb of the case's source."""


class Action(NamedTuple):
    """One move a foreign step may be: ``optional`` ones are made only where the case stands before them."""

    verb: str
    optional: bool = False
    args: Mapping[str, str] = {}


class ToldStep(NamedTuple):
    """One step of the other system. ``by``: our person's id as text or empty; ``post``: our post or empty."""

    name: str
    at: datetime
    actions: tuple[Action, ...]
    by: str
    post: str
    unit: str
    args: Mapping[str, str]
    note: str
    order: str
    photos: tuple[tuple[str, str, str], ...] = ()
    """(kind, photo id, sha256) of pictures that lie here; (kind, "", path) of one that could not be taken."""


class ToldCase(NamedTuple):
    """What the other system told of a case; moments are aware, in UTC. ``stage``: where it says the case stands."""

    system: str
    key: str
    source: str
    category: str
    condition: int
    description: str
    address: str
    lon: float | None
    lat: float | None
    given_system: str
    given: tuple[float, float] | None
    component: str
    reported_at: datetime
    stage: str
    reporter_name: str
    reporter_phone: str
    told: Mapping[str, Any]
    steps: tuple[ToldStep, ...]
    line: int
    parent: str = ""
    lead: str = ""

    @property
    def external_no(self) -> str:
        """The number under which it is known here, once per source."""
        return f"{self.system}:{self.key}"


class Kin(NamedTuple):
    """Who a case belongs to: its parent, and the lead it was merged into."""

    parent_number: str = ""
    parent_id: UUID | None = None
    lead_number: str = ""
    lead_id: UUID | None = None


ALONE = Kin()


def day_of(at: datetime) -> date:
    """The civil day of a moment."""
    return (at + timedelta(hours=8)).date()
