"""Turns the rows of a foreign list into facts: amounts to fen, days, codes out of their labels, words to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.facts import (
    DIMENSION_COLUMNS,
    AllotmentFact,
    Dims,
    EntryLineFact,
    MoneyFact,
    PaymentFact,
    RecordFact,
    UnitFact,
    completed,
)
from wangge.domains.budgeting.logic.records import read_day
from wangge.standards.budgeting import record_kinds, words_of
from wangge.surfaces.exchange.ledger.declaration import LedgerMapping

Fact = AllotmentFact | EntryLineFact | MoneyFact | PaymentFact | RecordFact | UnitFact
_CODE = re.compile(r"\d{3,12}")
_CODED = ("function_item", "economic_item")
_NOTHING = frozenset({"", "无", "-", "—", "/", "null", "NULL", "None"})
_FEN_NOISE = Decimal("0.0001")  # what binary fractions in a workbook leave behind
_DEFAULTS = {"fund_year": "current", "three_public": "none", "spending_kind": "none", "state": "paid"}


class RowRefused(Exception):
    """A row that cannot be a fact; the text says which column and why."""


class FactReader:
    """Reads rows by one mapping."""

    def __init__(self, mapping: LedgerMapping) -> None:
        self.mapping = mapping
        by_kind: dict[str, Callable[[int, Mapping[str, str]], Fact]] = {
            "units": self._unit,
            "allotments": self._allotment,
            "payments": self._payment,
            "money": self._money,
            "entries": self._entry,
        }
        self._build = by_kind.get(mapping.kind, self._record)
        self._words = {
            dimension: {**words_of(dimension), **mapping.words.get(dimension, {})}
            for dimension in (*DIMENSION_COLUMNS, "stage", "payment_state", "unit_kind")
        }
        self._columns = tuple(mapping.columns.items())
        self._known_dims: dict[tuple[str, ...], Dims] = {}

    def read(self, line: int, record: Mapping[str, str]) -> Fact:
        """The fact of a row. Raises ``RowRefused``."""
        told = dict(self.mapping.values)
        for field, columns in self._columns:
            for column in columns:
                if (cell := record.get(column)) and (text := str(cell).strip()):
                    told[field] = text
                    break
        return self._build(line, told)

    def amount(self, text: str, field: str = "amount") -> int:
        """An amount column in fen; empty is nothing."""
        if text in _NOTHING:
            return 0
        try:
            return _fen(text, self.mapping.fen_per_unit)
        except ValueError:
            raise RowRefused(_("“%(column)s”的“%(text)s”不是金额，或小于一分。") % {
                "column": self._column(field), "text": text,
            }) from None  # fmt: skip

    def _unit(self, line: int, told: Mapping[str, str]) -> UnitFact:
        kind = self._word("unit_kind", self._must(told, "kind"))
        return UnitFact(line, self._must(told, "code"), self._must(told, "name"), kind, told.get("parent", ""))

    def _allotment(self, line: int, told: Mapping[str, str]) -> AllotmentFact:
        day = self._day(told)
        stage = self._word("stage", self._must(told, "stage"))
        amount = self.amount(self._must(told, "amount"))
        if stage in ("cut", "recovered"):
            amount = -abs(amount)  # lists print reductions with or without their sign
        stated = told.get("adjusted")
        return AllotmentFact(
            line, self._must(told, "unit"), self._year(told, day), self._must(told, "number"), self._dims(told), stage,
            amount, day, told.get("document", ""), told.get("approver", ""),
            None if stated is None else self.amount(stated, "adjusted"),
        )  # fmt: skip

    def _payment(self, line: int, told: Mapping[str, str]) -> PaymentFact:
        day = self._day(told)
        state = self._word("payment_state", told["state"]) if told.get("state") else "paid"
        amount = self.amount(self._must(told, "amount"))
        if state == "refunded":
            state, amount = "paid", -abs(amount)
        return PaymentFact(
            line, self._must(told, "unit"), self._year(told, day), self._must(told, "number"), self._dims(told),
            amount, day, state, told.get("allotment", ""), told.get("payee", ""), told.get("purpose", ""),
            told.get("contract", ""), told.get("handler", ""), told.get("reason", ""),
        )  # fmt: skip

    def _money(self, line: int, told: Mapping[str, str]) -> MoneyFact:
        day = self._day(told)
        return MoneyFact(
            line, self._must(told, "unit"), self._year(told, day), self._must(told, "number"),
            self._must(told, "event"), self._dims(told), self.amount(self._must(told, "amount")), day,
            told.get("summary", ""),
        )  # fmt: skip

    def _entry(self, line: int, told: Mapping[str, str]) -> EntryLineFact:
        day = self._day(told)
        debit, credit = self.amount(told.get("debit", ""), "debit"), self.amount(told.get("credit", ""), "credit")
        if told.get("amount"):
            amount = self.amount(told["amount"])
            debit, credit = (0, amount) if told.get("side", "借") in ("贷", "C", "-1", "credit") else (amount, 0)
        return EntryLineFact(
            line, self._must(told, "unit"), self._year(told, day), self._must(told, "number"),
            self._must(told, "account").replace(".", ""), debit, credit, self._dims(told), day, told.get("summary", ""),
        )  # fmt: skip

    def _record(self, line: int, told: Mapping[str, str]) -> RecordFact:
        kind = record_kinds()[self.mapping.kind]
        data: dict[str, object] = {}
        for field in kind.fields:
            text = told.get(field.field, "")
            if text in _NOTHING:
                continue
            words = self.mapping.words.get(field.field, {})
            text = words.get(text, text)
            if field.type == "fen":
                text = f"{Decimal(self.amount(text, field.field)).scaleb(-2)}"
            data[field.field] = text
        day = str(data.get(kind.day, ""))
        year = told.get("year") or day[:4]
        if not year.isdigit():
            raise RowRefused(_("看不出年度，请在映射的 values 里写明 year。"))
        return RecordFact(line, self._must(told, "unit"), int(year), self.mapping.kind, self._must(told, "key"), data)

    def _dims(self, told: Mapping[str, str]) -> Dims:
        texts = tuple([told.get(name, "") for name in DIMENSION_COLUMNS])
        known = self._known_dims.get(texts)
        if known is None:
            known = self._known_dims[texts] = completed(self._read_dims(told))
        return known

    def _read_dims(self, told: Mapping[str, str]) -> Dims:
        found: dict[str, str] = {}
        for name in DIMENSION_COLUMNS:
            text = told.get(name, "")
            if text in _NOTHING:
                text = _DEFAULTS.get(name, "")
            elif name in _CODED:
                text = self._code(name, text)
            elif self._words[name]:
                text = self._word(name, text)
            found[name] = text
        # payrolls and running costs carry a budget project of their own in the treasury's lists
        if found["nature"] == "basic":
            found["project"] = ""
        return Dims(**found)

    def _code(self, name: str, text: str) -> str:
        code = _CODE.search(text)
        wanted = 7 if name == "function_item" else 5
        if code is None or len(code[0]) != wanted:
            raise RowRefused(
                _("“%(column)s”的“%(text)s”不是 %(digits)d 位代码。")
                % {"column": self._column(name), "text": text, "digits": wanted}
            )
        return code[0]

    def _word(self, dimension: str, text: str) -> str:
        words = self._words[dimension]
        found = words.get(text) or words.get(re.sub(r"^[\d.\-\s]+", "", text))
        if found is None:
            column = self._column({"payment_state": "state", "unit_kind": "kind"}.get(dimension, dimension))
            raise RowRefused(
                _("“%(column)s”的“%(text)s”没有对应的取值，请在映射的 words.%(dimension)s 里补上。")
                % {"column": column, "text": text, "dimension": dimension}
            )
        return found

    def _day(self, told: Mapping[str, str]) -> date:
        text = self._must(told, "dated_on")
        try:
            return _day(text)
        except ValueError:
            raise RowRefused(
                _("“%(column)s”的“%(text)s”不是日期。") % {"column": self._column("dated_on"), "text": text}
            ) from None

    def _year(self, told: Mapping[str, str], day: date) -> int:
        text = told.get("year", "")
        return int(text[:4]) if text[:4].isdigit() else day.year

    def _must(self, told: Mapping[str, str], field: str) -> str:
        text = told.get(field, "")
        if not text:
            raise RowRefused(_("“%(column)s”为空。") % {"column": self._column(field)})
        return text

    def _column(self, field: str) -> str:
        return "、".join(self.mapping.columns.get(field, (field,)))


@lru_cache(maxsize=4096)
def _day(text: str) -> date:
    return read_day(text)


def _fen(text: str, fen_per_unit: int) -> int:
    bare = text.replace(",", "").replace("，", "").replace("￥", "").replace("¥", "").removesuffix("元")
    if bare[:1] == "(" and bare[-1:] == ")":
        bare = f"-{bare[1:-1]}"
    try:
        fen = Decimal(bare) * fen_per_unit
        whole = fen.to_integral_value()
    except InvalidOperation:
        raise ValueError(text) from None
    if abs(fen - whole) > _FEN_NOISE:
        raise ValueError(text)
    return int(whole)
