"""The reporter's identity: masked for those who may know of it, in full by a recorded reveal with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.sight import may_see, windows_on
from wangge.domains.organizations.logic import (
    Actor,
    denouncer_may_be_revealed,
    masked_name,
    masked_phone,
    personal_data_shown,
)
from wangge.domains.organizations.operations.audit import record_reveal
from wangge.domains.organizations.policies import NotYours
from wangge.standards.access import PersonalData


@dataclass(frozen=True, slots=True)
class Identity:
    """Name and telephone of a reporter as this viewer may read them; ``may_reveal``: in full, with a reason."""

    name: str
    phone: str
    may_reveal: bool
    is_revealed: bool = False


def identity_for(*, by: Actor, row: CaseRow, words: Mapping[str, str]) -> Identity | None:
    """The reporter masked for this viewer, from the words kept beside the first step; None where he sees nothing."""
    name, phone = words.get("reporter_name", ""), words.get("reporter_phone", "")
    shown = personal_data_shown(windows_on(by, row), stage=row.stage)
    if shown is PersonalData.NONE or not (name or phone):
        return None
    if words.get("denounces") and not denouncer_may_be_revealed(windows_on(by, row), stage=row.stage):
        return None
    return Identity(masked_name(name), masked_phone(phone), shown is PersonalData.FULL)


def reveal(
    *, by: Actor, at: datetime, row: CaseRow, words: Mapping[str, str], reason: str, address: str = ""
) -> Identity:
    """The reporter in full, recorded first. Raises NoSuchCase, NotYours, ReasonMissing."""
    if not may_see(by, row):
        raise NoSuchCase(row.number)
    masked = identity_for(by=by, row=row, words=words)
    if masked is None or not masked.may_reveal:
        raise NotYours
    record_reveal(
        by=by, at=at, object_kind="case", object_key=row.number, fields=["reporter_name", "reporter_phone"],
        reason=reason, address=address,
    )  # fmt: skip
    return Identity(words.get("reporter_name", ""), words.get("reporter_phone", ""), False, True)
