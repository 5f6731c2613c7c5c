"""Anchors bring to light what verification cannot see: a case forged anew, or taken out with its number."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.anchoring import LABELS, AnchorBreak, anchor_heads, hold_against
from wangge.domains.cases.chain import genesis, link
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.anchor_files import INDEX, AnchorBroken, anchors_in
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.simulation.running import Production, produce, year_tasks

Tamper = Callable[[str], None]
LAST = "(SELECT id FROM cases_case ORDER BY number DESC LIMIT 1)"
# The last of its district and day: taken out with its number it leaves no gap.
TOP = (
    "(SELECT c.id FROM cases_case c JOIN cases_number_counter k ON k.last > 1 AND c.number = k.district_code"
    " || to_char(k.day, '-YYYYMMDD-') || lpad(k.last::text, 5, '0') ORDER BY c.number DESC LIMIT 1)"
)
DONE = "(SELECT id FROM cases_case WHERE closed_at IS NOT NULL ORDER BY number DESC LIMIT 1)"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def city(ground: LoadedGround) -> None:
    list(produce(Production(ground, 9, TERMINAL, NOW), year_tasks(cases=3000, year=2024, seed=9)[-6:], jobs=1))


def kinds(directory: Path) -> list[AnchorBreak]:
    return [each.kind for held in hold_against(directory=directory) for each in held.breaks]


def heads(directory: Path) -> int:
    return sum(held.heads for held in hold_against(directory=directory))


def test_an_untouched_city_agrees_with_its_anchors(city: None, ask: Ask, tmp_path: Path) -> None:
    first = anchor_heads(directory=tmp_path, at=LATER)
    second = anchor_heads(directory=tmp_path, at=LATER + timedelta(days=1))
    ((cases,),) = ask("SELECT count(*) FROM cases_case")
    assert (first.whole, first.lines, second.whole, second.lines) == (True, cases, False, 0)
    assert second.previous == first.digest
    assert (kinds(tmp_path), heads(tmp_path)) == ([], cases)
    assert set(LABELS) == set(AnchorBreak)


def test_a_load_after_an_anchor_is_anchored_whole(ground: LoadedGround, ask: Ask, tmp_path: Path) -> None:
    tasks = year_tasks(cases=3000, year=2024, seed=9)
    list(produce(Production(ground, 9, TERMINAL, NOW), tasks[:2], jobs=1))
    anchor_heads(directory=tmp_path, at=NOW - timedelta(hours=2))
    list(produce(Production(ground, 9, TERMINAL, NOW), tasks[2:4], jobs=1))
    again = anchor_heads(directory=tmp_path, at=NOW)
    ((cases,),) = ask("SELECT count(*) FROM cases_case")
    assert (again.whole, again.lines) == (True, cases)


def test_a_case_that_moves_on_still_agrees(city: None, tamper: Tamper, ask: Ask, tmp_path: Path) -> None:
    anchor_heads(directory=tmp_path, at=LATER)
    tamper(
        "INSERT INTO cases_step SELECT month, case_id, seq + 1, verb, post, person_id, at, recorded_at, from_stage,"
        f" to_stage, payload, hash FROM cases_step WHERE case_id = {LAST} ORDER BY seq DESC LIMIT 1"
    )
    assert kinds(tmp_path) == []


def test_a_case_taken_out_with_its_number_is_named(city: None, tamper: Tamper, ask: Ask, tmp_path: Path) -> None:
    anchor_heads(directory=tmp_path, at=LATER)
    ((case_id, number, district, day),) = ask(
        f"SELECT id::text, number, substr(number, 1, 6), substr(number, 8, 8) FROM cases_case WHERE id = {TOP}"
    )
    assert ask(f"SELECT count(*) FROM cases_private_texts WHERE case_id = '{case_id}'") == [(1,)]
    for table in ("cases_step", "cases_matter", "cases_private_texts"):
        tamper(f"DELETE FROM {table} WHERE case_id = '{case_id}'")
    tamper(f"DELETE FROM cases_case WHERE id = '{case_id}'")
    tamper(f"UPDATE cases_number_counter SET last = last - 1 WHERE district_code = '{district}' AND day = '{day}'")
    assert breaks_found() == []  # inside, everything agrees
    found = [each for held in hold_against(directory=tmp_path) for each in held.breaks]
    assert [(each.kind, each.number) for each in found] == [(AnchorBreak.CASE_GONE, number)]


def test_a_history_forged_anew_from_its_first_step_is_named(
    city: None, tamper: Tamper, ask: Ask, tmp_path: Path
) -> None:
    anchor_heads(directory=tmp_path, at=LATER)
    ((case_id, month),) = ask(f"SELECT id, month FROM cases_case WHERE id = {DONE}")
    previous = genesis(case_id)
    for seq, payload in ask(f"SELECT seq, payload FROM cases_step WHERE case_id = '{case_id}' ORDER BY seq"):
        content = orjson.loads(payload)
        content["args"] = {**content.get("args", {}), "note": "不曾写过"}
        forged = orjson.dumps(content)
        previous = link(previous, forged)
        text = forged.decode().replace("'", "''")
        tamper(
            f"UPDATE cases_step SET payload = '{text}', hash = decode('{previous.hex()}', 'hex')"
            f" WHERE month = '{month}' AND case_id = '{case_id}' AND seq = {seq}"
        )
    tamper(f"UPDATE cases_case SET tail_hash = decode('{previous.hex()}', 'hex') WHERE id = '{case_id}'")
    assert breaks_found() == []
    assert kinds(tmp_path) == [AnchorBreak.OTHER_HISTORY]


def test_a_removed_step_and_another_number_are_named(city: None, tamper: Tamper, ask: Ask, tmp_path: Path) -> None:
    anchor_heads(directory=tmp_path, at=LATER)
    tamper(f"DELETE FROM cases_step s USING cases_case c WHERE c.id = s.case_id AND c.id = {LAST} AND seq = c.version")
    first = "(SELECT id FROM cases_case ORDER BY number LIMIT 1)"
    tamper(f"UPDATE cases_case SET number = '999999-20240101-00001' WHERE id = {first}")
    assert sorted(kinds(tmp_path)) == [AnchorBreak.OTHER_NUMBER, AnchorBreak.STEP_GONE]


def test_a_changed_exchanged_or_removed_file_is_named(city: None, ask: Ask, tmp_path: Path) -> None:
    anchors = [anchor_heads(directory=tmp_path, at=LATER + timedelta(days=n), whole=True) for n in range(3)]
    kept = (tmp_path / anchors[1].name).read_bytes()
    lines = gzip.decompress(kept).splitlines(keepends=True)
    (tmp_path / anchors[1].name).write_bytes(gzip.compress(b"".join(lines[:-1])))
    assert AnchorBreak.FILE_BROKEN in kinds(tmp_path)
    (tmp_path / anchors[1].name).write_bytes((tmp_path / anchors[0].name).read_bytes())
    assert AnchorBreak.FILE_BROKEN in kinds(tmp_path)
    (tmp_path / anchors[1].name).write_bytes(kept[: len(kept) // 2])
    assert AnchorBreak.FILE_BROKEN in kinds(tmp_path)
    (tmp_path / anchors[1].name).unlink()
    assert kinds(tmp_path) == [AnchorBreak.FILE_BROKEN]
    index = (tmp_path / INDEX).read_text("ascii").splitlines(keepends=True)
    (tmp_path / INDEX).write_text("".join((index[0], index[2])), "ascii")
    assert kinds(tmp_path) == [AnchorBreak.FILE_BROKEN]
    with pytest.raises(AnchorBroken):
        anchors_in(tmp_path)
    with pytest.raises(AnchorBroken):
        anchor_heads(directory=tmp_path, at=LATER + timedelta(days=9))
