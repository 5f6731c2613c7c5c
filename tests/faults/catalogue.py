"""Every invariant the database holds, read from its catalogue, and rows made to break them.

A row is drawn from values of each column's type and from the words and numbers that stand in the rule itself; a rule
is tried on a twin of its table that has this one rule and no other.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from psycopg import sql

NOT_OURS = r"^(django_|auth_|axes_|otp_|procrastinate_)"
_RULES = f"""
SELECT t.relname, c.conname, c.contype::text, pg_get_constraintdef(c.oid), c.convalidated
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
 WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition AND c.contype IN ('c', 'f', 'p', 'u', 'x')
   AND t.relname !~ '{NOT_OURS}'
UNION ALL
SELECT t.relname, i.relname, 'i', pg_get_indexdef(x.indexrelid), x.indisvalid
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
 WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition AND x.indisunique AND t.relname !~ '{NOT_OURS}'
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)
ORDER BY 1, 2
"""
_COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a
 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_TRIGGERS = f"""
SELECT t.relname, g.tgname, p.proname, pg_get_triggerdef(g.oid), g.tgenabled::text, p.prosrc
  FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid JOIN pg_proc p ON p.oid = g.tgfoid
 WHERE t.relnamespace = 'public'::regnamespace AND NOT g.tgisinternal AND NOT t.relispartition
   AND t.relname !~ '{NOT_OURS}' ORDER BY 1, 2
"""
DRAWS = 400
_names = count(1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A constraint or a unique index of a table; ``kind`` as in the catalogue, ``i`` for an index."""

    table: str
    name: str
    kind: str
    definition: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of a table with the source of its function."""

    table: str
    name: str
    function: str
    definition: str
    enabled: str
    source: str

    @property
    def refuses_as(self) -> list[str]:
        """The names under which it refuses."""
        return re.findall(r"CONSTRAINT = '(\w+)'", self.source)


def rules(link: psycopg.Connection[Any]) -> list[Rule]:
    """Every rule of the product's own tables."""
    return [Rule(*row) for row in link.execute(_RULES).fetchall()]


def triggers(link: psycopg.Connection[Any]) -> list[Trigger]:
    """Every trigger of the product's own tables."""
    return [Trigger(*row) for row in link.execute(_TRIGGERS).fetchall()]


@dataclass(slots=True)
class Twin:
    """A table like another, with no rule but those it is given."""

    link: psycopg.Connection[Any]
    like: str
    name: str = ""

    def __post_init__(self) -> None:
        self.name = f"twin_{next(_names)}"
        self.link.execute(f"CREATE TABLE {self.name} AS SELECT * FROM {self.like} WITH NO DATA".encode())

    def columns(self) -> list[tuple[str, str]]:
        return self.link.execute(_COLUMNS, [self.name]).fetchall()

    def give(self, rule: Rule) -> None:
        """Give it one rule of the original, in place of the one it had."""
        self.link.execute(f"ALTER TABLE {self.name} DROP CONSTRAINT IF EXISTS {self.name}_rule".encode())
        self.link.execute(f"DROP INDEX IF EXISTS {self.name}_rule".encode())
        if rule.kind == "i":
            order = re.sub(r"INDEX \S+ ON (ONLY )?\S+", f"INDEX {self.name}_rule ON {self.name}", rule.definition)
        else:
            definition = rule.definition.replace("DEFERRABLE INITIALLY DEFERRED", "")
            order = f"ALTER TABLE {self.name} ADD CONSTRAINT {self.name}_rule {definition}"
        if rule.kind == "p":  # which makes its columns NOT NULL for good: a unique rule says the same of two rows
            order = order.replace("PRIMARY KEY", "UNIQUE")
        self.link.execute(order.encode())

    def rows(self, rule_text: str, chance: random.Random) -> Iterator[dict[str, Any]]:
        """Rows by chance: any values of the columns' types, and those the rule speaks of."""
        words = re.findall(r"'((?:[^']|'')*)'", rule_text)
        numbers = [int(text) for text in re.findall(r"\((-?\d+)\)|\b(\d+)\b", rule_text) for text in text if text]
        named = [(name, kind) for name, kind in self.columns() if re.search(rf'\b"?{name}"?\b', rule_text)]
        others = [(name, kind) for name, kind in self.columns() if (name, kind) not in named]
        for _draw in range(DRAWS):
            row = {name: chance.choice(_values(kind, words, numbers, chance)) for name, kind in named}
            yield {**{name: _values(kind, [], [], chance)[-1] for name, kind in others}, **row}

    def insert(self, *rows: dict[str, Any]) -> str:
        """The name of the rule that refused the rows, or empty; one that cannot even be read is no attempt: ``?``."""
        names = sql.SQL(", ").join(sql.Identifier(name) for name in rows[0])
        marks = sql.SQL(", ").join(sql.Placeholder() * len(rows[0]))
        order = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(self.name), names, marks)
        try:
            with self.link.transaction(force_rollback=True):
                for row in rows:
                    self.link.execute(order, list(row.values()))
        except psycopg.errors.IntegrityError as refused:
            return refused.diag.constraint_name or ""
        except psycopg.Error:
            return "?"
        return ""

    def drop(self) -> None:
        self.link.execute(f"DROP TABLE {self.name}".encode())


def twice(row: dict[str, Any], rule: Rule, chance: random.Random) -> list[dict[str, Any]]:
    """The row and one that stands in its way by the rule: the same, but where the rule wants them to differ."""
    differing = re.search(r"(\w+) WITH <>", rule.definition)
    if differing is None:
        return [row, row]
    return [row, {**row, differing[1]: chance.choice(re.findall(r"'(\w+)'", rule.definition))}]


def _values(kind: str, words: Sequence[str], numbers: Sequence[int], chance: random.Random) -> list[Any]:
    """Values of a type, None first and something ordinary last."""
    bare = kind.partition("(")[0].removesuffix("[]")
    if kind.endswith("[]"):
        return [None, "{}", "{1,1}" if bare in _NUMBERS else "{a,a}", "{1}" if bare in _NUMBERS else "{a}"]
    if bare in ("text", "character varying", "character"):
        at_most = int(kind.partition("(")[2].rstrip(")") or 40)
        forms = [*words, *_like(words, chance), "", " ", "x", "A B", "é", "0" * 30, f"w{chance.randrange(10**6)}"]
        long = [
            "0" * (number + 1)
            for number in numbers
            if 40 <= number < at_most or (bare == "text" and 40 <= number < 5000)
        ]
        return [None, *long, *(text[:at_most] for text in forms)]
    if bare == "numeric":
        return [None, *numbers[:4], -1, 0, 1, 101, 2]
    if bare in _NUMBERS:
        near = [number + step for number in numbers for step in (-1, 0, 1) if abs(number) < 30_000]
        return [None, *near, -1, 0, 1, 2, 101, chance.randrange(1, 30_000)]
    if bare == "boolean":
        return [None, True, False]
    if bare.startswith(("date", "timestamp")):
        return [None, "2023-12-31", "2024-01-01", "2024-01-02", "2024-02-15 10:30", "2024-01-01"]
    if bare == "time without time zone":
        return [None, "00:00", "23:59", "08:00"]
    if bare in ("jsonb", "json"):
        texts = ["{}", "[]", '"x"', '{"reason": ""}', '{"reason": "x"}', '{"a": 1}']
        return [None, *texts, *(f'{{"{word}": "x"}}' for word in words if word.isidentifier())]
    if bare == "bytea":
        return [None, b"", b"x", b"d" * 20, b"d" * 32, b"d" * 2_000_000 if any(n > 10**5 for n in numbers) else b"dd"]
    if bare == "uuid":
        return [None, "00000000-0000-0000-0000-000000000001", f"00000000-0000-4000-8000-{chance.randrange(10**12):012}"]
    if bare == "point":
        return [None, "(1,1)", "(200,200)", "(113,27)"]
    if bare == "inet":
        return [None, "127.0.0.1"]
    return [None]


_NUMBERS = frozenset({"integer", "bigint", "smallint", "numeric", "double precision", "real", "oid"})


def _like(words: Sequence[str], chance: random.Random) -> list[str]:
    """Texts of the form a pattern among the words asks for, in its plainest reading: digits and letters."""
    found = []
    for word in words:
        for length in re.findall(r"\[0-9\]\{(\d+)", word):
            found.append("".join(str(chance.randrange(10)) for _digit in range(int(length))))
    return found
