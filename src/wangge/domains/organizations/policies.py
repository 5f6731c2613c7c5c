"""Who may administer what: ``check_…`` raises, ``may_…`` answers, one truth.

The three administrators are kept apart (三员分立): the system administrator makes units and people, the
security administrator gives them posts, keys and second factors, the audit administrator reads what all did.
None can raise his own power alone. Who acts from the machine's terminal has the database in his hands anyway.
"""

from __future__ import annotations

from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wangge.domains.organizations.logic import TERMINAL, Actor, administrators_held


class Refused(Exception):
    """An order to organizations is refused; the text tells the user what to do."""


class NotYours(Refused):
    """The actor's posts do not open this."""


class AdministratorsApart(Refused):
    """One person may not hold two of the three administrators' posts at a time (三员分立)."""


class Task(Enum):
    """What is administered: which post does it, and its name in a refusal."""

    UNITS = ("system_administrator", gettext_lazy("维护区、责任单位与班次"))
    GROUND = ("system_administrator", gettext_lazy("维护区域、网格、道路与地名"))
    IMPORTS = ("system_administrator", gettext_lazy("导入案卷"))
    PEOPLE = ("system_administrator", gettext_lazy("维护人员"))
    POSTS = ("security_administrator", gettext_lazy("授予与收回岗位"))
    KEYS = ("security_administrator", gettext_lazy("重置密码、动态口令与令牌"))
    DOORS = ("security_administrator", gettext_lazy("登记对外入口的开放与关闭"))
    PARTNERS = ("security_administrator", gettext_lazy("登记与停发外部系统推送"))
    AUDIT = ("audit_administrator", gettext_lazy("查阅与导出审计记录"))

    @property
    def post(self) -> str:
        """The one post that does it."""
        return self.value[0]


def may_administer(by: Actor, task: Task) -> bool:
    """Whether ``by`` may do this task of administration."""
    return by is TERMINAL or by.holds(task.post)


def check_may_administer(by: Actor, task: Task) -> None:
    """Raise ``NotYours`` unless ``by`` may do this task."""
    if not may_administer(by, task):
        raise NotYours(
            _("%(task)s由%(post)s办理，您没有这个岗位。")
            % {"task": task.value[1], "post": ADMINISTRATOR_NAMES[task.post]}
        )


ADMINISTRATOR_NAMES = {
    "system_administrator": gettext_lazy("系统管理员"),
    "security_administrator": gettext_lazy("安全管理员"),
    "audit_administrator": gettext_lazy("审计管理员"),
}


def check_administrators_apart(posts: frozenset[str]) -> None:
    """Raise ``AdministratorsApart`` when ``posts``, of one person at one time, name two of the three."""
    held = administrators_held(posts)
    if len(held) > 1:
        names = "、".join(str(ADMINISTRATOR_NAMES[post]) for post in sorted(held))
        raise AdministratorsApart(_("三员分立：%(posts)s须由不同的人担任。") % {"posts": names})
