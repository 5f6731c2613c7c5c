"""Where the trained model of suggestions lies."""

from __future__ import annotations

from pathlib import Path

from wangge.project.environment import Environment


def directory_of(environment: Environment) -> Path:
    """The directory of this city's model."""
    return environment.var / "suggestions"
