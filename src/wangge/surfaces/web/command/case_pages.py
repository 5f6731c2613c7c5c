"""Puts the page of one case together from a fixed small number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import Draft, civil
from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.stretches import Recorded, Story, tell
from wangge.domains.cases.logic.timers import as_of, due_steps
from wangge.domains.cases.operations.revealing import Identity, identity_for
from wangge.domains.cases.queries import neighbourhood
from wangge.domains.cases.queries.history import HistoryStep, as_recorded, history_of
from wangge.domains.cases.queries.proposal import proposal_for
from wangge.domains.cases.queries.recurrence import recurrence_of
from wangge.domains.cases.queries.similar import similar_cases
from wangge.domains.cases.rows import CaseRow, draft_of, load
from wangge.domains.cases.sight import may_see, stands_outside, windows_on
from wangge.domains.cases.surroundings import AsRecorded, district_names
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.directory import Known, known
from wangge.domains.organizations.logic import Actor, personal_data_shown
from wangge.domains.replies.queries import lost_of_case
from wangge.groundwork.attachments.queries import photos_by_id
from wangge.standards.access import PersonalData
from wangge.surfaces.web.command import clocks, queues, rows
from wangge.surfaces.web.command.answering import lost_words
from wangge.surfaces.web.command.desk import DeskCase, Posted
from wangge.surfaces.web.command.overlays import overlays_of
from wangge.surfaces.web.command.pages import CasePage, QueuePane, Reporter
from wangge.surfaces.web.command.suggesting import case_suggested_url
from wangge.surfaces.web.command.timeline import OF_A_FORM, Reading, photos_of_kind, steps_shown
from wangge.surfaces.web.command.verb_forms import verbs_of
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Conflict, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Flag, FlagKind, Notice, Photo, Place, Step
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.pages import Audience
from wangge.surfaces.web.shells import audience_of, opens, shell_for

# Where a person decides between near cases, or to which unit a case goes: what lies near is asked only there.
_LOOKS_FOR_DUPLICATES = frozenset({"reported", "accepted"})
_LOOKS_FOR_UNIT = frozenset({"filed", "returned", "awaiting_ruling"})
_PEOPLE_ARGS = ("assignee", "handler")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view adds to the plain page: the queue it was opened from, a refused order, a conflict, a reveal."""

    queue: str = ""
    posted: Posted | None = None
    refused: Notice | None = None
    conflict: Conflict | None = None
    revealed: Identity | None = None
    reveal_error: str = ""
    on_paper: bool = False  # neither queue nor neighbourhood


@dataclass(frozen=True, slots=True)
class Told:
    """A case read whole: row, draft, state now, its history and what it amounts to."""

    row: CaseRow
    draft: Draft
    state: CaseState
    steps: tuple[HistoryStep, ...]
    recorded: Sequence[Recorded]
    story: Story
    people: Mapping[int, Known]
    reading: Reading


def seen_row(number: str, by: Actor) -> CaseRow:
    """The row of a case before the wall; NoSuchCase behind it. One statement."""
    row = load(number)
    if row is None or not may_see(by, row):
        raise NoSuchCase(number)
    return row


def read_case(row: CaseRow, by: Actor, at: datetime) -> Told:
    """Two statements: the history, the photos; names come from the process's own copy."""
    draft = draft_of(row, at)
    steps = history_of(row)
    recorded = as_recorded(steps)
    passed = _passed_ends(draft, at)
    story = tell([*recorded, *passed])
    state = as_of(draft.rules, draft.state, civil(at), draft.around)
    people = known(_people_in(steps, state), at=at)
    reading = Reading(
        number=row.number,
        people=people,
        photos=photos_by_id(ids=[photo for _kind, photo, _seq in row.photos]) if row.photos else {},
        edition=state.limit_edition or draft.rules.edition,
        reads_words=personal_data_shown(windows_on(by, row), stage=row.stage) is PersonalData.FULL,
        hides_staff=stands_outside(by),
        reader_id=by.person_id,
    )
    return Told(row, draft, state, steps, recorded, story, people, reading)


def _passed_ends(draft: Draft, at: datetime) -> list[Recorded]:
    """Ends that have passed and are not written yet, as the picture should show them."""
    return [
        Recorded(attempt, draft.state.stage, draft.rules, AsRecorded()) for attempt in due_steps(draft.state, civil(at))
    ]


def _people_in(steps: Sequence[HistoryStep], state: CaseState) -> set[int]:
    found = {step.person_id for step in steps if step.person_id is not None}
    for step in steps:
        found |= {int(step.args[name]) for name in _PEOPLE_ARGS if step.args.get(name, "").isdigit()}
    keys = [state.assignee, state.handler, state.request.by if state.request is not None else ""]
    return found | {int(key) for key in keys if key.isdigit()}


def case_page(request: HttpRequest, told: Told, by: Actor, at: datetime, asked: Asked) -> CasePage:
    """The page; one statement for the queue beside it and one for what lies near, where that matters."""
    row, state, rules = told.row, told.state, told.draft.rules
    desk = _desk(told, by, at, asked)
    verbs, barred = verbs_of(desk)
    pane = None if asked.on_paper else _pane(by, at, asked.queue, row)
    minute, outside = civil(at), stands_outside(by)
    field = audience_of(by) is Audience.FIELD
    shown = steps_shown(told.steps, told.recorded, told.story.made[: len(told.steps)], told.reading)
    return CasePage(
        shell=shell_for(request, f"{rows.category_of(rules, row)} {row.number}", at=at, current=_way(by)),
        number=row.number,
        version=row.version,
        category_zh=rows.category_of(rules, row),
        category_path=labels.category_path(state.category or row.category, told.reading.edition),
        condition_zh=labels.condition_of(state.category, state.condition_seq, told.reading.edition),
        stage=rows.stage_chip(rules, state, at, named=not outside),
        time_left=clocks.time_left(rules, state, minute),
        place=place_of(row, at),
        source_zh=labels.word("source", row.source),
        reported_at=row.reported_at,
        description=row.description,
        verbs=verbs,
        steps=tuple(reversed(shown)),
        clock_lines=clocks.clock_lines(rules, state, told.story.rounds, _moments(told, shown), minute),
        flags=() if outside else (*rows.flags(state), *_privacy(told), *_recurrence(row, by, asked)),
        overlays=overlays_of(rules, state, dict(told.people), at, outside=outside),
        photos_before=tuple(photos_of_kind(told.steps, told.reading, "photo_before"))[:2],
        photos_after=tuple(photos_of_kind(told.steps, told.reading, "photo_after"))[:2],
        photos_other=_other_photos(told),
        reporter=_reporter(told, by, asked),
        facts=_facts(told),
        barred=barred,
        refused=asked.refused,
        conflict=asked.conflict,
        map=None if field or row.lon is None else map_at(row.lon, row.lat, at),
        queue=pane,
        similar=rows.lines(desk.similar, at=at),
        photo_list_url=reverse("photo", args=[row.number, row.photos[0][1]]) if row.photos else "",
        suggested_url="" if asked.on_paper else case_suggested_url(row, by),
        calls_url=_calls_url(row, by),
        in_hand_url=reverse("case_in_hand", args=[row.number]) if opens(by, "case_in_hand") else "",
        print_url=reverse("case_file", args=[row.number]) if not field and opens(by, "case_file") else "",
    )


def _calls_url(row: CaseRow, by: Actor) -> str:
    """Where the calls about a citizen's matter are listed, once an exchange speaks to us; asks nothing."""
    if not settings.TELEPHONE_SECRET or row.source not in ("public", "hotline") or not opens(by, "calls"):
        return ""
    return f"{reverse('calls')}?case={row.number}"


def _desk(told: Told, by: Actor, at: datetime, asked: Asked) -> DeskCase:
    row, state = told.row, told.state
    desk = DeskCase(row, told.draft, state, by, at, queue=asked.queue, posted=asked.posted)
    if asked.on_paper or not by.posts & {"acceptor", "duty_leader", "dispatcher"}:
        return desk
    category = state.category or row.category
    if state.stage in _LOOKS_FOR_DUPLICATES and row.lon is not None and row.lat is not None:
        found = similar_cases(
            by=by, lon=row.lon, lat=row.lat, category=category, at=row.reported_at, but=row.id,
            words=f"{row.description} {row.address}",
        )  # fmt: skip
        desk = replace(desk, similar=tuple(each.row for each in found))
    looks = state.stage in _LOOKS_FOR_UNIT or _goes_to_unit_at_once(desk)
    if looks or state.stage == "accepted":
        choice = proposal_for(row, category=category, at=at)
        usual = neighbourhood.usual_unit(row, category=category, at=at) if choice is None and looks else None
        return replace(desk, choice=choice, usual=usual)
    return desk


def _goes_to_unit_at_once(desk: DeskCase) -> bool:
    """Whether a composite act lies before this person that gives the case to a unit from here."""
    return any(
        act.post in desk.by.posts and (act.steps[0], desk.state.stage) in desk.rules.moves
        for act in desk.rules.composites.values()
    )


def _recurrence(row: CaseRow, by: Actor, asked: Asked) -> tuple[Flag, ...]:
    """The how-manieth time this kind of matter is here; asked on the desk only."""
    if asked.on_paper or not by.is_staff:
        return ()
    found = recurrence_of(case_id=row.id, by=by)
    if found is None:
        return ()
    return (Flag(_("此处第 %(number)s 次") % {"number": found.time}, FlagKind.WARNING),)


def _pane(by: Actor, at: datetime, queue: str, row: CaseRow) -> QueuePane | None:
    """The queue it was opened from, or that of its stage; none for those without a desk."""
    mine = queues.stages_of(by)
    if not opens(by, "work_list") or not mine:
        return None
    chosen = queue if queue in (*mine, queues.ALL, queues.LATE) else queues.MINE
    return queues.pane_of(by=by, at=at, queue=chosen, number=row.number)


def _way(by: Actor) -> str:
    """Which way of the navigation a case belongs to."""
    return next((name for name in ("work_list", "department_list", "field_tasks") if opens(by, name)), "")


def _moments(told: Told, shown: Sequence[Step]) -> list[clocks.Moment]:
    return [clocks.Moment(civil(step.at), view.verb_zh) for step, view in zip(told.steps, shown, strict=True)]


def _other_photos(told: Told) -> tuple[Photo, ...]:
    kinds = {kind for _seq, kind in ((step.seq, kind) for step in told.steps for kind, _photo in step.photos)}
    others = sorted(kinds - {"photo_before", "photo_after"})
    more = [
        *tuple(photos_of_kind(told.steps, told.reading, "photo_before"))[2:],
        *tuple(photos_of_kind(told.steps, told.reading, "photo_after"))[2:],
    ]
    return (*photos_of_kind(told.steps, told.reading, *others), *more)


def place_of(row: CaseRow, at: datetime) -> Place:
    """Where it is: the words first, then district, grid and point."""
    day = day_of(civil(row.reported_at))
    return Place(
        words=rows.place_words(row),
        lon="" if row.lon is None else f"{row.lon:.6f}",
        lat="" if row.lat is None else f"{row.lat:.6f}",
        district=district_names().get(row.district_code, row.district_code),
        grid=area_name(kind=AreaKind.RESPONSIBILITY_GRID, code=row.grid_code or None, on=day),
        component=row.component,
    )


def _facts(told: Told) -> tuple[Fact, ...]:
    state, row = told.state, told.row
    facts = []
    if state.unit:
        facts.append(Fact(_("责任单位"), rows.unit_name(state.unit)))
    handler = told.people.get(int(state.handler)) if state.handler.isdigit() else None
    if handler is not None and not told.reading.hides_staff:
        facts.append(Fact(_("处置人"), handler.name))
    if state.limit_unit:
        facts.append(Fact(_("处置时限"), clocks.handling_limit(told.draft.rules, state)))
        facts.append(Fact(_("时限依据"), clocks.clause_of(state)))
    if state.lead_case:
        facts.append(Fact(_("主案卷"), state.lead_case, reverse("case", args=[state.lead_case])))
    if row.parent_id is not None:
        parent = row.number.rpartition("-")[0]
        facts.append(Fact(_("主案卷"), parent, reverse("case", args=[parent])))
    for order in range(1, len(state.children) + 1):
        child = f"{row.number}-{order}"
        facts.append(Fact(_("子案卷"), child, reverse("case", args=[child])))
    if row.external_no and not row.external_no.startswith(OF_A_FORM):
        facts.append(Fact(_("外部单号"), row.external_no))
    return tuple(facts)


def _privacy(told: Told) -> tuple[Flag, ...]:
    """That the reporter wants nothing of it made public."""
    return (Flag(_("不公开")),) if told.steps and told.steps[0].words.get("private") else ()


def _reporter(told: Told, by: Actor, asked: Asked) -> Reporter | None:
    words = told.steps[0].words if told.steps else {}
    identity = asked.revealed or identity_for(by=by, row=told.row, words=words)
    if identity is None:
        sees_some = personal_data_shown(windows_on(by, told.row), stage=told.row.stage) is not PersonalData.NONE
        return Reporter("", is_closed=True) if words.get("denounces") and sees_some else None
    return Reporter(
        identity.name,
        identity.phone,
        _reveal_form(told.row, asked) if identity.may_reveal else None,
        is_revealed=identity.is_revealed,
        lost=lost_words(lost_of_case(told.row.number)),
    )


def _reveal_form(row: CaseRow, asked: Asked) -> Form:
    errors = (asked.reveal_error,) if asked.reveal_error else ()
    reason = Field(
        "reason",
        _("查看事由"),
        FieldKind.TEXT,
        placeholder=_("例如：联系诉求人核对地点"),
        max_length=200,
        errors=errors,
    )
    return Form(
        reverse("reveal_reporter", args=[row.number]), (reason,), _("显示并记录"), hidden=(("queue", asked.queue),)
    )
