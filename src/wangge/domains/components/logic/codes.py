"""Owns the reading of a component's 16-digit code 标识码: district, class and sequence, or what is wrong with it.

The cut (6 + 2 + 2 + 6) is the row ``component ID (2007 and 2013)`` of ``code_structures.csv``; the newer draft's cut
(6 + 2 + 3 + 5) has the same length and another meaning, and is not in use.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

LENGTH = 16
DISTRICT, CLASS = slice(0, 6), slice(6, 10)


class CodeFault(StrEnum):
    """What can be wrong with a code."""

    LENGTH = "code_length"
    DIGITS = "code_digits"
    DISTRICT = "code_district"
    CLASS = "code_class"
    SEQUENCE = "code_sequence"


@dataclass(frozen=True, slots=True)
class ComponentCode:
    """A code in its parts."""

    text: str

    @property
    def district(self) -> str:
        return self.text[DISTRICT]

    @property
    def category(self) -> str:
        """The class as cases write it: ``component:0101``."""
        return f"component:{self.text[CLASS]}"

    @property
    def sequence(self) -> int:
        return int(self.text[CLASS.stop :])


def read_code(text: str, *, districts: Container[str], classes: Container[str]) -> ComponentCode | CodeFault:
    """The code in its parts, or the first thing that is wrong with it; ``classes`` are keys as ``component:0101``."""
    if len(text) != LENGTH:
        return CodeFault.LENGTH
    if not (text.isascii() and text.isdigit()):
        return CodeFault.DIGITS
    code = ComponentCode(text)
    if code.district not in districts:
        return CodeFault.DISTRICT
    if code.category not in classes:
        return CodeFault.CLASS
    return code if code.sequence else CodeFault.SEQUENCE
