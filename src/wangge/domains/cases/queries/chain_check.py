"""The chain check of one case: whether its stored steps are whole, in order, untouched, and end in the case's row."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from wangge.domains.cases import chain
from wangge.domains.cases.queries.away import with_steps_away
from wangge.domains.cases.rows import CaseRow


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """Where the chain of a case breaks: at step ``seq``, or at its end (``seq`` is the row's version)."""

    seq: int
    what: str  # missing, changed, end


def chain_breaks(row: CaseRow) -> tuple[ChainBreak, ...]:
    """Every break, in order; empty when the chain holds. One statement.

    ``missing``: a step number is skipped; ``changed``: a step's hash does not follow from the one before and its
    own bytes; ``end``: the last step is not the one the case's row ends in.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, payload, hash FROM cases_step WHERE month = %s AND case_id = %s ORDER BY seq",
            [row.month, row.id],
        )
        steps = cursor.fetchall()
    if len(steps) < row.version:
        kept = with_steps_away(row, [(seq, "", "", None, None, None, "", "", text, link) for seq, text, link in steps])
        steps = [(each[0], each[8], each[9]) for each in kept]
    breaks = []
    previous, last = chain.genesis(row.id), 0
    for seq, payload, kept in steps:
        digest = bytes(kept)
        if seq != last + 1:
            breaks.append(ChainBreak(seq, "missing"))
        elif chain.link(previous, payload.encode()) != digest:
            breaks.append(ChainBreak(seq, "changed"))
        previous, last = digest, seq
    if (last, previous) != (row.version, row.tail_hash):
        breaks.append(ChainBreak(row.version, "end"))
    return tuple(breaks)
