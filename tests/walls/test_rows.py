"""Every post before every stage, own and other: list, case, steps and move agree with the table of sight.

What is expected is read here from ``sight.csv`` itself, in the plainest way, beside the product's own reading.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.db import connection

import wangge.standards
from tests.api.conftest import PLACE, Speak, Speaker, speak
from tests.cases.conftest import BEGAN, small_city
from wangge.domains.cases.models.case import STAGES
from wangge.domains.cases.operations.reporting import new_case_id
from wangge.domains.cases.rows import load
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.queries import audit_lines
from wangge.groundwork import clock

__all__ = ["small_city", "speak"]
pytestmark = pytest.mark.django_db
NATIONAL = Path(wangge.standards.__file__).parent / "data" / "national"
NAME, PHONE = "欧阳明", "13812345678"
DESK_POSTS = ("acceptor", "duty_leader", "dispatcher")
UNIT_POSTS = ("department", "district_dispatcher")


def rows_of(name: str) -> list[dict[str, str]]:
    with (NATIONAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SIGHT = rows_of("sight.csv")
POSTS = [row["post"] for row in (*rows_of("posts.csv"), *rows_of("posts_added.csv"))]


@dataclass(frozen=True)
class Holder:
    """One who holds one post somewhere."""

    username: str
    post: str
    unit: str | None = None
    district: str | None = None

    def windows_on(self, case: dict[str, Any]) -> list[dict[str, str]]:
        """The rows of the table through which he sees the case."""
        return [row for row in SIGHT if row["post"] == self.post and self._fits(row, case)]

    def _fits(self, row: dict[str, str], case: dict[str, Any]) -> bool:
        if row["stages"] and case["stage"] not in row["stages"].split():
            return False
        found: dict[str, bool] = {
            "none": False,
            "own_reports": case["reporter"] == self.username,
            "own_task": case["assignee"] == self.username,
            "own_unit": self.unit in (case["department"], case["inner"]),
            "desk": self.district in (None, case["district"]),
            "city": self.district in (None, case["district"]),
        }
        return found[row["scope"]]


def holders_of(post: str) -> list[Holder]:
    """Holders of a post: of each district and the whole city, of each unit, of each side of a task."""
    if post in UNIT_POSTS:
        units = ("dept-a", "dept-b", "street-1") if post == "department" else ("platform-1",)
        return [Holder(f"{post}.{unit}", post, unit=unit) for unit in units]
    if post in (*DESK_POSTS, "supervisor"):
        return [Holder(f"{post}.{code}", post, district=code or None) for code in ("", "430202", "430203")]
    return [Holder(f"{post}.own", post), Holder(f"{post}.other", post)]


@pytest.fixture
def cases(speak: Speak) -> list[dict[str, Any]]:
    """Two cases at every stage: of one district, unit, reporter and task's holder, and of another."""
    for username in ("somebody", "nobody"):
        Person.objects.create(username=username, display_name=username, password="!", created_at=BEGAN)
    body = {"source": "hotline", "external_no": "X", "description": "路面破损", "location": PLACE}
    answer = speak("system-1").post("/cases", {**body, "reporter": {"name": NAME, "phone": PHONE}})
    assert answer.status_code == 201, answer.content
    number = json.loads(answer.content)["number"]
    made: list[dict[str, Any]] = []
    for stage in STAGES:
        made.append(_like(number, len(made), stage, "430202", "dept-a", "street-1", "own"))
        made.append(_like(number, len(made), stage, "430203", "platform-1", "dept-b", "third"))
    return made


def _like(base: str, order: int, stage: str, district: str, unit: str, inner: str, whose: str) -> dict[str, Any]:
    """A copy of the base case that stands elsewhere; ``whose``: the reporter and the task's holder of each post."""
    row = load(base)
    assert row is not None
    case_id, number = new_case_id(row.reported_at), f"{district}-20240313-{order + 1:05}"
    handled = unit if stage not in ("self_handled", "reported", "verifying", "accepted", "declined") else ""
    changed = {
        "id": str(case_id), "number": number, "stage": stage, "district_code": district, "external_no": None,
        "department_code": handled, "inner_department_code": inner if handled else "",
        "assignee_id": _person("somebody"), "reporter_id": _person("somebody"), "closed_at": row.reported_at,
        "burns_at": None, "version": 1, "state": orjson.dumps(_state(base, stage)).decode(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        text = orjson.dumps(changed).decode()
        cursor.execute(
            "INSERT INTO cases_case SELECT (jsonb_populate_record(c, %s::jsonb)).* FROM cases_case c WHERE number = %s",
            [text, base],
        )
        for table in ("cases_matter", "cases_private_texts"):
            cursor.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(t, %s::jsonb)).* FROM {table} t WHERE case_id = %s",
                [orjson.dumps({"case_id": str(case_id)}).decode(), row.id],
            )
    return {
        "number": number, "stage": stage, "district": district, "department": handled,
        "inner": inner if handled else "", "whose": whose, "reporter": None, "assignee": None,
    }  # fmt: skip


def _state(base: str, stage: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM cases_case WHERE number = %s", [base])
        plain: dict[str, Any] = orjson.loads(cursor.fetchone()[0])
    plain.pop("clock", None)
    return {**plain, "stage": stage}


def _person(username: str) -> int:
    return int(Person.objects.get(username=username).id)


def speakers(post: str, cases: list[dict[str, Any]], speak: Speak) -> Iterator[tuple[Holder, Speaker]]:
    """Each holder with his token; reports and tasks of the first half of the cases are his who is called own."""
    for holder in holders_of(post):
        person = Person.objects.create(
            username=holder.username, display_name=holder.username, password="!", created_at=BEGAN
        )
        PostHolding.objects.create(
            person=person, post=post, department_id=holder.unit, district_id=holder.district, valid_from=BEGAN
        )
        if holder.username.endswith(".own"):
            for case in cases:
                if case["whose"] == "own":
                    case["reporter"] = case["assignee"] = holder.username
                    with connection.cursor() as cursor:
                        cursor.execute(
                            "UPDATE cases_case SET reporter_id = %s, assignee_id = %s WHERE number = %s",
                            [person.id, person.id, case["number"]],
                        )
        yield holder, speak(holder.username)


@pytest.mark.parametrize("post", POSTS)
def test_list_case_steps_and_move_stand_behind_the_same_wall(
    speak: Speak, cases: list[dict[str, Any]], post: str
) -> None:
    for holder, speaker in speakers(post, cases, speak):
        listed = {item["number"] for item in _json(speaker.get("/cases?limit=200"))["items"]}
        for case in cases:
            windows = holder.windows_on(case)
            path = f"/cases/{case['number']}"
            told = (
                case["number"] in listed,
                speaker.get(path).status_code == 200,
                speaker.get(f"{path}/steps").status_code == 200,
                speaker.post(f"{path}/moves/accept").status_code == 428,
            )
            assert told == (bool(windows),) * 4, (holder, case)
            if not windows:
                for answer in (speaker.get(path), speaker.post(f"{path}/moves/accept"), _reveal(speaker, path)):
                    assert answer.status_code == 404


@pytest.mark.parametrize("post", POSTS)
def test_the_reporter_is_shown_as_far_as_the_table_says(speak: Speak, cases: list[dict[str, Any]], post: str) -> None:
    for holder, speaker in speakers(post, cases, speak):
        for case in cases:
            windows = holder.windows_on(case)
            if not windows:
                continue
            path = f"/cases/{case['number']}"
            shown = {row["personal"] for row in windows}
            answer = speaker.get(path)
            text = answer.content.decode()
            assert NAME not in text
            assert PHONE not in text
            masked = {"name": "欧**", "phone": "138****5678"} if shown & {"full", "masked"} else None
            assert _json(answer).get("reporter") == masked, (holder, case)
            revealed = _reveal(speaker, path)
            assert revealed.status_code == (200 if "full" in shown else 403), (holder, case)
            if "full" in shown:
                assert _json(revealed)["reporter"] == {"name": NAME, "phone": PHONE}


@pytest.mark.parametrize("post", POSTS)
def test_no_list_and_no_steps_hold_the_reporter(speak: Speak, cases: list[dict[str, Any]], post: str) -> None:
    for _holder, speaker in speakers(post, cases, speak):
        for path in ("/cases?limit=200", f"/cases/{cases[0]['number']}/steps"):
            text = speaker.get(path).content.decode()
            assert NAME not in text
            assert PHONE not in text


def test_who_once_held_a_case_keeps_reading_it_but_not_its_reporter(speak: Speak, cases: list[dict[str, Any]]) -> None:
    case = next(case for case in cases if case["stage"] == "handling" and case["department"] == "platform-1")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case SET past_departments = ARRAY['dept-a'], past_people = ARRAY[%s] WHERE number = %s",
            [_person("collector-2"), case["number"]],
        )
    for username in ("dept-a", "collector-2"):
        speaker = speak(username)
        answer = speaker.get(f"/cases/{case['number']}")
        assert answer.status_code == 200
        assert "reporter" not in _json(answer)
        assert _json(answer)["open_verbs"] == []
        assert _reveal(speaker, f"/cases/{case['number']}").status_code == 403
        assert case["number"] not in speaker.get("/cases?limit=200").content.decode()


def test_a_reveal_is_on_record_with_its_reason_each_time(speak: Speak, cases: list[dict[str, Any]]) -> None:
    path = f"/cases/{cases[0]['number']}"
    desk = speak("acceptor-1")
    before = clock.now()
    assert _reveal(desk, path, "").status_code == 422
    assert _reveal(desk, path, "回访核对").status_code == _reveal(desk, path, "再次核对").status_code == 200
    lines = list(audit_lines(start=before, end=clock.now(), object_key=cases[0]["number"]))
    assert [(line.kind.value, line.detail["reason"]) for line in lines] == [
        ("reveal", "回访核对"), ("reveal", "再次核对"),
    ]  # fmt: skip
    assert {line.person_name for line in lines} == {"acceptor-1"}


def test_a_citizen_reads_no_names_of_staff(speak: Speak) -> None:
    case = speak("collector-1").report()
    case = speak("acceptor-1").move(case, "send_verification", {"assignee": "collector-2", "note": "请尽快"})
    citizen = Person.objects.create(username="citizen", display_name="市民", password="!", created_at=BEGAN)
    PostHolding.objects.create(person=citizen, post="reporter", valid_from=BEGAN)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET reporter_id = %s WHERE number = %s", [citizen.id, case["number"]])
    speaker = speak("citizen")
    path = f"/cases/{case['number']}"
    stale = speaker.post(f"{path}/moves/rate", {"grade": "满意"}, version=1)
    assert stale.status_code == 412
    for answer in (speaker.get(path), speaker.get(f"{path}/steps"), speaker.get("/cases"), stale):
        text = answer.content.decode()
        assert "acceptor-1" not in text
        assert "collector-" not in text
        assert "请尽快" not in text


def test_a_partner_makes_no_move_of_the_platforms_own(speak: Speak) -> None:
    partner = speak("system-1")
    body = {"source": "hotline", "external_no": "X1", "description": "路灯不亮", "location": PLACE}
    case = _json(partner.post("/cases", body))
    assert case["open_verbs"] == []
    desk, leader = speak("acceptor-1"), speak("duty_leader-1")
    case = desk.move(case, "send_verification", {"assignee": "collector-1"})
    field = speak("collector-1")
    evidence = {"photo_site": [field.photo()], "location": PLACE}
    case = field.move(case, "reply_verification", {"result": "true", "evidence": evidence})
    case = desk.move(case, "accept", {"category": "component:0101"})
    case = leader.move(case, "file_case", {"category": "component:0101", "condition_seq": 2})
    case = speak("dispatcher-1").move(case, "split", {"departments": "dept-a dept-b", "reason": "两家"})
    answer = partner.post(f"/cases/{case['number']}/moves/child_closed", {"child": "child-1"}, version=case["version"])
    assert (answer.status_code, json.loads(answer.content)["type"]) == (403, "urn:wangge:problem:wrong_post")


def _reveal(speaker: Speaker, path: str, reason: str = "回访核对") -> Any:
    return speaker.post(f"{path}/reveal", {"reason": reason})


def _json(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.content))
