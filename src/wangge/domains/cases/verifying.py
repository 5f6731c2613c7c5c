"""Verifies every case of the city beside the running work: one snapshot, read in pieces by several processes.

A piece is a range of case ids of one month; cases, kept words and steps of a piece are streamed by text COPY in the
order of their keys and laid side by side, so that a case without steps and steps without a case both show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from heapq import merge
from itertools import pairwise

from django.db import connection, transaction

from wangge.domains.cases.breaks import Break, BreakKind
from wangge.domains.cases.replaying import KeptCase, KeptStep, KeptWords, check_case
from wangge.domains.cases.rules import rulebook_on
from wangge.groundwork.attachments.checking import check_originals
from wangge.groundwork.copied_rows import copied_rows
from wangge.groundwork.months_away import Away, changed, month_away, rows_away
from wangge.groundwork.worker_pool import worked

CASES_PER_PIECE = 8000
_CASE_SELECT = (
    "c.id, c.number, c.version, c.stage, c.category, c.department_code, c.inner_department_code, c.assignee_id,"
    " c.reported_at, c.filed_at, c.closed_at, c.stage_due_at, c.handling_due_at, c.burns_at, c.timer_at,"
    " c.unknown_year, c.rules_on, c.state, c.photos, encode(c.tail_hash, 'hex'), c.entry, m.case_id, m.description,"
    " m.address, m.lon, m.lat"
)
_STEP_SELECT = (
    "case_id, seq, verb, post, person_id, at, recorded_at, from_stage, to_stage, payload, encode(hash, 'hex')"
)
_STEP_COLUMNS = (
    "case_id", "seq", "verb", "post", "person_id", "at", "recorded_at", "from_stage", "to_stage", "payload", "hash"
)  # fmt: skip
_MONTHS = """
WITH RECURSIVE months AS (
    (SELECT min(month) AS month FROM cases_step)
    UNION ALL
    SELECT (SELECT min(s.month) FROM cases_step s WHERE s.month > months.month) FROM months WHERE month IS NOT NULL
)
SELECT month FROM months WHERE month IS NOT NULL UNION SELECT month FROM cases_case ORDER BY 1
"""
_BORDERS = """
SELECT month, id::text FROM (
    SELECT month, id, row_number() OVER (PARTITION BY month ORDER BY id) AS place FROM cases_case
) ranked WHERE place %% %s = 0 ORDER BY month, id
"""
_COUNTERS = """
SELECT COALESCE(c.district_code, n.district), COALESCE(c.day, n.day), COALESCE(c.last, 0), COALESCE(n.highest, 0),
    COALESCE(n.numbers, 0)
FROM cases_number_counter c
FULL JOIN (
    SELECT substr(number, 1, 6) AS district, to_date(substr(number, 8, 8), 'YYYYMMDD') AS day,
        max(substr(number, 17)::int) AS highest, count(*) AS numbers
    FROM cases_case WHERE number ~ '^[0-9]{6}-[0-9]{8}-[0-9]+$' GROUP BY 1, 2
) n ON n.district = c.district_code AND n.day = c.day
WHERE COALESCE(c.last, 0) <> COALESCE(n.highest, 0) OR COALESCE(n.highest, 0) <> COALESCE(n.numbers, 0)
ORDER BY 1, 2
"""
_ORPHANS = """
SELECT c.id::text, c.number FROM cases_case c
WHERE c.parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM cases_case p WHERE p.id = c.parent_id) ORDER BY 2
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Cases of one month whose ids lie in [lowest, beyond); an empty end is open."""

    month: date
    lowest: str = ""
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a piece, or (without a month) in the city's numbers."""

    month: date | None
    cases: int
    steps: int
    breaks: tuple[Break, ...]


@dataclass(slots=True)
class Verification:
    """A verification under way: how many pieces there are, and their answers as they come."""

    pieces: list[Piece]
    cases: int
    answers: Iterator[Checked] = field(default_factory=lambda: iter(()))


@contextmanager
def verification(*, jobs: int = 1) -> Iterator[Verification]:
    """Begin a verification of everything as it stands at this moment; the snapshot is held while it lasts.

    ``jobs`` processes read and replay. Inside an open transaction it sees what that transaction sees, by one process.
    """
    alone = jobs <= 1 or connection.in_atomic_block
    with transaction.atomic():
        snapshot = "" if alone else _hold_snapshot()
        pieces, cases = _pieces()
        yield Verification(pieces, cases, _answers(pieces, snapshot, 1 if alone else jobs))


def _hold_snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        return str(cursor.fetchone()[0])


def _answers(pieces: list[Piece], snapshot: str, jobs: int) -> Iterator[Checked]:
    yield Checked(None, 0, 0, (*_wrong_numbers(), *_orphans()))
    yield from worked(check_piece, pieces, jobs=jobs, prepare=take_snapshot, given=(snapshot,))


def _pieces() -> tuple[list[Piece], int]:
    """The pieces in the order of months, and how many cases there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        (cases,) = cursor.fetchone()
        cursor.execute(_MONTHS)
        months = [row[0] for row in cursor.fetchall()]
        cursor.execute(_BORDERS, [CASES_PER_PIECE])
        borders: dict[date, list[str]] = {}
        for month, border in cursor.fetchall():
            borders.setdefault(month, []).append(border)
    pieces = []
    for month in months:
        ends = ["", *borders.get(month, ()), ""]
        pieces += [Piece(month, low, high) for low, high in pairwise(ends)]
    return pieces, cases


def _wrong_numbers() -> Iterator[Break]:
    """Numbers are given one after the other: a gap is a case that is gone, one too high was not given."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        for district, day, last, highest, numbers in cursor.fetchall():
            kind = BreakKind.NUMBER_BEYOND_COUNTER if highest > last else BreakKind.NUMBER_GAP
            yield Break(kind, f"{district}-{day:%Y%m%d}", "", told=f"{numbers} / {highest} / {last}")


def _orphans() -> Iterator[Break]:
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANS)
        for case_id, number in cursor.fetchall():
            yield Break(BreakKind.CHILD_WITHOUT_PARENT, number, case_id)


@dataclass(frozen=True, slots=True)
class PhotosChecked:
    """How many originals were read, and the breaks: one for each case that names a photo found wrong."""

    photos: int
    breaks: tuple[Break, ...]


def verify_photos() -> Iterator[PhotosChecked]:
    """Hold every original photo in use against its hash."""
    for piece in check_originals():
        found = [(BreakKind.MISSING_PHOTO, each) for each in piece.missing]
        found += [(BreakKind.CHANGED_PHOTO, each) for each in piece.changed]
        yield PhotosChecked(piece.photos, tuple(each for kind, photo in found for each in _naming(kind, photo)))


def _naming(kind: BreakKind, photo: str) -> Iterator[Break]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id::text, number FROM cases_case WHERE photos LIKE %s ORDER BY 2", [f'%"{photo}"%'])
        cases = cursor.fetchall()
    for case_id, number in cases or [("", "")]:
        yield Break(kind, number, case_id, told=photo)


# ---- in a worker ---------------------------------------------------------------------------------------------------


def take_snapshot(snapshot: str) -> None:
    """Let this process see what the one that began sees, for the rest of its life."""
    if snapshot:
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")


def check_piece(piece: Piece) -> Checked:
    """Check the cases of one piece."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO'; SET LOCAL extra_float_digits = 1")
    cases = {row[0]: KeptCase._make(row) for row in copied_rows(_case_query(piece))}
    checked = len(cases)
    words: dict[bytes, dict[int, KeptWords]] = {}
    for case_id, seq, texts, erased in copied_rows(_words_query(piece)):
        words.setdefault(case_id, {})[int(seq)] = KeptWords(texts, erased == b"t")
    breaks: list[Break] = []
    count = 0
    month = month_away("cases_step", piece.month)
    if month is not None and changed(month):
        return Checked(piece.month, checked, 0, (Break(BreakKind.MONTH_GONE, "", "", told=str(month.path)),))
    for steps in _by_case(piece, month):
        count += len(steps)
        case = cases.pop(steps[0].case_id, None)
        if case is None:
            breaks.append(Break(BreakKind.STEPS_WITHOUT_CASE, "", steps[0].case_id.decode(), int(steps[0].seq)))
            continue
        breaks += check_case(case, steps, words.get(case.id, {}), rulebook_on)
    for case in cases.values():
        breaks += check_case(case, (), {}, rulebook_on)
    return Checked(piece.month, checked, count, tuple(breaks))


def _case_query(piece: Piece) -> str:
    return (
        f"SELECT {_CASE_SELECT} FROM cases_case c LEFT JOIN cases_matter m ON m.case_id = c.id"
        f" WHERE c.month = '{piece.month}'{_range('c.id', piece)} ORDER BY c.id"
    )


def _words_query(piece: Piece) -> str:
    """Words lie by case alone: those of the piece's cases."""
    return (
        "SELECT t.case_id, t.seq, t.texts::text, t.erased_at IS NOT NULL FROM cases_private_texts t"
        f" JOIN cases_case c ON c.id = t.case_id WHERE c.month = '{piece.month}'{_range('c.id', piece)}"
        f"{_range('t.case_id', piece)}"
    )


def _range(column: str, piece: Piece) -> str:
    low = f" AND {column} >= '{piece.lowest}'" if piece.lowest else ""
    return low + (f" AND {column} < '{piece.beyond}'" if piece.beyond else "")


def _by_case(piece: Piece, month: Away | None) -> Iterator[list[KeptStep]]:
    query = (
        f"SELECT {_STEP_SELECT} FROM cases_step WHERE month = '{piece.month}'{_range('case_id', piece)}"
        " ORDER BY month, case_id, seq"
    )
    rows: Iterator[KeptStep] = map(KeptStep._make, copied_rows(query))
    if month is not None:
        rows = merge(_steps_away(month, piece), rows, key=lambda step: (step.case_id, int(step.seq)))
    held: list[KeptStep] = []
    for step in rows:
        if held and held[0].case_id != step.case_id:
            yield held
            held = []
        held.append(step)
    if held:
        yield held


def _steps_away(month: Away, piece: Piece) -> Iterator[KeptStep]:
    """The month's file in the very form the query gives."""
    for row in rows_away(month, first=piece.lowest, beyond=piece.beyond):
        values = [row[name] for name in _STEP_COLUMNS]
        yield KeptStep._make([*values[:-1], values[-1].removeprefix(b"\\x")])
