"""What the forms of a case are made from: the case as it stands, who asks, what was posted and refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wangge.domains.cases.drafting import Draft
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.queries.neighbourhood import UsualUnit
from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import Actor
from wangge.domains.ownership.logic.choosing import Choice


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form brought: its values by name (several of a list), and the photos already received by kind."""

    verb: str
    values: Mapping[str, list[str]] = field(default_factory=dict)
    photos: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)  # by field; "" for the form as a whole

    def first(self, name: str) -> str:
        """The first value of a name, or empty."""
        return next(iter(self.values.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case on somebody's desk."""

    row: CaseRow
    draft: Draft
    state: CaseState  # as it stands now, ends that have passed included
    by: Actor
    at: datetime
    queue: str = ""
    similar: tuple[CaseRow, ...] = ()
    usual: UsualUnit | None = None
    choice: Choice | None = None  # what the rules of ownership propose
    posted: Posted | None = None

    @property
    def rules(self) -> Rulebook:
        """The rules of the case's cycle."""
        return self.draft.rules

    @property
    def proposed(self) -> str:
        """The unit the form is filled in with: by a rule, else who got such cases here; empty for none."""
        if self.choice is not None:
            return self.choice.department
        return self.usual.code if self.usual is not None else ""

    @property
    def edition(self) -> str:
        """The edition of classes in which the case is read."""
        return self.state.limit_edition or self.rules.edition
