"""The operations of ``/api/v1``: report, move, photo, case, steps, list. Each makes one domain call."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.answers import answer_of_row, case_answer
from wangge.domains.cases.drafting import Draft
from wangge.domains.cases.operations.moving import move_case
from wangge.domains.cases.operations.reporting import report_case
from wangge.domains.cases.operations.revealing import Identity, identity_for, reveal
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.cases.operations.writing import NUMBER_MARK, NewCase, Receipt, keep_receipt
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.steps import reporter_words, steps_of
from wangge.domains.cases.rows import CaseRow, draft_of, load, load_by_external_number, new_row
from wangge.domains.cases.sight import may_see, windows_on
from wangge.domains.organizations.logic import personal_data_shown
from wangge.domains.organizations.operations.audit import ReasonMissing
from wangge.domains.organizations.policies import NotYours
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.queries import PhotoView
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoRefused, PhotoUnknown, RefusalReason
from wangge.groundwork.slow_bodies import let_others_ask
from wangge.standards.access import PersonalData
from wangge.surfaces.api.asked import filter_of, limit_of, version_of
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
from wangge.surfaces.api.forms import ReportBody, RevealBody
from wangge.surfaces.api.orders import checked, order_of, report_of
from wangge.surfaces.api.problems import of_failure, problem

RECEIPT_CONSTRAINT = "cases_write_receipt_pkey"
EXTERNAL_CONSTRAINT = "case_external_number_once_per_source"
MOST_FORM_BYTES = 20 * 1024 * 1024 + 100_000  # the largest photo, and what a form puts around it
Handler = Callable[..., HttpResponse]


def at_the_door(handler: Handler) -> Handler:
    """Turn what the door and the domain refuse into problems."""

    @wraps(handler)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return refusals_told(lambda: handler(request, *args, **kwargs))

    return guarded


def refusals_told(work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of ``work``, or the problem it was refused with."""
    try:
        return work()
    except Refuse as refused:
        return refused.response
    except (failures.CaseRefused, PhotoGone, PhotoUnknown) as failure:
        return of_failure(failure)


@at_the_door
def report(request: HttpRequest) -> HttpResponse:
    """POST /cases: 201 with the case, or the kept answer of the key."""
    caller = caller_of(request, door="api-v1:report_case", writes=True)
    body, key = body_of(request), key_of(request)
    return report_once(caller, body, key, digest_of(request, body))


def report_once(caller: Caller, body: dict[str, Any], key: str, digest: bytes) -> HttpResponse:
    """The case of a report, or the kept answer of its key; however the report came."""
    before = answered(caller, key)
    if before is not None:
        return before.again(digest)
    form = checked(ReportBody, body)
    kept: list[str] = []

    def receipt(draft: Draft, new: NewCase) -> Receipt:
        text = _text(_answer_of_new(draft, new, caller))
        kept.append(text)
        return Receipt(caller.actor.person_id or 0, key, digest, 201, text)

    try:
        made = report_case(
            report=report_of(form, caller.at),
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
    return move_once(caller, number, verb, version_of(request), body, key, digest_of(request, body))


def move_once(
    caller: Caller, number: str, verb: str, version: int | None, body: dict[str, Any], key: str, digest: bytes
) -> HttpResponse:
    """The case after a move, or the kept answer of its key; however the move came."""
    before = answered(caller, key)
    if before is not None:
        return _again(caller, number, before, digest)
    order = order_of(number, verb, version, body, caller.at)
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
    form = checked(RevealBody, body)
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
    limit = limit_of(request.GET.get("limit", ""))
    page = lists.cases(
        by=caller.actor, at=caller.at, filter=filter_of(request), limit=limit, cursor=request.GET.get("cursor", "")
    )
    return json_answer({"items": [_answer(row, caller) for row in page.rows], "next": page.next})


@at_the_door
def photo(request: HttpRequest) -> HttpResponse:
    """POST /photos (multipart ``file``): the content is its own key."""
    caller = caller_of(request, door="api-v1:upload_photo", writes=True)
    length = request.META.get("CONTENT_LENGTH") or "0"
    try:
        if length.isdigit() and int(length) > MOST_FORM_BYTES:
            raise RequestDataTooBig
        let_others_ask(request)
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
        return photo_refused(refused)
    return json_answer(photo_answer(kept), status=201)


def photo_refused(refused: PhotoRefused) -> HttpResponse:
    """Why a photo was not taken in."""
    status = 413 if refused.reason is RefusalReason.TOO_LARGE else 422
    return problem(status, refused.reason.value, str(refused), title=_("照片未收"))


def photo_answer(kept: PhotoView) -> dict[str, Any]:
    """What is told of a photo taken in."""
    return {
        "id": kept.id,
        "sha256": kept.sha256,
        "taken_at": kept.taken_at.isoformat() if kept.taken_at else None,
        "location": None if kept.lon is None else {"lon": kept.lon, "lat": kept.lat},
        "warnings": [str(warning) for warning in kept.warnings],
    }


def _text(answer: dict[str, Any]) -> str:
    return orjson.dumps(answer).decode()


def _answer(row: CaseRow, caller: Caller) -> dict[str, Any]:
    return answer_of_row(row, draft_of(row, caller.at), by=caller.actor, at=caller.at)


def _with_version(response: HttpResponse, version: int) -> HttpResponse:
    response["ETag"] = f'"{version}"'
    return response
