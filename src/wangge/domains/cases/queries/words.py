"""Cases by words of their description or address, the newest first, in one statement whose cost does not grow.

First the newest few hundred cases are read; a word that is common shows its page among them. Else the pieces' index
is asked stretch of time by stretch, backwards, until the page is full: a list of the index behind a stamp is as short
as ten days are, and a stretch without the word costs next to nothing. Of a stretch's finds only the latest ids are
looked up: no id is earlier than its report, so that none before the page's oldest report belongs there (a child case
has a later id than the report it shares with its parent). OFFSET 0 keeps the order of the looks: the planner takes a
stretch for longer than it is, and would read the index of all cases beside it.
"""

from __future__ import annotations

from typing import Any

from wangge.domains.cases.logic.pieces import CHARACTER_BITS, STRETCH_SECONDS, grams_of, numbers_of
from wangge.domains.cases.queries.conditions import Condition

READ_FIRST = 500
_SEEN = """CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE id = m.case_id OFFSET 0) c
       WHERE {case} AND (c.reported_at, c.id) < (SELECT reported_at, id FROM reached)"""
NEWEST = "ORDER BY c.reported_at DESC, c.id DESC"

_NEWEST_WITH = """
WITH RECURSIVE newest AS MATERIALIZED (
  SELECT c.id, c.reported_at FROM cases_case c WHERE {case} {order} LIMIT {read_first}
), near AS MATERIALIZED (
  SELECT c.id, c.reported_at FROM newest c JOIN cases_matter m ON m.case_id = c.id WHERE {matter} AND {text}
  {order} LIMIT %s
), reached AS MATERIALIZED (
  SELECT c.id, c.reported_at FROM newest c
   WHERE (SELECT count(*) FROM newest) = {read_first} AND (SELECT count(*) FROM near) < %s
   ORDER BY c.reported_at, c.id LIMIT 1
), stretch (number) AS (
  SELECT floor(extract(epoch FROM reported_at) / {seconds})::int FROM reached
  UNION ALL
  SELECT (SELECT floor(extract(epoch FROM c.reported_at) / {seconds})::int FROM cases_case c
           WHERE c.reported_at < to_timestamp(s.number * {seconds}.0) ORDER BY c.reported_at DESC LIMIT 1)
    FROM stretch s WHERE s.number IS NOT NULL
), far AS (
  SELECT c.id FROM stretch s CROSS JOIN LATERAL (
    WITH found AS MATERIALIZED (
      SELECT m.case_id
        FROM (SELECT * FROM cases_matter
               WHERE grams @> ARRAY(SELECT (s.number::bigint << {stamp_bits}) + gram FROM unnest(%s::bigint[]) gram)
              OFFSET 0) m
       WHERE {matter} AND {rest}
    ), latest AS MATERIALIZED (
      SELECT c.id, c.reported_at FROM (SELECT case_id FROM found ORDER BY case_id DESC) m {seen} LIMIT %s
    ), least (id) AS (
      SELECT rpad(lpad(to_hex(floor(extract(epoch FROM min(reported_at)) * 1000)::bigint), 12, '0'), 32, '0')::uuid
        FROM latest HAVING count(*) = %s
    )
    SELECT c.id FROM (
      SELECT id, reported_at FROM latest WHERE NOT EXISTS (SELECT FROM least)
      UNION ALL
      SELECT c.id, c.reported_at
        FROM (SELECT case_id FROM found WHERE case_id >= (SELECT id FROM least)) m {seen}
    ) c {order} LIMIT %s) c
   LIMIT %s
)
SELECT id FROM near UNION ALL SELECT id FROM far
"""


def has_pieces(words: str) -> bool:
    """Whether any of the words is long enough for the index."""
    return bool(grams_of(words))


def in_text(words: str) -> Condition:
    """Every word stands somewhere in description or address, in capitals or not."""
    found = Condition()
    for word in words.split():
        found = found.also("(m.description || ' ' || m.address) ILIKE %s", f"%{_escaped(word)}%")
    return found


def newest_with(words: str, *, case: Condition, matter: Condition, limit: int) -> Condition:
    """True for the newest ``limit`` cases with all the words, and for some more of them."""
    text = in_text(words)
    # A word of two characters is one piece: where the index has it, the text has it.
    rest = in_text(" ".join(word for word in words.split() if len(word) != 2))
    statement = _NEWEST_WITH.format(
        case=case.sql, matter=matter.sql, text=text.sql, rest=rest.sql, order=NEWEST, read_first=READ_FIRST,
        seen=_SEEN.format(case=case.sql), seconds=STRETCH_SECONDS, stamp_bits=2 * CHARACTER_BITS,
    )  # fmt: skip
    values: tuple[Any, ...] = (
        *case.values, *matter.values, *text.values, limit, limit, numbers_of(grams_of(words)),
        *matter.values, *rest.values, *case.values, limit, limit, *case.values, limit, limit,
    )  # fmt: skip
    return Condition(f"c.id IN ({statement})", values)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
