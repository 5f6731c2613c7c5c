"""One mistake put into a correct paper: twelve kinds, drawn by a seed, each knowing the cell it touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from wangge.domains.disclosure.document import Block, Cell, Document, Figure, Grid, Paragraph

_AMOUNT = re.compile(r"-?[\d,]+\.\d{2}")
_CODES = ("02", "03", "05")
_WORDS = (("增加", "减少"), ("减少", "增加"), ("增长", "下降"), ("下降", "增长"), ("大于", "小于"), ("小于", "大于"))


@dataclass(frozen=True, slots=True)
class Mutation:
    """A changed paper: what kind of change, the cells that may rightly be named, and what it was."""

    kind: str
    cells: frozenset[str]
    document: Document
    was: str
    now: str


Mutator = Callable[[Document, Random, frozenset[str]], Mutation | None]


def mutated(document: Document, random: Random, tied: frozenset[str], kind: str = "") -> Mutation:
    """A mutation of a kind, or of one drawn; kinds that the paper gives no occasion for are drawn again."""
    while True:
        name = kind or random.choice(list(KINDS))
        found = KINDS[name](document, random, tied)
        if found is not None:
            return found
        kind = ""


def _figures(document: Document, tied: frozenset[str], wanted: Callable[[str, str], bool]) -> list[tuple[str, str]]:
    found = {figure.id: figure.text for figure in document.figures() if figure.id in tied}
    return [(name, text) for name, text in found.items() if wanted(name, text)]


def _with_figure(document: Document, name: str, text: str) -> Document:
    """The paper with another text for a figure."""

    def paragraph(block: Paragraph) -> Paragraph:
        return replace(
            block,
            runs=tuple(Figure(name, text) if isinstance(r, Figure) and r.id == name else r for r in block.runs),
        )

    def grid(block: Grid) -> Grid:
        rows = tuple(tuple(replace(cell, text=text) if cell.id == name else cell for cell in row) for row in block.rows)
        return replace(block, rows=rows)

    return _each(document, paragraph, grid)


def _each(document: Document, paragraph: Callable[[Paragraph], Paragraph], grid: Callable[[Grid], Grid]) -> Document:
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            blocks.append(paragraph(block))
        elif isinstance(block, Grid):
            blocks.append(grid(block))
        else:
            blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def _changed(
    kind: str, document: Document, random: Random, choices: list[tuple[str, str]], change: Callable[[str, Random], str]
) -> Mutation | None:
    random.shuffle(choices)
    for name, text in choices:
        now = change(text, random)
        if now != text and _apart(text, now):
            return Mutation(kind, frozenset({name}), _with_figure(document, name, now), text, now)
    return None


def _apart(before: str, after: str) -> bool:
    """Changed by more than sums of rounded figures may be off."""
    first, second = (Decimal(text.replace(",", "").strip("%") or "0") for text in (before, after))
    return abs(first - second) >= (Decimal("0.05") if "%" in before or first < 101 else Decimal("0.5"))


def _one_digit(text: str, random: Random) -> str:
    """One digit, not the last, replaced by another."""
    places = [at for at, sign in enumerate(text) if sign.isdigit()][: -1 if "." in text else None]
    at = random.choice(places)
    other = random.choice([digit for digit in "0123456789" if digit != text[at]])
    return text[:at] + other + text[at + 1 :]


def _exchanged(text: str, random: Random) -> str:
    """Two neighbouring digits exchanged."""
    places = [
        at for at in range(len(text) - 1) if text[at].isdigit() and text[at + 1].isdigit() and text[at] != text[at + 1]
    ]
    if not places:
        return text
    at = random.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _lost(text: str, random: Random) -> str:
    """A digit lost."""
    places = [at for at, sign in enumerate(text.partition(".")[0]) if sign.isdigit()]
    if len(places) < 2:
        return text
    at = random.choice(places)
    return text[:at] + text[at + 1 :]


def _table(name: str) -> bool:
    return name[0] == "0"


def table_digit(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(document, tied, lambda n, t: _table(n) and bool(_AMOUNT.fullmatch(t)) and t != "0.00")
    return _changed("table_digit", document, random, choices, _one_digit)


def table_exchange(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(document, tied, lambda n, t: _table(n) and bool(_AMOUNT.fullmatch(t)) and t != "0.00")
    return _changed("table_exchange", document, random, choices, _exchanged)


def table_loss(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(document, tied, lambda n, t: _table(n) and bool(_AMOUNT.fullmatch(t)) and t != "0.00")
    return _changed("table_loss", document, random, choices, _lost)


def narrative_amount(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(
        document,
        tied,
        lambda n, t: n[:2] in ("N.", "R.") and bool(_AMOUNT.fullmatch(t)) and not _is_rate(n) and t != "0.00",
    )
    return _changed("narrative_amount", document, random, choices, _one_digit)


def _is_rate(name: str) -> bool:
    return name.rsplit(".", 1)[-1] in ("share", "growth", "completion", "rate", "score")


def narrative_rate(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(document, tied, lambda n, t: n[:2] in ("N.", "R.") and _is_rate(n) and "score" not in n)
    return _changed("narrative_rate", document, random, choices, _one_digit)


def annex_figure(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    choices = _figures(
        document, tied, lambda n, t: n[:2] == "1-" and bool(re.fullmatch(r"[\d.]+%?", t)) and t not in ("0", "0.00")
    )
    return _changed("annex_figure", document, random, choices, _one_digit)


def _code_cells(document: Document) -> Iterator[tuple[Grid, int, int, Cell]]:
    for grid in document.grids():
        if grid.id in _CODES:
            for line, row in enumerate(grid.rows):
                for place, cell in enumerate(row):
                    if re.fullmatch(r"\d{7}", cell.text):
                        yield grid, line, place, cell


def _with_cell(document: Document, grid: Grid, line: int, place: int, text: str) -> Document:
    def changed(block: Grid) -> Grid:
        if block.id != grid.id:
            return block
        rows = [list(row) for row in block.rows]
        rows[line][place] = replace(rows[line][place], text=text)
        return replace(block, rows=tuple(tuple(row) for row in rows))

    return _each(document, lambda block: block, changed)


def code_digit(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """A digit of a function code, or one lost."""
    cells = list(_code_cells(document))
    if not cells:
        return None
    grid, line, place, cell = random.choice(cells)
    now = _one_digit(cell.text, random) if random.random() < 0.6 else _lost(cell.text, random)
    names = {f"{grid.id}.{cell.text}.{part}" for part in ("code", "name", "c1")} | {f"{grid.id}.{now}.code"}
    return Mutation("code_digit", frozenset(names), _with_cell(document, grid, line, place, now), cell.text, now)


def name_word(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """A sign of a code's name replaced."""
    cells = list(_code_cells(document))
    if not cells:
        return None
    grid, line, place, cell = random.choice(cells)
    name = grid.rows[line][place + 1].text
    at = random.randrange(len(name))
    now = name[:at] + random.choice([sign for sign in "甲乙丙丁" if sign != name[at]]) + name[at + 1 :]
    changed = _with_cell(document, grid, line, place + 1, now)
    return Mutation("name_word", frozenset({f"{grid.id}.{cell.text}.name"}), changed, name, now)


def direction_word(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """One word of direction turned round."""
    found = []
    for number, block in enumerate(document.blocks):
        if isinstance(block, Paragraph):
            for place, run in enumerate(block.runs):
                if isinstance(run, str):
                    found += [
                        (number, place, word, other) for word, other in _WORDS if word in run and _beside(block, place)
                    ]
    if not found:
        return None
    number, place, word, other = random.choice(found)
    block = document.blocks[number]
    assert isinstance(block, Paragraph)
    runs = list(block.runs)
    runs[place] = str(runs[place]).replace(word, other, 1)
    blocks = [*document.blocks[:number], replace(block, runs=tuple(runs)), *document.blocks[number + 1 :]]
    stems = {run.id.rsplit(".", 1)[0] for run in block.runs if isinstance(run, Figure)}
    names = {f"{stem}.{part}" for stem in stems for part in ("change", "growth", "direction", "final", "budget")}
    return Mutation("direction_word", frozenset(names), replace(document, blocks=tuple(blocks)), word, other)


def _beside(block: Paragraph, place: int) -> bool:
    """Only words about figures that are told with both change and growth, or about an item's budget."""
    ids = [run.id for run in block.runs if isinstance(run, Figure)]
    return any(name.endswith(".growth") for name in ids) or any(re.match(r"N\.s53\.\d{7}\.", name) for name in ids)


def row_lost(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """A row of a table by code not printed."""
    cells = list(_code_cells(document))
    if not cells:
        return None
    grid, line, _place, cell = random.choice(cells)

    def changed(block: Grid) -> Grid:
        return replace(block, rows=(*block.rows[:line], *block.rows[line + 1 :])) if block.id == grid.id else block

    names = {f"{grid.id}.{cell.text}.{part}" for part in ("code", "name", "c1", "c2", "c3")}
    return Mutation("row_lost", frozenset(names), _each(document, lambda block: block, changed), cell.text, "")


def row_twice(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """A row printed twice."""
    cells = list(_code_cells(document))
    if not cells:
        return None
    grid, line, _place, cell = random.choice(cells)

    def changed(block: Grid) -> Grid:
        return replace(block, rows=(*block.rows[: line + 1], *block.rows[line:])) if block.id == grid.id else block

    twice = _each(document, lambda block: block, changed)
    return Mutation("row_twice", frozenset({f"{grid.id}.{cell.text}.code"}), twice, cell.text, cell.text)


def left_over(document: Document, random: Random, tied: frozenset[str]) -> Mutation | None:
    """A word of the template left where a figure should stand, or another year, or the grade of another band."""
    texts = [
        b
        for b in document.blocks
        if isinstance(b, Paragraph) and any(isinstance(r, Figure) and r.id.startswith("N.s") for r in b.runs)
    ]
    block = random.choice(texts)
    figures = [run for run in block.runs if isinstance(run, Figure) and _AMOUNT.fullmatch(run.text)]
    if not figures:
        return None
    figure = random.choice(figures)
    if _is_rate(figure.id):
        return None
    now = random.choice(("XX", "X", "××"))
    return Mutation(
        "left_over", frozenset({"T.placeholder", figure.id}), _with_figure(document, figure.id, now), figure.text, now
    )


KINDS: dict[str, Mutator] = {
    "table_digit": table_digit,
    "table_exchange": table_exchange,
    "table_loss": table_loss,
    "narrative_amount": narrative_amount,
    "narrative_rate": narrative_rate,
    "annex_figure": annex_figure,
    "code_digit": code_digit,
    "name_word": name_word,
    "direction_word": direction_word,
    "row_lost": row_lost,
    "row_twice": row_twice,
    "left_over": left_over,
}
