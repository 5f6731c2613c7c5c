"""What a record's fields must be: words from a form or a file become the values that are kept, or faults.

Kept are: fen as whole numbers, days as ISO text, yes_no as truth values, everything else as text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from wangge.standards.budgeting import RecordField, RecordKind
from wangge.standards.findings import gettext_noop

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_YES = frozenset({"yes", "true", "1", "是", "有", "√"})
_NO = frozenset({"no", "false", "0", "否", "无", ""})


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What is wrong with one field: a message for ``gettext`` with its values."""

    field: str
    message: str
    values: Mapping[str, str]


def read_fields(kind: RecordKind, told: Mapping[str, object]) -> tuple[dict[str, object], tuple[FieldFault, ...]]:
    """The values to keep and the faults; unknown fields are faults too."""
    found: dict[str, object] = {}
    faults: list[FieldFault] = []
    for name in told.keys() - {field.field for field in kind.fields}:
        faults.append(FieldFault(name, gettext_noop("没有“%(field)s”这一项。"), {"field": name}))
    for field in kind.fields:
        text = _text(told.get(field.field))
        if not text:
            if field.required:
                faults.append(_fault(field, gettext_noop("“%(name)s”不能为空。")))
            continue
        try:
            found[field.field] = _value(field, text)
        except ValueError:
            faults.append(_fault(field, _EXPECTED.get(field.type, _EXPECTED["choice"]), text))
    return found, tuple(faults)


def read_day(text: str) -> date:
    """A day as offices write it: 2024-03-05, 2024/3/5, 2024年3月5日, 20240305. Raises ValueError."""
    found = _DAY.match(text.strip())
    if found:
        return date(int(found[1]), int(found[2]), int(found[3]))
    return date.fromisoformat(text.strip()[:10] if "T" in text or " " in text.strip() else text.strip())


def read_fen(text: str, *, unit_fen: int = 100) -> int:
    """An amount in 元 (``unit_fen`` 100) or 万元 (1,000,000) as whole fen. Raises ValueError for a part of a fen."""
    bare = text.strip().replace(",", "").replace("，", "").replace("￥", "").replace("¥", "").replace("−", "-")
    bare = bare.removesuffix("元")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    try:
        fen = Decimal(bare) * unit_fen
    except InvalidOperation:
        raise ValueError(text) from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(text)
    return int(fen)


def digest(data: Mapping[str, object]) -> bytes:
    """SM3 of the kept fields: equal digests are the same record."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.new("sm3", text.encode()).digest()


def _text(value: object) -> str:
    if value is None:
        return ""
    if value is True:
        return "yes"
    return str(value).strip()


def _value(field: RecordField, text: str) -> object:
    if field.type == "fen":
        return read_fen(text)
    if field.type == "date":
        return read_day(text).isoformat()
    if field.type == "integer":
        number = Decimal(text.replace(",", ""))
        if number != number.to_integral_value() or number < 0:
            raise ValueError(text)
        return int(number)
    if field.type == "yes_no":
        if text.lower() not in _YES | _NO:
            raise ValueError(text)
        return text.lower() in _YES
    if field.type == "choice" and text not in field.choices:
        raise ValueError(text)
    return text


def _fault(field: RecordField, message: str, text: str = "") -> FieldFault:
    values = {"name": field.name_zh, "text": text, "choices": "、".join(field.choices)}
    return FieldFault(field.field, message, values)


_EXPECTED = {
    "fen": gettext_noop("“%(name)s”的“%(text)s”不是金额（元，最多两位小数）。"),
    "date": gettext_noop("“%(name)s”的“%(text)s”不是日期，写作 2024-06-01。"),
    "integer": gettext_noop("“%(name)s”的“%(text)s”不是整数。"),
    "yes_no": gettext_noop("“%(name)s”只能写是或否。"),
    "choice": gettext_noop("“%(name)s”的“%(text)s”不在可选范围：%(choices)s。"),
}
