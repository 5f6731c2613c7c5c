"""A new edition is compared, then written as dated rows: nothing is deleted and old days read as before."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from wangge.standards.comparing import Change, compare, take_over
from wangge.standards.editions import edition_on, time_limit_on
from wangge.standards.findings import StandardsRefused
from wangge.standards.library import NATIONAL, find_faults, load_tables

EDITION = "gbt30428-2-2013-yuncheng"
DAY = date(2025, 3, 1)
EVE = date(2025, 2, 28)


def rewrite(source: str, directory: Path, change) -> None:  # type: ignore[no-untyped-def]
    """Copy a national table into ``directory`` with ``change(row)`` applied; None leaves a row out."""
    directory.mkdir(exist_ok=True)
    with (NATIONAL / source).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [changed for row in rows if (changed := change(dict(row))) is not None]
    with (directory / source).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(kept)


def is_first_cover(row: dict[str, str]) -> bool:
    return (row["edition"], row["category_type"], row["code4"]) == (EDITION, "component", "0101")


def test_the_same_tables_differ_in_nothing(tmp_path: Path) -> None:
    rewrite("time_limits.csv", tmp_path / "new", lambda row: row)
    rewrite("components.csv", tmp_path / "new", lambda row: row)
    assert compare(tmp_path / "new", overlay=None, on=DAY) == ()


def test_a_changed_limit_gets_a_dated_version(tmp_path: Path) -> None:
    def longer(row: dict[str, str]) -> dict[str, str]:
        if is_first_cover(row) and row["condition_seq"] == "2":
            row |= {"limit_value": "5", "limit_minutes": "300"}
        return row

    rewrite("time_limits.csv", tmp_path / "new", longer)
    overlay = tmp_path / "city"
    differences = compare(tmp_path / "new", overlay=None, on=DAY)
    assert [(d.change, d.key[1:]) for d in differences] == [(Change.CHANGED, ("component", "0101", "2"))]
    assert differences[0].columns == {"limit_value": ("4", "5"), "limit_minutes": ("240", "300")}

    assert take_over(differences, overlay=overlay, valid_from=DAY) == (overlay / "time_limits.csv",)
    old = time_limit_on("component:0101", 2, on=EVE, overlay=overlay)
    new = time_limit_on("component:0101", 2, on=DAY, overlay=overlay)
    assert (old and old.minutes, new and new.minutes) == (240, 300)
    assert compare(tmp_path / "new", overlay=overlay, on=DAY) == ()


def test_what_the_new_tables_lack_ends_but_stays_for_old_cases(tmp_path: Path) -> None:
    for table in ("components.csv", "time_limits.csv"):
        rewrite(table, tmp_path / "new", lambda row: None if is_first_cover(row) else row)
    overlay = tmp_path / "city"
    differences = compare(tmp_path / "new", overlay=None, on=DAY)
    assert {d.change for d in differences} == {Change.ENDED}
    assert len(differences) == 5

    take_over(differences, overlay=overlay, valid_from=DAY)
    assert time_limit_on("component:0101", 1, on=DAY, overlay=overlay) is None
    assert time_limit_on("component:0101", 1, on=EVE, overlay=overlay) is not None


def test_a_second_version_ends_the_first(tmp_path: Path) -> None:
    overlay = tmp_path / "city"
    days = {1: date(2025, 3, 1), 2: date(2025, 9, 1)}
    for hours, day in days.items():

        def shorter(row: dict[str, str], hours: int = hours) -> dict[str, str]:
            if is_first_cover(row) and row["condition_seq"] == "2":
                row |= {"limit_value": str(hours), "limit_minutes": str(60 * hours)}
            return row

        rewrite("time_limits.csv", tmp_path / f"new{hours}", shorter)
        take_over(
            compare(tmp_path / f"new{hours}", overlay=overlay if hours > 1 else None, on=day),
            overlay=overlay,
            valid_from=day,
        )
    read = [
        time_limit_on("component:0101", 2, on=day, overlay=overlay)
        for day in (EVE, days[1], date(2025, 8, 31), days[2])
    ]
    assert [limit and limit.minutes for limit in read] == [240, 60, 60, 120]


def test_a_new_edition_stands_beside_the_old_one_and_comes_into_force_on_its_day(tmp_path: Path) -> None:
    new = tmp_path / "new"

    def renamed(row: dict[str, str]) -> dict[str, str] | None:
        if row["edition"] != EDITION:
            return None
        return row | {"edition": "gbt30428-2-2025"}

    for table in ("components.csv", "events.csv", "time_limits.csv", "editions.csv", "editions_in_force.csv"):
        rewrite(table, new, renamed)
    overlay = tmp_path / "city"
    differences = compare(new, overlay=None, on=DAY)
    assert {d.change for d in differences} == {Change.ADDED, Change.CHANGED}
    assert [d.file for d in differences if d.change is Change.CHANGED] == ["editions_in_force.csv"]

    take_over(differences, overlay=overlay, valid_from=DAY)
    assert edition_on(EVE, overlay=overlay) == EDITION
    assert edition_on(DAY, overlay=overlay) == "gbt30428-2-2025"
    old_classes = [c for c in load_tables(overlay, on=DAY).categories if c.edition == EDITION]
    assert len(old_classes) == 190


def test_an_import_that_would_break_the_tables_leaves_the_overlay_as_it_was(tmp_path: Path) -> None:
    overlay = tmp_path / "city"
    overlay.mkdir()
    own = "edition,category_type,code4,condition_seq,note\n" + f"{EDITION},component,0101,1,our own note\n"
    (overlay / "time_limits.csv").write_text(own, encoding="utf-8")
    # the class ends, its limits do not
    rewrite("components.csv", tmp_path / "new", lambda row: None if is_first_cover(row) else row)
    with pytest.raises(StandardsRefused, match="0101"):
        take_over(compare(tmp_path / "new", overlay=overlay, on=DAY), overlay=overlay, valid_from=DAY)
    assert (overlay / "time_limits.csv").read_text(encoding="utf-8") == own
    assert not (overlay / "components.csv").exists()
    assert find_faults(overlay) == ()


def test_rows_the_city_had_written_short_stay_as_they_were(tmp_path: Path) -> None:
    overlay = tmp_path / "city"
    overlay.mkdir()
    short = "edition,category_type,code4,condition_seq,note\n" + f"{EDITION},component,0102,1,our own note\n"
    (overlay / "time_limits.csv").write_text(short, encoding="utf-8")

    def longer(row: dict[str, str]) -> dict[str, str]:
        if row["code4"] == "0102" and row["category_type"] == "component" and row["condition_seq"] == "1":
            row["note"] = "our own note"
        if is_first_cover(row) and row["condition_seq"] == "2":
            row |= {"limit_value": "5", "limit_minutes": "300"}
        return row

    rewrite("time_limits.csv", tmp_path / "new", longer)
    differences = compare(tmp_path / "new", overlay=overlay, on=DAY)
    assert len(differences) == 1
    take_over(differences, overlay=overlay, valid_from=DAY)
    limit = time_limit_on("component:0102", 1, on=DAY, overlay=overlay)
    assert limit is not None
    assert (limit.note, limit.source[:8]) == ("our own note", "Yuncheng")


def test_a_directory_that_cannot_be_read_is_refused_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "time_limits.csv").write_text("edition,colour\nx,red\n", encoding="utf-8")
    with pytest.raises(StandardsRefused, match=r"new/time_limits\.csv:1"):
        compare(tmp_path / "new", overlay=None, on=DAY)
