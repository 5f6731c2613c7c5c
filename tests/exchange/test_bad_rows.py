"""What offices really send: titles over headers, formulas, dates as numbers, GBK, swapped axes, torn archives."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import openpyxl
import pytest

from tests.exchange.foreign_city import MAPPING, NOW, ROW, csv_file, imported, mapping_of, one
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.foreign import RefusedRow
from wangge.surfaces.exchange.imports.mapping import MappingRefused
from wangge.surfaces.exchange.imports.reading import FileRefused, check_whole
from wangge.surfaces.exchange.imports.run import ImportRun

REPORTED = datetime(2024, 3, 1, 14, 0, tzinfo=UTC)


def workbook(folder: Path, *rows: list[Any], merged: str = "", name: str = "reports.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merged:
        sheet.merge_cells(merged)
    path = folder / name
    book.save(path)
    return path


def row(**changed: Any) -> list[Any]:
    return list({**ROW, **changed}.values())


def test_a_sheet_is_read_like_the_same_rows_in_csv(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path)
    sheet, _refused, _run = imported(workbook(tmp_path, list(ROW), row(), row(id="A-2")), mapping)
    text, _refused, _run = imported(csv_file(tmp_path, {}, {"id": "A-2"}), mapping)
    assert sheet == text


def test_a_title_over_the_header_and_a_header_in_two_merged_rows_are_found(tmp_path: Path) -> None:
    above = ["案卷明细表", *[""] * (len(ROW) - 1)]
    upper = ["id", "案情", "", "kind", "state", "时间", "", "", "", "", "坐标", ""]
    names = list(ROW)
    lower = [None if name in ("id", "kind", "state") else name for name in names]
    path = workbook(tmp_path, above, [], upper, lower, row(), merged="A1:L1")
    reports, refused, _run = imported(path, mapping_of(tmp_path))
    assert refused == []
    assert [(r.external_key, r.line, r.category, r.reported_at) for r in reports] == [
        ("A-1", 5, "component:0137", REPORTED)
    ]


def test_dates_come_as_dates_or_as_a_sheet_s_numbers(tmp_path: Path) -> None:
    mapping = MAPPING.replace('{ column = "opened", reading', '{ column = "opened", styles = ["iso", "excel"], reading')
    typed = row(opened=datetime(2024, 3, 1, 9, 0))  # noqa: DTZ001 - a cell has no zone
    number = row(id="A-2", opened=45352.375)
    reports, refused, _run = imported(workbook(tmp_path, list(ROW), typed, number), mapping_of(tmp_path, mapping))
    assert refused == []
    assert [r.reported_at for r in reports] == [REPORTED, REPORTED]


@pytest.mark.parametrize("text", ["0.5", "2958466", "-3", "nan", "20240301"])
def test_a_number_no_sheet_shows_as_a_date_is_refused(tmp_path: Path, text: str) -> None:
    mapping = MAPPING.replace('{ column = "opened", reading', '{ column = "opened", styles = "excel", reading')
    _reports, refused, _run = imported(csv_file(tmp_path, {"opened": text}), mapping_of(tmp_path, mapping))
    assert [r.finding.kind for r in refused] == [FindingKind.UNREADABLE_REPORTED_AT]


def test_a_whole_number_is_no_fraction_and_a_key_stays_a_key(tmp_path: Path) -> None:
    reports, _refused, _run = imported(workbook(tmp_path, list(ROW), row(id=430202)), mapping_of(tmp_path))
    assert [r.external_key for r in reports] == ["430202"]


def test_a_formula_that_was_never_computed_is_refused_and_the_rest_taken(tmp_path: Path) -> None:
    path = workbook(tmp_path, list(ROW), row(text='=CONCATENATE("a","b")'), row(id="A-2"))
    reports, refused, _run = imported(path, mapping_of(tmp_path))
    assert [(r.line, r.finding.kind, r.finding.stated) for r in refused] == [
        (2, FindingKind.UNCOMPUTED_FORMULA, "text")
    ]
    assert [r.external_key for r in reports] == ["A-2"]


def test_a_formula_with_its_value_is_its_value(tmp_path: Path) -> None:
    """What a spreadsheet program saves: the formula and, beside it, what it gave."""
    path = workbook(tmp_path, list(ROW), row(text='=CONCATENATE("a","b")'))
    computed = tmp_path / "computed.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(computed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                cell = part[part.index(b"<f>") - 20 :]
                assert b"<v" in cell
                part = (
                    part.replace(b"<v></v>", b"<v>ab</v>")
                    .replace(b"<v />", b"<v>ab</v>")
                    .replace(b"<v/>", b"<v>ab</v>")
                )
                part = part.replace(b'"><f>', b'" t="str"><f>')
            new.writestr(name, part)
    reports, refused, _run = imported(computed, mapping_of(tmp_path))
    assert refused == []
    assert [r.description for r in reports] == ["ab"]


def test_a_sheet_without_the_columns_says_which_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="id kind opened state"):
        imported(workbook(tmp_path, ["a", "b"], [1, 2]), mapping_of(tmp_path))


def test_half_a_workbook_is_refused_whole(tmp_path: Path) -> None:
    path = workbook(tmp_path, list(ROW), *[row(id=f"A-{n}") for n in range(400)])
    torn = tmp_path / "torn.xlsx"
    torn.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(FileRefused, match="工作簿无法读取"):
        imported(torn, mapping_of(tmp_path))


@pytest.mark.parametrize(
    ("encoding", "mark"), [("gbk", b""), ("gb18030", b""), ("utf-8", b""), ("utf-8", b"\xef\xbb\xbf")]
)
def test_the_encoding_is_seen_where_the_mapping_lets_it(tmp_path: Path, encoding: str, mark: bytes) -> None:
    mapping = mapping_of(tmp_path, MAPPING.replace('format = "csv"', 'format = "csv"\nencoding = "auto"'))
    path = csv_file(tmp_path, {"text": "井盖缺失，东风路口"})
    path.write_bytes(mark + path.read_text("utf-8").encode(encoding))
    reports, refused, _run = imported(path, mapping)
    assert refused == []
    assert [(r.external_key, r.description) for r in reports] == [("A-1", "井盖缺失，东风路口")]


def test_a_character_cut_where_one_stops_looking_is_no_other_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = csv_file(tmp_path, {"text": "井" * 50})
    data = path.read_bytes()
    monkeypatch.setattr("wangge.surfaces.exchange.imports.reading._LOOKED_AT_BYTES", data.index("井".encode()) + 1)
    mapping = mapping_of(tmp_path, MAPPING.replace('format = "csv"', 'format = "csv"\nencoding = "auto"'))
    reports, _refused, _run = imported(path, mapping)
    assert [r.description for r in reports] == ["井" * 50]


def test_gbk_read_as_utf_8_is_reported_not_kept_quiet(tmp_path: Path) -> None:
    path = csv_file(tmp_path, {"text": "井盖缺失"})
    path.write_bytes(path.read_text("utf-8").encode("gbk"))
    reports, _refused, _run = imported(path, mapping_of(tmp_path))
    assert reports[0].has(FindingKind.DAMAGED_TEXT)


def test_swapped_axes_are_named_and_the_place_is_not_believed(tmp_path: Path) -> None:
    report = one(tmp_path, x=ROW["y"], y=ROW["x"])
    assert report.has(FindingKind.SWAPPED_AXES)
    assert (report.lon, report.lat) == (None, None)


def test_swapped_axes_are_put_right_where_the_mapping_says_so(tmp_path: Path) -> None:
    report = one(tmp_path, MAPPING + '\n[policies]\nswapped_axes = "swap"\n', x=ROW["y"], y=ROW["x"])
    assert (report.lon, report.lat) == (-71.1, 42.3)
    assert report.has(FindingKind.SWAPPED_AXES)


def test_degrees_that_only_fit_the_other_way_round_are_swapped_axes_without_any_box(tmp_path: Path) -> None:
    bare = "\n".join(
        line for line in MAPPING.splitlines() if line.split(" ")[0] not in ("west", "south", "east", "north")
    )
    report = one(tmp_path, bare, x="27.8", y="113.1")
    assert report.has(FindingKind.SWAPPED_AXES)


def test_a_plane_that_is_none_is_a_fault_of_the_mapping(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused, match="epsg"):
        mapping_of(tmp_path, MAPPING.replace('lat = "y"', 'lat = "y"\nepsg = 4326'))


def test_a_time_needs_a_column_or_a_value_and_not_both(tmp_path: Path) -> None:
    for wrong in ("{ }", '{ column = "opened", value = "2024-01-01" }'):
        with pytest.raises(MappingRefused, match="reported_at"):
            mapping_of(tmp_path, MAPPING.replace('{ column = "opened", reading = "wall_clock" }', wrong))


@pytest.mark.parametrize(("pick", "kind"), list(enumerate(("opened", "state", "id"))))
def test_one_row_in_a_hundred_is_bad_and_each_is_told_with_its_line(tmp_path: Path, pick: int, kind: str) -> None:
    """A million rows by `make soak`, some thousands else."""
    rows = (1_000_000 if hypothesis.settings.get_current_profile_name() == "soak" else 6_000) // 3
    path = tmp_path / "many.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(ROW) + "\n")
        for n in range(rows):
            cells = {**ROW, "id": f"K{n}"}
            if n % 100 == 50 + pick:
                cells[kind] = "" if kind == "id" else "?"
            stream.write(",".join(cells.values()) + "\n")
    refused: list[RefusedRow] = []
    run = ImportRun(path, mapping_of(tmp_path), at=NOW, refuse=refused.append)
    taken = sum(1 for _report in run.reports())
    bad = len(range(50 + pick, rows, 100))
    assert (run.tally.rows, taken, len(refused)) == (rows, rows - bad, bad)
    assert {(row.line - 2) % 100 for row in refused} == {50 + pick}
    assert len({row.finding.kind for row in refused}) == 1


def test_a_torn_archive_is_known_before_anything_is_written_of_it(tmp_path: Path) -> None:
    path = csv_file(tmp_path, *[{"id": f"A-{n}"} for n in range(3000)], name="reports.csv.gz")
    check_whole(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(FileRefused, match="压缩文件不完整"):
        check_whole(path)
