"""Refusals of disclosure, in words for the user."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext, gettext_noop


class DisclosureRefused(Exception):
    """An order to disclosure is refused; the text tells the user what to do. ``constraint`` names the rule."""

    def __init__(self, message: str, constraint: str = "") -> None:
        super().__init__(message)
        self.constraint = constraint


_WORDS = {
    "edition_step_follows": gettext_noop("该版本的状态刚刚变化，请刷新后再办。"),
    "edition_step_is_legal": gettext_noop("当前状态不能办理这一环节。"),
    "edition_step_by_another_person": gettext_noop("编制人不能办理这一环节，请由他人办理。"),
    "edition_step_by_a_person": gettext_noop("公开环节须由具名的人员办理。"),
    "edition_step_says_why": gettext_noop("请写明意见或文号。"),
}


def refusal_of(error: IntegrityError) -> DisclosureRefused:
    """The refusal for a violated constraint."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    name = (diagnosis.constraint_name if diagnosis else "") or ""
    if name in _WORDS:
        return DisclosureRefused(gettext(_WORDS[name]), name)
    detail = str(error).splitlines()[0]
    return DisclosureRefused(gettext("数据库拒绝了这一步：%(detail)s") % {"detail": detail}, name)
