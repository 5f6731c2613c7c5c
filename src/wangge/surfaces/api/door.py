"""The door every API request comes through: who it is, whether the body can be read, whether it was answered before.

The order of refusals is the contract's: 401, 429, 413, 400 (JSON, then key); the rest belongs to each operation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, token_digest
from wangge.domains.organizations.queries import actor_of_token, city_tables
from wangge.groundwork import clock
from wangge.groundwork.prepared import prepared_cursor
from wangge.groundwork.slow_bodies import let_others_ask
from wangge.standards.access import may_open
from wangge.surfaces.api.problems import problem

LONGEST_KEY = 255
DEEPEST_JSON = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, when, and from where."""

    actor: Actor
    at: datetime
    address: str


class Refuse(Exception):
    """The door answers at once with this response."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


def caller_of(request: HttpRequest, *, door: str, writes: bool) -> Caller:
    """The person of the bearer token; one statement.

    Refuses 401, and 403 where the token's scope does not reach or ``access.csv`` opens the operation ``door`` to none
    of his posts.
    """
    return caller_with(request, bearer_of(request), door=door, reaches=Actor.may_write if writes else Actor.may_read)


def bearer_of(request: HttpRequest) -> str:
    """The token of the header; empty where there is none."""
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def caller_with(
    request: HttpRequest, token: str, *, door: str, reaches: Callable[[Actor], bool], lacking: str = ""
) -> Caller:
    """``caller_of`` for a token wherever it stood; ``reaches``: whether its scope is enough; ``lacking``: what to say
    of none."""
    at = clock.now()
    actor = _signed_in(request) or (actor_of_token(token_digest(token), at) if token else None)
    if actor is None:
        detail = lacking or _("请在 Authorization 中给出有效的访问令牌：Bearer 令牌。")
        raise Refuse(problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"}))
    request.person_id = actor.person_id  # type: ignore[attr-defined]  # whose request it is, for the log
    if not reaches(actor):
        raise Refuse(problem(403, "scope", _("此令牌不能用于本操作。请换用范围足够的令牌。")))
    if not may_open(door, actor.posts, signed_in=True, tables=city_tables()):
        raise Refuse(
            problem(403, "not_open", _("您的岗位不能使用本接口。如需使用，请联系安全管理员。"), title=_("岗位不能使用"))
        )
    return Caller(actor, at, str(request.META.get("REMOTE_ADDR", "")))


def _signed_in(request: HttpRequest) -> Actor | None:
    """Who came through the gate of the pages: only there, behind session and CSRF check, is an actor put on a request.

    The API's own addresses never pass that gate, so a session opens none of them.
    """
    found = getattr(request, "actor", None)
    return found if isinstance(found, Actor) else None


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object. Refuses 413 and 400."""
    text = text_of(request)
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise Refuse(problem(400, "bad_json", _("正文无法解析：%(why)s。") % {"why": wrong})) from wrong
    if not isinstance(body, dict):
        raise Refuse(problem(400, "bad_json", _("正文应为 JSON 对象。")))
    if text.count(b"[") + text.count(b"{") > DEEPEST_JSON and _too_deep(body):
        raise Refuse(problem(400, "bad_json", _("正文的嵌套不能超过 %(most)s 层。") % {"most": DEEPEST_JSON}))
    if b"\\u0000" in text and _holds_nul(body):
        raise Refuse(problem(400, "bad_json", _("正文中的文字不能含空字符（U+0000）。")))
    return body


def take_chunked(request: HttpRequest, *, most: int) -> None:
    """Read a body that comes in pieces, without its length: Django would take it for empty.

    Raises RequestDataTooBig beyond ``most`` bytes.
    """
    if "CONTENT_LENGTH" in request.META or "chunked" not in request.headers.get("Transfer-Encoding", "").lower():
        return
    text = request.META["wsgi.input"].read(most + 1)
    if len(text) > most:
        raise RequestDataTooBig
    request.META["CONTENT_LENGTH"] = str(len(text))
    request._body = text


def text_of(request: HttpRequest) -> bytes:
    """The body's bytes. Refuses 413, and 400 where it was not sent whole."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    let_others_ask(request)
    try:
        take_chunked(request, most=most)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if (length.isdigit() and int(length) > most) or len(request.body) > most:
            raise RequestDataTooBig
        return request.body
    except RequestDataTooBig:
        raise Refuse(problem(413, "too_large", _("正文不能超过 %(most)s 字节。") % {"most": most})) from None
    except UnreadablePostError:
        raise Refuse(problem(400, "bad_json", _("正文未传完。请重新发送。"))) from None


def _too_deep(body: dict[str, Any]) -> bool:
    """Whether objects and lists are nested deeper than any body of the contract needs."""
    level: list[Any] = [body]
    for _depth in range(DEEPEST_JSON):
        parts = [part for value in level for part in (value.values() if isinstance(value, dict) else value)]
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True


def _holds_nul(value: Any) -> bool:
    """Whether some text in the value holds U+0000, which the database keeps in no text."""
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_holds_nul(name) or _holds_nul(part) for name, part in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def key_of(request: HttpRequest) -> str:
    """The Idempotency-Key every write needs. Refuses 400."""
    return checked_key(request.headers.get("Idempotency-Key", "").strip().strip('"'))


def checked_key(key: str) -> str:
    """A key wherever it stood. Refuses 400."""
    if not key:
        raise Refuse(problem(400, "key_missing", _("每次写入都须带 Idempotency-Key，重发时用同一个键。")))
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refuse(problem(400, "key_malformed", _("Idempotency-Key 须为 1 至 255 个可见字符。")))
    return key


def digest_of(request: HttpRequest, body: dict[str, Any]) -> bytes:
    """What a key stands for: method, path and the canonical body; for moves the version is not part of it."""
    return digest_for(request.method or "", request.path, body)


def digest_for(method: str, path: str, body: dict[str, Any]) -> bytes:
    """``digest_of`` for a request that came inside another."""
    canonical = orjson.dumps(_plain_numbers(body), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(f"{method} {path}\n".encode() + canonical).digest()


def _plain_numbers(value: Any) -> Any:
    """The value with whole floats as integers: 27, 27.0 and 2.7e1 are the same number of JSON."""
    if isinstance(value, float) and value.is_integer():
        return int(value) if abs(value) < 2**53 else value
    if isinstance(value, dict):
        return {name: _plain_numbers(part) for name, part in value.items()}
    return [_plain_numbers(part) for part in value] if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Answered:
    """What a key brought before."""

    digest: bytes
    status: int
    body: str

    def again(self, digest: bytes) -> HttpResponse:
        """The same answer, or 422 when the key stands for another request."""
        if digest != self.digest:
            return problem(422, "key_reused", _("此键已用于另一请求。新的请求请用新的键。"))
        response = HttpResponse(self.body.encode(), status=self.status, content_type="application/json")
        response["Idempotency-Replayed"] = "true"
        version = orjson.loads(self.body).get("version")
        if version is not None:
            response["ETag"] = f'"{version}"'
        return response


def answered(caller: Caller, key: str) -> Answered | None:
    """The receipt of this person's key, if there is one; one statement."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT request_digest, status, body FROM cases_write_receipt WHERE person_id = %s AND key = %s",
            [caller.actor.person_id, key],
        )
        row = cursor.fetchone()
    return None if row is None else Answered(bytes(row[0]), row[1], row[2])


def json_answer(value: Any, *, status: int = 200) -> HttpResponse:
    """A value as an answer."""
    return HttpResponse(orjson.dumps(value), status=status, content_type="application/json")


def text_answer(text: str, *, status: int) -> HttpResponse:
    """JSON text kept with a receipt, as an answer."""
    return HttpResponse(text.encode(), status=status, content_type="application/json")
