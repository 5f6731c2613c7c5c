"""Registers the self-evaluation with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SelfEvaluationConfig(AppConfig):
    """The app of performance targets and self-evaluation."""

    name = "wangge.domains.self_evaluation"
    label = "self_evaluation"
    verbose_name = _("绩效自评")
    default_auto_field = "django.db.models.BigAutoField"
