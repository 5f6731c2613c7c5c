"""A finding: one thing wrong in the tables, where it stands and what to do about it.

The texts are Chinese templates marked for translation; a surface passes its own ``translate``. This module
and the whole shelf stay free of Django, since the pure logic of the cases reads the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wangge.standards.tables import Origin


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


def _as_written(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where (``at``), ``what`` is wrong, what to ``do``; ``values`` fill both templates."""

    at: Origin
    what: str
    do: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = _as_written) -> str:
        """``file:line fault。remedy`` in one line."""
        return f"{self.at} {self.message(translate)}{self.remedy(translate)}"

    def message(self, translate: Callable[[str], str] = _as_written) -> str:
        return translate(self.what) % dict(self.values)

    def remedy(self, translate: Callable[[str], str] = _as_written) -> str:
        return translate(self.do) % dict(self.values)


class StandardsRefused(ValueError):
    """The tables cannot be used; ``findings`` names every fault with its file and line."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(finding.text() for finding in findings))
