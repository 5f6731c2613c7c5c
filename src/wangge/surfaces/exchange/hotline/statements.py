"""A day's statement of the hotline from a CSV, where its system does not hand it in by itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

from wangge.domains.hotline.logic.reconciling import DayOrder
from wangge.domains.organizations.queries import city_tables
from wangge.surfaces.exchange.hotline.orders import FileRefused, rows_of

COLUMNS = {
    "工单编号": "order_no", "诉求类型": "kind", "答复次数": "answers", "退单次数": "returns", "重办次数": "redone",
    "满意度": "grade",
}  # fmt: skip
NEEDED = ("order_no", "kind")


def read_statement(*, path: Path, channel: str, day: date) -> list[DayOrder]:
    """The orders of a file. Raises FileRefused: a statement with a wrong row compares nothing."""
    kinds = {row.kind_zh: row.kind for row in city_tables().hotline_kinds if row.channel == channel}
    found = []
    for line, cells in rows_of(path, columns=COLUMNS, needed=NEEDED):
        numbers = [cells.get(name, "") or "0" for name in ("answers", "returns", "redone")]
        if not all(number.isascii() and number.isdigit() and len(number) < 5 for number in numbers):
            raise FileRefused(_("第 %(line)s 行的次数不是整数。") % {"line": line})
        kind = cells.get("kind", "")
        answers, returns, redone = map(int, numbers)
        order_no, grade = cells.get("order_no", ""), cells.get("grade", "")
        found.append(DayOrder(order_no, day, kinds.get(kind, kind), answers, returns, redone, grade))
    return found
