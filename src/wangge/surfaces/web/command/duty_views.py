"""The duty leader's board 值班长: exceptions, drawn samples, requests by tier, urging, supervision, each its list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic.narrowing import next_endorser, tier_of_request
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.queries import lists, pressing
from wangge.domains.cases.queries.counts import Counts, open_by_stage
from wangge.domains.cases.rows import CaseRow
from wangge.domains.desks.operations.second_looks import look_again
from wangge.domains.desks.policies import may_look_again
from wangge.domains.desks.queries.samples import DrawnAct, drawn_acts
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.command import queues, rows
from wangge.surfaces.web.command.argument_fields import PAPERS
from wangge.surfaces.web.command.clocks import late_word
from wangge.surfaces.web.command.duty_pages import BoardPage, BoardRow, BoardSection, LookForm
from wangge.surfaces.web.command.waiting_samples import held_back
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import Figure, Notice, NoticeKind, Photo, TimeLeft, running_time_left
from wangge.surfaces.web.elements.words import Counting, Urgency
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

SHOWN = 8
AT_A_GLANCE = 50  # so many of each section are looked at for its figures, all of one that is opened
# Where a case stands that left the ordinary way, or that no rule took on.
_EXCEPTIONS = (
    "returned", "awaiting_ruling", "self_handled", "feedback", "awaiting_inspection", "awaiting_close", "outside",
)  # fmt: skip
_CENTRES = ("reported", "accepted", "filed", "returned", "feedback", "awaiting_inspection", "awaiting_close")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is not ordinary. Eight statements behind the gate, whatever waits."""
    by, at = actor_on(request), clock.now()
    asked = request.GET.get("show", "")
    most = pressing.MOST if asked else AT_A_GLANCE
    counts = open_by_stage(by=by, at=at)
    acts, urges = drawn_acts(by=by, at=at)[:most], pressing.urged(by=by, most=most)
    numbers = [*(each.number for each in acts), *(each.number for each in urges)]
    by_number = {row.number: row for row in lists.numbered(numbers=numbers, by=by)}
    sections = (
        _section("requests", _("待审批申请"), _requests(pressing.with_requests(by=by, at=at, most=most), at),
                 _("没有等待审批的申请。"), most, with_papers=True),
        _section("samples", _("抽查待复核"), [*_drawn(acts, by_number, by, at), *_held_back(by, at)],
                 _("没有待复核的抽查。"), most),
        _section("supervision", _("督办"), _supervised(pressing.under_supervision(by=by, most=most), at),
                 _("没有在途督办。"), most),
        _section("urges", _("催办未回应"), _urged(urges, by_number, at), _("催办都有回应。"), most),
    )  # fmt: skip
    chosen = tuple(each for each in sections if each.key == asked)
    page = BoardPage(
        shell=shell_for(request, _("值班长"), at=at, current="board"),
        heading=_("值班长"),
        exceptions=_exceptions(counts),
        sections=chosen or tuple(_shortened(each) for each in sections),
        whole_url=reverse("board") if chosen else "",
    )
    return render(request, "web/command/board.html", {"page": page})


@require_POST
def board_look(request: HttpRequest) -> HttpResponse:
    """Write down what a second look found."""
    given = {name: request.POST.get(name, "").replace("\0", "") for name in ("number", "act", "finding", "note")}
    try:
        look_again(by=actor_on(request), at=clock.now(), **given)
        tell(request, Notice(NoticeKind.DONE, _("复核结果已记录。")))
    except DeskRefused as refused:
        tell(request, Notice(NoticeKind.REFUSED, str(refused)))
    return redirect("board")


# ---- exceptions ------------------------------------------------------------------------------------------------


def _exceptions(counts: Counts) -> tuple[Figure, ...]:
    """What the centre is late with, what units are late with, and what left the ordinary way."""
    centre = sum(counts.get(stage, (0, 0))[1] for stage in _CENTRES)
    units = counts.get("handling", (0, 0))[1]
    late = (
        Figure(_("中心环节超过时限"), str(centre), queues.list_url(queues.ALL, late="yes"), _red(centre)),
        Figure(_("处置超过时限"), str(units), _search_url(stage="handling", late="yes"), _red(units)),
    )
    apart = tuple(
        Figure(labels.stage_name(stage), str(counts[stage][0]), _search_url(stage=stage), _red(counts[stage][1]))
        for stage in _EXCEPTIONS
        if counts.get(stage, (0, 0))[0]
    )
    return (*late, *apart)


def _red(number: int) -> Urgency | None:
    return Urgency.OVERDUE if number else None


def _search_url(**asked: str) -> str:
    return f"{reverse('case_search')}?{urlencode(asked)}"


# ---- sections --------------------------------------------------------------------------------------------------


def _section(
    key: str, heading: str, shown: Iterable[BoardRow], empty: str, most: int, *, with_papers: bool = False
) -> BoardSection:
    found = tuple(shown)
    late = sum(each.left is not None and each.left.urgency is Urgency.OVERDUE for each in found)
    count = f"{len(found)}+" if len(found) >= most else str(len(found))
    return BoardSection(key, heading, count, late, found, empty, with_papers=with_papers)


def _shortened(section: BoardSection) -> BoardSection:
    if len(section.rows) <= SHOWN:
        return section
    return replace(section, rows=section.rows[:SHOWN], more_url=f"{reverse('board')}?show={section.key}")


def _requests(found: Iterable[CaseRow], at: datetime) -> list[BoardRow]:
    """Requests with the post whose word is next, by tier, and the paper they stand on."""
    waiting = []
    for row in found:
        rules, state = rows.standing(row, at)
        if state.request is None:
            continue
        endorser = next_endorser(rules, state)
        post = endorser or tier_of_request(rules, state).deciding_post
        turn = (_("待%(post)s会签") if endorser else _("待%(post)s审批")) % {"post": labels.post_name(post)}
        papers = tuple(_paper(row, kind, photo) for kind, photo, _seq in row.photos if kind in PAPERS)
        waiting.append(BoardRow(rows.line(row, at=at), labels.request_name(state.request.kind), turn, None, papers))
    return sorted(waiting, key=lambda each: each.turn)


def _paper(row: CaseRow, kind: str, photo: str) -> Photo:
    large = reverse("photo", args=[row.number, photo])
    small = reverse("photo_thumbnail", args=[row.number, photo])
    return Photo(large, small, labels.argument_name(kind), viewer_url=large)


def _drawn(acts: Iterable[DrawnAct], by_number: Mapping[str, CaseRow], by: Actor, at: datetime) -> list[BoardRow]:
    """Acts of seats drawn by lot, each with the form for what was found; one's own is another's to look at."""
    acts = [each for each in acts if each.number in by_number]
    people = known({each.person_id for each in acts if each.person_id is not None}, at=at)
    looks = may_look_again(by)
    shown = []
    for each in acts:
        person = people.get(each.person_id) if each.person_id is not None else None
        name = person.name if person is not None else "—"
        moment = f"{each.acted_at.astimezone(clock.CITY_ZONE):%m-%d %H:%M}"
        what = f"{labels.word('act', each.act)} · {name} {moment}"
        own = each.person_id == by.person_id
        look = LookForm(reverse("board_look"), each.act, each.number) if looks and not own else None
        turn = _("自己办理的由其他人复核") if own else _("办后抽查")
        shown.append(BoardRow(rows.line(by_number[each.number], at=at), what, turn, look=look))
    return shown


def _held_back(by: Actor, at: datetime) -> list[BoardRow]:
    """Cases that a rule would have taken on, had the lot not held them back for a look."""
    return [
        BoardRow(rows.line(row, at=at), _(rule.name_zh), _("办前抽查，请打开办理"))
        for row, rule in held_back(by=by, at=at)
    ]


def _supervised(found: Iterable[CaseRow], at: datetime) -> list[BoardRow]:
    shown = []
    for row in found:
        rules, state = rows.standing(row, at)
        told = state.supervision
        if told is None:
            continue
        level = _("%(level)s 级督办") % {"level": told.level} if told.level else _("督办")
        turn = _("责任单位已回复，待解除") if told.answered else _("等待回复")
        left = _until(told.reply_by, rules, at) if told.reply_by and not told.answered else None
        shown.append(BoardRow(rows.line(row, at=at), level, turn, left))
    return shown


def _urged(urges: Iterable[pressing.Urged], by_number: Mapping[str, CaseRow], at: datetime) -> list[BoardRow]:
    """Urgings nobody of the unit has answered by an act, with the moment by which the ladder wants one."""
    shown = []
    for urge in urges:
        row = by_number.get(urge.number)
        if row is None:
            continue
        rules, state = rows.standing(row, at)
        rung = rules.ladders.get(("urge", urge.level or rules.settings["default_level"]))
        left, addressee = None, ""
        if rung is not None:
            length = rules.length(rung.answer_within)
            due = rules.clock(length.clock, state.calendar).due(civil(urge.urged_at), length.minutes)
            left, addressee = _until(due, rules, at), _(rung.addressee_zh)
        shown.append(BoardRow(rows.line(row, at=at), urge.text, addressee, left))
    return shown


def _until(due: int, rules: Rulebook, at: datetime) -> TimeLeft:
    """Minutes by the clock on the wall until a word is due."""
    return running_time_left(
        remaining_minutes=due - civil(at), allowance_minutes=0, due_at=exact(due), counting=Counting.CONTINUOUS,
        late_word=late_word(rules),
    )  # fmt: skip
