"""Owns the check of area codes: how long they are, whose parent's code they begin with (`area_codes.csv`)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from wangge.domains.geography.areas import AreaKind

_OWN_FORM = re.compile(r"[0-9A-Za-z-]{1,20}")
DISTRICT_DIGITS = 6


class CodeRow(Protocol):
    """A row of `area_codes.csv`."""

    @property
    def kind(self) -> str: ...
    @property
    def digits(self) -> int: ...
    @property
    def parent_kind(self) -> str: ...
    @property
    def parent_digits(self) -> int: ...


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The forms a kind's codes may have, and what they say of the parent."""

    lengths: frozenset[int]
    """Empty: the city's own form."""
    parent_kind: AreaKind | None
    parent_digits: int

    def is_right(self, code: str) -> bool:
        """Whether the code has one of the forms."""
        if not self.lengths:
            return _OWN_FORM.fullmatch(code) is not None
        return code.isascii() and code.isdigit() and len(code) in self.lengths

    def parent_in(self, code: str) -> str:
        """The parent's code as the code says it; empty where it says nothing."""
        return code[: self.parent_digits]


def code_form(rows: Iterable[CodeRow], kind: AreaKind) -> CodeForm:
    """The form of a kind's codes by the rows of the table."""
    own = [row for row in rows if row.kind == kind]
    lengths = frozenset(row.digits for row in own if row.digits)
    parent = next((row for row in own if row.parent_kind), None)
    return CodeForm(lengths, AreaKind(parent.parent_kind) if parent else None, parent.parent_digits if parent else 0)
