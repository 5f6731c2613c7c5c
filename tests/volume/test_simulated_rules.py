"""The command that simulates a year puts the city's own rules in place first, and takes them back when it fails."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from wangge.project.commands import simulate as command
from wangge.project.environment import read_environment

ASKED = ["--cases", "10", "--json"]


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the rows come to lie; the database is left out of it."""

    @contextlib.contextmanager
    def no_city(*, as_owner: bool) -> Iterator[None]:
        assert as_owner
        yield

    here = read_environment().model_copy(update={"var": tmp_path, "overlay": None})
    monkeypatch.setattr(command, "read_environment", lambda: here)
    monkeypatch.setattr(command, "open_city", no_city)
    return tmp_path / "overlay"


def test_a_simulated_city_has_its_own_rules_before_its_first_case(
    overlay: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def simulated(*_city: Any, **_wanted: Any) -> dict[str, Any]:
        assert "district_level,on" in (overlay / "settings.csv").read_text(encoding="utf-8")
        return {}

    monkeypatch.setattr(command, "_simulate", simulated)
    assert CliRunner().invoke(command.simulate, ASKED).exit_code == 0
    assert overlay.is_dir()


def test_a_simulation_that_ends_early_leaves_no_rules_behind(overlay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_city: Any, **_wanted: Any) -> dict[str, Any]:
        raise SystemExit(1)

    monkeypatch.setattr(command, "_simulate", refused)
    assert CliRunner().invoke(command.simulate, ASKED).exit_code == 1
    assert not overlay.exists()


def test_other_rules_already_there_are_not_overwritten(overlay: Path) -> None:
    overlay.mkdir()
    (overlay / "settings.csv").write_text("key,value\n", encoding="utf-8")
    told = CliRunner().invoke(command.simulate, ASKED)
    assert told.exit_code == 1
    assert "overlay" in told.stderr
    assert (overlay / "settings.csv").read_text(encoding="utf-8") == "key,value\n"
