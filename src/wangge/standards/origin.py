"""Where a row of a table comes from: file, line, the overlay or the nation, and the days it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands and the days it holds: [valid_from, valid_to), an empty end is open.

    ``overlay`` says whether the city's overlay put the row there; ``key`` is the row's key in its table.
    """

    file: str
    line: int
    overlay: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    table: str = ""
    key: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def holds_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)
