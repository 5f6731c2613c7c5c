"""Keeps the official tables 公开表 of a workbook as records, so that later builds compare themselves with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from wangge.domains.budgeting.logic.facts import RecordFact
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.recording import take_in_records
from wangge.domains.organizations.logic import Actor


def keep_official(
    *, year: int, unit: str, official: Mapping[str, int], path: Path, by: Actor, at: datetime
) -> ImportResult:
    """Take in the cells (hundredths of 万元) that a workbook prints; changed ones become further versions."""
    digest = hashlib.new("sm3", path.read_bytes()).hexdigest()
    facts = [
        RecordFact(line, unit, year, "official_cell", cell, {"cell": cell, "amount": f"{value * 100}.00"})
        for line, (cell, value) in enumerate(sorted(official.items()), 2)
    ]
    source = ImportSource("official_cell", "official_tables", path.name, digest)
    return take_in_records(facts, kind="official_cell", source=source, by=by, at=at)
