"""Published evaluation results over the API: figures, their counts, and the cases behind them by right."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.api.conftest import Speak
from tests.api.test_document import BY_ID, CHECKS, one_connection
from tests.api.test_writes import statements
from tests.cases.conftest import START
from tests.evaluation.small_months import LEADER, REVIEWER, run_months, walked_city
from wangge.domains.evaluation.operations.checks import Found, adjust, record_finding
from wangge.domains.evaluation.operations.month import step
from wangge.domains.evaluation.queries.results import content_of, result_of
from wangge.domains.evaluation.snapshots import Snapshot

__all__ = ["one_connection"]
pytestmark = pytest.mark.django_db
PUBLISHED, DRAFT = "2024-03", "2024-04"
RESULT = f"/evaluation/results/M{PUBLISHED}-1"
MONTH = f"M{PUBLISHED}-1"
SPOT = "sanitation"


@pytest.fixture
def real(speak: Speak) -> str:
    """A case that the database holds."""
    return str(speak("collector-1").report()["number"])


@pytest.fixture
def snapshot(real: str, tmp_path: Path, settings: Any) -> Snapshot:
    """A published month and a draft; the warehouse their figures come from."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    made = walked_city(tmp_path, numbers={1: real})
    run_months(made, [PUBLISHED], at=START)
    run_months(made, [DRAFT], at=START, until="sign")
    return made


def told(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content
    return json.loads(answer.content)


def test_published_results_are_listed_and_drafts_are_not_there(speak: Speak, snapshot: Snapshot) -> None:
    for username in ("evaluator-1", "centre_leader-1", "dept-a"):
        speaker = speak(username)
        listed = told(speaker.get("/evaluation/results"))["items"]
        assert [each["id"] for each in listed] == [MONTH]
        assert statements(partial(speaker.get, "/evaluation/results")) == 2  # who asks, what there is
        assert listed[0]["sm3"] == bytes(result_of(PUBLISHED).sm3).hex()
        assert speaker.get(f"/evaluation/results/M{DRAFT}-1").status_code == 404
        assert speaker.get(f"/evaluation/results/M{DRAFT}-1/figures/district/430201/n_report").status_code == 404


def test_who_has_no_part_in_evaluation_does_not_open_it(speak: Speak, snapshot: Snapshot) -> None:
    for path in ("/evaluation/results", RESULT):
        assert speak("collector-1").get(path).status_code == 403
        assert speak("acceptor-1").get(path).status_code == 403


def test_a_result_says_what_was_frozen(speak: Speak, snapshot: Snapshot) -> None:
    frozen = content_of(result_of(PUBLISHED))
    whole = told(speak("dept-a").get(RESULT))
    assert len(whole["rows"]) == len(frozen["rows"]) + len(frozen["departments"]) > 3
    assert [each["code"] for each in whole["scores"] if each["kind"] == "district"] == [
        each["code"] for each in frozen["scores"]["district"]
    ]
    narrow = told(speak("dept-a").get(f"{RESULT}?kind=district&code=430201&indicator=n_report,close_rate_filed"))
    (row,) = narrow["rows"]
    assert row["figures"].keys() == {"n_report", "close_rate_filed"}
    assert row["figures"]["n_report"] == frozen["rows"][0]["figures"]["n_report"]
    assert [each["id"] for each in narrow["indicators"]] == ["n_report", "close_rate_filed"]
    assert {each["code"] for each in narrow["scores"]} == {"430201"}
    for wrong, field in (("kind=city", "kind"), ("indicator=n_report,n_dreamt", "indicator")):
        refused = speak("dept-a").get(f"{RESULT}?{wrong}")
        assert (refused.status_code, json.loads(refused.content)["field"]) == (422, field)


def test_a_re_issue_stands_beside_what_it_replaces(speak: Speak, snapshot: Snapshot) -> None:
    step(period=PUBLISHED, verb="reissue", by=LEADER, at=START, snapshot=snapshot, note="申诉成立一件")
    listed = told(speak("evaluator-1").get("/evaluation/results"))["items"]
    assert [(each["issue"], each["replaces"], each["change_note"]) for each in listed] == [
        (2, MONTH, "申诉成立一件"), (1, None, None),
    ]  # fmt: skip
    assert told(speak("evaluator-1").get(RESULT))["issue"] == 1


def test_a_figure_opens_to_counts_that_give_it(speak: Speak, snapshot: Snapshot) -> None:
    trace = told(speak("dept-a").get(f"{RESULT}/figures/district/430201/rework_rate"))
    numbers = [each["number"] for each in trace["counts"]]
    assert (trace["figure"]["numerator"], trace["figure"]["denominator"]) == (numbers[0], numbers[1])
    assert trace["formula"].startswith("100")
    for wrong in (
        "district/999999/n_report",
        "district/430201/n_dreamt",
        "city/430201/n_report",
        "district/a=b/n_report",
    ):
        assert speak("dept-a").get(f"{RESULT}/figures/{wrong}").status_code == 404, wrong


def shown(speaker: Any, address: str, limit: int = 3) -> tuple[list[str], int, int]:
    """Case numbers shown over all pages, how many were hidden, and how many steps there are."""
    items, hidden, cursor = [], 0, ""
    while True:
        page = told(speaker.get(f"{address}&limit={limit}&cursor={cursor}"))
        items += [each["case"] for each in page["items"]]
        hidden += page["hidden"]
        if page["next"] is None:
            return items, hidden, page["steps"]
        cursor = page["next"]


def test_the_cases_behind_a_figure_are_shown_to_those_who_see_them(speak: Speak, snapshot: Snapshot, real: str) -> None:
    address = f"{RESULT}/figures/district/430201/n_report/cases?count=n_report"
    evaluator = speak("evaluator-1")
    seen, hidden, steps = shown(evaluator, address)
    assert (seen, hidden + 1) == ([real], steps)  # the rest are numbers of walks that the database does not hold
    assert shown(speak("dept-a"), address) == ([], steps, steps)
    set_on(real, "stage = 'handling', department_code = 'dept-a'")
    assert shown(speak("dept-a"), address) == ([real], steps - 1, steps)
    assert shown(speak("dept-b"), address) == ([], steps, steps)
    set_on(real, "past_departments = ARRAY['dept-b']")  # who once held a case keeps reading it
    assert shown(speak("dept-b"), address) == ([real], steps - 1, steps)


def set_on(number: str, what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_case SET {what} WHERE number = %s", [number])
        assert cursor.rowcount == 1


def test_pages_of_cases_ask_as_many_statements_for_many_as_for_few(speak: Speak, snapshot: Snapshot) -> None:
    address = f"{RESULT}/figures/district/430201/n_report/cases"
    seat = speak("evaluator-1")
    few, many = (statements(partial(seat.get, f"{address}?limit={limit}")) for limit in (1, 200))
    assert few == many == 3
    for wrong in ("cursor=-1", "cursor=x", "limit=0"):
        assert speak("evaluator-1").get(f"{address}?{wrong}").status_code == 422
    assert speak("evaluator-1").get(f"{address}?count=n_file").status_code == 404


def test_a_file_changed_in_the_warehouse_is_said_to_be_away(speak: Speak, snapshot: Snapshot) -> None:
    for file in snapshot.root.rglob("*.parquet"):
        file.write_bytes(file.read_bytes()[:-1] + b"?")
    refused = speak("evaluator-1").get(f"{RESULT}/figures/district/430201/n_report")
    assert refused.status_code == 503
    assert "parquet" in json.loads(refused.content)["detail"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("list_results", {}),
        ("get_result", {"result": MONTH}),
        ("get_figure", {"result": MONTH, "kind": "district", "code": "430201", "indicator": "close_rate_filed"}),
        ("get_figure", {"result": MONTH, "kind": "district", "code": "430201", "indicator": "area_index"}),
        ("list_figure_cases", {"result": MONTH, "kind": "district", "code": "430201", "indicator": "n_report"}),
        ("list_months", {}),
        ("get_month", {"period": PUBLISHED}),
        ("get_month", {"period": DRAFT}),
        ("get_what_if", {"period": PUBLISHED}),
        ("list_checks", {"period": PUBLISHED}),
        ("list_bulletins", {}),
        ("get_bulletin", {"period": PUBLISHED}),
    ],
)
def test_the_answers_are_as_the_document_says(
    speak: Speak, snapshot: Snapshot, name: str, parts: dict[str, str]
) -> None:
    made = BY_ID[name].Case(path_parameters=parts)
    answer = made.call_and_validate(headers=speak("evaluator-1").headers, checks=CHECKS)
    assert answer.status_code in ((200,) if parts.get("indicator") != "area_index" else (200, 404))


def test_a_draft_is_seen_whole_by_the_section_and_by_a_unit_as_its_own_without_rank(
    speak: Speak, snapshot: Snapshot
) -> None:
    early = "2024-Q1"
    run_months(snapshot, [early], at=START, until="sign")
    frozen = content_of(result_of(early))
    assert frozen["rows"]
    listed = told(speak("dept-a").get("/evaluation/months"))["items"]
    assert [(each["period"], each["state"]) for each in listed] == [
        (early, "signed"), (DRAFT, "signed"), (PUBLISHED, "published"),
    ]  # fmt: skip
    whole = told(speak("evaluator-1").get(f"/evaluation/months/{early}"))
    assert whole["open_steps"] == ["publish"]
    assert len(whole["rows"]) == len(frozen["rows"]) + len(frozen["departments"])
    assert [each["rank"] for each in whole["scores"] if each["kind"] == "district"] == [
        each["rank"] for each in frozen["scores"]["district"]
    ]
    own = told(speak("dept-a").get(f"/evaluation/months/{early}"))
    assert own["open_steps"] == []
    assert {(each["kind"], each["code"]) for each in own["rows"]} <= {("department", "dept-a")}
    assert {each["rank"] for each in own["scores"]} <= {None}
    published = told(speak("dept-a").get(f"/evaluation/months/{PUBLISHED}"))
    of_march = content_of(result_of(PUBLISHED))
    assert len(published["rows"]) == len(of_march["rows"]) + len(of_march["departments"])
    assert speak("supervisor-1").get(f"/evaluation/months/{early}").status_code == 404
    assert speak("evaluator-1").get("/evaluation/months/2019-01").status_code == 404


def test_what_another_rule_would_give_is_asked_and_nothing_is_kept(speak: Speak, snapshot: Snapshot) -> None:
    address = f"/evaluation/months/{PUBLISHED}/what-if"
    before = bytes(result_of(PUBLISHED).sm3)
    same = told(speak("evaluator-1").get(address))
    assert (same["reproduces"], same["moved"]) == (True, 0)
    other = told(speak("evaluator-1").get(f"{address}?least_cases=0&weight=intime=0.5"))
    assert other["weight_sum"] == "1.25"
    assert other["moved"] == 3
    assert all(each["before"]["rank"] is None and each["after"]["rank"] for each in other["objects"])
    for wrong in ("weight=dream=0.5", "weight=intime", "weight=intime=7", "edge=grade/3=99", "least_cases=x"):
        assert speak("evaluator-1").get(f"{address}?{wrong}").status_code == 422, wrong
    assert speak("dept-a").get(address).status_code == 403
    assert bytes(result_of(PUBLISHED).sm3) == before


def found_against(kind: str, code: str, *, case: str = "", period: str = PUBLISHED) -> None:
    found = Found(period, "spot", kind, code, SPOT, "1.5", "滨河路口", "垃圾未清", case)
    record_finding(found=found, by=REVIEWER, at=START, overlay=None)


def test_checks_are_whole_for_the_section_and_without_words_for_others(
    speak: Speak, snapshot: Snapshot, real: str
) -> None:
    address = f"/evaluation/months/{PUBLISHED}/checks"
    found_against("department", "dept-a", case=real)
    found_against("department", "dept-b")
    adjust(
        period=PUBLISHED, object_kind="department", object_code="dept-b", points="-2", reason="瞒报", order_no="7 号",
        by=REVIEWER, at=START,
    )  # fmt: skip
    whole = told(speak("evaluator-1").get(address))
    assert [(each["code"], each["points"], each["note"]) for each in whole["findings"]] == [
        ("dept-a", "1.50", "垃圾未清"), ("dept-b", "1.50", "垃圾未清"),
    ]  # fmt: skip
    assert whole["findings"][0]["case"] == real
    assert whole["adjustments"][0]["points"] == "-2.00"
    unit = told(speak("dept-a").get(address))
    assert [(each["code"], each["note"]) for each in unit["findings"]] == [("dept-a", "垃圾未清"), ("dept-b", None)]
    assert unit["findings"][0]["case"] is None  # his own finding, of a case that lies behind his wall
    assert unit["adjustments"][0]["reason"] is None
    assert statements(partial(speak("dept-a").get, address)) < 12


def test_of_a_draft_a_unit_sees_the_findings_against_itself_alone(speak: Speak, snapshot: Snapshot) -> None:
    for code in ("dept-a", "dept-b"):
        found_against("department", code, period=DRAFT)
    address = f"/evaluation/months/{DRAFT}/checks"
    assert [each["code"] for each in told(speak("dept-a").get(address))["findings"]] == ["dept-a"]
    assert len(told(speak("evaluator-1").get(address))["findings"]) == 2
    assert speak("supervisor-1").get(address).status_code == 404
    assert speak("dept-a").get("/evaluation/months/2024-01/checks").status_code == 404  # not frozen yet
    assert told(speak("evaluator-1").get("/evaluation/months/2024-01/checks"))["state"] == "open"
    assert speak("evaluator-1").get("/evaluation/months/nonsense/checks").status_code == 404


def test_every_figure_of_a_bulletin_names_the_frozen_ones_behind(speak: Speak, snapshot: Snapshot) -> None:
    speaker = speak("dept-a")
    assert [each["period"] for each in told(speaker.get("/evaluation/bulletins"))["items"]] == [PUBLISHED]
    paper = told(speaker.get(f"/evaluation/bulletins/{PUBLISHED}"))
    in_blocks = {run["figure"] for block in paper["blocks"] for run in block["runs"]} | {
        cell["figure"] for block in paper["blocks"] for row in block["rows"] for cell in row
    }
    assert in_blocks - {None} == paper["figures"].keys()
    frozen = content_of(result_of(PUBLISHED))
    for row in frozen["rows"]:
        name = f"district={row['objects']['district']}/n_report"
        assert paper["figures"][name] == {
            "text": row["figures"]["n_report"]["value"], "traces": [{"result": MONTH, "figure": name}],
        }  # fmt: skip
    assert len(paper["figures"]["note-1"]["traces"]) == len(frozen["rows"])
    assert paper["figures"]["note-1"]["text"] == str(
        sum(int(row["figures"]["n_report"]["value"]) for row in frozen["rows"])
    )
    assert all(each["traces"] for each in paper["figures"].values())
    theme = next(name for name in paper["figures"] if name.startswith("minor_class="))
    kind, rest = theme.split("=")
    assert speaker.get(f"{RESULT}/figures/{kind}/{rest}").status_code == 200
    for wrong in (DRAFT, "2024", "nonsense"):
        assert speaker.get(f"/evaluation/bulletins/{wrong}").status_code == 404
