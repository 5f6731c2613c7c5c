"""A city that decides some settings its own way, for the length of a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from wangge.domains.cases.rules import forget_rules


def rule_city_by(settings: Any, directory: Path, **values: str) -> None:
    """The city decides these settings its own way."""
    rows = "".join(f"{key},{value},,,city,own choice,C\n" for key, value in values.items())
    head = "key,value,valid_from,valid_to,scope,source,confidence\n"
    directory.mkdir(exist_ok=True)
    (directory / "settings.csv").write_text(head + rows, encoding="utf-8")
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": directory})
    settings.CITY_OVERLAY = directory
    forget_rules()
