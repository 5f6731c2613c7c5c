"""Orders from a CSV of the hotline: each row by the same door as a message, one bad row never holding up another."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from wangge.domains.hotline.operations.receiving import NewOrder, receive_order
from wangge.domains.hotline.refusals import BadOrder
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.clock import CITY_ZONE

# Column of the file (as hotlines export it, or by its field's name) → field.
COLUMNS = {
    "工单编号": "order_no", "诉求类型": "kind", "标题": "title", "内容": "content", "地址": "address", "经度": "lon",
    "纬度": "lat", "坐标系": "system", "诉求人": "citizen_name", "联系电话": "citizen_phone", "紧急": "urgent",
    "办理期限": "due_at",
}  # fmt: skip
NEEDED = ("order_no", "kind")
YES = frozenset({"是", "yes", "true", "1"})
ENCODINGS = ("utf-8-sig", "gb18030")


class FileRefused(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass(slots=True)
class ImportedOrders:
    """What came of a file: counts, and each refused line with its reason."""

    rows: int = 0
    taken: int = 0
    there: int = 0
    cases: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def import_orders(*, path: Path, channel: str, at: datetime) -> ImportedOrders:
    """Take in every row; the same file again adds nothing. Raises FileRefused."""
    result = ImportedOrders()
    for line, cells in rows_of(path, columns=COLUMNS, needed=NEEDED):
        result.rows += 1
        try:
            taken = receive_order(new=_order_of(cells, channel), at=at)
        except BadOrder as bad:
            result.refused.append((line, f"{bad.field}: {bad}"))
            continue
        result.taken += taken.is_new
        result.there += not taken.is_new
        result.cases += taken.is_new and taken.case_number is not None
    return result


def rows_of(path: Path, *, columns: Mapping[str, str], needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, cells by field) of each row of a CSV. Raises FileRefused."""
    reader = csv.reader(_text_of(path).splitlines(keepends=True))
    names = [columns.get(name.strip(), name.strip()) for name in next(reader, [])]
    missing = [name for name in needed if name not in names]
    if missing:
        raise FileRefused(_("文件缺少列：%(columns)s。") % {"columns": "、".join(missing)})
    line = reader.line_num
    for cells in reader:
        first, line = line + 1, reader.line_num
        if any(cell.strip() for cell in cells):
            yield first, {name: cell.strip() for name, cell in zip(names, cells, strict=False)}


def _text_of(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(_("文件不是 UTF-8 或 GB18030 编码。"))


def _order_of(cells: dict[str, str], channel: str) -> NewOrder:
    kinds = {row.kind_zh: row.kind for row in city_tables().hotline_kinds if row.channel == channel}
    kind = cells.get("kind", "")
    return NewOrder(
        channel=channel, order_no=cells.get("order_no", ""), kind=kinds.get(kind, kind), title=cells.get("title", ""),
        content=cells.get("content", ""), address=cells.get("address", ""), lon=_number(cells, "lon"),
        lat=_number(cells, "lat"), system=cells.get("system", "").lower() or "wgs84",
        citizen_name=cells.get("citizen_name", ""), citizen_phone=cells.get("citizen_phone", ""),
        urgent=cells.get("urgent", "").lower() in YES, due_at=moment_in(cells, "due_at"),
    )  # fmt: skip


def _number(cells: dict[str, str], name: str) -> float | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        raise BadOrder(name, _("坐标不是数字。")) from None
    if not abs(number) <= 180:
        raise BadOrder(name, _("坐标不在地球上。"))
    return number


def moment_in(cells: Mapping[str, str], name: str) -> datetime | None:
    """The moment of a cell, of the city's time unless it says otherwise; None where it is empty. Raises BadOrder."""
    text = cells.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise BadOrder(name, _("时间应写作 2024-03-13 08:10。")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)
