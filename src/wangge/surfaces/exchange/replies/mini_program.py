"""Asks WeChat's server whose a sign-in code of the mini-program is (``jscode2session``)."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.conf import settings

from wangge.domains.replies.operations.sending import SendFailed
from wangge.surfaces.exchange.replies.by_wechat import called

_OPENID = re.compile(r"[A-Za-z0-9_-]{10,64}")
_BAD_CODES = frozenset({40029, 40163, 41008})
"""The code is none, was used before, or is missing: as WeChat's developer text is quoted, not confirmed here."""


class CodeRefused(Exception):
    """WeChat knows no such code."""


def openid_of(code: str) -> str:
    """The openid behind a code, which is good for one asking. Raises CodeRefused, SendFailed."""
    app, _colon, secret = settings.REPLIES.wechat_app.partition(":")
    query = urlencode({"appid": app, "secret": secret, "js_code": code, "grant_type": "authorization_code"})
    answer = called(f"{settings.REPLIES.wechat_address}/sns/jscode2session?{query}")
    openid = str(answer.get("openid", ""))
    if _OPENID.fullmatch(openid):
        return openid
    if answer.get("errcode") in _BAD_CODES:
        raise CodeRefused
    raise SendFailed(f"errcode {answer.get('errcode')}")
