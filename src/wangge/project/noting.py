"""Writes down in the city's database what a command did to keep it; commands that run before Django is set up too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import psycopg

from wangge.groundwork import clock
from wangge.project.database import connection_of
from wangge.project.environment import Environment, Role

_NOTE = (
    "INSERT INTO platform_upkeep (at, kind, well, seconds, detail)"
    " SELECT %s, %s, %s, %s, %s::jsonb WHERE to_regclass('public.platform_upkeep') IS NOT NULL"
)


def note_upkeep(
    environment: Environment, *, kind: str, well: bool, seconds: float, detail: Mapping[str, Any]
) -> None:  # fmt: skip
    """Write the line; a database that cannot take it (full, or older than the table) does not undo what was done."""
    words = [clock.now(), kind, well, round(seconds), json.dumps(dict(detail), ensure_ascii=False)]
    try:
        with psycopg.connect(**connection_of(environment, Role.APPLICATION), autocommit=True) as link:
            link.execute(_NOTE, words)
    except psycopg.Error:
        return
