"""A case told as a letter to who follows it: what we understood, who does it, until when, what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wangge.domains.cases.answers import open_verbs
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.queries.history import HistoryStep, history_of
from wangge.domains.cases.queries.published import blanked
from wangge.domains.cases.rows import draft_of
from wangge.domains.citizens.letter_tables import authority_of
from wangge.domains.citizens.logic.codes import grouped
from wangge.domains.citizens.queries.followers import Followed, citizen_of, followers_count
from wangge.domains.citizens.queries.letters import Letter
from wangge.surfaces.web.command import clocks
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.elements.pieces import Notice, Photo
from wangge.surfaces.web.public.pages import LetterStatusPage, Milestone, StatusPage
from wangge.surfaces.web.public.visiting import public_shell
from wangge.surfaces.web.public.words import GRADES, LETTER_STATES, STAGES

PHOTO_SALT = "wangge.public.photo"
OPEN_PHOTO_SALT = "wangge.public.open_photo"  # an address of the map opens small copies alone
LONGEST_CODE = 40
BEFORE, AFTER = "photo_before", "photo_after"
_INSPECTED = frozenset({"awaiting_close", "closed", "archived"})
_NOT_LOOKED_AT = frozenset({"reported", "verifying"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a view adds to the plain page."""

    errors: tuple[str, ...] = ()
    typed: str = ""
    told: Notice | None = None


def question_page(request: HttpRequest, asked: Asked, *, at: datetime) -> StatusPage:
    """Only the question for the code."""
    shell = public_shell(request, _("查询进度"), at=at, current="public_status")
    return StatusPage(shell, reverse("public_status"), _code_field(asked.typed), asked.errors, told=asked.told)


def status_page(request: HttpRequest, code: str, followed: Followed, asked: Asked, *, at: datetime) -> StatusPage:
    """The letter; a constant number of statements."""
    row = followed.row
    draft = draft_of(row, at)
    rules, state = draft.rules, as_of(draft.rules, draft.state, civil(at), draft.around)
    steps = history_of(row)
    verbs = open_verbs(rules, state, draft.around, row, citizen_of(followed), civil(at))
    edition = state.limit_edition or rules.edition
    words = rules.settings["rating_grades"].split() if "rate" in verbs else []
    return StatusPage(
        shell=public_shell(request, _("查询进度"), at=at, current="public_status"),
        url=reverse("public_status"),
        code_field=_code_field(""),
        errors=asked.errors,
        told=asked.told,
        code=grouped(code),
        number=row.number,
        matter=labels.category_name(state.category, edition) if state.category else _("待分类"),
        words="" if followed.follower.joined else row.description,
        place=blanked(row.address) if followed.follower.joined else row.address,
        now=str(STAGES[told_stage(state)]),
        body=_body(state),
        # the unit's clock alone: those of the centre's own desks are no matter of the citizen's
        time_left=clocks.handling_left(rules, state, civil(at)),
        milestones=tuple(_milestones(steps)),
        before=_photos(followed, steps, state, rules, BEFORE),
        after=_photos(followed, steps, state, rules, AFTER),
        answer=answer_of(steps, state),
        followers=_followers(followers_count(row.id)),
        question=question_of(steps) if "reporter_answered" in verbs else "",
        grades=tuple(Choice(each, str(GRADES.get(each, each))) for each in words),
        rating_help=_("点一下就好，只能评一次。工作人员的电话回访另外进行。"),
        rated=str(GRADES.get(state.grade, state.grade)),
        may_reopen="request_reopen" in verbs and bool(state.grade or state.call_back),
        act_url=reverse("public_act"),
    )


def _code_field(typed: str) -> Field:
    return Field(
        "code", _("查询码"), FieldKind.TEXT, value=typed, max_length=LONGEST_CODE, placeholder="XXXX-XXXX-XXXX-XXXX",
        help=_("上报时显示的 16 位字母和数字，大小写都可以。"), is_personal=True,
    )  # fmt: skip


def _body(state: CaseState) -> str:
    return unit_name(state.unit) if state.unit else ""


def _milestones(steps: Sequence[HistoryStep]) -> Iterable[Milestone]:
    for at, stage in turns(steps):
        yield Milestone(at, milestone_words(stage))


def turns(steps: Sequence[HistoryStep]) -> Iterable[tuple[datetime, str]]:
    """Every change that means something to who waits, by its stage ("" for the beginning); what reads the same as
    before it is left out."""
    said = ""
    for step in steps:
        stage = "" if step.seq == 1 else step.to_stage
        stage = "outside_answered" if step.verb == "outside_answered" else stage
        words = milestone_words(stage)
        if words and words != said and (step.seq == 1 or step.from_stage != step.to_stage):
            said = words
            yield step.at, stage


def milestone_words(stage: str) -> str:
    """A change in plain words."""
    return str(STAGES.get(stage, "")) if stage else _("收到您反映的问题")


def fit_photos(
    followed: Followed, steps: Sequence[HistoryStep], state: CaseState, rules: Rulebook, kind: str
) -> list[str]:
    """Ids of the pictures fit for who follows: kinds the city names, another's picture once staff has looked, the
    result once it was inspected."""
    if kind not in rules.settings["public_photo_kinds"].split():
        return []
    if kind == AFTER and state.stage not in _INSPECTED:
        return []
    if kind == BEFORE and followed.follower.joined and state.stage in _NOT_LOOKED_AT:
        return []
    return [photo for step in steps for of, photo in step.photos if of == kind]


def _photos(
    followed: Followed, steps: Sequence[HistoryStep], state: CaseState, rules: Rulebook, kind: str
) -> tuple[Photo, ...]:
    return tuple(_photo(followed, kind, photo) for photo in fit_photos(followed, steps, state, rules, kind))


def _photo(followed: Followed, kind: str, photo_id: str) -> Photo:
    token = signing.dumps([followed.row.number, photo_id], salt=PHOTO_SALT)
    return Photo(
        reverse("public_photo", args=[token]), reverse("public_thumbnail", args=[token]), labels.photo_kind(kind)
    )


def answer_of(steps: Sequence[HistoryStep], state: CaseState) -> str:
    """What the house says to him: why it was not taken, or where it went."""
    if state.stage == "declined":
        reason = next((step.args.get("reason", "") for step in reversed(steps) if step.to_stage == "declined"), "")
        return _("没有受理的原因：%(reason)s") % {"reason": blanked(reason)} if reason else ""
    if state.stage == "outside":
        body = next((step.args.get("body", "") for step in reversed(steps) if step.verb == "forward_outside"), "")
        return _("已转交：%(body)s") % {"body": body} if body else ""
    asked = _asked_again(steps, state)
    if asked:
        return asked
    if state.outside and state.stage in _AFTER_OUTSIDE:
        body = next((step.args.get("body", "") for step in reversed(steps) if step.verb == "forward_outside"), "")
        done = _("%(body)s已答复：已办结。") if state.outside == "done" else _("%(body)s已答复：不予办理。")
        return done % {"body": body} if body else ""
    return ""


def _asked_again(steps: Sequence[HistoryStep], state: CaseState) -> str:
    """What became of the newest wish to have it taken up again; empty once it was, or where nobody asked."""
    if state.stage not in _OVER:
        return ""
    newest = next((step for step in reversed(steps) if step.verb in _ABOUT_REOPENING), None)
    if newest is None or newest.verb == "reopen":
        return ""
    if newest.verb == "request_reopen":
        return _("已申请重新办理，正在审核。")
    return _("没有同意重新办理的原因：%(reason)s") % {"reason": blanked(newest.args.get("reason", ""))}


_OVER = frozenset({"closed", "archived"})
_ABOUT_REOPENING = frozenset({"request_reopen", "refuse_reopen", "reopen"})


def told_stage(state: CaseState) -> str:
    """The stage as it is told to who waits: filed again with an answer in hand, nobody looks for a unit."""
    return "outside_answered" if state.stage == "filed" and state.outside else state.stage


_AFTER_OUTSIDE = frozenset({"filed", "closed", "archived"})


def question_of(steps: Sequence[HistoryStep]) -> str:
    return next((step.args.get("question", "") for step in reversed(steps) if step.verb == "ask_reporter"), "")


def _followers(count: int) -> str:
    if count < 2:
        return ""
    return ngettext("%(count)s 位市民关注这件事。", "%(count)s 位市民关注这件事。", count) % {"count": count}


def letter_status_page(request: HttpRequest, letter: Letter, *, at: datetime) -> LetterStatusPage:
    """How a letter stands: who has it, until when, what was answered; not its words, which the code's finder need not
    read."""
    authority = authority_of(letter.authority)
    return LetterStatusPage(
        public_shell(request, _("查询进度"), at=at, current="public_status"),
        reverse("public_status"),
        str(LETTER_STATES[letter.state]),
        labels.word("letter_kind", letter.kind),
        letter.at,
        f"{labels.word('authority', authority.authority)} {authority.phone}".strip() if authority is not None else "",
        letter.receipt_no,
        None if letter.state == "answered" else letter.due_at,
        letter.answer,
    )
