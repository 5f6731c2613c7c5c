"""Owns the registration of the domain with the framework, and its answer to the loop's question who is on duty."""

from django.apps import AppConfig


class PatrolConfig(AppConfig):
    """Teams, positions, presence, coverage, gaps, draws."""

    name = "wangge.domains.patrol"
    label = "patrol"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The loop asks for the collector on duty through a port of its own: cases lie below patrol."""
        from wangge.domains.cases.surroundings import ask_for_duty
        from wangge.domains.patrol.queries.duty import collector_for

        ask_for_duty(collector_for)
