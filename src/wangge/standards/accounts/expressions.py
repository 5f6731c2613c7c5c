"""The small language of formulas and rules over cells: its tree and its parser.

``for row in rows(05): 05.{row}.c1 = 05.{row}.c2 + 05.{row}.c3`` · ``if 01.r28 = 0: 01.r57 <= 01.r30`` ·
``N.s3.basic.share = percent(03.合计.c2, 03.合计.c1)``. Clauses are parted by ``;``. Described with examples in
``docs/accounts-cells.md``; what the words mean for a document is the evaluator's business, not this module's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from wangge.standards.accounts.names import is_name

Expression: TypeAlias = "Number | Figure | SumOf | Operation | Call"


class Relation(StrEnum):
    """What a clause says about its two sides."""

    EQUAL = "="
    AT_MOST = "<="
    AT_LEAST = ">="
    LESS = "<"
    MORE = ">"
    UNEQUAL = "!="


class SetKind(StrEnum):
    """What a variable runs over."""

    RANGE = "range"  # 1..7
    ROWS = "rows"  # every printed row of a table by code, the total too
    LEAVES = "leaves"  # codes without a further code below them; of several tables: of all their codes together
    CODES = "codes"  # every printed code
    PARENTS = "parents"  # codes with further codes below them
    CLASSES = "classes"  # the classes 类 of the form, as codes
    LINES = "lines"  # indicators of a self-evaluation form
    BLOCKS = "blocks"  # its blocks
    PROJECTS = "projects"  # project rows of annex 1-1
    ITEMS = "items"  # items that section five (three) of the narrative lists


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell; its name may hold variables in braces."""

    name: str


@dataclass(frozen=True, slots=True)
class SumOf:
    """A sum over cells: ``01.r1..r8``, ``05.[201].c1`` (leaves whose code begins so), or single cells."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """Two expressions joined by ``+ - * /``."""

    sign: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """``percent(part, whole)``, ``least(a, b)`` or ``size(a)``."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """A variable and what it runs over."""

    name: str
    kind: SetKind
    table: str = ""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and how they relate."""

    left: Expression
    relation: Relation
    right: Expression


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement: for which values, under which conditions, what must hold."""

    bindings: tuple[Binding, ...]
    conditions: tuple[Comparison, ...]
    holds: Comparison


class ExpressionRefused(ValueError):
    """Text that is not of this language; says where it stops being readable."""


FUNCTIONS = {"percent": 2, "least": 2, "size": 1}
_RELATION = re.compile(r" (<=|>=|!=|=|<|>) ")
_TOKEN = re.compile(
    r"\s*(?:(?P<call>sum|percent|least|size)\(|(?P<name>(?:(?:previous|budget|tables):)?(?:0[1-9]|1-[123][a-z]?|[NR])\."
    r"[^\s(),;]+)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>[-+*/(),]))"
)
_BINDING = re.compile(
    r"(?P<name>row|k|r|class|line|block) in "
    r"(?:(?P<first>\d+)\.\.(?P<last>\d+)|(?P<kind>[a-z]+)(?:\((?P<table>[^)]*)\))?)"
)
_SAMPLES = {"row": "201", "k": "2", "r": "33", "class": "201", "line": "指标", "block": "产出指标"}
_VARIABLE = re.compile(rf"\{{(?:{'|'.join(_SAMPLES)})\}}")
_PRODUCT, _SUM = 2, 1


def parse_clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a rule or formula; refused: :class:`ExpressionRefused`."""
    return tuple(_clause(part.strip()) for part in text.split(";") if part.strip())


def parse_expression(text: str) -> Expression:
    """One side alone, as the formula of a form's cell is written."""
    return _Parser(text).whole()


def _clause(text: str) -> Clause:
    bindings: tuple[Binding, ...] = ()
    conditions: tuple[Comparison, ...] = ()
    if text.startswith("for "):
        head, colon, rest = text[4:].partition(": ")
        if not colon:
            raise ExpressionRefused(f"“{text}”缺少 for 之后的冒号")
        bindings = tuple(_binding(part) for part in head.split(", "))
        text = rest
    if text.startswith("if "):
        head, colon, rest = text[3:].partition(": ")
        if not colon:
            raise ExpressionRefused(f"“{text}”缺少 if 之后的冒号")
        conditions = tuple(_comparison(part) for part in head.split(" and "))
        text = rest
    return Clause(bindings, conditions, _comparison(text))


def _binding(text: str) -> Binding:
    found = _BINDING.fullmatch(text.strip())
    if not found:
        raise ExpressionRefused(f"“{text}”不是取值范围")
    if found["first"]:
        return Binding(found["name"], SetKind.RANGE, "", int(found["first"]), int(found["last"]))
    try:
        return Binding(found["name"], SetKind(found["kind"]), found["table"] or "")
    except ValueError:
        raise ExpressionRefused(f"没有“{found['kind']}”这种取值范围") from None


def _comparison(text: str) -> Comparison:
    sides = _RELATION.split(text)
    if len(sides) != 3:
        raise ExpressionRefused(f"“{text}”应当恰有一个比较符（= <= >= < > !=），两边留空格")
    return Comparison(parse_expression(sides[0]), Relation(sides[1]), parse_expression(sides[2]))


class _Parser:
    """Reads one side, token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        place = 0
        stripped = text.rstrip()
        while place < len(stripped):
            found = _TOKEN.match(stripped, place)
            if not found:
                raise ExpressionRefused(f"“{text}”从“{stripped[place:]}”起无法读取")
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            place = found.end()
        self.place = 0

    def whole(self) -> Expression:
        found = self._sum()
        if self.place != len(self.tokens):
            raise ExpressionRefused(f"“{self.text}”的“{self.tokens[self.place][1]}”处多余")
        return found

    def _next(self) -> tuple[str, str]:
        if self.place >= len(self.tokens):
            raise ExpressionRefused(f"“{self.text}”不完整")
        self.place += 1
        return self.tokens[self.place - 1]

    def _ahead(self, signs: str) -> bool:
        return (
            self.place < len(self.tokens)
            and self.tokens[self.place][0] == "sign"
            and self.tokens[self.place][1] in signs
        )

    def _sum(self) -> Expression:
        found = self._product()
        while self._ahead("+-"):
            found = Operation(self._next()[1], found, self._product())
        return found

    def _product(self) -> Expression:
        found = self._atom()
        while self._ahead("*/"):
            found = Operation(self._next()[1], found, self._atom())
        return found

    def _atom(self) -> Expression:
        kind, text = self._next()
        if kind == "number":
            return Number(Decimal(text))
        if kind == "name":
            _see_name(text)
            return Figure(text)
        if kind == "call":
            return self._call(text)
        if text == "(":
            found = self._sum()
            self._close()
            return found
        raise ExpressionRefused(f"“{self.text}”的“{text}”处应当是数、单元格或括号")

    def _call(self, function: str) -> Expression:
        arguments = [self._argument(function)]
        while self._ahead(","):
            self._next()
            arguments.append(self._argument(function))
        self._close()
        if function == "sum":
            return SumOf(tuple(each.name for each in arguments if isinstance(each, Figure)))
        if len(arguments) != FUNCTIONS[function]:
            raise ExpressionRefused(f"{function} 应有 {FUNCTIONS[function]} 个参数")
        return Call(function, tuple(arguments))

    def _argument(self, function: str) -> Expression:
        if function != "sum":
            return self._sum()
        kind, text = self._next()
        if kind != "name":
            raise ExpressionRefused(f"“{self.text}”：sum 里只能写单元格")
        _see_range(text)
        return Figure(text)

    def _close(self) -> None:
        if self._next()[1] != ")":
            raise ExpressionRefused(f"“{self.text}”缺少右括号")


def _see_name(text: str) -> None:
    """A name with its variables stands for a name of the grammar."""
    filled = _VARIABLE.sub(lambda found: _SAMPLES[found[0][1:-1]], text.replace("class{class}", "r{r}"))
    if not is_name(filled):
        raise ExpressionRefused(f"“{text}”不是单元格名称")


def _see_range(text: str) -> None:
    first, dots, last = text.partition("..")
    if dots:
        if not re.fullmatch(r"[rc]\d+(?:\.c(?:\d+|\{[a-z]+\}))?", last) or not re.search(r"[rc]\d+$", first):
            raise ExpressionRefused(f"“{text}”不是单元格范围，写法如 01.r1..r8、02.合计.c2..c7")
        return
    _see_name(re.sub(r"\[[^\]]*\]", "201", text))


def spread(item: str) -> tuple[str, ...]:
    """The single names of a range ``01.r1..r8``; a name without dots is its own range."""
    first, dots, last = item.partition("..")
    if not dots:
        return (item,)
    place = re.search(r"([rc])(\d+)$", first)
    end = re.match(r"[rc](\d+)(.*)$", last)
    assert place
    assert end
    stem = first[: place.start()]
    return tuple(f"{stem}{place[1]}{number}{end[2]}" for number in range(int(place[2]), int(end[1]) + 1))
