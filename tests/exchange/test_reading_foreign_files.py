"""Foreign files: three formats, packed or not, broken in places or as a whole."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from wangge.surfaces.exchange.imports import reading
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.reading import (
    FileFormat,
    FileRefused,
    Layout,
    Progress,
    Row,
    Unreadable,
    read_rows,
)

ROWS = [{"id": "1", "text": "é,\n第二行"}, {"id": "2", "text": ""}, {"id": "3", "text": "x" * 1000}]
JSONL = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
CSV = ('id,text\n1,"é,\n第二行"\n2,\n3,' + "x" * 1000 + "\n").encode()


def rows_of(folder: Path, data: bytes, layout: Layout) -> list[Row]:
    path = folder / "file"
    path.write_bytes(data)
    return list(read_rows(path, layout, Progress(path)))


def records(rows: list[Row]) -> list[object]:
    return [record for _, record in rows]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("layout", "data", "lines"),
    [
        (Layout(FileFormat.CSV), CSV, [2, 4, 5]),
        (Layout(FileFormat.JSONL), JSONL, [1, 2, 3]),
        (Layout(FileFormat.JSON), json.dumps(ROWS, indent=1).encode(), [2, 6, 10]),
        (
            Layout(FileFormat.JSON, records="rows"),
            json.dumps({"count": 3, "more": {"a": [1]}, "rows": ROWS}).encode(),
            [1, 1, 1],
        ),
    ],
)
def test_every_format_gives_the_same_rows_with_their_lines(
    tmp_path: Path, layout: Layout, data: bytes, lines: list[int], packed: bool
) -> None:
    rows = rows_of(tmp_path, gzip.compress(data) if packed else data, layout)
    assert records(rows) == ROWS
    assert [line for line, _ in rows] == lines


@pytest.mark.parametrize("chunk", [1, 2, 3, 7])
def test_json_is_read_alike_wherever_the_window_cuts_it(
    tmp_path: Path, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_CHUNK", chunk)
    document = json.dumps({"total": 1234, "rows": ROWS[:2], "after": 5}, indent=2).encode()
    assert records(rows_of(tmp_path, document, Layout(FileFormat.JSON, records="rows"))) == ROWS[:2]


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    mark = b"\xef\xbb\xbf"
    assert records(rows_of(tmp_path, mark + CSV, Layout(FileFormat.CSV))) == ROWS
    assert records(rows_of(tmp_path, mark + JSONL, Layout(FileFormat.JSONL))) == ROWS


def test_a_header_in_another_case_gives_the_mapping_s_names(tmp_path: Path) -> None:
    layout = Layout(FileFormat.CSV, columns=("SRNumber", "Text"), ignore_case=True)
    assert records(rows_of(tmp_path, b"srnumber,TEXT\n1,a\n", layout)) == [{"SRNumber": "1", "Text": "a"}]


def test_a_broken_line_is_reported_in_its_place_and_reading_goes_on(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b'{"id":"1"}\n{"id":\n\n[1]\n{"id":"\xff"}\n{"id":"2"}\n', Layout(FileFormat.JSONL))
    assert [line for line, _ in rows] == [1, 2, 4, 5, 6]
    assert [isinstance(record, Unreadable) for _, record in rows] == [False, True, True, True, False]


def test_a_row_with_too_few_or_too_many_cells_is_reported(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, b"id,text\n1,a\n2\n3,a,b\n4,b\n", Layout(FileFormat.CSV))
    kinds = [record.kind if isinstance(record, Unreadable) else None for _, record in rows]
    assert kinds == [None, FindingKind.WRONG_COLUMN_COUNT, FindingKind.WRONG_COLUMN_COUNT, None]


def test_a_line_longer_than_memory_should_hold_is_read_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_ROW_BYTES", 64)
    rows = rows_of(tmp_path, b'{"id":"' + b"x" * 500 + b'"}\n{"id":"2"}\n', Layout(FileFormat.JSONL))
    assert isinstance(rows[0][1], Unreadable)
    assert rows[1] == (2, {"id": "2"})


def test_a_torn_archive_gives_the_rows_before_the_tear_and_then_says_so(tmp_path: Path) -> None:
    lines = b"".join(b'{"id":"%d"}\n' % number for number in range(50_000))
    path = tmp_path / "torn.jsonl.gz"
    path.write_bytes(gzip.compress(lines)[:-2000])
    seen: list[Row] = []
    with pytest.raises(FileRefused, match="压缩文件不完整"):
        seen.extend(read_rows(path, Layout(FileFormat.JSONL), Progress(path)))
    assert 0 < len(seen) < 50_000


def test_json_that_breaks_names_the_line_it_breaks_on(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="第 3 行"):
        rows_of(tmp_path, b'[{"id":"1"},\n{"id":"2"},\n{"id" "3"}]', Layout(FileFormat.JSON))


def test_progress_follows_the_bytes_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(JSONL * 20_000))
    progress = Progress(path)
    reader = read_rows(path, Layout(FileFormat.JSONL), progress)
    next(reader)
    begun = progress.read_bytes
    for _ in reader:
        pass
    assert 0 < begun < progress.total_bytes == path.stat().st_size == progress.read_bytes
