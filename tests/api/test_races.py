"""Many at once: whatever happens together, each effect happens once, numbers have no gaps and nothing becomes a 500."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import hypothesis
import psycopg
import pytest
from django.db import OperationalError, connection, connections

from tests.api.conftest import PLACE, Speak, Speaker
from tests.city_database import CityDatabase
from tests.ground.city import free_port
from wangge.domains.cases.rows import load
from wangge.groundwork.embedded_postgres import APPLICATION, SUPERUSER
from wangge.surfaces.api import operations

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 8  # as many as the pool has connections
CATEGORY = {"category": "component:0101"}


def rounds() -> int:
    """20 in `make test`, 200 in `make soak`."""
    return 200 if hypothesis.settings.get_current_profile_name() == "soak" else 20


def at_once(orders: Sequence[Callable[[], Any]]) -> list[Any]:
    """The answers to all orders, begun together, each on a connection of its own."""
    start = Barrier(min(len(orders), AT_ONCE))

    def one(order: Callable[[], Any]) -> Any:
        if len(orders) <= AT_ONCE:
            start.wait(10)
        try:
            return order()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, orders))


def statuses(answers: Sequence[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def steps_of(speaker: Speaker, number: str) -> list[dict[str, Any]]:
    return list(json.loads(speaker.get(f"/cases/{number}/steps").content)["items"])


def test_of_two_writers_one_wins_and_the_other_sees_both(speak: Speak) -> None:
    first, second, collector = speak("acceptor-1"), speak("acceptor-2"), speak("collector-1")
    for _round in range(rounds()):
        number = collector.report()["number"]
        path = f"/cases/{number}/moves"
        answers = at_once(
            [
                partial(first.post, f"{path}/accept", CATEGORY, version=1),
                partial(second.post, f"{path}/decline_report", {"reason": "重复"}, version=1),
            ]
        )
        assert statuses(answers) == {200: 1, 412: 1}
        lost = next(answer for answer in answers if answer.status_code == 412).json()
        assert lost["version"] == 2
        assert [step["by"] for step in lost["changed"]] != []
        assert len(steps_of(first, number)) == 2


def test_one_key_sent_ten_times_reports_once(speak: Speak) -> None:
    collector, desk = speak("collector-1"), speak("acceptor-1")
    for turn in range(rounds()):
        body = collector.report_body()
        answers = at_once([partial(collector.post, "/cases", body, key=f"report-{turn}")] * 10)
        _once(answers, 201)
        assert len(json.loads(desk.get("/cases?limit=200").content)["items"]) == turn + 1


def test_one_key_sent_ten_times_moves_once(speak: Speak) -> None:
    collector, desk = speak("collector-1"), speak("acceptor-1")
    for turn in range(rounds()):
        number = collector.report()["number"]
        path = f"/cases/{number}/moves/accept"
        answers = at_once([partial(desk.post, path, CATEGORY, key=f"move-{turn}", version=1)] * 10)
        _once(answers, 200)
        assert [step["verb"] for step in steps_of(desk, number)] == ["report", "accept"]


def _once(answers: Sequence[Any], status: int) -> None:
    """One effect: every answer is the first one again, or asks to come back."""
    assert set(statuses(answers)) <= {status, 409}
    busy = [answer for answer in answers if answer.status_code == 409]
    assert all(answer["Retry-After"] for answer in busy)
    made = [answer for answer in answers if answer.status_code == status]
    assert len({answer.content for answer in made}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in made) == 1


def test_fifty_creators_leave_no_gap_in_the_numbers(speak: Speak) -> None:
    collectors = [speak("collector-1"), speak("collector-2")]
    bodies = [collectors[turn % 2].report_body() for turn in range(50)]
    answers = at_once([partial(collectors[turn % 2].post, "/cases", bodies[turn]) for turn in range(50)])
    assert statuses(answers) == {201: 50}
    numbers = sorted(answer.json()["number"] for answer in answers)
    assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, 51))


def test_one_external_number_at_eight_doors_is_one_case(speak: Speak) -> None:
    partner = speak("system-1")
    for turn in range(rounds() // 4):
        body = {"source": "hotline", "external_no": f"X{turn}", "description": "路灯不亮", "location": PLACE}
        answers = at_once([partial(partner.post, "/cases", body)] * 8)
        assert statuses(answers) == {201: 1, 200: 7}
        assert len({answer.json()["number"] for answer in answers}) == 1


def test_children_that_end_together_are_all_told_to_their_parent(speak: Speak) -> None:
    units = ["dept-a", "dept-b", "street-1", "platform-1"]
    leader, desk, chief = speak("duty_leader-1"), speak("dispatcher-1"), speak("supervisor-1")
    for _round in range(rounds() // 10):
        case = speak("collector-1").report()
        case = speak("acceptor-1").move(case, "accept", CATEGORY)
        case = leader.move(case, "file_case", {**CATEGORY, "condition_seq": 2})
        case = desk.move(case, "split", {"departments": units, "reason": "分办"})
        children = [f"{case['number']}-{order}" for order in range(1, len(units) + 1)]
        for child in children:
            assert desk.post(f"/cases/{child}/moves/request_void", {"reason": "并入"}, version=1).status_code == 200
        orders = [lambda c=child: leader.post(f"/cases/{c}/moves/approve_void", version=2) for child in children]
        orders.append(
            lambda n=case: chief.post(f"/cases/{n['number']}/moves/supervise", {"text": "久拖"}, version=n["version"])
        )
        answers = at_once(orders)
        assert statuses(answers[:4]) == {200: 4}
        assert answers[4].status_code in (200, 412)
        parent = load(case["number"])
        assert parent is not None
        assert sorted(parent.state.children_ended) == [f"child-{order}" for order in range(1, 5)]
        assert [step["seq"] for step in steps_of(leader, case["number"])] == list(range(1, parent.version + 1))


def test_photos_named_in_opposite_orders_do_no_harm(speak: Speak) -> None:
    collector = speak("collector-1")
    for _round in range(rounds() // 4):
        photos = [collector.photo() for _turn in range(6)]
        bodies = [collector.report_body(evidence={"photo_before": each}) for each in (photos, photos[::-1])] * 4
        assert statuses(at_once([partial(collector.post, "/cases", body) for body in bodies])) == {201: 8}


def deadlock() -> OperationalError:
    failure = OperationalError("deadlock detected")
    failure.__cause__ = psycopg.errors.DeadlockDetected("deadlock detected")
    return failure


@pytest.mark.parametrize(("clashes", "status"), [(1, 200), (2, 503)])
def test_a_deadlock_is_tried_once_more_and_never_a_500(
    speak: Speak, monkeypatch: pytest.MonkeyPatch, clashes: int, status: int
) -> None:
    case = speak("collector-1").report()
    left = iter([deadlock] * clashes)
    real = operations.move_case  # type: ignore[attr-defined]

    def clashing(**asked: Any) -> Any:
        clash = next(left, None)
        if clash is not None:
            raise clash()
        return real(**asked)

    monkeypatch.setattr(operations, "move_case", clashing)
    answer = speak("acceptor-1").post(f"/cases/{case['number']}/moves/accept", CATEGORY, version=1)
    assert answer.status_code == status
    assert ("Retry-After" in answer) == (status == 503)


def test_connections_the_database_ended_are_replaced_unnoticed(
    speak: Speak, owner_link: psycopg.Connection[Any], city_database: CityDatabase
) -> None:
    case = speak("collector-1").report()
    desk = speak("acceptor-1")
    with psycopg.connect(**city_database.cluster.connection(SUPERUSER, "postgres"), autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = %s",
            [city_database.name, APPLICATION],
        )
    assert desk.get(f"/cases/{case['number']}").status_code == 200


def test_without_its_database_the_api_says_so_and_when_to_come_back(speak: Speak, city_database: CityDatabase) -> None:
    desk = speak("acceptor-1")
    settings = connections["default"].settings_dict
    pool = settings["OPTIONS"]["pool"]
    connections["default"].close()
    connections["default"].close_pool()  # type: ignore[attr-defined]
    port, settings["PORT"] = settings["PORT"], str(free_port())
    settings["OPTIONS"]["pool"] = {**pool, "timeout": 0.5}
    try:
        for answer in (desk.get("/cases"), desk.post("/cases", {"source": "collector"})):
            assert answer.status_code == 503
            assert answer["Content-Type"] == "application/problem+json"
            assert int(answer["Retry-After"]) >= 1
            assert json.loads(answer.content)["type"].endswith("unavailable")
    finally:
        connections["default"].close_pool()  # type: ignore[attr-defined]
        settings["PORT"], settings["OPTIONS"]["pool"] = port, pool
    assert desk.get("/cases").status_code == 200
