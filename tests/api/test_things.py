"""Things and places over the API: components near a point, a case bound to one, likely duplicates, a map's clusters."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import shapely
from django.db import connection

from tests.api.conftest import PLACE, Speak
from tests.api.test_writes import statements
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.components.logic.incoming import Incoming, Units
from wangge.domains.components.operations.importing import import_components
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.ownership.logic.choosing import PlaceKind, Role, Source
from wangge.domains.ownership.operations.rule_sets import NewRule, add_rules, release, start_draft
from wangge.domains.ownership.queries import forget_rules
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
DAY = date(2020, 1, 1)
CODE = "4302020101000001"


@pytest.fixture
def manhole(small_city: None) -> str:
    """A manhole cover of dept-a beside the place of the reports."""
    geography.forget()
    load_areas(areas=[Area(AreaKind.DISTRICT, "430202", "东区", "", "430202", shapely.box(113, 27, 114, 28), DAY)])
    row = Incoming(
        2,
        CODE,
        "上水井盖",
        "intact",
        PLACE["lon"] + 0.0001,
        PLACE["lat"],
        DAY,
        Units(owner_code="dept-a", owner_name="甲"),
    )
    done = import_components(rows=[row], by=TERMINAL, at=clock.now(), from_on=DAY, dry_run=False)
    assert done.added == 1
    geography.forget()
    return CODE


def items(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.content
    return list(json.loads(answer.content)["items"])


def test_the_nearest_components_say_whose_they_are(speak: Speak, manhole: str) -> None:
    seat = speak("acceptor-1")
    found = items(seat.get(f"/components?lon={PLACE['lon']}&lat={PLACE['lat']}"))
    assert [(each["code"], each["owner"]["department"], each["metres"] < 12) for each in found] == [
        (manhole, "dept-a", True)
    ]
    assert items(seat.get(f"/components?lon={PLACE['lon']}&lat={PLACE['lat']}&category=component:0102")) == []
    assert json.loads(seat.get(f"/components/{manhole}").content)["name"] == "上水井盖"
    assert seat.get("/components/0000000000000000").status_code == 404
    for wrong in ("", "lon=1", "lon=x&lat=1", "lon=nan&lat=1", "lon=113&lat=27&limit=0", "lon=113&lat=27&within=9999"):
        assert seat.get(f"/components?{wrong}").status_code == 422, wrong


def test_a_case_is_bound_to_a_component_that_is_there(speak: Speak, manhole: str) -> None:
    collector = speak("collector-1")
    case = collector.report(location={**PLACE, "component": manhole})
    assert case["location"]["component"] == manhole
    refused = collector.post("/cases", collector.report_body(location={**PLACE, "component": "4302020101000002"}))
    assert refused.status_code == 422
    assert json.loads(refused.content)["field"] == "location.component"
    bound = collector.report(location={"component": manhole})
    assert bound["location"]["lon"] == pytest.approx(PLACE["lon"] + 0.0001)


def test_likely_duplicates_are_ranked_and_stand_behind_the_wall(speak: Speak) -> None:
    seat = speak("acceptor-1")
    here = speak("collector-1").report()
    beside = speak("collector-1").report(location={**PLACE, "lon": PLACE["lon"] + 0.0003})
    speak("collector-1").report(location={**PLACE, "lon": PLACE["lon"] + 0.01})
    question = f"/cases/similar?lon={PLACE['lon']}&lat={PLACE['lat']}&category=component:0101"
    found = items(seat.get(question))
    assert [each["number"] for each in found] == [here["number"], beside["number"]]
    assert found[0]["metres"] == 0
    assert statements(lambda: seat.get(question)) == 2  # token, what is near
    assert items(speak("dept-a").get(question)) == []


def test_clusters_hold_what_the_list_holds(speak: Speak) -> None:
    for n in range(4):
        speak("collector-1").report(location={**PLACE, "lon": PLACE["lon"] + n * 0.00001})
    speak("collector-1").report(location={**PLACE, "lat": PLACE["lat"] + 0.2})

    def asked(who: str, query: str) -> list[dict[str, Any]]:
        answer = speak(who).get(f"/cases/clusters?{query}")
        assert answer.status_code == 200, answer.content
        return [each["properties"] for each in json.loads(answer.content)["features"]]

    assert [each["count"] for each in asked("acceptor-1", "zoom=0")] == [5]
    assert sorted(each["count"] for each in asked("acceptor-1", "zoom=12")) == [1, 4]
    assert len(asked("acceptor-1", "zoom=18")) == 5
    assert [each["count"] for each in asked("acceptor-1", "zoom=10&bbox=113,27.7,114,27.9")] == [4]
    assert asked("acceptor-1", "stage=handling") == []
    assert asked("dept-a", "zoom=3") == []
    assert speak("acceptor-1").get("/cases/clusters?zoom=99").status_code == 422


def test_the_component_s_owner_is_proposed_with_rule_and_limit(speak: Speak, manhole: str) -> None:
    at, seat = clock.now(), speak("dispatcher-1")
    question = f"/proposals?lon={PLACE['lon']}&lat={PLACE['lat']}&category=component:0101"
    forget_rules()

    def told(more: str = "") -> dict[str, Any]:
        return dict(json.loads(seat.get(question + more).content))

    assert told() == {"department": None, "rule": None, "before": [], "limit": told()["limit"]}
    draft = start_draft(title="分工", by=TERMINAL, at=at, on=DAY, empty=True)
    rules = [
        NewRule("component:", Source.REGULATION, "谁权属谁负责", DAY, role=Role.OWNER),
        NewRule("component:0101", Source.AGREEMENT, "路段分工", DAY, department="dept-b", place_kind=PlaceKind.ROAD,
                place="建设路", condition_seq=2),
    ]  # fmt: skip
    add_rules(rule_set_id=draft, rules=rules, by=TERMINAL, at=at)
    release(rule_set_id=draft, effective_on=DAY, past={}, by=TERMINAL, at=at)
    by_road = told("&address=建设路 1 号")
    assert (by_road["department"], by_road["rule"]["place"]) == ("dept-b", "建设路")
    assert (by_road["limit"]["condition_seq"], by_road["limit"]["because"]) == (2, "rule")
    assert told("&address=建设路 1 号&condition_seq=1")["limit"]["because"] == "filed"
    by_owner = told(f"&address=建设路 1 号&component={manhole}")
    assert (by_owner["department"], by_owner["rule"]["role"]) == ("dept-a", "owner")
    assert [each["department"] for each in by_owner["before"]] == ["dept-b"]
    for wrong in (
        "/proposals?category=component:0101",
        "/proposals?lon=113&lat=27&category=x",
        f"{question}&condition_seq=-1",
    ):
        assert seat.get(wrong).status_code == 422, wrong
    forget_rules()


OPEN_TABLE = (
    "SELECT number, stage, burns_at, district_code, department_code, inner_department_code, assignee_id, reporter_id,"
    " source, category, reported_at, lon, lat FROM cases_open ORDER BY number"
)
OPEN_CASES = (
    "SELECT c.number, c.stage, c.burns_at, c.district_code, c.department_code, c.inner_department_code, c.assignee_id,"
    " c.reporter_id, c.source, c.category, c.reported_at, m.lon, m.lat FROM cases_case c"
    " JOIN cases_matter m ON m.case_id = c.id WHERE c.stage = ANY(%s) ORDER BY 1"
)


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def test_the_narrow_table_of_open_cases_follows_every_step(speak: Speak) -> None:
    seat = speak("acceptor-1")

    def same() -> int:
        found = rows(OPEN_TABLE)
        assert found == rows(OPEN_CASES, list(OPEN_STAGES))
        return len(found)

    first = speak("collector-1").report()
    second = speak("collector-1").report(location={**PLACE, "lon": PLACE["lon"] + 0.001})
    assert same() == 2
    seat.move(first, "accept", {"category": "component:0101"})
    assert same() == 2
    declined = seat.move(second, "decline_report", {"reason": "不在管理范围"})
    assert same() == 1
    speak("duty_leader-1").move(declined, "restore_declined", {"reason": "误判"})
    assert same() == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_matter SET lon = lon + 0.002 WHERE lon IS NOT NULL")
    assert same() == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_matter SET lon = NULL, lat = NULL")
    assert same() == 2


def groups() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, count(*) OVER (PARTITION BY r.group_id) FROM cases_recurrence r"
            " JOIN cases_case c ON c.id = r.case_id ORDER BY c.number"
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def test_the_same_kind_at_the_same_place_makes_a_group_on_write(speak: Speak) -> None:
    collector = speak("collector-1")
    first = collector.report()
    second = collector.report(location={**PLACE, "lon": PLACE["lon"] + 0.0004})
    far = collector.report(location={**PLACE, "lon": PLACE["lon"] + 0.002})
    other = collector.report(category="component:0102")
    sizes = dict(groups())
    assert (sizes[first["number"]], sizes[second["number"]]) == (2, 2)
    assert (sizes[far["number"]], sizes[other["number"]]) == (1, 1)
    speak("acceptor-1").move(other, "accept", {"category": "component:0101"})
    assert dict(groups())[other["number"]] == 3
