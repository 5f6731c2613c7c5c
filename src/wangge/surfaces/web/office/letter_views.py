"""Letters of the public for those who may read them: the list by its clock, one letter, its acts, who wrote it."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.citizens.letter_tables import authority_of, takers_of
from wangge.domains.citizens.operations.letters import (
    LONGEST_ANSWER,
    LONGEST_RECEIPT,
    answer_letter,
    forward_letter,
    record_receipt,
)
from wangge.domains.citizens.queries.letters import MOST, Letter, events_of, letter_for, letters_for
from wangge.domains.citizens.refusals import LetterRefused, NoSuchLetter
from wangge.domains.organizations.logic import masked_name, masked_phone
from wangge.domains.organizations.operations.audit import ReasonMissing, record_reveal
from wangge.domains.replies.queries import lost_of_letter
from wangge.groundwork import clock
from wangge.surfaces.web.command.answering import lost_words
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import word
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind, Photo
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.office.letter_pages import (
    LetterAct,
    LetterEventLine,
    LetterLine,
    LettersPage,
    OneLetterPage,
)
from wangge.surfaces.web.pictures import picture_answer
from wangge.surfaces.web.public.words import LETTER_STATES
from wangge.surfaces.web.shells import shell_for, tell

SHORT = 60


def _act_name(act: str) -> str:
    return {
        "receive": _("收到"), "forward": _("转送"), "receipt": _("登记回执"), "answer": _("答复"),
        "erase": _("清除个人信息"),
    }.get(act, act)  # fmt: skip


@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The letters whose kinds this person reads; what is due first stands first."""
    by, at = actor_on(request), clock.now()
    answered = request.GET.get("answered") == "1"
    offset = int(text) if (text := request.GET.get("from", "0")).isdigit() and len(text) < 7 else 0
    found = letters_for(by=by, answered=answered, offset=offset)
    page = LettersPage(
        shell=shell_for(request, _("公众来信"), at=at, current="letters"),
        heading=_("公众来信"),
        tabs=(
            Figure(_("未答复"), "", reverse("letters"), is_current=not answered),
            Figure(_("已答复"), "", f"{reverse('letters')}?answered=1", is_current=answered),
        ),
        letters=tuple(_line(each, at) for each in found[:MOST]),
        next_url=f"{reverse('letters')}?answered={int(answered)}&from={offset + MOST}" if len(found) > MOST else "",
    )
    return render(request, "web/office/letters.html", {"page": page})


def _line(letter: Letter, at: datetime) -> LetterLine:
    return LetterLine(
        letter.id, reverse("letter", args=[letter.id]), word("letter_kind", letter.kind),
        letter.words[:SHORT] + ("…" if len(letter.words) > SHORT else ""), str(LETTER_STATES[letter.state]),
        letter.due_at,
        letter.state != "answered" and letter.due_at is not None and letter.due_at < at,
    )  # fmt: skip


@require_safe
def letter(request: HttpRequest, number: int) -> HttpResponse:
    """One letter; behind the wall it is not there."""
    return _shown(request, number)


def _shown(
    request: HttpRequest, number: int, *, act: str = "", error: str = "", revealed: bool = False
) -> HttpResponse:
    by, at = actor_on(request), clock.now()
    found = letter_for(by=by, number=number)
    if found is None:
        raise Http404(str(number))
    heading = word("letter_kind", found.kind)
    page = OneLetterPage(
        shell=shell_for(request, heading, at=at, current="letters"),
        heading=heading,
        list_url=reverse("letters"),
        state=str(LETTER_STATES[found.state]),
        words=found.words or _("（内容已按规定删除）"),
        facts=_facts(found, revealed=revealed),
        clocks=_clocks(found, at),
        photos=tuple(_photo(found, photo) for photo in found.photos),
        answer=found.answer,
        acts=_acts(found, act, error),
        reveal=None if revealed or not (found.name or found.phone or found.email) else _reveal(found, act, error),
        events=tuple(
            LetterEventLine(each.at, _act_name(each.act), each.person_name, _detail(each.act, each.detail))
            for each in events_of(number)
        ),
        lost=lost_words(lost_of_letter(number)),
    )
    return render(request, "web/office/letter.html", {"page": page}, status=422 if error else 200)


def _detail(act: str, detail: str) -> str:
    return word("authority", detail) if act == "forward" else detail


def _facts(found: Letter, *, revealed: bool) -> tuple[Fact, ...]:
    facts = []
    if found.address:
        facts.append(Fact(_("地点"), found.address))
    if found.lon is not None and found.lat is not None:
        facts.append(Fact(_("坐标"), f"{found.lon:.6f}, {found.lat:.6f}"))
    authority = authority_of(found.authority)
    if authority is not None:
        facts.append(Fact(_("转送"), f"{word('authority', authority.authority)} {authority.phone}".strip()))
    if found.receipt_no:
        facts.append(Fact(_("回执编号"), found.receipt_no))
    name = found.name if revealed else masked_name(found.name)
    phone = found.phone if revealed else masked_phone(found.phone)
    email = found.email if revealed else "***" if found.email else ""
    who = " ".join(filter(None, (name, phone, email)))
    facts.append(Fact(_("写信人"), who or _("没有留联系方式")))
    return tuple(facts)


def _clocks(found: Letter, at: datetime) -> tuple[tuple[str, datetime | None, bool], ...]:
    if found.state == "answered":
        return ()
    lines = [(_("答复时限"), found.due_at, found.due_at is not None and found.due_at < at)]
    if found.state == "forwarded":
        due = found.receipt_due_at
        lines.append((_("回执时限"), due, due is not None and due < at))
    return tuple(lines)


def _acts(found: Letter, act: str, error: str) -> tuple[LetterAct, ...]:
    if found.state == "answered":
        return ()
    choices = tuple(Choice(row.authority, word("authority", row.authority)) for row in takers_of(found.kind))
    offered = []
    if found.state == "forwarded":
        field = Field("text", _("回执编号"), FieldKind.TEXT, max_length=LONGEST_RECEIPT)
        offered.append(("receipt", _("登记回执"), field))
    words = Field("text", _("答复"), FieldKind.LONG_TEXT, max_length=LONGEST_ANSWER)
    offered.append(("answer", _("答复"), words))
    if len(choices) > 1 or (choices and found.state == "received"):
        offered.append(("forward", _("转送"), Field("text", _("部门"), FieldKind.SELECT, choices=choices)))
    return tuple(
        LetterAct(
            name,
            label,
            Form(
                reverse("letter_act", args=[found.id, name]), (field,), label,
                draft_key=f"letter-{found.id}-{name}",
                errors=(error,) if error and act == name else (),
            ),
        )
        for name, label, field in offered
    )  # fmt: skip


def _reveal(found: Letter, act: str, error: str) -> Form:
    reason = Field("reason", _("查看事由"), FieldKind.TEXT, max_length=200)
    errors = (error,) if error and act == "reveal" else ()
    return Form(reverse("letter_reveal", args=[found.id]), (reason,), _("查看写信人"), errors=errors)


def _photo(found: Letter, photo_id: str) -> Photo:
    address = reverse("letter_photo", args=[found.id, photo_id])
    return Photo(address, f"{address}?small=1", _("来信照片"), viewer_url=address)


@require_POST
def letter_act(request: HttpRequest, number: int, act: str) -> HttpResponseBase:
    """Do one act; a refused one comes back with the form."""
    by, at = actor_on(request), clock.now()
    text = request.POST.get("text", "").replace("\0", "")
    try:
        if act == "receipt":
            record_receipt(number=number, receipt_no=text, by=by, at=at)
        elif act == "answer":
            answer_letter(number=number, answer=text, by=by, at=at)
        elif act == "forward":
            forward_letter(number=number, authority=text, by=by, at=at)
        else:
            raise Http404(act)
    except NoSuchLetter as gone:
        raise Http404(str(number)) from gone
    except LetterRefused as refused:
        return _shown(request, number, act=act, error=str(refused))
    tell(request, Notice(NoticeKind.DONE, _("已办理：%(act)s。") % {"act": _act_name(act)}))
    return HttpResponseRedirect(reverse("letter", args=[number]))


@require_POST
def letter_reveal(request: HttpRequest, number: int) -> HttpResponseBase:
    """Show who wrote, recorded first; without a reason ask for it."""
    by = actor_on(request)
    if letter_for(by=by, number=number) is None:
        raise Http404(str(number))
    try:
        record_reveal(
            by=by, at=clock.now(), object_kind="letter", object_key=str(number), fields=("name", "phone", "email"),
            reason=request.POST.get("reason", ""), address=str(request.META.get("REMOTE_ADDR", "")),
        )  # fmt: skip
    except ReasonMissing as missing:
        return _shown(request, number, act="reveal", error=str(missing))
    return _shown(request, number, revealed=True)


@require_safe
def letter_photo(request: HttpRequest, number: int, photo_id: str) -> HttpResponseBase:
    """A picture of a letter this person reads."""
    found = letter_for(by=actor_on(request), number=number)
    if found is None or photo_id not in found.photos:
        raise Http404(photo_id)
    return picture_answer(photo_id, thumbnail="small" in request.GET)
