"""The page objects of partners outside: who is told what, one of them with its messages and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partner in the list; ``is_wrong``: stopped by itself, or failing now."""

    name: str
    url: str
    hears: str
    state: str
    is_wrong: bool
    to_go: int
    last_sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class PartnersPage:
    """Every partner, and the form for a further one."""

    shell: Shell
    heading: str
    partners: tuple[PartnerRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of a partner."""

    webhook_id: str
    made_at: datetime
    events: int
    attempts: int
    state: str
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class PartnerAct:
    """Something that may be done now, with what it does."""

    name: str
    heading: str
    words: str
    form: Form


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """One partner; ``secret`` is shown once, right after it was made."""

    shell: Shell
    heading: str
    list_url: str
    state: str
    facts: tuple[Fact, ...]
    acts: tuple[PartnerAct, ...]
    messages: tuple[MessageRow, ...]
    secret: str = ""
