"""The value of a name in a paper: what is printed, what a blank means, and what is not there at all."""

from __future__ import annotations

from decimal import Decimal

from wangge.domains.disclosure.checking.recognition.cells import CENT, Cell
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.standards.accounts.names import BY_CODE

ZERO = Decimal(0)


class Absent(Exception):
    """The paper does not print the figure, so nothing can be said."""


class Figures:
    """Looks values up; a blank cell of a table that is there is zero."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.cells = paper.cells
        self.instead: dict[str, Decimal] = {}  # values tried in place of printed ones
        self._levels = {table: {len(row.code) for row in found.codes} for table, found in paper.tables.items()}

    def value(self, name: str) -> Decimal:
        """The value; raises :class:`Absent`."""
        tried = self.instead.get(name)
        if tried is not None:
            return tried
        cell = self.cells.get(name)
        if cell is not None:
            if cell.value is not None:
                return cell.value
            if not cell.printed.strip(" -—－–/"):
                return ZERO if name[0] in "01" else self._absent(name)
            raise Absent(name)
        return self._absent(name)

    def _absent(self, name: str) -> Decimal:
        """A cell that was not read: nothing in a table that is there, unknown elsewhere."""
        paper, colon, bare = name.rpartition(":")
        if colon:
            other = {"previous": self.paper.previous, "budget": self.paper.budget, "tables": self.paper.official}[paper]
            if other is None:
                raise Absent(name)
            return Figures(other).value(bare)
        table = bare.partition(".")[0]
        if table not in self.paper.tables:
            raise Absent(name)
        if table in BY_CODE:
            code = bare.split(".")[1]
            if code.isdigit() and self._levels[table] and len(code) not in self._levels[table]:
                raise Absent(name)
        return ZERO

    def step(self, name: str) -> Decimal:
        cell = self.cells.get(name)
        return cell.step if cell else CENT

    def cell(self, name: str) -> Cell | None:
        return self.cells.get(name)
