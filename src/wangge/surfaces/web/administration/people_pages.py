"""The page objects of people: the list with a form for a further one, and one person's file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Choice, Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in the list; ``posts`` as printed, with the unit each is held for."""

    name: str
    username: str
    url: str
    posts: tuple[str, ...]
    is_active: bool
    duty: str  # the shift he is on now, with his grids


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everyone who fits the words and the post; ``total`` counts all of them, the rows are the first."""

    shell: Shell
    heading: str
    url: str
    words: str
    post: str
    posts: tuple[Choice, ...]
    people: tuple[PersonRow, ...]
    total: int
    form: Form | None
    permissions_url: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.words or self.post)

    @property
    def left_out(self) -> int:
        """How many fit but are not shown."""
        return self.total - len(self.people)


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """One post of a person with its days; ``end`` is the form that ends it, for who may."""

    number: int
    post: str
    place: str
    valid_from: datetime
    valid_to: datetime | None
    is_held: bool
    end: Form | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One access token; ``revoke`` is the form that revokes it, for who may."""

    number: int
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    state: str
    revoke: Form | None


@dataclass(frozen=True, slots=True)
class PersonAct:
    """Something that may be done with a person now, with what it does."""

    name: str
    heading: str
    words: str
    form: Form


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's file; ``shown_once`` is a new password or token, right after it was made."""

    shell: Shell
    heading: str
    list_url: str
    state: str
    facts: tuple[Fact, ...]
    holdings: tuple[HoldingRow, ...]
    tokens: tuple[TokenRow, ...]
    acts: tuple[PersonAct, ...]
    barred: tuple[str, ...]  # what others administer, said instead of a button
    shown_once: Fact | None = None
