"""Who signs instead of showing a token: HMAC-SHA256 over the moment and the body, within a window of minutes."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wangge.domains.hotline.tables import window_minutes
from wangge.surfaces.api.door import Refuse
from wangge.surfaces.api.problems import problem

_HEADERS = {"WWW-Authenticate": "Wangge-Signature"}


def timestamp_of(request: HttpRequest) -> str:
    """The moment a message names, as it was signed."""
    return str(request.headers.get("X-Wangge-Timestamp", ""))


def check_signed(request: HttpRequest, *, secret: str, expected: str, at: datetime) -> None:
    """Refuse with 401 what was not signed as ``expected`` under a secret that is set, or too long ago."""
    given = request.headers.get("X-Wangge-Signature", "").lower()
    if not secret or not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        detail = _("签名不符。请以渠道密钥对 时间戳.正文 作 HMAC-SHA256，并核对渠道名。")
        raise Refuse(problem(401, "unauthorized", detail, headers=_HEADERS))
    check_moment(request, at=at)


def check_moment(request: HttpRequest, *, at: datetime) -> None:
    """Refuse with 401 a message whose moment lies too far from ours."""
    minutes, timestamp = window_minutes(at), timestamp_of(request)
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11
    if not is_number or abs(at.timestamp() - int(timestamp)) > minutes * 60:
        detail = _("报文时间与本系统相差超过 %(minutes)s 分钟。请校准时钟，以新的时间戳重新签名。")
        title = _("报文时间过旧或过早")
        raise Refuse(problem(401, "stale_timestamp", detail % {"minutes": minutes}, title=title, headers=_HEADERS))
