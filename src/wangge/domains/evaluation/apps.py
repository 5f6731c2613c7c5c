"""The Django application of evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "wangge.domains.evaluation"
    label = "evaluation"
    default_auto_field = "django.db.models.BigAutoField"
