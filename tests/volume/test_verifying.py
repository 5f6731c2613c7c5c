"""Verification names each break an intruder could leave, and none where there is none."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest
from click.testing import CliRunner

from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.breaks import LABELS, BreakKind
from wangge.domains.cases.chain import link
from wangge.domains.cases.replaying import photos_by_step
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.attachments.operations import receive_photo
from wangge.project.demo.ground_loading import LoadedGround
from wangge.project.demo.pictures import Scene, Subject, draw_scene
from wangge.project.simulation.running import Production, produce, year_tasks

Tamper = Callable[[str], None]
ONE = "(SELECT id FROM cases_case WHERE version >= 10 AND source = 'collector' ORDER BY id LIMIT 1)"
SHOWN = "(SELECT id FROM cases_case WHERE photos LIKE '%\"photo_after\"%' ORDER BY id LIMIT 1)"
OPEN = "(SELECT id FROM cases_case WHERE stage = 'handling' ORDER BY id LIMIT 1)"
TEXTS = "(SELECT case_id FROM cases_private_texts ORDER BY case_id LIMIT 1)"


@pytest.fixture
def city(ground: LoadedGround) -> None:
    """Some days of a year with cases of every outcome and their photos, the last of which are still open."""
    tasks = year_tasks(cases=4000, year=2024, seed=9)[-12:]
    list(produce(Production(ground, 9, TERMINAL, NOW, photos=some_photos(ground)), tasks, jobs=1))


def some_photos(ground: LoadedGround) -> dict[tuple[str, bool], list[tuple[str, str]]]:
    """One picture of before and one of after, whatever a case is about."""
    found = {}
    for settled in (False, True):
        drawn = draw_scene(Scene(Subject.REFUSE, 0, settled))
        photo = receive_photo(data=drawn, by=min(ground.person_ids.values()), at=NOW)
        found |= {(subject.value, settled): [(photo.id, photo.sha256)] for subject in Subject}
    return found


def kinds() -> set[BreakKind]:
    return {each.kind for each in breaks_found()}


ATTACKS = {
    "a step's bytes are changed": (
        f'UPDATE cases_step SET payload = replace(payload, \'"post":"acceptor"\', \'"post":"dispatcher"\')'
        f" WHERE case_id = {ONE} AND verb = 'accept'",
        {BreakKind.CHANGED_STEP, BreakKind.CHANGED_COLUMNS},
    ),
    "an argument inside a step is changed": (
        f'UPDATE cases_step SET payload = replace(payload, \'"department":"\', \'"department":"X\')'
        f" WHERE case_id = {ONE} AND verb = 'dispatch'",
        {BreakKind.CHANGED_STEP},
    ),
    "a step's bytes are no JSON": (
        f"UPDATE cases_step SET payload = 'x' WHERE case_id = {ONE} AND seq = 3",
        {BreakKind.CHANGED_STEP},
    ),
    "a column tells another moment": (
        f"UPDATE cases_step SET at = at - interval '1 hour' WHERE case_id = {ONE} AND verb = 'report_handled'",
        {BreakKind.CHANGED_COLUMNS},
    ),
    "a column tells another person": (
        f"UPDATE cases_step SET person_id = 1 WHERE case_id = {ONE} AND verb = 'accept'",
        {BreakKind.CHANGED_COLUMNS},
    ),
    "a step in the middle is removed": (
        f"DELETE FROM cases_step WHERE case_id = {ONE} AND seq = 4",
        {BreakKind.REMOVED_STEP},
    ),
    "the last step is removed": (
        f"DELETE FROM cases_step s USING cases_case c WHERE c.id = s.case_id AND c.id = {ONE} AND s.seq = c.version",
        {BreakKind.REMOVED_STEP},
    ),
    "a step is added behind the last": (
        "INSERT INTO cases_step SELECT month, case_id, seq + 1, verb, post, person_id, at, recorded_at, from_stage,"
        f" to_stage, payload, hash FROM cases_step WHERE case_id = {ONE} ORDER BY seq DESC LIMIT 1",
        {BreakKind.FOREIGN_STEP},
    ),
    "another case's step stands in its place": (
        "UPDATE cases_step s SET payload = o.payload, verb = o.verb, post = o.post, person_id = o.person_id, at = o.at,"
        " recorded_at = o.recorded_at, from_stage = o.from_stage, to_stage = o.to_stage FROM cases_step o"
        f" WHERE s.case_id = {ONE} AND s.seq = 3 AND o.seq = 3 AND o.case_id = (SELECT id FROM cases_case"
        f" WHERE version >= 10 AND id > {ONE} ORDER BY id LIMIT 1)",
        {BreakKind.CHANGED_COLUMNS, BreakKind.FOREIGN_STEP},
    ),
    "the row says another stage": (
        f"UPDATE cases_case SET stage = 'archived', closed_at = reported_at, burns_at = NULL WHERE id = {OPEN}",
        {BreakKind.WRONG_STAGE, BreakKind.WRONG_DEADLINE, BreakKind.WRONG_COLUMN},
    ),
    "the deadline is moved": (
        f"UPDATE cases_case SET handling_due_at = handling_due_at + interval '2 days' WHERE id = {OPEN}",
        {BreakKind.WRONG_DEADLINE},
    ),
    "the state is changed": (
        f'UPDATE cases_case SET state = replace(state, \'"stage"\', \'"rework":1,"stage"\') WHERE id = {ONE}',
        {BreakKind.WRONG_STATE},
    ),
    "the closing is moved": (
        f"UPDATE cases_case SET closed_at = closed_at - interval '3 days' WHERE id = {ONE}",
        {BreakKind.WRONG_COLUMN},
    ),
    "the unit is changed": (
        f"UPDATE cases_case SET department_code = 'B01x' WHERE id = {ONE}",
        {BreakKind.WRONG_COLUMN},
    ),
    "a photo leaves its case": (f"UPDATE cases_case SET photos = '[]' WHERE id = {SHOWN}", {BreakKind.WRONG_COLUMN}),
    "a photo of after stands as one of before": (
        f"UPDATE cases_case SET photos = replace(photos, 'photo_after', 'photo_before') WHERE id = {SHOWN}",
        {BreakKind.WRONG_COLUMN},
    ),
    "a photo stands with another step": (
        f"UPDATE cases_case SET photos = regexp_replace(photos, ',[0-9]+\\]', ',2]') WHERE id = {SHOWN}",
        {BreakKind.WRONG_COLUMN},
    ),
    "the tail is changed": (
        f"UPDATE cases_case SET tail_hash = decode(repeat('ab', 32), 'hex') WHERE id = {ONE}",
        {BreakKind.WRONG_TAIL},
    ),
    "kept words are changed": (
        "UPDATE cases_private_texts SET texts = jsonb_set(texts, '{address,1}', '\"别处\"') WHERE case_id = " + TEXTS,
        {BreakKind.CHANGED_WORDS},
    ),
    "kept words are gone without an erasure": (
        f"DELETE FROM cases_private_texts WHERE case_id = {TEXTS}",
        {BreakKind.MISSING_WORDS},
    ),
    "words are added": (
        f"INSERT INTO cases_private_texts (case_id, seq, texts, erased_because) SELECT {TEXTS}, 2, '{{}}', ''",
        {BreakKind.FOREIGN_WORDS},
    ),
    "the description is rewritten": (
        f"UPDATE cases_matter SET description = '没有问题' WHERE case_id = {ONE}",
        {BreakKind.CHANGED_MATTER},
    ),
    "the place is moved": (
        f"UPDATE cases_matter SET lon = lon + 0.1 WHERE case_id = {ONE}",
        {BreakKind.CHANGED_MATTER},
    ),
    "the matter is gone": (f"DELETE FROM cases_matter WHERE case_id = {ONE}", {BreakKind.MISSING_MATTER}),
    "all steps of a case are gone": (
        f"DELETE FROM cases_step WHERE case_id = {ONE}",
        {BreakKind.CASE_WITHOUT_STEPS},
    ),
    "a case's row is gone": (
        f"DELETE FROM cases_case WHERE id = {ONE}",
        {BreakKind.STEPS_WITHOUT_CASE, BreakKind.NUMBER_GAP},
    ),
    "the counter is set back": (
        "UPDATE cases_number_counter SET last = 1 WHERE last = (SELECT max(last) FROM cases_number_counter)",
        {BreakKind.NUMBER_BEYOND_COUNTER},
    ),
}


def test_a_city_nobody_touched_shows_no_break(city: None, ask: Ask) -> None:
    assert breaks_found() == []
    assert breaks_found(jobs=2) == []
    assert set(LABELS) == set(BreakKind)


def test_every_attack_is_named(city: None, tamper: Tamper, ask: Ask) -> None:
    tables = ("cases_case", "cases_matter", "cases_step", "cases_private_texts", "cases_number_counter")
    for table in tables:
        tamper(f"CREATE TABLE kept_{table} AS TABLE {table}")
    seen: dict[str, set[BreakKind]] = {}
    for name, (statement, _wanted) in ATTACKS.items():
        tamper(statement)
        seen[name] = kinds()
        for table in tables:
            tamper(f"DELETE FROM {table}")
            tamper(f"INSERT INTO {table} SELECT * FROM kept_{table}")
    assert seen == {name: wanted for name, (_statement, wanted) in ATTACKS.items()}
    assert breaks_found() == []


def test_a_chain_forged_to_the_end_still_betrays_itself(city: None, tamper: Tamper, ask: Ask) -> None:
    """Whoever changes a payload and every hash behind it must change what the steps add up to as well."""
    ((case_id, month),) = ask(f"SELECT id, month FROM cases_case WHERE id = {ONE}")
    steps = ask(f"SELECT seq, payload, hash FROM cases_step WHERE case_id = '{case_id}' ORDER BY seq")
    previous = bytes(steps[3][2])
    for seq, payload, _hash in steps[4:]:
        content = orjson.loads(payload)
        if content["verb"] == "assign_handler":
            content["args"]["handler"] = "1"
        forged = orjson.dumps(content)
        previous = link(previous, forged)
        text = forged.decode().replace("'", "''")
        tamper(
            f"UPDATE cases_step SET payload = '{text}', hash = decode('{previous.hex()}', 'hex')"
            f" WHERE month = '{month}' AND case_id = '{case_id}' AND seq = {seq}"
        )
    tamper(f"UPDATE cases_case SET tail_hash = decode('{previous.hex()}', 'hex') WHERE id = '{case_id}'")
    assert kinds() == {BreakKind.WRONG_STATE}


def test_erased_words_are_no_break(city: None, tamper: Tamper, ask: Ask) -> None:
    tamper(
        "UPDATE cases_private_texts SET texts = '{}', erased_at = now(), erased_because = '本人申请'"
        f" WHERE case_id = {TEXTS}"
    )
    tamper(f"UPDATE cases_matter SET description = '', address = '' WHERE case_id = {TEXTS}")
    assert breaks_found() == []


def test_photos_of_one_step_have_no_order_among_their_kinds_but_their_names_count() -> None:
    """Cities filled by earlier versions kept them in the order in which they were given."""
    before, after, later = ["photo_before", "a", 1], ["photo_after", "b", 1], ["photo_after", "c", 4]
    kept = photos_by_step([before, after, later])
    assert photos_by_step([after, before, later]) == kept
    assert photos_by_step([["photo_before", "b", 1], ["photo_after", "a", 1], later]) != kept
    assert photos_by_step([["photo_before", "a", 4], after, later]) != kept
    assert photos_by_step([after, later]) != kept


def test_the_command_ends_with_one_and_names_the_break(
    city: None, tamper: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from wangge.project.commands import verify

    monkeypatch.setattr(verify, "open_city", nullcontext)
    whole = CliRunner().invoke(verify.verify, ["--jobs", "1"])
    assert (whole.exit_code, "全部相符" in whole.output) == (0, True)
    tamper(f"DELETE FROM cases_step WHERE case_id = {ONE} AND seq = 4")
    broken = CliRunner().invoke(verify.verify, ["--jobs", "1", "--json"])
    assert broken.exit_code == 1
    found = orjson.loads(broken.stdout)
    assert found["by_kind"] == {"removed_step": 1}
    assert found["findings"][0]["seq"] == 4
