"""A small invented foreign city for the tests: its mapping, and files of its reports."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import UTC, datetime
from pathlib import Path

from wangge.surfaces.exchange.imports.foreign import ForeignReport, RefusedRow
from wangge.surfaces.exchange.imports.mapping import MappingFile, load_mapping
from wangge.surfaces.exchange.imports.run import ImportRun

NOW = datetime(2024, 6, 1, tzinfo=UTC)

MAPPING = """\
title = "测试城"
system = "testville"
format = "csv"
zone = "America/New_York"
edition = "gbt30428-2-2013-yuncheng"

[fields]
external_key = "id"
description = "text"
address = "place"

[category]
column = "kind"
table = "kinds"

[status]
column = "state"
table = "states"

[source]
value = "public"

[times]
reported_at = { column = "opened", reading = "wall_clock" }
updated_at = { column = "changed", reading = "wall_clock" }
closed_at = { column = "closed", reading = "wall_clock" }
target_at = { column = "target", reading = "wall_clock" }
promised_on = { column = "promised", reading = "wall_clock" }

[point]
lon = "x"
lat = "y"
west = -72.0
south = 41.0
east = -70.0
north = 43.0

[plausible]
reported_from = 2010-01-01
promised_within_days = 60

[tables.kinds]
fallback = "event:0110"
[tables.kinds.codes]
Lamp = "component:0137"

[tables.states.codes]
open = "open"
done = "closed"
dropped = "cancelled"
elsewhere = "referred"
"""

ROW = {
    "id": "A-1",
    "text": "lamp out",
    "place": "1 Main St",
    "kind": "Lamp",
    "state": "done",
    "opened": "2024-03-01 09:00:00",
    "changed": "2024-03-02 10:00:00",
    "closed": "2024-03-02 10:00:00",
    "target": "2024-03-04 09:00:00",
    "promised": "2024-03-03",
    "x": "-71.1",
    "y": "42.3",
}


def mapping_of(folder: Path, text: str = MAPPING, **given: Path) -> MappingFile:
    """The mapping of a text, as read from a file."""
    path = folder / "testville.toml"
    path.write_text(text, encoding="utf-8")
    return load_mapping(str(path), given)


def csv_file(folder: Path, *rows: dict[str, str], name: str = "reports.csv") -> Path:
    """A CSV file of full rows: what a row leaves out is as in ROW."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(ROW), lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    path = folder / name
    data = stream.getvalue().encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def imported(
    path: Path, mapping: MappingFile, *, at: datetime = NOW
) -> tuple[list[ForeignReport], list[RefusedRow], ImportRun]:
    """Everything a run over a file yields, as if it were ``at``."""
    refused: list[RefusedRow] = []
    run = ImportRun(path, mapping, at=at, refuse=refused.append)
    return list(run.reports()), refused, run


def one(folder: Path, mapping: str = MAPPING, /, **row: str) -> ForeignReport:
    """The report of one row that must be taken."""
    reports, refused, _ = imported(csv_file(folder, row), mapping_of(folder, mapping))
    assert not refused
    return reports[0]
