"""Registers budgeting with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BudgetingConfig(AppConfig):
    """The app of budget execution."""

    name = "wangge.domains.budgeting"
    label = "budgeting"
    verbose_name = _("预算执行")
    default_auto_field = "django.db.models.BigAutoField"
