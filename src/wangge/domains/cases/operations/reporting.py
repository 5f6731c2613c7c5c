"""The entry verbs: a report becomes a case, with its first step, its place and its first clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.cases import intake
from wangge.domains.cases.drafting import Draft, StepMatter, civil
from wangge.domains.cases.failures import BadInput, MoveRefused
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Refused
from wangge.domains.cases.logic.case_ids import CHANCE_BITS, case_id_of, milliseconds_of
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.writing import Matter, NewCase, Receipt, insert_case
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import AroundCase
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import use_photos

ReceiptFor = Callable[[Draft, NewCase], Receipt]
"""Makes the receipt of the request once the case is drafted; its body may hold the mark of the number."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says: source and class, words, place, who reported, evidence, the entry it states."""

    source: str
    category: str = ""
    description: str = ""
    location: Mapping[str, Any] | None = None
    reporter_name: str = ""
    reporter_phone: str = ""
    reporter_email: str = ""
    denounces: bool = False  # 举报人: who he is stays closed
    is_private: bool = False  # 不公开: never among what the public sees
    photos: Mapping[str, list[str]] | None = None
    stated_entry: str = ""
    external_no: str = ""
    observed_at: datetime | None = None
    note: str = ""
    foreign: Mapping[str, Any] | None = None  # what another system told besides; no personal words


@dataclass(frozen=True, slots=True)
class Reported:
    """A case just made."""

    number: str
    draft: Draft
    new: NewCase


def new_case_id(at: datetime) -> UUID:
    """The id of a case reported at this moment."""
    return case_id_of(milliseconds_of(at), secrets.randbits(CHANCE_BITS))


def entry_verb(rules: Rulebook, report: Report, actor: Actor) -> str:
    """The entry verb of a source: what the report states if the source allows it, else by who hands it in."""
    entry = rules.entries.get(report.source)
    if entry is None:
        raise BadInput("source", _("没有名为“%(source)s”的问题来源。") % {"source": report.source})
    if report.stated_entry:
        if report.stated_entry not in (entry.entry, entry.stated_entry):
            raise BadInput("entry", _("该来源不能以此方式上报。"))
        return report.stated_entry
    return entry.entry


def report_case(
    *,
    report: Report,
    by: Actor,
    at: datetime,
    post: str = "",
    address: str = "",
    receipt: ReceiptFor | None = None,
) -> Reported:
    """Make a case of a report. Raises BadInput, MoveRefused, PhotoGone, PhotoUnknown; IntegrityError of the
    receipt's key or the external number when another request was first."""
    day = day_of(civil(at))
    rules = rulebook_on(day)
    verb = entry_verb(rules, report, by)
    spot = intake.spot_of(report.location, at=at)
    photo_ids = [photo for ids in (report.photos or {}).values() for photo in ids]
    with transaction.atomic():
        found = use_photos(ids=photo_ids, by=by.person_id or 0) if photo_ids else {}
        evidence: dict[str, Any] = {
            kind: [[photo, found[photo].sha256] for photo in ids] for kind, ids in (report.photos or {}).items() if ids
        }
        if spot.given:
            evidence["location"] = spot.as_evidence()
        if report.description.strip():
            evidence["description"] = True
        draft = _drafted(rules, day, report, verb, by, post, at, evidence, spot)
        new = _new_case(report, verb, by, at, day, spot)
        kept = receipt(draft, new) if receipt is not None else None
        number = insert_case(draft, new, by=by, address=address, receipt=kept)
    return Reported(number, draft, new)


def _drafted(
    rules: Rulebook,
    day: date,
    report: Report,
    verb: str,
    by: Actor,
    post: str,
    at: datetime,
    evidence: dict[str, Any],
    spot: intake.Spot,
) -> Draft:
    args = {"source": report.source}
    for name, value in (
        ("category", report.category),
        ("external_no", report.external_no),
        ("note", report.note),
    ):
        if value:
            args[name] = value
    if report.category and report.category not in rules.categories:
        raise BadInput("category", _("没有代码为“%(code)s”的小类。") % {"code": report.category})
    state = CaseState()
    case_id = new_case_id(at)
    around = AroundCase("", spot.grid_code, at, str(case_id))
    attempt, allowed = _allowed(rules, state, verb, by, post, at, args, frozenset(evidence), around)
    draft = Draft(case_id, date(day.year, day.month, 1), rules, day, state, around)
    words = {
        "description": report.description,
        "address": spot.matter.address,
        "reporter_name": report.reporter_name,
        "reporter_phone": report.reporter_phone,
        "reporter_email": report.reporter_email,
        "denounces": "yes" if report.denounces else "",
        "private": "yes" if report.is_private else "",
    }
    extra: dict[str, Any] = {"observed_at": report.observed_at.isoformat()} if report.observed_at else {}
    if report.foreign:
        extra["foreign"] = dict(report.foreign)
    draft.add(
        attempt,
        allowed,
        at=at,
        recorded_at=at,
        matter=StepMatter(evidence, {name: text for name, text in words.items() if text}, extra),
    )
    return draft


def _allowed(
    rules: Rulebook,
    state: CaseState,
    verb: str,
    by: Actor,
    post: str,
    at: datetime,
    args: dict[str, str],
    evidence: frozenset[str],
    around: AroundCase,
) -> tuple[Attempt, Allowed]:
    row = rules.moves[verb, "new"]
    posts = [held for held in row.posts if held in by.posts and post in ("", held)]
    if not posts:
        raise MoveRefused(verb, "new", "wrong_post", row.posts)
    key = str(by.person_id) if by.person_id is not None else posts[0]
    attempt = Attempt(verb, key, posts[0], civil(at), args, evidence)
    answer = judge(rules, state, attempt, around)
    if isinstance(answer, Refused):
        raise MoveRefused(verb, "new", answer.reason, answer.posts, answer.missing, answer.guard)
    return attempt, answer


def _new_case(report: Report, verb: str, by: Actor, at: datetime, day: date, spot: intake.Spot) -> NewCase:
    matter = spot.matter
    return NewCase(
        source=report.source,
        entry=verb,
        district_code=spot.district_code,
        grid_code=spot.grid_code,
        reporter_id=by.person_id,
        reported_at=at,
        day=day,
        external_no=report.external_no or None,
        matter=Matter(
            description=report.description,
            address=matter.address,
            lon=matter.lon,
            lat=matter.lat,
            given_system=matter.given_system,
            given_x=matter.given_x,
            given_y=matter.given_y,
            component=matter.component,
            unit_grid_code=matter.unit_grid_code,
            street_code=matter.street_code,
            community_code=matter.community_code,
        ),
    )
