"""The contract of the edges, line by line: headers, keys, evidence, acts, posts, numbers, lists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test import Client

from tests.api.conftest import PLACE, Speak, Speaker
from tests.cases.conftest import BEGAN
from tests.cases.photographs import jpeg
from wangge.domains.cases import rules as rules_of_city
from wangge.domains.cases.logic.rulebook import rulebook
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import drop_unused, receive_photo
from wangge.standards.access import may_open
from wangge.standards.calendars import load_city_clocks
from wangge.standards.library import load_tables

pytestmark = pytest.mark.django_db
CATEGORY = {"category": "component:0101"}
ANSWER = [
    "number", "stage", "version", "entry", "source", "category", "condition_seq", "description", "location",
    "district", "grid", "department", "holder", "cycle", "round", "reported_at", "filed_at", "handling_due_at",
    "closed_at", "deadlines", "overlays", "open_verbs", "photos",
]  # fmt: skip


def told(answer: Any) -> tuple[int, str]:
    """Status and reason of a problem."""
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, json.loads(answer.content)["type"].rpartition(":")[2]


def read(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.content))


def filed(speak: Speak) -> dict[str, Any]:
    case = speak("acceptor-1").move(speak("collector-1").report(), "accept", CATEGORY)
    return speak("duty_leader-1").move(case, "file_case", {**CATEGORY, "condition_seq": 2})


def hold(username: str, *posts: str) -> None:
    person = Person.objects.create(username=username, display_name=username, password="!", created_at=BEGAN)
    for post in posts:
        PostHolding.objects.create(person=person, post=post, valid_from=BEGAN)


# ---- answers and versions --------------------------------------------------------------------------------------


def test_report_move_and_case_give_the_same_answer(speak: Speak) -> None:
    desk = speak("acceptor-1")
    reported = speak("collector-1").report()
    moved = desk.move(reported, "accept", CATEGORY)
    assert list(reported) == list(moved) == ANSWER
    assert read(desk.get(f"/cases/{moved['number']}")) == {**moved, "reporter": None}
    assert set(moved["deadlines"][0]) == {"clock", "state", "due_at", "used_minutes", "allowance_minutes", "rule"}
    steps = read(desk.get(f"/cases/{moved['number']}/steps"))["items"]
    assert set(steps[0]) >= {
        "seq", "verb", "post", "by", "at", "from_stage", "to_stage", "args", "evidence", "hash",
    }  # fmt: skip


def test_a_number_is_six_digits_a_day_and_five_digits(speak: Speak) -> None:
    day = clock.today().strftime("%Y%m%d")
    assert re.fullmatch(rf"000000-{day}-[0-9]{{5}}", speak("collector-1").report()["number"])


def test_every_answer_about_a_case_carries_its_version(speak: Speak) -> None:
    collector, desk = speak("collector-1"), speak("acceptor-1")
    reported = collector.post("/cases", collector.report_body(), key="r")
    path = f"/cases/{read(reported)['number']}"
    moved = desk.post(f"{path}/moves/accept", CATEGORY, key="m", version=1)
    again = desk.post(f"{path}/moves/accept", CATEGORY, key="m", version=1)
    assert [answer["ETag"] for answer in (reported, moved, again, desk.get(path))] == ['"1"', '"2"', '"2"', '"2"']


@pytest.mark.parametrize("given", ["1", 'W/"1"', "*", '"1", "2"', '"-1"', '"１"', '"x"', '""', '"', '"1234567890"'])
def test_a_version_is_a_quoted_number(speak: Speak, given: str) -> None:
    case = speak("collector-1").report()
    desk = speak("acceptor-1")
    headers = {**desk.headers, "Idempotency-Key": "k", "If-Match": given}
    answer = desk.client.post(
        f"/api/v1/cases/{case['number']}/moves/accept", "{}", content_type="application/json", headers=headers
    )
    assert told(answer) == (400, "version_malformed")


# ---- keys ------------------------------------------------------------------------------------------------------


def test_a_key_stands_for_one_method_path_and_body(speak: Speak) -> None:
    case, other = speak("collector-1").report(), speak("collector-1").report()
    desk = speak("acceptor-1")
    first = desk.post(f"/cases/{case['number']}/moves/accept", CATEGORY, key="k", version=1)
    assert first.status_code == 200
    for path, body in (
        (f"/cases/{case['number']}/moves/accept", {}),
        (f"/cases/{other['number']}/moves/accept", CATEGORY),
    ):
        assert told(desk.post(path, body, key="k", version=1)) == (422, "key_reused")
    assert speak("acceptor-2").post(
        f"/cases/{other['number']}/moves/accept", CATEGORY, key="k", version=1
    ).status_code == 200, "another person's key is another key"  # fmt: skip


def test_the_same_body_written_otherwise_is_the_same_request(speak: Speak) -> None:
    collector = speak("collector-1")
    body = collector.report_body()
    other = {name: body[name] for name in reversed(body)} | {"location": {**PLACE, "lon": 113.1340}}
    text = json.dumps(other, indent=3, ensure_ascii=True)
    first, again = collector.post("/cases", body, key="k"), collector.post("/cases", text, key="k")
    assert first.content == again.content
    whole = {**body, "location": {**PLACE, "lon": 113, "lat": 27}}
    first = collector.post("/cases", whole, key="n")
    again = collector.post("/cases", json.dumps(whole).replace("113,", "113.0,").replace("27,", "2.7e1,"), key="n")
    assert (first.content, again["Idempotency-Replayed"]) == (again.content, "true")


def test_an_answer_that_found_the_case_there_already_is_kept_too(speak: Speak) -> None:
    partner = speak("system-1")
    body = {"source": "hotline", "external_no": "X1", "description": "路灯不亮", "location": PLACE}
    partner.post("/cases", body, key="a")
    first, again = partner.post("/cases", body, key="b"), partner.post("/cases", body, key="b")
    assert (first.status_code, again.status_code, first.content) == (200, 200, again.content)
    assert again["Idempotency-Replayed"] == "true"


def test_behind_a_wall_a_replay_is_no_case_either(speak: Speak) -> None:
    hold("passing", "acceptor")
    passing = speak("passing")
    path = f"/cases/{speak('collector-1').report()['number']}/moves/accept"
    assert passing.post(path, CATEGORY, key="k", version=1).status_code == 200
    PostHolding.objects.filter(person__username="passing").update(valid_to=clock.now())
    assert told(passing.post(path, CATEGORY, key="k", version=1)) == (404, "not_found")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_is_one_to_255_visible_characters(speak: Speak, key: str) -> None:
    collector = speak("collector-1")
    headers = {**collector.headers, "Idempotency-Key": key}
    answer = collector.client.post("/api/v1/cases", "{}", content_type="application/json", headers=headers)
    assert told(answer)[0] == 400


def test_a_token_of_a_scope_does_no_more(speak: Speak) -> None:
    from wangge.domains.organizations.models import AccessToken

    speaker = speak("acceptor-1")
    for scope, reads, writes in (("read", 200, 403), ("write", 200, 422), ("open311", 403, 403)):
        AccessToken.objects.filter(person__username="acceptor-1").update(scope=scope)
        assert speaker.get("/cases").status_code == (403 if scope == "open311" else reads), scope
        assert speaker.post("/cases", {}).status_code == writes, scope


# ---- order of refusals -----------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_told_after_everything_else(speak: Speak) -> None:
    case = speak("collector-1").report()
    wrong: dict[str, Any] = {"note": 5, "evidence": {"photo": "x"}}
    desk, path = speak("acceptor-1"), f"/cases/{case['number']}/moves"
    assert told(desk.post("/cases/000000-20240313-99999/moves/accept", wrong)) == (404, "not_found")
    assert told(desk.post(f"{path}/jump", wrong)) == (404, "unknown_verb")
    assert told(desk.post(f"{path}/accept", wrong)) == (428, "version_missing")
    assert told(desk.post(f"{path}/accept", wrong, version=9)) == (412, "stale_version")
    assert told(desk.post(f"{path}/close_case", wrong, version=1)) == (409, "no_such_move")
    assert told(speak("dispatcher-2").post(f"{path}/accept", wrong, version=1))[0] == 404
    assert told(speak("duty_leader-1").post(f"{path}/accept", wrong, version=1)) == (403, "wrong_post")
    assert told(desk.post(f"{path}/merge", {**wrong, "lead_case": case["number"]}, version=1)) == (409, "bad_lead")
    assert told(desk.post(f"{path}/accept", {**CATEGORY, **wrong}, version=1)) == (422, "bad_input")


def test_who_sees_a_case_but_not_his_task_is_told_whose_it_is(speak: Speak) -> None:
    hold("looks-on", "supervisor", "verifier")
    case = speak("acceptor-1").move(speak("collector-1").report(), "send_verification", {"assignee": "collector-2"})
    path = f"/cases/{case['number']}/moves/reply_verification"
    assert told(speak("looks-on").post(path, {"result": "true"}, version=2)) == (409, "not_assignee")


@pytest.mark.parametrize("word", ["属实", "yes", "True"])
def test_a_word_that_is_no_result_is_not_taken_for_an_untrue_report(speak: Speak, word: str) -> None:
    case = speak("acceptor-1").move(speak("collector-1").report(), "send_verification", {"assignee": "collector-2"})
    field, path = speak("collector-2"), f"/cases/{case['number']}/moves/reply_verification"
    evidence = {"photo_site": [field.photo()], "location": {"lon": 113.1, "lat": 27.8}}
    assert told(field.post(path, {"result": word, "evidence": evidence}, version=2)) == (409, "bad_argument")
    assert read(field.get(f"/cases/{case['number']}"))["stage"] == "verifying"


# ---- what is observed, evidence, photos ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "status"), [(0, 201), (6.99, 201), (7.01, 422), (-1, 422)], ids=["now", "in time", "too old", "ahead"]
)
def test_observed_at_reaches_seven_days_back(speak: Speak, days: float, status: int) -> None:
    collector = speak("collector-1")
    observed = (clock.now() - timedelta(days=days)).isoformat()
    answer = collector.post("/cases", collector.report_body(observed_at=observed))
    assert answer.status_code == status
    if status == 201:
        with connection.cursor() as cursor:
            cursor.execute("SELECT payload FROM cases_step")
            assert orjson.loads(cursor.fetchone()[0])["observed_at"] == observed


def test_observed_at_needs_its_zone(speak: Speak) -> None:
    collector = speak("collector-1")
    body = collector.report_body(observed_at=clock.now().replace(tzinfo=None).isoformat())
    assert told(collector.post("/cases", body)) == (422, "bad_input")


def test_a_place_is_named_among_the_evidence_of_a_move(speak: Speak) -> None:
    case = speak("acceptor-1").move(speak("collector-1").report(), "send_verification", {"assignee": "collector-2"})
    field, path = speak("collector-2"), f"/cases/{case['number']}/moves/reply_verification"
    photo = field.photo()
    without = field.post(path, {"result": "true", "evidence": {"photo_site": [photo]}}, version=2)
    assert told(without) == (422, "missing_evidence")
    assert read(without)["missing"] == ["location"]
    evidence = {"photo_site": [photo], "location": {"lon": 113.1, "lat": 27.8, "system": "gcj02"}}
    assert field.post(path, {"result": "true", "evidence": evidence}, version=2).status_code == 200


@pytest.mark.parametrize("kind", ["location", "description", "selfie", ""])
def test_a_photo_is_no_place_no_words_and_no_other_thing(speak: Speak, kind: str) -> None:
    collector = speak("collector-1")
    body = collector.report_body()
    body["evidence"][kind] = [collector.photo()]
    assert told(collector.post("/cases", body)) == (422, "bad_input")
    case = speak("acceptor-1").move(collector.report(), "send_verification", {"assignee": "collector-1"})
    evidence = {"photo_site": [collector.photo()], kind: [collector.photo()]}
    answer = collector.post(
        f"/cases/{case['number']}/moves/reply_verification", {"result": "true", "evidence": evidence}, version=2
    )
    assert told(answer) == (422, "bad_input")


def test_a_photo_long_unused_is_gone_and_named_by_its_content(speak: Speak) -> None:
    collector = speak("collector-1")
    person = Person.objects.get(username="collector-1").id
    photo = receive_photo(data=jpeg(), by=person, at=clock.now() - timedelta(days=31))
    drop_unused(at=clock.now())
    answer = collector.post("/cases", collector.report_body(evidence={"photo_before": [photo.id]}))
    assert told(answer) == (422, "photo_gone")
    assert read(answer)["sha256"] == [photo.sha256]


def test_a_photo_of_somebody_else_is_none(speak: Speak) -> None:
    collector = speak("collector-1")
    photo = speak("collector-2").photo()
    answer = collector.post("/cases", collector.report_body(evidence={"photo_before": [photo]}))
    assert told(answer) == (422, "photo_unknown")


def test_one_photo_may_be_named_in_several_moves(speak: Speak) -> None:
    collector = speak("collector-1")
    photo = collector.photo()
    for _turn in range(2):
        assert collector.report(evidence={"photo_before": [photo, photo]})["photos"]


# ---- posts -----------------------------------------------------------------------------------------------------


def recorded_post(speaker: Speaker, case: dict[str, Any]) -> str:
    return str(read(speaker.get(f"/cases/{case['number']}/steps"))["items"][-1]["post"])


def test_of_several_posts_the_first_of_the_row_that_passes_acts(speak: Speak) -> None:
    hold("wears-three-hats", "chief", "centre_leader", "supervisor")
    many = speak("wears-three-hats")
    case = many.move(filed(speak), "supervise", {"text": "催办"})
    assert recorded_post(many, case) == "supervisor"
    case = many.move(case, "supervise", {"text": "催办", "level": "3"})
    assert recorded_post(many, case) == "centre_leader", "a supervisor may not go to level 3"
    case = many.move(case, "supervise", {"text": "催办", "level": "3", "post": "chief"})
    assert recorded_post(many, case) == "chief"


def test_a_post_that_is_named_must_be_held_and_allowed(speak: Speak) -> None:
    case = filed(speak)
    path = f"/cases/{case['number']}/moves/supervise"
    for post in ("chief", "nobody"):
        answer = speak("supervisor-1").post(path, {"text": "催办", "post": post}, version=case["version"])
        assert told(answer) == (403, "wrong_post")


def test_holding_the_field_task_is_the_verifiers_post(speak: Speak) -> None:
    case = speak("acceptor-1").move(speak("collector-1").report(), "send_verification", {"assignee": "collector-2"})
    assert read(speak("collector-2").get(f"/cases/{case['number']}"))["open_verbs"] == ["reply_verification"]
    reporter = speak("collector-1").post(
        f"/cases/{case['number']}/moves/reply_verification", {"result": "true"}, version=2
    )
    assert told(reporter) == (403, "wrong_post")


# ---- the composite act -----------------------------------------------------------------------------------------


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    tables = load_tables()
    settings = {row.key: row.default for row in tables.settings} | {"automation": "lean"}
    rules = rulebook(tables=tables, settings=settings, clock_of=load_city_clocks().clock_of)
    rules_of_city.forget_rules()
    monkeypatch.setattr(rules_of_city, "_made_ready", lambda _ready, _day: rules)
    yield
    rules_of_city.forget_rules()


ACT = {**CATEGORY, "condition_seq": 2, "department": "dept-a", "act": "desk_act"}


def test_a_desk_act_writes_its_three_steps_in_one_request(speak: Speak, lean: None) -> None:
    desk = speak("acceptor-1")
    case = desk.move(speak("collector-1").report(), "accept", ACT)
    assert (case["stage"], case["version"], case["department"]) == ("handling", 4, "dept-a")
    steps = read(desk.get(f"/cases/{case['number']}/steps"))["items"][1:]
    assert [step["verb"] for step in steps] == ["accept", "file_case", "dispatch"]
    assert {(step["at"], step["by"], step["post"], step["args"]["act"]) for step in steps} == {
        (steps[0]["at"], "acceptor-1", "acceptor", "desk_act")
    }


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        ({"department": None}, 409, "rule_forbids"),
        ({"department": "nobody"}, 409, "rule_forbids"),
        ({"condition_seq": 99}, 409, "bad_argument"),
        ({"act": "other_act"}, 409, "rule_forbids"),
        ({"evidence": {"photo_site": ["nowhere"]}}, 422, "photo_unknown"),
    ],
)
def test_of_a_desk_act_all_steps_are_written_or_none(
    speak: Speak, lean: None, changed: dict[str, Any], status: int, reason: str
) -> None:
    case = speak("collector-1").report()
    desk = speak("acceptor-1")
    answer = desk.post(f"/cases/{case['number']}/moves/accept", {**ACT, **changed}, version=1)
    assert told(answer)[0] == status
    assert read(desk.get(f"/cases/{case['number']}"))["version"] == 1
    assert told(answer)[1] in (reason, "bad_input")


# ---- lists -----------------------------------------------------------------------------------------------------


def listed(speaker: Speaker, query: str) -> list[str]:
    answer = speaker.get(f"/cases?{query}")
    assert answer.status_code == 200, answer.content
    return [item["number"] for item in read(answer)["items"]]


@pytest.fixture
def three(speak: Speak) -> tuple[str, str, str]:
    """A handled collector's case, a hotline's case elsewhere, and one that waits since yesterday."""
    old = clock.now() - timedelta(days=1)
    with clock.held_at(old):
        waiting = speak("collector-1").report(
            description="井盖 50%_破损\\裂", location={**PLACE, "address": "长江路9号"}
        )
    handled = speak("dispatcher-1").move(filed(speak), "dispatch", {"department": "dept-a"})
    body = {"source": "hotline", "external_no": "X1", "description": "路灯不亮", "location": {"lon": 120, "lat": 30}}
    hotline = read(speak("system-1").post("/cases", body))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET district_code = '430202' WHERE number = %s", [hotline["number"]])
    return handled["number"], hotline["number"], waiting["number"]


FILTERS: list[tuple[str, Callable[[], str], set[int]]] = [
    ("stage", lambda: "stage=handling", {0}),
    ("stages", lambda: "stage=handling,reported", {0, 1, 2}),
    ("district", lambda: "district=430202", {1}),
    ("department", lambda: "department=dept-a", {0}),
    ("category", lambda: "category=component:0101", {0, 2}),
    ("source", lambda: "source=hotline", {1}),
    ("from", lambda: f"from={clock.today()}T00:00:00", {0, 1}),
    ("to", lambda: f"to={clock.today()}T00:00:00%2B08:00", {2}),
    ("overdue", lambda: "overdue=true", {2}),
    ("not overdue", lambda: "overdue=false", {0, 1}),
    ("bbox", lambda: "bbox=119,29,121,31", {1}),
    ("within", lambda: "within=119,29;121,29;120,31", {1}),
    ("beside", lambda: "within=119,29;121,29;121,29.5", set()),
    ("address", lambda: "q=长江", {2}),
    ("text", lambda: "q=路灯不亮", {1}),
    ("one character", lambda: "q=灯", {1}),
    ("percent", lambda: "q=%25", {2}),
    ("percent in words", lambda: "q=50%25", {2}),
    ("percent alone is no wildcard", lambda: "q=5%25破", set()),
    ("underscore", lambda: "q=_破损", {2}),
    ("underscore alone is no wildcard", lambda: "q=井_", set()),
    ("backslash", lambda: "q=%5C裂", {2}),
    ("two words", lambda: "q=井盖 长江", {2}),
    ("together", lambda: "stage=reported&source=collector&q=井盖", {2}),
    ("nothing", lambda: "q=没有", set()),
]


@pytest.mark.parametrize(("query", "expected"), [each[1:] for each in FILTERS], ids=[each[0] for each in FILTERS])
def test_a_list_is_narrowed(
    speak: Speak, three: tuple[str, str, str], query: Callable[[], str], expected: set[int]
) -> None:
    assert set(listed(speak("supervisor-1"), query())) == {three[index] for index in expected}


def test_a_number_is_found_by_its_beginning(speak: Speak, three: tuple[str, str, str]) -> None:
    supervisor = speak("supervisor-1")
    assert listed(supervisor, f"q={three[2]}") == [three[2]]
    assert listed(supervisor, f"q={three[2][:15]}") == [three[2]]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=x", "limit=-1", "cursor=x", "cursor=W251bGwsInh5Il0", "from=x", "to=2024-13-01",
     "overdue=x", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=nan,1,2,3", "bbox=1,2,3,inf",
     "within=1,2;3,4", "within=1,2;3,4;x,y", "within=1,2;3,4;5", "within=1,2;3,4;181,0", "within=1,2;3,4;nan,0",
     "within=" + "1,2;" * 61, "from=0001-01-01T00:00%2B23:59",
     "q=%00", "district=%00", "%00=1"],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_told(speak: Speak, query: str) -> None:
    assert told(speak("supervisor-1").get(f"/cases?{query}")) == (422, "bad_input")


def test_pages_end_with_no_next_and_do_not_shift_while_cases_arrive(speak: Speak) -> None:
    collector, desk = speak("collector-1"), speak("acceptor-1")
    numbers = [collector.report()["number"] for _turn in range(7)]
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = read(desk.get(f"/cases?limit=2&cursor={cursor}"))
        seen += [item["number"] for item in page["items"]]
        cursor, pages = page["next"], pages + 1
        collector.report()  # arrives meanwhile
    assert seen == numbers[::-1]
    assert pages == 4


def test_a_page_that_is_just_full_is_the_last(speak: Speak) -> None:
    for _turn in range(2):
        speak("collector-1").report()
    assert read(speak("acceptor-1").get("/cases?limit=2"))["next"] is None


# ---- denouncers ------------------------------------------------------------------------------------------------


def test_a_denouncer_is_closed_to_all_but_the_post_that_may_reveal_him(speak: Speak) -> None:
    reporter = {"name": "王五", "phone": "13900001111", "denounces": True}
    body = {"source": "public", "external_no": "J1", "description": "违建", "location": PLACE, "reporter": reporter}
    path = f"/cases/{read(speak('system-1').post('/cases', body))['number']}"
    for username in ("acceptor-1", "duty_leader-1", "supervisor-1"):
        assert read(speak(username).get(path))["reporter"] is None
        assert told(speak(username).post(f"{path}/reveal", {"reason": "回访核对"})) == (403, "not_shown")
    leader = speak("centre_leader-1")
    assert read(leader.get(path))["reporter"] == {"name": "王*", "phone": "139****1111"}
    assert read(leader.post(f"{path}/reveal", {"reason": "保护举报人"}))["reporter"]["name"] == "王五"


# ---- doors without sign-in -------------------------------------------------------------------------------------


def test_the_document_asks_for_a_token_wherever_one_is_asked_for() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            anyone = may_open(f"api-v1:{operation['operationId']}", [], signed_in=False, tables=city_tables())
            if anyone and not operation["security"]:
                continue
            assert operation["security"], path
            assert {"401", "403", "503"} <= set(operation["responses"])
