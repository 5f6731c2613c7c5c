"""Which channels this city has, by its settings, and how each sends; a channel without settings sends nothing."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from wangge.domains.replies.operations.sending import Send
from wangge.surfaces.exchange.replies import by_email, by_sms
from wangge.surfaces.exchange.replies.by_wechat import WeChat


def channels() -> Mapping[str, Send]:
    """Channel → how it sends, for those that are set up."""
    found: dict[str, Send] = {}
    if settings.REPLIES.email_from:
        found["email"] = by_email.send
    if settings.REPLIES.sms_address:
        found["sms"] = by_sms.send
    if settings.REPLIES.wechat_app and settings.REPLIES.wechat_template:
        found["wechat"] = _wechat().send
    return found


_one: list[WeChat] = []


def _wechat() -> WeChat:
    """One for the process: its access token is used until it ends."""
    if not _one:
        _one.append(WeChat())
    return _one[0]
