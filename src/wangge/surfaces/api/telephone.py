"""The door of the telephone exchange: signed JSON events, each id once, and the recordings they announced.

An event is signed as a message of the hotline is. A recording comes as its bytes, signed the same way, at the address
of its own hash: only what an event announced is taken, and the same again changes nothing. Closed without a secret.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.domains.telephone.logic.calls import format_of
from wangge.domains.telephone.operations.taking import Event, announced, note_recording, take_event
from wangge.domains.telephone.refusals import BadEvent, EventIdTaken, NoSuchRecording
from wangge.groundwork import clock
from wangge.groundwork.attachments.recordings import MOST_BYTES, keep_recording, spooled
from wangge.surfaces.api.door import Refuse, body_of, digest_of, json_answer, text_of
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import of_failure, problem
from wangge.surfaces.api.signed import check_moment, check_signed, timestamp_of
from wangge.surfaces.exchange.hotline.signing import signature_of


class AnnouncedRecording(Schema):
    """The recording of a call, by its content."""

    model_config = ConfigDict(extra="forbid")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    byte_count: int = Field(ge=1, le=MOST_BYTES)
    seconds: int | None = Field(None, ge=0, le=86_400)


class CallEventBody(Schema):
    """What happened to a call: it rings, is answered, ends, was missed, was recorded."""

    model_config = ConfigDict(extra="forbid")
    event_id: str = Field(pattern=r"^[!-~]{1,100}$")
    type: Literal["ringing", "answered", "ended", "missed", "recording"]
    call_id: str = Field(pattern=r"^[!-~]{1,100}$")
    at: datetime
    caller: str = Field("", max_length=40, description="empty where the number is withheld")
    extension: str = Field("", max_length=20, description="of ringing and answered: the seat")
    recording: AnnouncedRecording | None = None


class CallEventTaken(Schema):
    """What became of an event."""

    call_id: str
    created: bool


class RecordingTaken(Schema):
    """The recording lies here."""

    sha256: str


def take_call_event(request: HttpRequest) -> HttpResponse:
    """POST /telephone/events: 201 for what is new, 200 for what was taken before."""
    try:
        at, secret = clock.now(), settings.TELEPHONE_SECRET
        expected = signature_of(secret, timestamp_of(request), text_of(request))
        check_signed(request, secret=secret, expected=expected, at=at)
        body = body_of(request)
        form = checked(CallEventBody, body)
        # Under the secret: what is kept must not let anybody find the number by trying all there are.
        digest = hmac.new(secret.encode(), digest_of(request, body), hashlib.sha256).digest()
        is_new = take_event(event=_event_of(form, digest), at=at)
    except Refuse as refused:
        return refused.response
    except BadInput as wrong:
        return of_failure(wrong)
    except EventIdTaken as taken:
        return problem(409, "event_id_taken", str(taken), title=_("事件编号已用"))
    except BadEvent as bad:
        return problem(422, "bad_input", str(bad), field=bad.field)
    return json_answer({"call_id": form.call_id, "created": is_new}, status=201 if is_new else 200)


def _event_of(form: CallEventBody, digest: bytes) -> Event:
    told = form.recording
    return Event(
        form.event_id, digest, form.type, form.call_id, form.at, form.caller, form.extension,
        told.sha256 if told is not None and form.type == "recording" else "",
        told.byte_count if told is not None else None, told.seconds if told is not None else None,
    )  # fmt: skip


def take_recording(request: HttpRequest, sha256: str) -> HttpResponse:
    """PUT /telephone/recordings/{sha256}: 201 once the bytes lie here whole."""
    try:
        return _take_recording(request, sha256, clock.now())
    except Refuse as refused:
        return refused.response
    except NoSuchRecording as unknown:
        return problem(404, "not_found", str(unknown))


def _take_recording(request: HttpRequest, sha256: str, at: datetime) -> HttpResponse:
    secret, timestamp = settings.TELEPHONE_SECRET, timestamp_of(request)
    if not secret or len(request.headers.get("X-Wangge-Signature", "")) != 64:
        check_signed(request, secret="", expected="", at=at)
    check_moment(request, at=at)  # before its many bytes are read
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        return problem(400, "length_missing", _("请给出 Content-Length，录音不能分段传输。"), title=_("缺少长度"))
    if int(length) > MOST_BYTES:
        raise Refuse(_too_large())
    signing = hmac.new(secret.encode(), f"{timestamp}.".encode(), hashlib.sha256)
    body = spooled(request.read, most=MOST_BYTES, also=signing.update)
    if body is None:
        raise Refuse(_too_large())
    with body.file:
        check_signed(request, secret=secret, expected=signing.hexdigest(), at=at)
        wanted = announced(recording=sha256)
        if (body.sha256, body.byte_count) != (sha256, wanted):
            return problem(422, "content_differs", _("收到的录音与登记的不同。请重新发送。"), title=_("录音不符"))
        form = format_of(body.beginning)
        if not form:
            return problem(422, "bad_input", _("录音须为 WAV、Ogg 或 MP3。"), field="recording")
        keep_recording(sha256, form, body.file)
    note_recording(recording=sha256, form=form, at=at)
    return json_answer({"sha256": sha256}, status=201)


def _too_large() -> HttpResponse:
    return problem(413, "too_large", _("录音不能超过 %(most)s 字节。") % {"most": MOST_BYTES})
