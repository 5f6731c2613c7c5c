"""WeChat's callbacks: the proof at registration, a query code sent to the official account, leaving it.

Signed by SHA-1 of token, timestamp and nonce; old ones are refused and each message is taken once. Messages are read
in the plain mode only. The signature covers no body: WeChat must be reached, and reach us, by https.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime
from http import HTTPStatus
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from lxml import etree

from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.counting import count_wrong_code, too_many_wrong_codes
from wangge.domains.citizens.operations.following import answer_by_wechat, leave_wechat
from wangge.domains.citizens.queries.letters import letter_of_code
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open
from wangge.domains.replies.operations.sending import take_callback
from wangge.groundwork import clock
from wangge.surfaces.exchange.replies.wechat_signing import wechat_signature

WINDOW_SECONDS = 300
LARGEST = 20_000
_OPENID = re.compile(r"[A-Za-z0-9_-]{10,64}")
_NUMBER = re.compile(r"[0-9]{1,20}")


def callback(request: HttpRequest) -> HttpResponse:
    """GET proves that this is ours; POST brings one message."""
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if not _is_signed(request):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    if request.method == "GET":
        return _plain(request.GET.get("echostr", "")[:200])
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = LARGEST + 1
    if length > LARGEST:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    message = _read(request.body)
    if message is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return _take(message)


def _is_signed(request: HttpRequest) -> bool:
    token = settings.REPLIES.wechat_token
    timestamp, nonce = request.GET.get("timestamp", ""), request.GET.get("nonce", "")
    if not token or not _NUMBER.fullmatch(timestamp) or len(nonce) > 100:
        return False
    if abs(clock.now().timestamp() - int(timestamp)) > WINDOW_SECONDS:
        return False
    given = request.GET.get("signature", "")
    return hmac.compare_digest(given.encode(), wechat_signature(token, timestamp, nonce).encode())


def _read(body: bytes) -> dict[str, str] | None:
    """The members of ``<xml>…</xml>``; entities are not resolved, nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    found = {str(each.tag): str(each.text or "") for each in root if isinstance(each.tag, str)}
    is_whole = _OPENID.fullmatch(found.get("FromUserName", "")) and _NUMBER.fullmatch(found.get("CreateTime", ""))
    return found if is_whole else None


def _take(message: dict[str, str]) -> HttpResponse:
    openid, at = message["FromUserName"], clock.now()
    key = message.get("MsgId") or f"{openid}{message['CreateTime']}{message.get('Event', '')}"
    if not take_callback(key=key[:200], at=at):
        return _plain("success")
    if message.get("MsgType") == "event" and message.get("Event") == "unsubscribe":
        leave_wechat(openid=openid)
        return _plain("success")
    if message.get("MsgType") != "text" or not is_open(PublicDoor.STATUS):
        return _plain("success")
    return _said(message, _bind(openid, message.get("Content", ""), at))


def _bind(openid: str, content: str, at: datetime) -> str:
    """Answer this account from now on where what it sent is a code; wrong ones are counted as on the page."""
    secret = settings.SECRET_KEY.encode()
    code = typed_code(content)
    if not code:
        return _("请发送上报时得到的查询码。")
    if too_many_wrong_codes(at=at, secret=secret, address=openid):
        return _("查询码错误次数过多，请稍后再试。")
    if not answer_by_wechat(code=code, openid=openid):
        if letter_of_code(code) is not None:
            return letter_words()
        count_wrong_code(at=at, secret=secret, address=openid)
        return _("没有这个查询码，请核对后重发。")
    return _("已绑定，办理进展将在微信中告知您。")


def letter_words() -> str:
    """What a letter's code gets: letters are confidential and are not answered by WeChat."""
    return _("这是来信的查询码，来信的答复不在微信中告知，请在网页上查询。")


def _said(message: dict[str, str], text: str) -> HttpResponse:
    """A passive answer: a text back to who sent one."""
    parts = {
        "ToUserName": message["FromUserName"], "FromUserName": message.get("ToUserName", ""),
        "CreateTime": str(int(clock.now().timestamp())), "MsgType": "text", "Content": text,
    }  # fmt: skip
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts.items())
    return HttpResponse(f"<xml>{inner}</xml>", content_type="application/xml; charset=utf-8")


def _plain(text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
