"""Reports of other systems as cases: history by the same moves, true times, nothing twice, nothing invented."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from django.db import connection

from tests.exchange.foreign_city import csv_file, imported, mapping_of
from tests.shared_material import DATA
from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.foreign_history import ForeignCase
from wangge.domains.cases.operations import foreign
from wangge.domains.cases.operations.foreign import ImportUnderWay, take_in
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.organizations.logic import TERMINAL
from wangge.surfaces.exchange.imports.case_sink import case_of
from wangge.surfaces.exchange.imports.foreign import ForeignReport
from wangge.surfaces.exchange.imports.mapping import load_mapping

IMPORTED_AT = NOW
REPORTED = datetime(2024, 3, 1, 14, 0, tzinfo=UTC)  # 09:00 in New York
CLOSED = datetime(2024, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bare_database(months: None) -> None:
    """No city at all: foreign places lie in no district."""
    forget_units()


def reports_of(folder: Path, *rows: dict[str, str]) -> list[ForeignReport]:
    reports, refused, _run = imported(csv_file(folder, *rows), mapping_of(folder))
    assert not refused
    return reports


def take(reports: Iterable[ForeignReport], *, jobs: int = 1) -> dict[str, int]:
    return take_in(cases=map(case_of, reports), by=TERMINAL, at=IMPORTED_AT, jobs=jobs).as_counts()


def test_a_closed_report_is_a_history_of_the_same_moves_with_its_true_times(tmp_path: Path, ask: Ask) -> None:
    assert take(reports_of(tmp_path, {}))["written"] == 1
    steps = ask("SELECT verb, post, at, from_stage, to_stage FROM cases_step ORDER BY seq")
    assert [(verb, at) for verb, _post, at, _from, _to in steps] == [
        ("receive_report", REPORTED),
        ("accept", REPORTED),
        ("file_case", REPORTED),
        ("dispatch", REPORTED),
        ("report_handled", CLOSED),
        ("forward_result", CLOSED),
        ("send_inspection", CLOSED),
        ("pass_inspection", CLOSED),
        ("close_case", CLOSED),
        ("archive_case", IMPORTED_AT),
    ]
    assert {post for _verb, post, *_ in steps} == {"system"}
    assert ask("SELECT bool_and(recorded_at = '2025-03-12 02:30+00' AND person_id IS NULL) FROM cases_step") == [
        (True,)
    ]
    ((stage, reported_at, filed_at, closed_at, number, external_no, unit),) = ask(
        "SELECT stage, reported_at, filed_at, closed_at, number, external_no, department_code FROM cases_case"
    )
    assert (stage, reported_at, filed_at, closed_at) == ("archived", REPORTED, REPORTED, CLOSED)
    assert (number, external_no, unit) == ("000000-20240301-00001", "testville:A-1", "F-testville")
    assert breaks_found() == []


def test_what_the_other_system_said_stands_in_the_first_step(tmp_path: Path, ask: Ask) -> None:
    take(reports_of(tmp_path, {}))
    ((payload,),) = ask("SELECT payload FROM cases_step WHERE seq = 1")
    told = orjson.loads(payload)
    assert told["by"] == "import:testville"
    assert told["foreign"]["key"] == "A-1"
    assert told["foreign"]["status"] == "done"
    assert told["foreign"]["target_at"] == "2024-03-04T14:00:00+00:00"
    assert "lamp out" not in payload  # personal words stand apart
    assert ask("SELECT texts->'description'->>1 FROM cases_private_texts WHERE seq = 1") == [("lamp out",)]


@pytest.mark.parametrize(
    ("row", "stage", "last_verb"),
    [
        ({"state": "open", "closed": ""}, "reported", "receive_report"),
        ({"state": "dropped"}, "declined", "decline_report"),
        ({"state": "elsewhere"}, "declined", "decline_report"),
    ],
)
def test_other_states_end_where_they_stood(
    tmp_path: Path, ask: Ask, row: dict[str, str], stage: str, last_verb: str
) -> None:
    take(reports_of(tmp_path, row))
    ((found, state),) = ask("SELECT stage, state FROM cases_case")
    ((verb, args),) = ask("SELECT verb, payload::json->'args'->>'reason' FROM cases_step ORDER BY seq DESC LIMIT 1")
    assert (found, verb) == (stage, last_verb)
    if row["state"] == "elsewhere":
        assert args.startswith("outside_jurisdiction")
    assert orjson.loads(state)["stage"] == stage


def test_the_same_rows_again_change_nothing(tmp_path: Path, ask: Ask) -> None:
    rows = [{"id": f"A-{n}", "opened": f"2024-03-{1 + n % 28:02d} 09:00:00", "closed": "2024-05-01 10:00:00"}
            for n in range(60)]  # fmt: skip
    reports = reports_of(tmp_path, *rows)
    first = take(reports)
    mark = ask("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM cases_case c")
    again = take(reversed(reports))
    assert (first["written"], again["written"], again["already_there"]) == (60, 0, 60)
    assert ask("SELECT md5(string_agg(c::text, '' ORDER BY id)) FROM cases_case c") == mark
    assert ask("SELECT count(*) FROM organizations_audit_record WHERE kind = 'import'") == [(1,)]


def test_a_report_known_under_another_source_is_the_same_report(tmp_path: Path, ask: Ask) -> None:
    (report,) = reports_of(tmp_path, {})
    take([report])
    case = case_of(report)

    counts = take_in(cases=[case._replace(source="hotline")], by=TERMINAL, at=IMPORTED_AT).as_counts()
    assert (counts["written"], counts["already_there"]) == (0, 1)


def test_numbers_follow_the_moments_of_the_reports(tmp_path: Path, ask: Ask) -> None:
    rows = [{"id": f"A-{hour}", "opened": f"2024-03-01 {hour:02d}:00:00"} for hour in (7, 1, 5, 3)]
    take(reports_of(tmp_path, *rows))
    assert ask("SELECT external_no FROM cases_case ORDER BY number") == [
        (f"testville:A-{hour}",) for hour in (1, 3, 5, 7)
    ]


def test_a_closing_that_cannot_be_believed_is_not_guessed(tmp_path: Path, ask: Ask) -> None:
    """The history must have a moment: the report's own; the step says that the ending's is not known."""
    mapping = mapping_of(tmp_path)
    rows = csv_file(tmp_path, {"closed": "2024-02-01 10:00:00", "changed": ""})
    reports, refused, _run = imported(rows, mapping)
    assert not refused
    take(reports)
    ((at, payload),) = ask("SELECT at, payload FROM cases_step WHERE verb = 'close_case'")
    assert at == REPORTED
    assert orjson.loads(payload)["foreign"]["ended_at_unknown"] is True
    assert breaks_found() == []


def test_two_imports_do_not_write_at_once(tmp_path: Path, owner_link: object) -> None:
    link = owner_link
    link.execute("SELECT pg_advisory_lock(hashtext('wangge import reports'))")  # type: ignore[attr-defined]
    with pytest.raises(ImportUnderWay):
        take(reports_of(tmp_path, {}))


def test_a_report_that_came_meanwhile_is_left_alone(tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    reports = reports_of(tmp_path, {}, {"id": "A-2"})
    take(reports[:1])
    known = foreign.known_numbers
    answers = iter([set[str]()])
    monkeypatch.setattr(foreign, "known_numbers", lambda numbers: next(answers, None) or known(numbers))
    assert take(reports)["written"] == 1
    assert ask("SELECT count(*) FROM cases_case") == [(2,)]


def test_an_owner_becomes_a_receiving_unit_once(tmp_path: Path, ask: Ask) -> None:

    case = case_of(reports_of(tmp_path, {})[0])
    cases = [case._replace(key=f"B-{n}", department=("Public Works", "Parks")[n % 2]) for n in range(6)]
    take_in(cases=cases, by=TERMINAL, at=IMPORTED_AT)
    assert ask("SELECT name FROM organizations_department ORDER BY name") == [("Parks",), ("Public Works",)]
    assert ask("SELECT count(DISTINCT department_code) FROM cases_case") == [(2,)]


def test_words_postgres_cannot_keep_are_taken_without_their_nul(tmp_path: Path, ask: Ask) -> None:

    case = case_of(reports_of(tmp_path, {})[0])._replace(description='a\0b\t"c\\d"\n{e}', outcome_note="\0")
    take_in(cases=[case], by=TERMINAL, at=IMPORTED_AT)
    assert ask("SELECT description FROM cases_matter") == [('ab\t"c\\d"\n{e}',)]
    assert breaks_found() == []


def test_years_before_the_calendars_are_taken_and_named(tmp_path: Path, ask: Ask) -> None:

    early = datetime(2008, 10, 6, 3, 0, tzinfo=UTC)
    case = case_of(reports_of(tmp_path, {})[0])._replace(reported_at=early, ended_at=early + timedelta(days=40))
    take_in(cases=[case], by=TERMINAL, at=IMPORTED_AT)
    assert ask("SELECT unknown_year, stage FROM cases_case") == [(2008, "archived")]
    assert ask("SELECT to_regclass('cases_step_2008_10') IS NOT NULL") == [(True,)]
    assert breaks_found() == []


def test_a_new_city_is_filled_without_reading_its_cases_again_and_again(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No figures of the tables are known yet: a plan that reads all cases for each batch would be taken unseen."""
    monkeypatch.setattr(foreign, "BATCH", 40)
    case = case_of(reports_of(tmp_path, {})[0])
    cases = [
        case._replace(key=f"C-{n}", lon=-74.0 + n / 1e4, lat=40.7, reported_at=REPORTED + timedelta(days=n // 40))
        for n in range(400)
    ]
    read = "SELECT pg_stat_force_next_flush(), seq_tup_read FROM pg_stat_user_tables WHERE relname = 'cases_case'"
    ((_, before),) = ask(read)
    assert take_in(cases=cases, by=TERMINAL, at=IMPORTED_AT).written == 400
    ask(read)
    ((_, after),) = ask(read)
    assert ask("SELECT count(*) FROM cases_recurrence") == [(400,)]
    assert after - before <= 400  # once for the planner's figures at the end


@pytest.mark.parametrize("broken", [False, True])
def test_after_an_import_no_search_piece_waits(tmp_path: Path, ask: Ask, broken: bool) -> None:
    case = case_of(reports_of(tmp_path, {})[0])

    def cases() -> Iterable[ForeignCase]:
        yield case
        if broken:
            raise OSError("the file ends in the middle")

    if broken:
        with pytest.raises(OSError, match="middle"):
            take_in(cases=cases(), by=TERMINAL, at=IMPORTED_AT)
    else:
        take_in(cases=cases(), by=TERMINAL, at=IMPORTED_AT)
    assert ask("SELECT reloptions FROM pg_class WHERE relname = 'matter_grams'") == [(["fastupdate=off"],)]


def test_a_real_city_comes_in_whole(ask: Ask) -> None:
    folder = DATA / "sf311" / "dev"
    if not folder.is_dir():
        pytest.skip("the data sets are not beside the repository")
    reports, _refused, _run = imported(folder / "requests.csv.gz", load_mapping("sf311"), at=IMPORTED_AT)
    expected = orjson.loads((folder / "expected.json").read_bytes())["measured_file"]["by_status"]
    counts = take(reports, jobs=2)
    stages: dict[bool, int] = dict(ask("SELECT stage IN ('archived', 'closed'), count(*) FROM cases_case GROUP BY 1"))
    assert stages == {True: expected["Closed"], False: expected["Open"]}
    assert counts["written"] == len(reports)
    assert breaks_found(jobs=2) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT external_no) FROM cases_case")
        assert cursor.fetchone() == (len(reports),)
    assert take(reports)["already_there"] == len(reports)
