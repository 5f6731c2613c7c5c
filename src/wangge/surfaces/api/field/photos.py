"""Photos in pieces, for networks that break: announced by length and hash, sent by offset, there when the hash agrees.

The piece's offset is its key, so no Idempotency-Key is asked: a piece that came before is answered with 409 and where
to go on.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.groundwork.attachments import pieces
from wangge.groundwork.attachments.photo_reading import MOST_BYTES
from wangge.groundwork.attachments.refusals import PhotoRefused
from wangge.surfaces.api import forms
from wangge.surfaces.api.door import Caller, Refuse, body_of, caller_of, json_answer, text_of
from wangge.surfaces.api.operations import at_the_door, photo_answer, photo_refused
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import problem

_HASH = r"^[0-9a-fA-F]{64}$"
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


class UploadBody(Schema):
    """A photo that will come: its length, and the SHA-256 or the SM3 of its content in hexadecimal."""

    model_config = ConfigDict(extra="forbid")
    byte_count: int = Field(ge=1, le=MOST_BYTES)
    sha256: str | None = Field(None, pattern=_HASH)
    sm3: str | None = Field(None, pattern=_HASH)


class Upload(Schema):
    """A photo on its way; ``sent`` means that the content here is the announced one."""

    id: str
    byte_count: int
    received: int = Field(description="where the next piece begins")
    piece_most: int = Field(description="bytes that a piece may have")
    state: Literal["receiving", "sent"]
    photo: forms.Photo | None


@at_the_door
def announce_photo(request: HttpRequest) -> HttpResponse:
    """POST /photos/uploads."""
    caller = caller_of(request, door="api-v1:announce_photo", writes=True)
    form = checked(UploadBody, body_of(request))
    if (form.sha256 is None) == (form.sm3 is None):
        raise BadInput("sha256", _("请给出照片的 sha256 或 sm3，二者取一。"))
    algorithm = pieces.Algorithm.SHA256 if form.sha256 is not None else pieces.Algorithm.SM3
    found, is_new = pieces.announce(
        by=_person(caller), byte_count=form.byte_count, algorithm=algorithm,
        digest=(form.sha256 or form.sm3 or "").lower(), at=caller.at,
    )  # fmt: skip
    return json_answer(_answer(found), status=201 if is_new else 200)


@at_the_door
def get_upload(request: HttpRequest, upload: str) -> HttpResponse:
    """GET /photos/uploads/{upload}."""
    caller = caller_of(request, door="api-v1:photo_upload", writes=False)
    try:
        return json_answer(_answer(pieces.incoming_of(incoming_id=_id(upload), by=_person(caller))))
    except pieces.PieceRefused as refused:
        return _refused(refused)


@at_the_door
def send_piece(request: HttpRequest, upload: str) -> HttpResponse:
    """PATCH /photos/uploads/{upload}."""
    caller = caller_of(request, door="api-v1:photo_upload", writes=True)
    data = text_of(request)
    offset, sha256 = _offset(request), _own_hash(request)
    try:
        found = pieces.take_piece(
            incoming_id=_id(upload), by=_person(caller), offset=offset, data=data, sha256=sha256, at=caller.at
        )
    except pieces.PieceRefused as refused:
        return _refused(refused)
    except PhotoRefused as refused:
        return photo_refused(refused)
    return json_answer(_answer(found))


def _person(caller: Caller) -> int:
    assert caller.actor.person_id is not None, "a token is a person's"
    return caller.actor.person_id


def _id(upload: str) -> str:
    return upload.replace("\0", "")


def _offset(request: HttpRequest) -> int:
    text = request.headers.get("Upload-Offset", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Refuse(
            problem(
                400, "offset_malformed", _("请在 Upload-Offset 中给出本片的起始字节，例如 Upload-Offset: 0。"),
                title=_("缺少分片位置"),
            )
        )  # fmt: skip
    return int(text)


def _own_hash(request: HttpRequest) -> bytes | None:
    """The SHA-256 of the piece, where the sender gives one."""
    text = request.headers.get("Content-Digest")
    if text is None:
        return None
    found = _DIGEST.fullmatch(text.strip())
    try:
        return b64decode(found[1], validate=True) if found is not None else _malformed()
    except binascii.Error:
        return _malformed()


def _malformed() -> bytes:
    detail = _("Content-Digest 应写作 sha-256=:Base64:（RFC 9530）。")
    raise Refuse(problem(400, "digest_malformed", detail, title=_("校验码格式不符")))


def _refused(refused: pieces.PieceRefused) -> HttpResponse:
    words = {"received": refused.received, "most": pieces.PIECE_MOST}
    if isinstance(refused, pieces.OffsetDiffers):
        detail = _("本片位置不符：已收到 %(received)s 字节。请从该处继续。") % words
        return problem(409, "offset_differs", detail, title=_("分片位置不符"), received=refused.received)
    if isinstance(refused, pieces.PieceTooLong):
        detail = _("一片须为 1 至 %(most)s 字节，且不超过预告的总长。已收到 %(received)s 字节，请从该处继续。") % words
        return problem(422, "piece_length", detail, title=_("分片长度不符"), received=refused.received)
    if isinstance(refused, pieces.PieceBroken):
        detail = _("本片在途中损坏，未收。请从第 %(received)s 字节起重发本片。") % words
        return problem(422, "piece_broken", detail, title=_("分片损坏"), received=refused.received)
    if isinstance(refused, pieces.ContentDiffers):
        detail = _("收到的内容与预告的校验码不一致，已清除。请从第 0 字节起重发；若再次不一致，请重新计算校验码。")
        return problem(422, "content_differs", detail, title=_("照片与校验码不符"), received=0)
    return problem(404, "not_found", _("没有这次上传，或不是您的。请重新预告照片。"))


def _answer(found: pieces.Incoming) -> dict[str, Any]:
    return {
        "id": found.id, "byte_count": found.byte_count, "received": found.received, "piece_most": pieces.PIECE_MOST,
        "state": "receiving" if found.photo is None else "sent",
        "photo": None if found.photo is None else photo_answer(found.photo),
    }  # fmt: skip
