"""The queues of a seat: which stages wait for the posts a person holds, how many, and the pane beside an open case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.queries.lists import Page
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.surfaces.web.command.pages import QueuePane
from wangge.surfaces.web.command.rows import lines
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.fixed_addresses import address_of

MINE, LATE, ALL = "mine", "late", "all"
IN_PANE = 15


def stages_of(actor: Actor) -> tuple[str, ...]:
    """The stages on the work lists of the posts a person holds, in the order of the loop."""
    wanted = {stage for row in city_tables().posts if row.post in actor.posts for stage in row.work_list_stages}
    return tuple(row.stage for row in city_tables().stages if row.stage in wanted)


def queue_or_first(actor: Actor, asked: str) -> str:
    """The queue asked for if it is one of his, else all that waits for him, else everything."""
    mine = stages_of(actor)
    if asked in (ALL, LATE) or asked in mine:
        return asked
    return MINE if mine else ALL


def queue_name(queue: str) -> str:
    """What a queue is called."""
    return {MINE: _("我的待办"), LATE: _("超过时限"), ALL: _("全部在办")}.get(queue) or labels.stage_name(queue)


def page_of(*, by: Actor, at: datetime, queue: str, filter: Filter, limit: int, cursor: str = "") -> Page:
    """The rows of a queue: what burns next comes first; of an ended stage the newest report. One statement."""
    if queue in (MINE, LATE, ALL):
        wanted = replace(filter, overdue=True) if queue == LATE else filter
        stages = tuple(OPEN_STAGES) if queue == ALL else (stages_of(by) or tuple(OPEN_STAGES))
        return lists.queue(by=by, at=at, stages=stages, filter=wanted, limit=limit, cursor=cursor)
    if queue not in OPEN_STAGES:
        return lists.cases(by=by, at=at, filter=replace(filter, stages=(queue,)), limit=limit, cursor=cursor)
    return lists.queue(by=by, at=at, stages=(queue,), filter=filter, limit=limit, cursor=cursor)


def figures(actor: Actor, counts: Mapping[str, tuple[int, int]], current: str) -> tuple[Figure, ...]:
    """The tabs: all that waits for him, each of his stages with its number and sign, what is late, everything open."""
    mine = stages_of(actor)
    waiting = sum(counts.get(stage, (0, 0))[0] for stage in mine)
    shown = [Figure(queue_name(MINE), str(waiting), list_url(MINE), None, current == MINE)] if len(mine) > 1 else []
    shown += [_figure(stage, *counts.get(stage, (0, 0)), current=current) for stage in mine if stage in OPEN_STAGES]
    shown += [
        Figure(queue_name(stage), "", list_url(stage), None, current == stage)
        for stage in mine
        if stage not in OPEN_STAGES
    ]
    late = sum(counts.get(stage, (0, 0))[1] for stage in (mine or OPEN_STAGES))
    urgency = Urgency.OVERDUE if late else None
    shown.append(Figure(queue_name(LATE), str(late), list_url(LATE), urgency, current == LATE))
    everything = sum(number for number, _late in counts.values())
    shown.append(Figure(queue_name(ALL), str(everything), list_url(ALL), None, current == ALL))
    return tuple(shown)


def _figure(stage: str, number: int, late: int, *, current: str) -> Figure:
    urgency = Urgency.OVERDUE if late else None
    return Figure(labels.stage_name(stage), str(number), list_url(stage), urgency, current == stage)


def list_url(queue: str, **more: str) -> str:
    """The address of a queue."""
    asked = {"queue": queue, **{name: value for name, value in more.items() if value}}
    return f"{address_of('work_list')}?{urlencode(asked)}"


def pane_of(*, by: Actor, at: datetime, queue: str, number: str) -> QueuePane | None:
    """The queue beside an open case, with the neighbours for J and K; one statement. None where it is empty."""
    rows = lines(
        page_of(by=by, at=at, queue=queue, filter=Filter(), limit=IN_PANE).rows, at=at, queue=queue, current=number
    )
    place = next((index for index, row in enumerate(rows) if row.is_current), None)
    others = [row for row in rows if not row.is_current]
    if place is None:
        following, before = (others[0].url if others else ""), ""
    else:
        following = rows[place + 1].url if place + 1 < len(rows) else ""
        before = rows[place - 1].url if place else ""
    return QueuePane(queue_name(queue), rows, list_url(queue), following, before)
