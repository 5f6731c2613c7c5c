"""The operations of ``/api/v1``: report, move, photo, case, steps, list. Each makes one domain call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

import orjson
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ValidationError

from wangge.domains.cases import failures
from wangge.domains.cases.answers import answer_of_row, case_answer
from wangge.domains.cases.drafting import Draft
from wangge.domains.cases.intake import photo_kinds
from wangge.domains.cases.operations.moving import Order, draft_of, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.operations.revealing import Identity, identity_for, reveal
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.cases.operations.writing import NUMBER_MARK, NewCase, Receipt, keep_receipt
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.steps import reporter_words, steps_of
from wangge.domains.cases.rows import CaseRow, load, load_by_external_number, new_row
from wangge.domains.cases.sight import may_see, windows_on
from wangge.domains.organizations.logic import personal_data_shown
from wangge.domains.organizations.operations.audit import ReasonMissing
from wangge.domains.organizations.policies import NotYours
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoRefused, PhotoUnknown, RefusalReason
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.access import PersonalData
from wangge.surfaces.api.door import (
    Answered,
    Caller,
    Refuse,
    answered,
    body_of,
    caller_of,
    digest_of,
    json_answer,
    key_of,
    take_chunked,
    text_answer,
)
from wangge.surfaces.api.forms import Location, MoveBody, ReportBody, RevealBody
from wangge.surfaces.api.problems import of_failure, problem

OBSERVED_BACK = timedelta(days=7)
KEPT_BACK = ("recorded_at", "rule")  # arguments the system alone gives
RECEIPT_CONSTRAINT = "cases_write_receipt_pkey"
EXTERNAL_CONSTRAINT = "case_external_number_once_per_source"
MOST_FORM_BYTES = 20 * 1024 * 1024 + 100_000  # the largest photo, and what a form puts around it
Handler = Callable[..., HttpResponse]


def at_the_door(handler: Handler) -> Handler:
    """Turn what the door and the domain refuse into problems."""

    @wraps(handler)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return handler(request, *args, **kwargs)
        except Refuse as refused:
            return refused.response
        except (failures.CaseRefused, PhotoGone, PhotoUnknown) as failure:
            return of_failure(failure)

    return guarded


@at_the_door
def report(request: HttpRequest) -> HttpResponse:
    """POST /cases: 201 with the case, or the kept answer of the key."""
    caller = caller_of(request, door="api-v1:report_case", writes=True)
    body, key = body_of(request), key_of(request)
    digest = digest_of(request, body)
    before = answered(caller, key)
    if before is not None:
        return before.again(digest)
    form = _checked(ReportBody, body)
    kept: list[str] = []

    def receipt(draft: Draft, new: NewCase) -> Receipt:
        text = _text(_answer_of_new(draft, new, caller))
        kept.append(text)
        return Receipt(caller.actor.person_id or 0, key, digest, 201, text)

    try:
        made = report_case(
            report=_report_of(form, caller.at),
            by=caller.actor,
            at=caller.at,
            post=form.post or "",
            address=caller.address,
            receipt=receipt,
        )
    except IntegrityError as clash:
        return _after_clash(clash, caller, key, digest, form)
    after_report(reported=made, at=caller.at)
    return _with_version(text_answer(kept[-1].replace(NUMBER_MARK, made.number), status=201), made.draft.version)


def _answer_of_new(draft: Draft, new: NewCase, caller: Caller) -> dict[str, Any]:
    row = new_row(draft, new)
    return case_answer(
        rules=draft.rules, state=draft.state, around=draft.around, row=row, by=caller.actor, at=caller.at,
        number=NUMBER_MARK, version=draft.version, photos=draft.photos, filed_at=draft.filed_at,
        closed_at=draft.closed_at,
    )  # fmt: skip


def _after_clash(clash: IntegrityError, caller: Caller, key: str, digest: bytes, form: ReportBody) -> HttpResponse:
    """Another request was first: with the same key its answer, with the same external number its case."""
    text = str(clash)
    if RECEIPT_CONSTRAINT in text:
        before = answered(caller, key)
        if before is not None:
            return before.again(digest)
    if EXTERNAL_CONSTRAINT in text and form.external_no:
        row = load_by_external_number(form.source, form.external_no)
        if row is not None and may_see(caller.actor, row):
            text = _text(_answer(row, caller))
            if not keep_receipt(Receipt(caller.actor.person_id or 0, key, digest, 200, text), at=caller.at):
                return _first_answer(caller, key, digest) or _busy()
            return _with_version(text_answer(text, status=200), row.version)
        return problem(409, "external_no_taken", _("此外部单号已登记。"), title=_("外部单号重复"))
    raise clash


@at_the_door
def move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """POST /cases/{number}/moves/{verb}: 200 with the case after it, or the kept answer of the key."""
    caller = caller_of(request, door="api-v1:make_move", writes=True)
    body, key = body_of(request), key_of(request)
    version = _version_of(request)
    digest = digest_of(request, body)
    before = answered(caller, key)
    if before is not None:
        return _again(caller, number, before, digest)
    order = _order_of(number, verb, version, body, caller.at)
    kept: list[str] = []

    def receipt(draft: Draft, row: CaseRow) -> Receipt:
        kept.append(_text(answer_of_row(row, draft, by=caller.actor, at=caller.at)))
        return Receipt(caller.actor.person_id or 0, key, digest, 200, kept[-1])

    try:
        moved = move_case(order=order, by=caller.actor, at=caller.at, address=caller.address, receipt=receipt)
    except IntegrityError as clash:
        if RECEIPT_CONSTRAINT not in str(clash):
            raise
        return _first_answer(caller, key, digest) or _busy()
    except (failures.StaleVersion, failures.MoveRefused) as refused:
        # The same key may have been at work in another request while this one waited for the case.
        first = _first_answer(caller, key, digest)
        if first is not None:
            return first
        if isinstance(refused, failures.StaleVersion):
            refused.changed = _changed(caller, number, refused.given)
        raise
    return _with_version(text_answer(kept[-1], status=200), moved.draft.version)


def _again(caller: Caller, number: str, before: Answered, digest: bytes) -> HttpResponse:
    """A replay, or 422 for another body; behind a wall it is 404 as ever."""
    row = load(number)
    if row is None or not may_see(caller.actor, row):
        raise failures.NoSuchCase(number)
    return before.again(digest)


def _first_answer(caller: Caller, key: str, digest: bytes) -> HttpResponse | None:
    before = answered(caller, key)
    return None if before is None else before.again(digest)


def _busy() -> HttpResponse:
    return problem(
        409, "key_busy", _("同一键的请求正在办理，请稍后重试。"), title=_("正在办理"), headers={"Retry-After": "1"}
    )


def _changed(caller: Caller, number: str, since: int) -> list[dict[str, object]]:
    row = load(number)
    if row is None:
        return []
    names = ("seq", "verb", "by", "at", "to_stage")
    return [{name: step[name] for name in names} for step in steps_of(row, by=caller.actor, after=since)]


@at_the_door
def get_case(request: HttpRequest, number: str) -> HttpResponse:
    """GET /cases/{number}."""
    caller = caller_of(request, door="api-v1:get_case", writes=False)
    row = _seen(caller, number)
    answer = _answer(row, caller)
    if personal_data_shown(windows_on(caller.actor, row), stage=row.stage) is not PersonalData.NONE:
        answer["reporter"] = _reporter(identity_for(by=caller.actor, row=row, words=reporter_words(row)))
    return _with_version(json_answer(answer), row.version)


@at_the_door
def reveal_reporter(request: HttpRequest, number: str) -> HttpResponse:
    """POST /cases/{number}/reveal: the reporter in full, for a reason, on record.

    Every time is recorded anew and nothing shown is kept, so no Idempotency-Key is asked.
    """
    caller = caller_of(request, door="api-v1:reveal_reporter", writes=True)
    body = body_of(request)
    row = _seen(caller, number)
    form = _checked(RevealBody, body)
    try:
        shown = reveal(
            by=caller.actor, at=caller.at, row=row, words=reporter_words(row), reason=form.reason,
            address=caller.address,
        )  # fmt: skip
    except NotYours:
        return problem(403, "not_shown", _("您的岗位或本案卷现在的环节不能调阅诉求人信息。"), title=_("不能调阅"))
    except ReasonMissing as missing:
        return problem(422, "bad_input", str(missing), field="reason")
    return json_answer({"reporter": _reporter(shown)})


def _reporter(identity: Identity | None) -> dict[str, str] | None:
    return None if identity is None else {"name": identity.name, "phone": identity.phone}


@at_the_door
def get_steps(request: HttpRequest, number: str) -> HttpResponse:
    """GET /cases/{number}/steps."""
    caller = caller_of(request, door="api-v1:list_steps", writes=False)
    return json_answer({"items": steps_of(_seen(caller, number), by=caller.actor)})


def _seen(caller: Caller, number: str) -> CaseRow:
    row = load(number)
    if row is None or not may_see(caller.actor, row):
        raise failures.NoSuchCase(number)
    return row


@at_the_door
def list_cases(request: HttpRequest) -> HttpResponse:
    """GET /cases: the newest first."""
    caller = caller_of(request, door="api-v1:list_cases", writes=False)
    limit = _limit(request.GET.get("limit", ""))
    page = lists.cases(
        by=caller.actor, at=caller.at, filter=_filter_of(request), limit=limit, cursor=request.GET.get("cursor", "")
    )
    return json_answer({"items": [_answer(row, caller) for row in page.rows], "next": page.next})


def _limit(text: str) -> int:
    if not text:
        return 50
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= lists.MOST:
        raise failures.BadInput("limit", _("limit 须为 1 至 200 的整数。"))
    return int(text)


def _filter_of(request: HttpRequest) -> lists.Filter:
    given = request.GET
    for name in given:
        if "\0" in name + given.get(name, ""):
            raise failures.BadInput(name.replace("\0", ""), _("查询条件不能含空字符（U+0000）。"))
    stage = given.get("stage", "")
    return lists.Filter(
        stages=tuple(stage.split(",")) if stage else (),
        district=given.get("district", ""),
        department=given.get("department", ""),
        category=given.get("category", ""),
        source=given.get("source", ""),
        since=_moment(given.get("from", ""), "from"),
        before=_moment(given.get("to", ""), "to"),
        overdue=_truth(given.get("overdue", "")),
        bbox=box_of(given.get("bbox", "")),
        words=given.get("q", "")[:200],
    )


def _moment(text: str, name: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=CITY_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise failures.BadInput(name, _("时间应写作 2024-03-13T08:10:00+08:00。")) from wrong


def _truth(text: str) -> bool | None:
    if not text:
        return None
    if text not in ("true", "false", "1", "0"):
        raise failures.BadInput("overdue", _("overdue 只能是 true 或 false。"))
    return text in ("true", "1")


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a query; None for an empty text."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise failures.BadInput("bbox", _("bbox 应写作 西,南,东,北（WGS-84 度）。")) from wrong
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise failures.BadInput("bbox", _("bbox 应写作 西,南,东,北（WGS-84 度）。"))
    return west, south, east, north


@at_the_door
def photo(request: HttpRequest) -> HttpResponse:
    """POST /photos (multipart ``file``): the content is its own key."""
    caller = caller_of(request, door="api-v1:upload_photo", writes=True)
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        if length.isdigit() and int(length) > MOST_FORM_BYTES:
            raise RequestDataTooBig
        take_chunked(request, most=MOST_FORM_BYTES)
    except RequestDataTooBig:
        return problem(413, "too_large", _("照片不能超过 20 MB。"))
    try:
        uploaded = request.FILES.get("file")
    except (MultiPartParserError, TooManyFilesSent, TooManyFieldsSent, RequestDataTooBig, UnreadablePostError):
        return problem(
            400, "bad_multipart", _("表单无法解析。请以 multipart 的 file 字段上传照片。"), title=_("表单格式不符")
        )
    if uploaded is None:
        return problem(422, "missing_argument", _("请以 multipart 的 file 字段上传照片。"), title=_("缺少照片"))
    uploaded.seek(0)
    try:
        kept = receive_photo(data=uploaded.read(), by=caller.actor.person_id or 0, at=caller.at)
    except PhotoRefused as refused:
        status = 413 if refused.reason is RefusalReason.TOO_LARGE else 422
        return problem(status, refused.reason.value, str(refused), title=_("照片未收"))
    location = None if kept.lon is None else {"lon": kept.lon, "lat": kept.lat}
    return json_answer(
        {
            "id": kept.id,
            "sha256": kept.sha256,
            "taken_at": kept.taken_at.isoformat() if kept.taken_at else None,
            "location": location,
            "warnings": [str(warning) for warning in kept.warnings],
        },
        status=201,
    )


Form = TypeVar("Form", bound=Schema)


def _checked(form: type[Form], body: dict[str, Any]) -> Form:
    """The body in its form; BadInput names the first field that does not fit."""
    try:
        return form.model_validate(body)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise failures.BadInput(
            field, _("字段“%(field)s”不符：%(why)s") % {"field": field, "why": first["msg"]}
        ) from wrong


def _text(answer: dict[str, Any]) -> str:
    return orjson.dumps(answer).decode()


def _answer(row: CaseRow, caller: Caller) -> dict[str, Any]:
    return answer_of_row(row, draft_of(row, caller.at), by=caller.actor, at=caller.at)


def _with_version(response: HttpResponse, version: int) -> HttpResponse:
    response["ETag"] = f'"{version}"'
    return response


def _version_of(request: HttpRequest) -> int | None:
    """The version of If-Match; None when absent (428 comes after what is asked before it)."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        return None
    inner = text[1:-1]
    if text[0] != '"' or text[-1] != '"' or not inner.isascii() or not inner.isdigit() or len(inner) > 9:
        raise Refuse(problem(400, "version_malformed", _('If-Match 须为带引号的版本号，例如 "3"。')))
    return int(inner)


def _observed(moment: datetime | None, at: datetime) -> datetime | None:
    """A field device's own time: evidence only, up to seven days back."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise failures.BadInput("observed_at", _("observed_at 须带时区。"))
    if not at - OBSERVED_BACK <= moment <= at + timedelta(minutes=5):
        raise failures.BadInput("observed_at", _("observed_at 只能在最近 7 天内。"))
    return moment


def _report_of(form: ReportBody, at: datetime) -> Report:
    reporter = form.reporter
    return Report(
        source=form.source,
        category=form.category or "",
        description=form.description or "",
        location=form.location.model_dump() if form.location else None,
        reporter_name=(reporter.name if reporter else None) or "",
        reporter_phone=(reporter.phone if reporter else None) or "",
        denounces=bool(reporter and reporter.denounces),
        photos=_photos_of(form.evidence),
        stated_entry=form.entry or "",
        external_no=form.external_no or "",
        observed_at=_observed(form.observed_at, at),
        note=form.note or "",
    )


def _order_of(number: str, verb: str, version: int | None, body: dict[str, Any], at: datetime) -> Order:
    """The order of a move; what cannot be read in its body is told only where nothing before it refuses."""
    try:
        form = _checked(MoveBody, body)
        observed_at = _observed(form.observed_at, at)
        photos = _photos_of({kind: ids for kind, ids in form.evidence.items() if not isinstance(ids, Location)})
    except failures.BadInput as wrong:
        post = body.get("post")
        return Order(
            number, verb, _arguments(body), {}, None, version, needs_version=True,
            post=post if isinstance(post, str) else "", unreadable=wrong,
        )  # fmt: skip
    places = [pieces for pieces in form.evidence.values() if isinstance(pieces, Location)]
    args = _arguments(body)
    if form.note:
        args["note"] = form.note
    return Order(
        number, verb, args, photos, places[0].model_dump() if places else None, version, needs_version=True,
        post=form.post or "", observed_at=observed_at,
    )  # fmt: skip


def _arguments(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in KEPT_BACK and name not in MoveBody.model_fields}


def _photos_of(evidence: dict[str, list[str]]) -> dict[str, list[str]]:
    """Photo ids by kind; a kind the table of moves never asks for is a slip of the pen, told rather than kept."""
    known = photo_kinds()
    for kind in evidence:
        if kind not in known:
            why = _("没有名为“%(kind)s”的照片凭证。可用：%(known)s。")
            raise failures.BadInput(f"evidence.{kind}", why % {"kind": kind, "known": "、".join(sorted(known))})
    return {kind: ids for kind, ids in evidence.items() if ids}
