"""A changed file of the city holds in a running process without a restart, once it is whole and free of faults."""

from __future__ import annotations

import logging
import threading
from datetime import date
from pathlib import Path

import pytest

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.working_time import CalendarUnknown
from wangge.standards import watching
from wangge.standards.watching import version

HEAD = "year,from,to,kind,name_zh,notice_number,source,confidence,note\n"
NEW_YEAR = "2027,2027-01-01,2027-01-03,holiday,元旦,国办发明电〔2026〕7 号,own choice of this test,C,\n"
SETTINGS = "key,value,valid_from,valid_to,scope,source,confidence\nlabel_late,超时 按时,,,city,own choice here,C\n"
MONDAY_4_JANUARY_2027 = (date(2027, 1, 4) - date(1970, 1, 1)).days * 1440 + 9 * 60


@pytest.fixture
def overlay(tmp_path: Path, settings: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory of the city, looked at with every question."""
    monkeypatch.setattr(watching, "LOOK_EVERY_SECONDS", 0.0)
    settings.CITY_OVERLAY = tmp_path  # type: ignore[attr-defined]
    (tmp_path / "calendars").mkdir()
    return tmp_path


def write_calendar(overlay: Path, text: str) -> None:
    (overlay / "calendars" / "cn_days.csv").write_text(text, encoding="utf-8")


def due_in_2027() -> int:
    return rulebook_on(date(2026, 12, 31)).clock("working", "").due(MONDAY_4_JANUARY_2027, 60)


def test_a_new_calendar_is_known_after_it_stood_still_between_two_looks(overlay: Path) -> None:
    with pytest.raises(CalendarUnknown):
        due_in_2027()
    write_calendar(overlay, HEAD + NEW_YEAR)
    assert version(overlay) == 0  # seen changed: perhaps half written
    assert version(overlay) == 1
    assert due_in_2027() == MONDAY_4_JANUARY_2027 + 60


def test_a_file_that_goes_on_growing_is_waited_for(overlay: Path) -> None:
    assert version(overlay) == 0
    for length in range(1, 6):
        write_calendar(overlay, (HEAD + NEW_YEAR)[: 20 * length])
        assert version(overlay) == 0


def test_a_faulty_change_is_told_once_and_what_was_read_before_goes_on(
    overlay: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (overlay / "settings.csv").write_text(SETTINGS, encoding="utf-8")
    assert rulebook_on(date(2026, 6, 1)).settings["label_late"] == "超时 按时"
    (overlay / "settings.csv").write_text(SETTINGS.replace("label_late", "label_never"), encoding="utf-8")
    with caplog.at_level(logging.ERROR):
        assert [version(overlay) for _look in range(4)] == [0, 0, 0, 0]
    assert ["label_never" in record.getMessage() for record in caplog.records] == [True]
    assert rulebook_on(date(2026, 6, 1)).settings["label_late"] == "超时 按时"
    assert rulebook_on(date(2026, 6, 2)).settings["label_late"] == "超时 按时"  # a day not asked for before


def test_a_mended_fault_is_taken_over(overlay: Path) -> None:
    assert version(overlay) == 0
    write_calendar(overlay, HEAD + NEW_YEAR.replace("holiday", "holy day"))
    assert [version(overlay) for _look in range(3)] == [0, 0, 0]
    write_calendar(overlay, HEAD + NEW_YEAR)
    assert [version(overlay) for _look in range(2)] == [0, 1]


def test_changed_tables_reach_pages_and_rules_alike(overlay: Path) -> None:
    before = city_tables()
    assert city_tables() is before
    (overlay / "settings.csv").write_text(SETTINGS, encoding="utf-8")
    assert [version(overlay), version(overlay)] == [0, 1]
    assert city_tables() is not before
    assert rulebook_on(date(2026, 6, 1)).settings["label_late"] == "超时 按时"


def test_between_two_looks_nothing_is_asked_of_the_disk(overlay: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Path] = []
    files = watching._files
    monkeypatch.setattr(watching, "_files", lambda path: looks.append(path) or files(path))  # type: ignore[func-returns-value]
    monkeypatch.setattr(watching, "LOOK_EVERY_SECONDS", 3600.0)
    for _turn in range(50):
        version(overlay)
    assert len(looks) == 1


def test_many_threads_see_one_change_once(overlay: Path) -> None:
    assert version(overlay) == 0
    write_calendar(overlay, HEAD + NEW_YEAR)
    threads = [threading.Thread(target=lambda: [version(overlay) for _turn in range(20)]) for _thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version(overlay) == 1
