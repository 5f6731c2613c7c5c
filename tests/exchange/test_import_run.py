"""A whole run: refused rows, repeated keys, what the command prints, and how it ends."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.exchange.foreign_city import MAPPING, ROW, csv_file, imported, mapping_of
from wangge.project.commands import import_reports
from wangge.surfaces.exchange.imports.foreign import ForeignReport
from wangge.surfaces.exchange.imports.reading import FileRefused
from wangge.surfaces.exchange.imports.run import RefusedFile


def run_command(*args: object) -> Result:
    return CliRunner().invoke(import_reports.command, [str(arg) for arg in args])


@pytest.fixture
def mapping_file(tmp_path: Path) -> Path:
    path = tmp_path / "testville.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_a_key_met_again_in_the_same_file_is_refused(tmp_path: Path) -> None:
    rows = [{"id": key} for key in ("A", "B", "A", "C", "B")]
    reports, refused, run = imported(csv_file(tmp_path, *rows), mapping_of(tmp_path))
    assert [report.external_key for report in reports] == ["A", "B", "C"]
    assert [(row.line, row.finding.kind.value) for row in refused] == [
        (4, "repeated_key"),
        (6, "repeated_key"),
    ]
    assert (run.tally.rows, run.tally.taken) == (5, 3)


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["open", "done", "Lamp", "2024-03-01 09:00:00", "0001-01-01", "9999-12-31", "\ud800", "\0"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=2),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("reading", ["wall_clock", "utc", "offset", "converted_twice"])
@pytest.mark.parametrize("file_format", ["json", "jsonl"])
def test_whatever_a_row_holds_it_is_taken_or_refused(
    tmp_path: Path, file_format: str, reading: str, data: st.DataObject
) -> None:
    fields = {name: st.just(value) | CELLS for name, value in ROW.items()}
    rows = data.draw(st.lists(st.fixed_dictionaries({}, optional=fields) | CELLS, max_size=3))
    lines = [json.dumps(row) for row in rows]
    text = f"[{', '.join(lines)}]" if file_format == "json" else "\n".join(lines) + "\n"
    path = tmp_path / "reports"
    path.write_text(text, encoding="utf-8")
    mapping = MAPPING.replace('"csv"', f'"{file_format}"').replace("wall_clock", reading)
    reports, refused, run = imported(path, mapping_of(tmp_path, mapping))
    assert len(reports) + len(refused) == run.tally.rows == len(rows)
    refused_file = tmp_path / "refused.csv"
    with RefusedFile(refused_file) as written:
        for row in refused:
            written.write(row)


def test_a_refused_row_does_not_use_up_its_key(tmp_path: Path) -> None:
    rows = [{"id": "A", "opened": ""}, {"id": "A"}]
    reports, refused, _ = imported(csv_file(tmp_path, *rows), mapping_of(tmp_path))
    assert (len(reports), len(refused)) == (1, 1)


def test_the_same_file_again_gives_the_same_keys_and_values(tmp_path: Path) -> None:
    path, mapping = csv_file(tmp_path, {"id": "A"}, {"id": "B"}), mapping_of(tmp_path)
    assert imported(path, mapping)[0] == imported(path, mapping)[0]


def test_a_file_without_a_needed_column_is_refused_before_any_row(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text("id,kind,state\n1,Lamp,open\n", encoding="utf-8")
    with pytest.raises(FileRefused, match="opened"):
        imported(path, mapping_of(tmp_path))


def test_absent_columns_that_are_not_needed_are_named(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_text("id,kind,state,opened\n1,Lamp,open,2024-03-01 09:00\n", encoding="utf-8")
    reports, _, run = imported(path, mapping_of(tmp_path))
    assert len(reports) == 1
    assert {"closed", "x", "y", "place"} <= set(run.tally.absent_columns)


def test_refused_rows_go_to_a_file_with_line_reason_and_row(tmp_path: Path, mapping_file: Path) -> None:
    path = csv_file(tmp_path, {"id": "A"}, {"id": "=B", "opened": "never"}, name="reports.csv.gz")
    refused_file = tmp_path / "refused.csv"
    result = run_command(path, "--mapping", mapping_file, "--dry-run", "--json", "--refused", refused_file)
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    assert (document["rows"], document["taken"], document["refused"]) == (2, 1, 1)
    assert document["refused_by_reason"] == {"unreadable_reported_at": 1}
    with refused_file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["line"], row["reason"], row["stated"]) for row in rows] == [("3", "unreadable_reported_at", "never")]
    # a spreadsheet would run a cell that begins with "="
    assert rows[0]["external_key"] == "'=B"
    assert json.loads(rows[0]["row"]) == {**ROW, "id": "=B", "opened": "never"}
    assert refused_file.stat().st_mode & 0o077 == 0


def test_without_refused_rows_there_is_no_file_of_them(tmp_path: Path, mapping_file: Path) -> None:
    refused_file = tmp_path / "refused.csv"
    path = csv_file(tmp_path, {})
    result = run_command(path, "--mapping", mapping_file, "--dry-run", "--refused", refused_file)
    assert result.exit_code == 0, result.output
    assert "读取 1 行，可用 1 行，退回 0 行" in result.output
    assert not refused_file.exists()


def test_codes_in_square_brackets_are_printed_as_they_are(tmp_path: Path, mapping_file: Path) -> None:
    path = csv_file(tmp_path, {"kind": "[red]Ghost"})
    result = run_command(path, "--mapping", mapping_file, "--dry-run", "--refused", tmp_path / "r.csv")
    assert "[red]Ghost（1）" in result.output


def test_figures_come_with_the_document_when_asked_for(tmp_path: Path, mapping_file: Path) -> None:
    path = csv_file(tmp_path, {"id": "A"}, {"id": "B", "state": "open", "closed": ""})
    result = run_command(path, "--mapping", mapping_file, "--dry-run", "--json", "--figures")
    figures = json.loads(result.output)["figures"]
    assert figures["by"]["status"] == {"closed": 1, "open": 1}
    assert figures["hours_to_close"]["category_text"] == {"Lamp": {"n": 1, "median": 25.0, "p90": 25.0}}
    assert figures["on_time"]["overdue"] == 0


def test_a_wrong_mapping_ends_with_1_and_names_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(MAPPING.replace('"public"', '"gossip"'), encoding="utf-8")
    result = run_command(csv_file(tmp_path, {}), "--mapping", wrong, "--dry-run")
    assert result.exit_code == 1
    assert "wrong.toml:" in result.output


def test_wrong_use_ends_with_2(tmp_path: Path, mapping_file: Path) -> None:
    path = csv_file(tmp_path, {})
    assert run_command(path, "--dry-run").exit_code == 2
    assert run_command(tmp_path / "absent.csv", "--mapping", mapping_file, "--dry-run").exit_code == 2
    assert run_command(path, "--mapping", mapping_file, "--dry-run", "--table", "limits").exit_code == 2


def test_the_reports_are_handed_to_the_sink_one_after_another(tmp_path: Path) -> None:
    taken: list[str] = []

    def sink(reports: Iterable[ForeignReport]) -> dict[str, int]:
        taken.extend(report.external_key for report in reports)
        return {"written": len(taken)}

    document = import_reports.run_import(
        csv_file(tmp_path, {"id": "A"}, {"id": "B"}),
        mapping_of(tmp_path),
        sink=sink,
        refused_file=tmp_path / "refused.csv",
        console=Console(quiet=True),
    )
    assert taken == ["A", "B"]
    assert (document["dry_run"], document["written"]) == (False, {"written": 2})
