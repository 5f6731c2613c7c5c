"""The audit log as a CSV file: its columns, and cells that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from wangge.domains.organizations.queries import AuditLine
from wangge.groundwork.spreadsheet_cells import quoted

COLUMNS = ("at", "person", "kind", "object_kind", "object", "detail", "address", "token")
_BYTE_ORDER_MARK = "\ufeff"  # lets spreadsheet programs see that it is UTF-8
_ROWS_AT_ONCE = 500


def audit_csv(lines: Iterable[AuditLine]) -> Iterator[str]:
    """The file in pieces; memory stays the same for any length."""
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for count, line in enumerate(lines, start=1):
        writer.writerow([quoted(str(cell)) for cell in _cells(line)])
        if count % _ROWS_AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cells(line: AuditLine) -> tuple[object, ...]:
    detail = json.dumps(dict(line.detail), ensure_ascii=False)
    return (
        line.at.isoformat(), line.person_name, line.kind, line.object_kind, line.object_key, detail, line.address,
        line.token_id or "",
    )  # fmt: skip
