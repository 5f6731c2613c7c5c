"""The process's settings are read once, and each wrong one is refused with one clear line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wangge.project.checks import Weight, findings_before_start
from wangge.project.environment import (
    Environment,
    EnvironmentRefused,
    read_environment,
    secret_key_of,
)
from wangge.project.environment_mistakes import mistakes_in

KEY = "kX9-vT2_qLm8Zr4WbN7cYd1HfJ6sGp3EaUo5RiQwVxBn0MtKzS"
SOUND = {"WANGGE_MODE": "production", "WANGGE_SECRET_KEY": KEY, "WANGGE_HOSTS": "wangge.example.cn"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A process told nothing but where its things lie."""
    for name in ("DATABASE_URL", *(f"WANGGE_{field.upper()}" for field in Environment.model_fields)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WANGGE_VAR", str(tmp_path))
    return monkeypatch


def _mistakes(told: pytest.MonkeyPatch, **changes: str | None) -> list[str]:
    for name, value in {**SOUND, **changes}.items():
        if value is None:
            told.delenv(name, raising=False)
        else:
            told.setenv(name, value)
    return mistakes_in(Environment())


def test_a_sound_city_is_not_refused(told: pytest.MonkeyPatch) -> None:
    assert _mistakes(told) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"WANGGE_SECRET_KEY": None}, "WANGGE_SECRET_KEY"),
        ({"WANGGE_SECRET_KEY": "short"}, "太弱"),
        ({"WANGGE_SECRET_KEY": "a" * 80}, "太弱"),
        ({"WANGGE_DEBUG": "true"}, "WANGGE_DEBUG"),
        ({"WANGGE_HOSTS": None}, "WANGGE_HOSTS"),
        ({"WANGGE_HOSTS": "*"}, "WANGGE_HOSTS"),
        ({"WANGGE_CORS_ORIGINS": "*"}, "跨域"),
        ({"WANGGE_CORS_ORIGINS": "https://a.cn, https://*.b.cn"}, "跨域"),
        ({"WANGGE_CORS_ORIGINS": "a.cn"}, "不是来源"),
        ({"DATABASE_URL": "mysql://x/y"}, "postgresql://"),
        ({"WANGGE_OWNER_DATABASE_URL": "postgresql:///w"}, "DATABASE_URL"),
    ],
)
def test_each_wrong_setting_of_a_city_is_one_line(
    told: pytest.MonkeyPatch, changes: dict[str, str | None], word: str
) -> None:
    mistakes = _mistakes(told, **changes)
    assert len(mistakes) == 1
    assert word in mistakes[0]
    assert "\n" not in mistakes[0]


def test_several_mistakes_are_told_at_once(told: pytest.MonkeyPatch) -> None:
    assert len(_mistakes(told, WANGGE_SECRET_KEY=None, WANGGE_DEBUG="1", WANGGE_CORS_ORIGINS="*")) == 3


def test_a_value_of_the_wrong_kind_names_its_variable(told: pytest.MonkeyPatch) -> None:
    told.setenv("WANGGE_SESSION_HOURS", "many")
    read_environment.cache_clear()
    with pytest.raises(EnvironmentRefused, match="WANGGE_SESSION_HOURS"):
        read_environment()
    told.undo()
    read_environment.cache_clear()


def test_a_demo_makes_its_key_once_and_keeps_it_to_itself(told: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key = secret_key_of(Environment())
    assert len(key) >= 50
    assert secret_key_of(Environment()) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_cookies_travel_by_https_only_in_production(told: pytest.MonkeyPatch) -> None:
    assert not Environment().secure_cookies
    for name, value in SOUND.items():
        told.setenv(name, value)
    assert Environment().secure_cookies


def _calendar_findings(day: date) -> list[tuple[Weight, str]]:
    found = findings_before_start(Environment(), on=day)
    return [(finding.weight, finding.text) for finding in found if "工作日历" in finding.text]


def test_a_year_without_calendar_is_refused(told: pytest.MonkeyPatch) -> None:
    ((weight, text),) = _calendar_findings(date(2031, 3, 1))
    assert weight is Weight.REFUSAL
    assert "2031" in text


def test_next_year_without_calendar_is_a_warning_from_november_on(told: pytest.MonkeyPatch) -> None:
    assert _calendar_findings(date(2026, 10, 31)) == []
    ((weight, text),) = _calendar_findings(date(2026, 11, 1))
    assert weight is Weight.WARNING
    assert "2027" in text
    assert _calendar_findings(date(2025, 11, 1)) == []


def test_too_little_room_on_the_disk_is_refused(told: pytest.MonkeyPatch) -> None:
    told.setenv("WANGGE_LEAST_FREE_MEBIBYTES", str(2**40))
    found = findings_before_start(Environment(), on=date(2026, 3, 1))
    assert any("MiB" in finding.text and finding.weight is Weight.REFUSAL for finding in found)


def test_a_name_with_nothing_after_it_counts_as_not_given(told: pytest.MonkeyPatch) -> None:
    for name in ("WANGGE_BACKUPS", "WANGGE_OVERLAY", "WANGGE_BEHIND_TLS", "WANGGE_SESSION_HOURS", "DATABASE_URL"):
        told.setenv(name, "")
    found = Environment()
    assert found.backup_folder is None
    assert found.city_overlay is None
    assert found.behind_tls is None
    assert found.session_hours == 10
    assert found.embedded
