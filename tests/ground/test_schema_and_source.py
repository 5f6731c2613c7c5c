"""Before a city runs, the schema of its database is held against the migrations of its source."""

from __future__ import annotations

from typing import Any

import pytest

from wangge.project import checks
from wangge.project.checks import StartFinding, Weight, findings_of_database, own_migrations


def _found(city_database: Any) -> list[StartFinding]:
    return findings_of_database(city_database.cluster.connection("wangge_app", city_database.name))


def test_a_schema_of_this_source_is_in_order(city_database: Any) -> None:
    assert _found(city_database) == []


def test_a_schema_behind_its_source_keeps_the_city_from_running(
    city_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "own_migrations", lambda: [*own_migrations(), ("cases", "9999_to_come")])
    (found,) = _found(city_database)
    assert found.weight is Weight.REFUSAL
    assert "cases.9999_to_come" in found.text


def test_a_source_put_back_over_a_newer_schema_is_told_how_to_return(
    city_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Told only: while an upgrade goes on the old source serves over the new schema.
    older = [each for each in own_migrations() if each != ("attachments", "0002_pieces")]
    monkeypatch.setattr(checks, "own_migrations", lambda: older)
    (found,) = _found(city_database)
    assert found.weight is Weight.WARNING
    assert "attachments.0002_pieces" in found.text
    assert "恢复" in found.text
