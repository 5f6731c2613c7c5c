"""Owns the shape of a ledger mapping: which list it reads, which column is which field, what words mean.

A mapping is a TOML file, shipped under ``mappings`` or the user's own; ``docs/ledger-imports.md`` explains every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS
from wangge.standards.budgeting import record_kinds, words_of

_DIMS_NEEDED = ("function_item", "nature", "fund_type")
_COMMON = ("unit", "year", "number", "dated_on")
FIELDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "units": (("code", "name", "kind"), ("parent",)),
    "allotments": (
        (*_COMMON, *_DIMS_NEEDED, "stage", "amount"),
        (*DIMENSION_COLUMNS, "document", "approver", "adjusted"),
    ),
    "payments": (
        (*_COMMON, *_DIMS_NEEDED, "amount"),
        (*DIMENSION_COLUMNS, "state", "allotment", "payee", "purpose", "contract", "handler", "reason"),
    ),
    "money": ((*_COMMON, "fund_type", "event", "amount"), (*DIMENSION_COLUMNS, "summary")),
    "entries": ((*_COMMON, "account"), (*DIMENSION_COLUMNS, "debit", "credit", "amount", "side", "summary")),
}
"""Kind → fields that must be told and fields that may be; records: unit, year, key and the fields of their kind."""

Columns = Annotated[tuple[str, ...], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TotalRow(_Section):
    """The row of the file that prints the sum: it is no fact, but the facts must come to it."""

    column: str
    value: str = "合计"


class LedgerMapping(_Section):
    """One mapping as declared."""

    title: str
    kind: str
    format: Literal["csv", "excel", "xml", "json", "jsonl"] = "csv"
    encoding: str = "auto"
    delimiter: str = ","
    sheet: str = ""
    record: str = ""  # of XML: the element that is one row
    amount_unit: Literal["yuan", "wan_yuan", "fen"] = "yuan"
    without_allotments: bool = False
    total_row: TotalRow | None = None
    columns: Mapping[str, Columns] = Field(default_factory=dict)
    values: Mapping[str, str] = Field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    name: str = ""

    @property
    def record_kind(self) -> str:
        """Of a mapping for records: their kind; else empty."""
        return self.kind if self.kind in record_kinds() else ""

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields this kind cannot do without."""
        if self.record_kind:
            own = tuple(field.field for field in record_kinds()[self.kind].fields if field.required)
            return ("unit", "year", "key", *own)
        return FIELDS[self.kind][0]

    @property
    def known(self) -> frozenset[str]:
        """Every field this kind knows."""
        if self.record_kind:
            own = (field.field for field in record_kinds()[self.kind].fields)
            return frozenset(("unit", "year", "key", *own))
        return frozenset((*FIELDS[self.kind][0], *FIELDS[self.kind][1]))

    @property
    def fen_per_unit(self) -> int:
        """What one in an amount column is worth."""
        return {"fen": 1, "yuan": 100, "wan_yuan": 1_000_000}[self.amount_unit]


class LedgerMappingRefused(Exception):
    """A mapping that does not hold; the text names what is wrong, one line each."""


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with the product."""
    folder = resources.files("wangge.surfaces.exchange.ledger.mappings")
    return tuple(sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml")))


def load_ledger_mapping(name: str) -> LedgerMapping:
    """A shipped mapping by name, or the file of that path. Raises ``LedgerMappingRefused``."""
    path = Path(name)
    if name in shipped_mappings():
        text = (resources.files("wangge.surfaces.exchange.ledger.mappings") / f"{name}.toml").read_text("utf-8")
    elif path.suffix == ".toml" and path.is_file():
        text = path.read_text("utf-8")
    else:
        raise LedgerMappingRefused(
            _("没有名为“%(name)s”的映射，也没有这个 .toml 文件。自带的映射：%(known)s。")
            % {"name": name, "known": " ".join(shipped_mappings())}
        )
    try:
        mapping = LedgerMapping.model_validate({**tomllib.loads(text), "name": path.stem})
    except (tomllib.TOMLDecodeError, ValidationError) as wrong:
        raise LedgerMappingRefused(_("映射“%(name)s”有误：%(what)s") % {"name": name, "what": wrong}) from wrong
    faults = list(_faults(mapping))
    if faults:
        raise LedgerMappingRefused("\n".join(faults))
    return mapping


def _faults(mapping: LedgerMapping) -> list[str]:
    if mapping.kind not in FIELDS and not mapping.record_kind:
        known = " ".join([*FIELDS, *record_kinds()])
        return [_("没有“%(kind)s”这类台账，可用：%(known)s。") % {"kind": mapping.kind, "known": known}]
    faults = []
    told = {*mapping.columns, *mapping.values}
    for field in sorted(told - mapping.known):
        faults.append(_("“%(kind)s”没有“%(field)s”这一项。") % {"kind": mapping.kind, "field": field})
    for field in mapping.needed:
        if field not in told and not (field == "year" and "dated_on" in told):
            faults.append(_("映射没有说明“%(field)s”在哪一列。") % {"field": field})
    for dimension, words in mapping.words.items():
        for word, value in words.items():
            known_values = set(words_of(dimension).values())
            if known_values and value not in known_values:
                faults.append(
                    _("“%(dimension)s”的“%(word)s”对应的“%(value)s”不是可用的取值。")
                    % {"dimension": dimension, "word": word, "value": value}
                )
    if mapping.format == "xml" and not mapping.record:
        faults.append(_("XML 映射须写明 record（一行对应的元素名）。"))
    return faults
