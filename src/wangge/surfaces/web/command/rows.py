"""A case as one line of a list: number, class, place, stage with whose turn, time left, marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote, quote_plus

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.rows import CaseRow as Row
from wangge.domains.cases.rows import draft_of
from wangge.domains.cases.surroundings import units
from wangge.domains.organizations.directory import as_last_read, known
from wangge.domains.organizations.queries import city_tables
from wangge.standards.tables import Tables
from wangge.surfaces.web.command.clocks import time_left
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import CaseRow, Flag, FlagKind, StageChip
from wangge.surfaces.web.elements.words import kept_by_language

MOST_SAID = 4000


@dataclass(slots=True)
class _Said:
    """The lines of one civil minute, by the rules, units and people as this process knows them just now.

    A list renews itself on sixty screens at once, and a line says the same on all of them until its case moves.
    """

    minute: int
    known: tuple[object, ...]
    lines: dict[tuple[object, ...], CaseRow] = field(default_factory=dict)


_said = [_Said(-1, ())]


def lines(
    rows: Sequence[Row], *, at: datetime, queue: str = "", current: str = "", named: bool = True
) -> tuple[CaseRow, ...]:
    """The rows as a page shows them; links carry the queue they were opened from; ``named``: staff by name."""
    said, language = _said_at(at), get_language()
    found = []
    for row in rows:
        key = (row.id, row.version, language, queue, row.number == current, named)
        known = said.get(key)
        if known is None:
            if len(said) >= MOST_SAID:
                said.clear()
            known = said[key] = line(row, at=at, queue=queue, current=current, named=named)
        found.append(known)
    return tuple(found)


def _said_at(at: datetime) -> dict[tuple[object, ...], CaseRow]:
    minute, known = civil(at), (city_tables(), units(), as_last_read())
    said = _said[0]
    if said.minute != minute or any(now is not then for now, then in zip(known, said.known, strict=False)):
        said = _said[0] = _Said(minute, known)
    return said.lines


def line(row: Row, *, at: datetime, queue: str = "", current: str = "", named: bool = True) -> CaseRow:
    """One row; nothing is asked of the database but names not seen before."""
    rules, state = standing(row, at)
    return CaseRow(
        number=row.number,
        url=case_url(row.number, queue),
        category_zh=category_of(rules, row),
        condition_zh=labels.condition_of(state.category, state.condition_seq, state.limit_edition or rules.edition),
        place=place_words(row),
        stage=stage_chip(rules, state, at, named=named),
        time_left=time_left(rules, state, civil(at)),
        source_zh=labels.word("source", row.source),
        reported_at=row.reported_at,
        flags=flags(state),
        is_current=row.number == current,
    )


def standing(row: Row, at: datetime) -> tuple[Rulebook, CaseState]:
    """The rules of the case's cycle and its state as it stands at the moment."""
    draft = draft_of(row, at)
    return draft.rules, as_of(draft.rules, draft.state, civil(at), draft.around)


def case_url(number: str, queue: str = "") -> str:
    """The case page, remembering the queue it is opened from."""
    return f"{_cases()}{quote(number)}" + (f"?queue={quote_plus(queue)}" if queue else "")


@lru_cache(maxsize=1)
def _cases() -> str:
    """What the address of every case begins with: a list has fifty of them."""
    return reverse("case", args=["-"]).removesuffix("-")


def category_of(rules: Rulebook, row: Row) -> str:
    """The class in words; what has none yet says so."""
    return labels.category_name(row.state.category or row.category, row.state.limit_edition or rules.edition)


def place_words(row: Row) -> str:
    """Where it is, in words first, else by its coordinates."""
    if row.address:
        return row.address
    if row.lon is None or row.lat is None:
        return _("地点未填")
    return _("东经 %(lon)s，北纬 %(lat)s") % {"lon": f"{row.lon:.6f}", "lat": f"{row.lat:.6f}"}


def stage_chip(rules: Rulebook, state: CaseState, at: datetime, *, named: bool = True) -> StageChip:
    """The stage and whose turn it is: a person of a field task, a unit, or a post; nobody's where it ended."""
    stage = rules.stages[state.stage]
    if named and state.stage in ("verifying", "inspecting") and state.assignee.isdigit():
        person = known([int(state.assignee)], at=at).get(int(state.assignee))
        return _chip(city_tables(), state.stage, turn=person.name if person is not None else "")
    if state.stage == "handling":
        inner = state.inner.unit if state.inner is not None and state.inner.status == "out" else ""
        return _chip(city_tables(), state.stage, turn=unit_name(inner or state.unit))
    return _chip(
        city_tables(), state.stage, post="" if stage.is_ending else stage.work_list_post, is_ending=stage.is_ending
    )


@kept_by_language(4096)
def _chip(_tables: Tables, stage: str, *, turn: str = "", post: str = "", is_ending: bool = False) -> StageChip:
    return StageChip(stage, labels.stage_name(stage), turn or labels.post_name(post), is_ending)


def unit_name(code: str) -> str:
    """A responsible unit by its code."""
    unit = units().get(code)
    return unit.name if unit is not None else code


def flags(state: CaseState) -> tuple[Flag, ...]:
    """The small marks beside a case, the gravest first."""
    found: list[Flag] = []
    if state.supervision is not None:
        found.append(Flag(_("督办"), FlagKind.GRAVE))
    if state.rework:
        found.append(Flag(_("返工 %(number)s") % {"number": state.rework}, FlagKind.WARNING))
    if state.request is not None:
        found.append(Flag(labels.request_name(state.request.kind), FlagKind.WARNING))
    if state.question is not None:
        found.append(Flag(_("询问诉求人")))
    if state.suspended_until:
        found.append(Flag(_("挂账")))
    if state.postponed_until:
        found.append(Flag(_("缓办")))
    if state.appeal is not None and state.appeal.status.startswith("at_"):
        found.append(Flag(_("申诉"), FlagKind.WARNING))
    if state.excluded:
        found.append(Flag(_("剔除")))
    if state.children:
        told = {"done": len(state.children_ended), "all": len(state.children)}
        found.append(Flag(_("子案卷 %(done)s/%(all)s") % told))
    if state.cycle > 1:
        found.append(Flag(_("第 %(number)s 次立案") % {"number": state.cycle}, FlagKind.WARNING))
    return tuple(found)
