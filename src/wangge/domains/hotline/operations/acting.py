"""Owns what people do with an order: pass it on, call the citizen, make it a case, draft and approve its answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.failures import BadInput, CaseRefused
from wangge.domains.cases.operations.reporting import Report, Reported, report_case
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.hotline.logic.acting import Asked, Refusal, judge, state_after
from wangge.domains.hotline.operations.outgoing import TOPIC, payload_of
from wangge.domains.hotline.operations.writing import Event, write_act
from wangge.domains.hotline.queries.orders import OrderRow, order
from wangge.domains.hotline.refusals import ActRefused, BadOrder, NoSuchOrder
from wangge.domains.hotline.tables import act_of, channel_of, kind_of, moments_of, notice_ends, sections
from wangge.domains.organizations.logic import SYSTEM, Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import append

LONGEST_TEXT = 4000
LONGEST_NOTE = 1000
LONGEST_EXTENSION = timedelta(days=366)
GOES_OUT = {
    "approve_answer": "answer", "answer_on_spot": "answer", "return_order": "return", "ask_extension": "extension",
    "ask_question": "question", "ask_appeal": "appeal", "ask_suspension": "suspension",
}  # fmt: skip
"""Act → the message to the hotline it sends off."""


def act_on(
    *, order_id: int, act: str, args: Mapping[str, str], by: Actor, at: datetime, version: int | None = None,
    address: str = "",
) -> None:  # fmt: skip
    """Do ``act``. Raises NoSuchOrder, ActRefused, BadOrder. ``version``: the one it was decided on."""
    with transaction.atomic():
        row = order(order_id, lock=True)
        if row is None:
            raise NoSuchOrder(_("没有这个工单。"))
        if version is not None and version != row.version:
            raise ActRefused(Refusal("stale"))
        reported = do_act(row, act, args, by=by, at=at, address=address)
        record(
            by=by, at=at, kind=AuditKind.MOVE, object_kind="hotline_order",
            object_key=f"{row.channel}/{row.order_no}", detail={"act": act}, address=address,
        )  # fmt: skip
    if reported is not None:
        after_report(reported=reported, at=at)


def do_act(
    row: OrderRow, name: str, args: Mapping[str, str], *, by: Actor, at: datetime, address: str = ""
) -> Reported | None:
    """Judge and write one act on a locked order, in the running transaction; the case where it made one."""
    act = act_of(name)
    given = {key: text.strip() for key, text in args.items() if text.strip()}
    place = _place_of(row, given)
    if place is not None:
        given["place"] = "given"
    refused = judge(act, row.standing, asked_by(row, by, at, frozenset(given)))
    if refused is not None or act is None:
        raise ActRefused(refused or Refusal("no_such_act"))
    _check_words(given, at)
    changes: dict[str, Any] = {}
    detail: dict[str, Any] = {key: given[key] for key in ("text", "note", "section", "until", "due") if key in given}
    reported = None
    if name == "make_case":
        reported = _case_of(row, at, given.get("category", ""), place, address)
        changes = {"case_id": reported.draft.case_id, "case_number": reported.number}
        detail["case"] = reported.number
    elif name == "pass_to_section":
        changes = {"section": given["section"]}
    elif name == "first_contact":
        changes = {"contacted_at": row.contacted_at or at}
    elif name in ("draft_answer", "answer_on_spot"):
        changes = {"answer": given["text"], "drafted_by_id": by.person_id}
    elif name in _OPEN_MATTERS:
        changes = _OPEN_MATTERS[name](given, at)
    elif name in ("revisited", "ordered_redo"):
        changes = {"grade": given["grade"], "appeal": ""}  # another call-back, another appeal
        detail["grade"] = given["grade"]
        if name == "ordered_redo":
            changes |= {"redone": row.redone + 1, "due_at": _new_limit(row, at)}
    to_state = state_after(act, row.standing)
    if name in GOES_OUT:
        kind, text = GOES_OUT[name], given.get("note") or given.get("text") or row.answer
        more = {"until": given["until"]} if "until" in act.needs else {}
        append(topic=TOPIC, key=str(row.id), payload=payload_of(row, kind, row.version + 1, text, at, **more), at=at)
    write_act(row.id, row.version, Event(name, row.state, to_state, detail), changes, by=by, at=at)
    return reported


def asked_by(row: OrderRow, by: Actor, at: datetime, given: frozenset[str] = frozenset()) -> Asked:
    """Who asks for an act on an order, as it is judged."""
    kind = kind_of(row.channel, row.kind)
    ends = notice_ends(kind, at=at) if kind is not None and row.due_at is not None else None
    return Asked(by.person_id, by.posts, at, given, ends)


def _day(text: str, at: datetime) -> date:
    try:
        until = date.fromisoformat(text[:10])
    except ValueError:
        raise BadOrder("until", _("请写明延至哪一天，例如 2024-03-20。")) from None
    if not at.astimezone(CITY_ZONE).date() < until <= at.astimezone(CITY_ZONE).date() + LONGEST_EXTENSION:
        raise BadOrder("until", _("延至的日期须在今天之后、一年之内。"))
    return until


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadOrder("due_at", _("时间应写作 2024-03-13T08:10:00+08:00。")) from None
    if moment.tzinfo is None:
        raise BadOrder("due_at", _("due_at 须带时区。"))
    return moment


# What is asked of the hotline stands open in the order's row until its word comes.
_OPEN_MATTERS: Mapping[str, Callable[[Mapping[str, str], datetime], dict[str, Any]]] = {
    "ask_extension": lambda given, at: {"extension_until": _day(given["until"], at)},
    "extension_granted": lambda given, _at: {"extension_until": None, "due_at": _moment(given["due"])},
    "extension_refused": lambda _given, _at: {"extension_until": None},
    "ask_question": lambda _given, at: {"question_at": at},
    "question_answered": lambda _given, _at: {"question_at": None},
    "ask_appeal": lambda _given, _at: {"appeal": "open"},
    "appeal_upheld": lambda _given, _at: {"appeal": "upheld"},
    "appeal_refused": lambda _given, _at: {"appeal": "refused"},
    "ask_suspension": lambda given, at: {"suspension_until": _day(given["until"], at)},
    "suspension_granted": lambda given, _at: {"suspension_until": None, "due_at": _moment(given["due"])},
    "suspension_refused": lambda _given, _at: {"suspension_until": None},
}


def _new_limit(row: OrderRow, at: datetime) -> datetime | None:
    """A new round has a limit of its own."""
    kind = kind_of(row.channel, row.kind)
    moments = moments_of(kind, at=at, urgent=row.urgent) if kind is not None else None
    return moments[0] if moments is not None else row.due_at


def _check_words(given: Mapping[str, str], at: datetime) -> None:
    for name, most in (("text", LONGEST_TEXT), ("note", LONGEST_NOTE)):
        text = given.get(name, "")
        if "\0" in text:
            raise BadOrder(name, _("文字不能含空字符（U+0000）。"))
        if len(text) > most:
            raise BadOrder(name, _("不能超过 %(most)s 字。") % {"most": most})
    if "section" in given and given["section"] not in sections(at):
        raise BadOrder("section", _("请从列表中选择科室。"))


def _place_of(row: OrderRow, given: Mapping[str, str]) -> dict[str, Any] | None:
    """Where it is: as the desk found it out, else as the hotline sent it."""
    lon, lat = given.get("lon", ""), given.get("lat", "")
    if not (lon or lat or given.get("address")):
        return row.place
    if bool(lon) != bool(lat):
        raise BadOrder("location", _("经度与纬度须同时给出。"))
    if lon:
        return {"lon": lon, "lat": lat, "system": "wgs84", "address": given.get("address", "")}
    return {**(row.place or {}), "address": given["address"]}  # other words for the same point


def _case_of(row: OrderRow, at: datetime, category: str, place: dict[str, Any] | None, address: str) -> Reported:
    """The case of an order, by the entry of the table of moves; the number of the order is its external number."""
    channel = channel_of(row.channel)
    assert channel is not None
    report = Report(
        source=channel.case_source, category=category, description=f"{row.title}\n{row.content}".strip(),
        location=place, reporter_name=row.citizen_name, reporter_phone=row.citizen_phone,
        denounces=row.kind == "denunciation", external_no=f"{row.channel}:{row.order_no}",
    )  # fmt: skip
    try:
        return report_case(report=report, by=SYSTEM, at=at, address=address)
    except BadInput as wrong:
        raise BadOrder(wrong.field, wrong.why) from wrong
    except IntegrityError as clash:
        raise BadOrder("case", _("此工单编号已登记过案卷。")) from clash
    except CaseRefused as refused:
        raise BadOrder("case", _("不能转为案卷：%(why)s。") % {"why": refused}) from refused
