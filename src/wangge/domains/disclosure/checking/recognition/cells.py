"""A recognised figure, and how printed text becomes a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from wangge.domains.disclosure.checking.reading.blocks import Place

SURE = 0.99
LIKELY = 0.9
DOUBTFUL = 0.6
CENT = Decimal("0.01")
TEN_THOUSAND = Decimal(10_000)

_NUMBER = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_LOOKS = str.maketrans(
    {"O": "0", "o": "0", "I": "1", "l": "1", "|": "1", "S": "5", "B": "8", "Z": "2", "〇": "0", "。": ".", "·": "."}
)
_NOTHING = frozenset(("", "-", "—", "——", "－", "/", "／", "–"))


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its name, as printed, as a number, and where."""

    name: str
    printed: str
    value: Decimal | None
    place: Place
    confidence: float = SURE
    where: str = ""  # for people: 公开03表 行“行政运行” 列“基本支出”
    step: Decimal = CENT  # the last printed decimal, in 万元 for amounts
    repaired_from: str = ""  # what the paper prints there, when sums proved another reading
    missing: bool = False  # its row is not printed at all
    signed_by: str = ""  # the word that gives a change its sign


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read, and whether letters had to be taken for digits."""

    value: Decimal
    decimals: int
    doubtful: bool = False


def folded(text: str) -> str:
    """Full-width digits, letters and signs as narrow ones; Chinese punctuation stays."""
    return "".join(
        unicodedata.normalize("NFKC", sign) if "！" <= sign <= "～" and sign not in "，；：（）！？" else sign
        for sign in text
    )


def tight(text: str) -> str:
    """A text for matching: folded, without blanks, with one kind of brackets and quotes."""
    found = re.sub(r"\s+", "", folded(text))
    return found.translate(_SIGNS)


_SIGNS = str.maketrans(
    {
        "(": "（",
        ")": "）",
        "〔": "（",
        "〕": "）",
        "[": "（",
        "]": "）",
        '"': "”",
        "'": "’",
        "“": "”",
        "〃": "”",
        "％": "%",
    }
)


def number_of(text: str) -> Number | None:
    """The number of a cell; None for blanks and words. A percent sign is dropped."""
    plain = re.sub(r"\s+", "", folded(text)).replace("，", ",").rstrip("%")
    if plain in _NOTHING:
        return None
    if _NUMBER.fullmatch(plain):
        return number_in(plain, doubtful=False)
    if re.fullmatch(r"-?\d+(?:,\d+)*(?:\.\d+)?", plain):  # separators out of place
        return number_in(plain, doubtful=True)
    looked = plain.translate(_LOOKS)
    if sum(sign.isdigit() for sign in plain) >= 2 and re.fullmatch(r"-?[\d,]+(?:\.\d+)?", looked):
        return number_in(looked, doubtful=True)
    return None


def number_in(text: str, *, doubtful: bool) -> Number | None:
    bare = text.replace(",", "").replace("−", "-")
    try:
        return Number(Decimal(bare), len(bare.partition(".")[2]), doubtful)
    except InvalidOperation:
        return None


def is_integer(text: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}", tight(text)))


@dataclass(slots=True)
class Gathered:
    """Figures as they are found, one per name; the first of a name stays."""

    cells: dict[str, Cell] = field(default_factory=dict)

    def put(self, cell: Cell) -> None:
        self.cells.setdefault(cell.name, cell)

    def amount(
        self, name: str, text: str, place: Place, *, scale: Decimal, where: str, confidence: float = SURE
    ) -> Cell:
        """Put a cell of amounts, in 万元; a text that is no number leaves a cell without value and with doubt."""
        number = number_of(text)
        if number is None:
            blank = tight(text) in _NOTHING
            cell = Cell(name, text, None, place, confidence if blank else DOUBTFUL / 2, where)
        else:
            step = CENT if scale == 1 else CENT / scale
            sure = min(confidence, DOUBTFUL) if number.doubtful else confidence
            cell = Cell(name, text, number.value / scale, place, sure, where, step)
        self.put(cell)
        return self.cells[name]
