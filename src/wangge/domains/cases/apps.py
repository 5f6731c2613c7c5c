"""The Django app of the cases."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Cases and their steps."""

    name = "wangge.domains.cases"
    label = "cases"
    verbose_name = _("案卷")
