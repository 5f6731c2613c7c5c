"""Owns the refusals of partners; each text says what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.organizations.policies import Refused


class PartnerRefused(Refused):
    """A partner cannot be told of in this way; ``field`` is the question it is about, where there is one."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


class NoSuchPartner(PartnerRefused):
    """There is no such partner."""


def words_of_address(reason: str) -> str:
    """Why nothing is sent to an address."""
    return {
        "form": _("地址须写作 https://域名/路径，不含用户名与 #。"),
        "scheme": _("地址须以 https:// 开头；http 只用于 WANGGE_WEBHOOK_NETWORKS 所列的网络。"),
        "port": _("端口须为 80、443 或不小于 1024。"),
        "place": _("该地址不在公网，也不在 WANGGE_WEBHOOK_NETWORKS 所列的网络中。"),
        "unknown": _("查不到该域名。"),
    }[reason]
