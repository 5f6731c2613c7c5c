"""Texts of the pure logic: Chinese templates marked for translation, filled when a surface shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def gettext_noop(text: str) -> str:
    """Mark a text for translation without translating it."""
    return text


def as_written(text: str) -> str:
    """The text itself."""
    return text


@dataclass(frozen=True, slots=True)
class Words:
    """A template and what fills it."""

    template: str
    values: Mapping[str, str] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = as_written) -> str:
        """The filled text in the reader's language."""
        return translate(self.template) % dict(self.values)
