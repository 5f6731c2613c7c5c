"""Owns the reasons for which the public door refuses, each with the words that tell what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.citizens.logic.limits import WINDOW_MINUTES, Limit


class TooOften(Exception):
    """One more sending would go beyond a limit."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.seconds = WINDOW_MINUTES * 60
        super().__init__(_WORDS[limit]())


class CannotJoin(Exception):
    """The case is not open to joining: not there, not public, or ended."""

    def __init__(self) -> None:
        super().__init__(_("这件问题已经不能加入，请单独上报。"))


_WORDS = {
    Limit.ADDRESS: lambda: _("您的网络地址一小时内上报较多，请稍后再试；紧急情况请拨打 12345。"),
    Limit.PHONE: lambda: _("这个电话一小时内上报较多，请稍后再试；紧急情况请拨打 12345。"),
    Limit.AREA: lambda: _("这个地点一小时内上报较多，可能已有人报过，请先看看附近的问题。"),
}


class LetterRefused(Exception):
    """An act on a letter that cannot be; its text says what to do."""


class NoSuchLetter(LookupError):
    """No such letter, or behind the wall: the two look the same."""


class CodeTaken(Exception):
    """Another sending has the same code: keys are never given twice, so one of the two is forged."""
