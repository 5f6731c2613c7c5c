"""Anchors the heads of all chains outside the database, and holds the history against what was anchored.

Whoever owns the database could forge a case anew from its first step to its row, or take it out together with its
number; then everything inside agrees. The heads that lie elsewhere do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import islice
from pathlib import Path

from django.db import connection, transaction

from wangge.domains.organizations.queries import cases_loaded_since
from wangge.groundwork.anchor_files import Anchor, AnchorBroken, anchors_in, read_anchor, write_anchor
from wangge.groundwork.months_away import Away, changed, month_away, rows_away
from wangge.standards.findings import gettext_noop

HEADS_AT_ONCE = 5_000
# A step is recorded at the moment its transaction began to write; one that was under way at the last anchor must not
# fall between two of them.
OVERLAP = timedelta(hours=1)
_HEADS = "SELECT c.month, c.id, c.version, encode(c.tail_hash, 'hex'), c.number FROM cases_case c"
_MOVED = (
    " JOIN cases_step s ON s.month = c.month AND s.case_id = c.id AND s.seq = c.version"
    " WHERE s.recorded_at >= '{since}'"
)
_COMPARED = """
SELECT a.number, a.case_id::text, a.seq, c.number IS NOT NULL, s.seq IS NOT NULL, encode(s.hash, 'hex') = a.hash,
    a.month, a.hash
FROM unnest(%s::date[], %s::uuid[], %s::int[], %s::text[], %s::text[]) AS a (month, case_id, seq, hash, number)
LEFT JOIN cases_case c ON c.id = a.case_id
LEFT JOIN cases_step s ON s.month = a.month AND s.case_id = a.case_id AND s.seq = a.seq
WHERE c.number IS DISTINCT FROM a.number OR encode(s.hash, 'hex') IS DISTINCT FROM a.hash
ORDER BY a.number
"""


class AnchorBreak(StrEnum):
    """What an anchor can bring to light; the value is the name in ``--json``."""

    CASE_GONE = "case_gone"
    STEP_GONE = "step_gone"
    OTHER_HISTORY = "other_history"
    OTHER_NUMBER = "other_number"
    FILE_BROKEN = "file_broken"


LABELS: dict[AnchorBreak, str] = {
    AnchorBreak.CASE_GONE: gettext_noop("锚定过的案卷已不在库中"),
    AnchorBreak.STEP_GONE: gettext_noop("锚定过的流转记录已不在库中"),
    AnchorBreak.OTHER_HISTORY: gettext_noop("流转记录与锚定的校验码不符：历史被重写"),
    AnchorBreak.OTHER_NUMBER: gettext_noop("案卷号与锚定的不符"),
    AnchorBreak.FILE_BROKEN: gettext_noop("锚定文件被改动、调换或缺失"),
}
"""What each is called in front of people."""


@dataclass(frozen=True, slots=True)
class Unanchored:
    """A break against an anchor: in which file, which case, at which step."""

    kind: AnchorBreak
    anchor: str
    number: str = ""
    case_id: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An anchor held against the database: how many heads were compared and what differs."""

    heads: int
    breaks: tuple[Unanchored, ...]


def anchor_heads(*, directory: Path, at: datetime, whole: bool = False) -> Anchor:
    """Write the next anchor: every case that moved since the last one.

    All cases are anchored the first time, when asked, and after a load (whose steps carry the moments of their day).
    Raises AnchorBroken when the directory's index is not whole.
    """
    earlier = anchors_in(directory)
    if not earlier or whole or cases_loaded_since(earlier[-1].at - OVERLAP):
        return write_anchor(directory, _rows(_HEADS), at=at, whole=True)
    since = earlier[-1].at - OVERLAP
    return write_anchor(directory, _rows(_HEADS + _MOVED.format(since=since.isoformat())), at=at, whole=False)


def _rows(query: str) -> Iterator[bytes]:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query} ORDER BY c.month, c.id) TO STDOUT") as rows:
        for row in rows:
            yield bytes(row)


def hold_against(*, directory: Path) -> Iterator[Held]:
    """Hold the history against every anchor, oldest first, in one snapshot; pieces as they are compared."""
    try:
        anchors = anchors_in(directory)
    except AnchorBroken as broken:
        yield Held(0, (Unanchored(AnchorBreak.FILE_BROKEN, str(broken)),))
        return
    with transaction.atomic():
        for anchor in anchors:
            try:
                heads = read_anchor(directory, anchor)
                while piece := list(islice(heads, HEADS_AT_ONCE)):
                    yield Held(len(piece), tuple(_differing(anchor, piece)))
            except (AnchorBroken, ValueError) as broken:
                yield Held(0, (Unanchored(AnchorBreak.FILE_BROKEN, str(broken)),))


def _differing(anchor: Anchor, piece: Sequence[bytes]) -> Iterator[Unanchored]:
    columns = [list(column) for column in zip(*(_head(row) for row in piece), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_COMPARED, columns)
        for number, case_id, seq, case_there, step_there, same_hash, month, digest in cursor.fetchall():
            kept = _hash_away(month, case_id, seq) if case_there and not step_there else None
            if kept == digest and not _number_differs(case_id, number):
                continue  # the month lies in a file, and nothing differs
            if not case_there:
                kind = AnchorBreak.CASE_GONE
            elif not step_there and kept is None:
                kind = AnchorBreak.STEP_GONE
            else:
                kind = AnchorBreak.OTHER_NUMBER if same_hash or kept == digest else AnchorBreak.OTHER_HISTORY
            yield Unanchored(kind, anchor.name, number, case_id, seq)


def _hash_away(month: date, case_id: str, seq: int) -> str | None:
    """The hash of a step that lies in its month's file."""
    found = month_away("cases_step", month)
    return _hashes_of(found).get((case_id, seq)) if found is not None and not changed(found) else None


@lru_cache(maxsize=1)
def _hashes_of(month: Away) -> dict[tuple[str, int], str]:
    return {
        (row["case_id"].decode(), int(row["seq"])): row["hash"].decode().removeprefix("\\x") for row in rows_away(month)
    }  # fmt: skip


def _number_differs(case_id: str, number: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case WHERE id = %s", [case_id])
        return bool(cursor.fetchone() != (number,))


def _head(row: bytes) -> tuple[str, str, int, str, str]:
    month, case_id, seq, digest, number = row.decode("ascii").rstrip("\n").split("\t")
    return month, case_id, int(seq), digest, number
