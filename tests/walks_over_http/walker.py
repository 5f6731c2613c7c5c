"""Drives one worked walk over HTTP: its people, its settings, the clock held at each of its moments.

What is the platform's own (timers, rules, what children tell their parent) is done by the functions the jobs call.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.cases.conftest import BEGAN, BIRTH
from tests.cases.photographs import jpeg
from tests.cases.test_walks import rules_for
from wangge.domains.cases import rules as rules_of_city
from wangge.domains.cases.answers import forget_usernames
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic import views
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.logic.walking import WALK_ONLY_SETTINGS
from wangge.domains.cases.operations import families, moving, timing
from wangge.domains.cases.rows import CaseRow, draft_of, load
from wangge.domains.cases.surroundings import AroundCase, forget_units
from wangge.domains.organizations.logic import token_digest
from wangge.domains.organizations.models import AccessToken, Department, DepartmentKind, District, Person, PostHolding
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import receive_photo
from wangge.surfaces.api.problems import REFUSAL_STATUS

Step = Mapping[str, str]
PLACE = {"lon": 113.134, "lat": 27.827, "system": "wgs84"}
ENTRIES = ("report", "register_report", "receive_report", "report_self_handled")
TIMED = ("resume_suspended", "resume_postponed", "reporter_answered")
OBSERVER = "observer"
# Attempts of the system that nobody can make: its rules name themselves, their assignee is the one on duty, a child
# tells its parent only what has happened. And later steps of a composite act, which is one request.
NOT_TO_BE_ASKED = {
    ("W67", "10"), ("W68", "6"), ("W68", "9"), ("W70", "4"), ("W70", "6"), ("W79", "10"),
}  # fmt: skip
_keys = itertools.count(1)


def moment_of(text: str) -> datetime:
    """A walk's minute on the city's clock as a moment."""
    return datetime.fromisoformat(f"{text.replace(' ', 'T')}:00+08:00").astimezone(UTC)


@dataclass
class Permit:
    """How many steps the rules may make by themselves: in a walk each is a row of its own."""

    left: int = 0


@dataclass
class Told:
    """What came of one row: the status and reason over HTTP, or how it was done without."""

    step: Step
    status: int
    reason: str = ""
    behind_wall: bool = False


@dataclass
class Walker:
    """One walk under way."""

    steps: list[Step]
    patch: pytest.MonkeyPatch
    number: str = ""
    version: int = 0
    told: list[Told] = field(default_factory=list)
    permit: Permit = field(default_factory=Permit)

    def __post_init__(self) -> None:
        self.name = self.steps[0]["walk"]
        self.stated = dict(item.split("=", 1) for item in self.steps[0]["settings"].split(";") if item)

    def walk(self) -> None:
        """Every row of the walk, compared as it goes."""
        self._found_city()
        self._set_rules()
        for step in self.steps:
            if (self.name, step["step"]) not in NOT_TO_BE_ASKED:
                with held(step["moment"]):
                    self._make(step)
                    self._compare(step)

    # ---- the city of the walk ----------------------------------------------------------------------------------

    def _found_city(self) -> None:
        for code in ("430201", "430202"):
            District.objects.create(code=code, name=code, valid_from=BIRTH)
        named = {step["by"].partition("/")[0] for step in self.steps} | self._units_named()
        for code in sorted(name for name in named if name.startswith(("dept", "district"))):
            desk = code.startswith("district")
            kind = DepartmentKind.DISTRICT_PLATFORM if desk else DepartmentKind.DEPARTMENT
            Department.objects.create(
                code=code, name=code, kind=kind, valid_from=BIRTH, district_id=f"43020{code[9]}" if desk else None
            )
        posts: dict[str, set[str]] = defaultdict(set)
        for step in self.steps:
            posts[step["by"]].add(step["post"])
            for name in ("assignee", "handler"):
                if args_of(step).get(name):
                    posts[args_of(step)[name]].add("collector" if name == "assignee" else "department")
        posts[OBSERVER].add("centre_leader")
        posts["helper-collector"].add("collector")
        posts["helper-acceptor"].add("acceptor")
        for username, held_posts in posts.items():
            self._add_person(username, held_posts - {"verifier"} or {"collector"})
        forget_units()
        forget_usernames()

    def _units_named(self) -> set[str]:
        found = set()
        for step in self.steps:
            args = args_of(step)
            found |= {args.get("department", ""), *args.get("departments", "").split()}
        return found

    def _add_person(self, username: str, posts: set[str]) -> None:
        person = Person.objects.create(username=username, display_name=username, password="!", created_at=BEGAN)
        unit = username.partition("/")[0]
        for post in sorted(posts):
            of_unit = post in ("department", "district_dispatcher")
            PostHolding.objects.create(
                person=person, post=post, department_id=unit if of_unit else None, valid_from=BEGAN
            )
        AccessToken.objects.create(digest=token_digest(username), person=person, scope="full", created_at=BEGAN)

    def _set_rules(self) -> None:
        rulebook = rules_for({key: value for key, value in self.stated.items() if key not in WALK_ONLY_SETTINGS})
        rules_of_city.forget_rules()
        self.patch.setattr(rules_of_city, "_made_ready", lambda _ready, _day: rulebook)
        duty = self.stated.get("on_duty", "")
        on_duty = str(Person.objects.get(username=duty).id) if duty else ""
        drawn = self.stated.get("drawn", "").split()
        self.patch.setattr(AroundCase, "on_duty", lambda _around: on_duty)
        self.patch.setattr(AroundCase, "drawn", lambda _around, rule, _percent, _cycle: rule in drawn)
        real, permit = moving.next_act, self.permit  # type: ignore[attr-defined]

        def permitted(*asked: Any) -> Any:
            found = real(*asked) if permit.left else None
            permit.left -= found is not None
            return found

        self.patch.setattr(moving, "next_act", permitted)

    # ---- one row -----------------------------------------------------------------------------------------------

    def _make(self, step: Step) -> None:
        if step["verb"] == "open_child":
            self._open_child()
        elif step["verb"] in ENTRIES:
            self._report(step)
        elif step["post"] == "system":
            self._let_system(step)
        elif "act=" in step["args"] and step["verb"] != "accept":
            pass  # written with the first step of the act
        else:
            self._move(step)

    def _report(self, step: Step) -> None:
        args = args_of(step)
        evidence = evidence_of(step)
        body: dict[str, Any] = {"source": "collector", **args, "entry": step["verb"], "post": step["post"]}
        if "location" in evidence:
            body["location"] = PLACE
        if "description" in evidence:
            body["description"] = "路面破损"
        body["evidence"] = {kind: [self._photo(step["by"])] for kind in evidence if kind.startswith("photo")}
        answer = speak(step["by"], "/cases", body)
        self._note(step, answer)
        if answer.status_code == 201:
            self.number = answer.json()["number"]
            self._give_to_citizen()

    def _give_to_citizen(self) -> None:
        """The case is the citizen's own, as the public door will make it."""
        citizen = next((step["by"] for step in self.steps if step["post"] == "reporter"), None)
        if citizen:
            with connection.cursor() as cursor:
                person = Person.objects.get(username=citizen).id
                cursor.execute("UPDATE cases_case SET reporter_id = %s WHERE number = %s", [person, self.number])

    def _move(self, step: Step) -> None:
        args: dict[str, Any] = args_of(step)
        if args.get("lead_case"):
            args["lead_case"] = self._lead(args["lead_case"])
        evidence: dict[str, Any] = {}
        for kind in evidence_of(step):
            evidence[kind] = PLACE if kind == "location" else [self._photo(step["by"])]
        body = {**args, "evidence": evidence, "post": step["post"]}
        path = f"/cases/{self.number}/moves/{step['verb']}"
        answer = speak(step["by"], path, body, version=self._row().version)
        self._note(step, answer, seen=speak(step["by"], f"/cases/{self.number}").status_code == 200)

    def _lead(self, wanted: str) -> str:
        if wanted == "SELF":
            return self.number
        body = {"source": "collector", "category": "component:0101", "location": PLACE}
        body["evidence"] = {"photo_before": [self._photo("helper-collector")]}
        number = str(speak("helper-collector", "/cases", body).json()["number"])
        if wanted == "CLOSED":
            path = f"/cases/{number}/moves/decline_report"
            assert speak("helper-acceptor", path, {"reason": "重复"}, version=1).status_code == 200
        return number

    def _photo(self, username: str) -> str:
        return receive_photo(data=jpeg(), by=Person.objects.get(username=username).id, at=clock.now()).id

    def _note(self, step: Step, answer: Any, *, seen: bool = True) -> None:
        body = answer.json()
        if answer.status_code < 300:
            assert step["expect"] == "ok", f"{self._where(step)}: made, though {step['reason']}"
            self.told.append(Told(step, answer.status_code))
            return
        reason = body["type"].rpartition(":")[2]
        told = Told(step, answer.status_code, reason, behind_wall=not seen)
        self.told.append(told)
        where = f"{self._where(step)}: {body}"
        assert step["expect"] == "refused", where
        if told.behind_wall:
            assert (answer.status_code, reason) == (404, "not_found"), where
        else:
            assert reason == step["reason"], where
            assert answer.status_code == REFUSAL_STATUS.get(reason, 409), where

    # ---- the platform's own ------------------------------------------------------------------------------------

    def _let_system(self, step: Step) -> None:
        args, before = args_of(step), self._row().version
        at = moment_of(args.get("recorded_at", step["moment"]))
        if step["verb"] in TIMED:
            timing.fire_due_timers(at=at)
        elif "child" in args:
            child = load(f"{self.number}-{args['child'].rpartition('-')[2]}")
            assert child is not None
            with transaction.atomic():
                families._tell_parent(child, step["verb"], at)
        else:
            self.permit.left = 1
            timing.let_rules_act_on(number=self.number, at=at)
            self.permit.left = 0
        made = self._row().version > before
        assert made == (step["expect"] == "ok"), self._where(step)
        if made:
            assert self._last_verb() == step["verb"], self._where(step)
        self.told.append(Told(step, 0, step["reason"]))

    def _open_child(self) -> None:
        """The child of a parent that is split at this very minute."""
        category = {"category": "event:0201"}
        body = {"source": "collector", **category, "location": PLACE}
        body["evidence"] = {"photo_before": [self._photo("helper-collector")]}
        parent = str(speak("helper-collector", "/cases", body).json()["number"])
        for username, verb, given in (
            ("helper-acceptor", "accept", category),
            ("duty-leader-1", "file_case", {**category, "condition_seq": 1}),
            ("dispatcher-1", "split", {"departments": ["dept-a", "dept-b"], "reason": "两家"}),
        ):
            if verb == "split":
                Department.objects.get_or_create(
                    code="dept-b", defaults={"name": "b", "kind": DepartmentKind.COMPANY, "valid_from": BIRTH}
                )
                forget_units()
            row = load(parent)
            assert row is not None
            answer = speak(username, f"/cases/{parent}/moves/{verb}", given, version=row.version)
            assert answer.status_code == 200, answer.content
        self.number = f"{parent}-1"

    # ---- the comparison ----------------------------------------------------------------------------------------

    def _compare(self, step: Step) -> None:
        if "act=" in step["args"] and step["expect"] == "ok" and step["verb"] != "dispatch":
            return  # the act is whole after its last step
        if not self.number:
            assert not step["stage_after"] or step["stage_after"] == "new"
            return
        answer = speak(OBSERVER, f"/cases/{self.number}").json()
        clocks = {line["clock"]: line for line in answer["deadlines"]}
        handling = clocks.get("handling")
        stage_clock = clocks.get(step["stage_clock"]) if step["stage_clock"] else None
        shown = {
            "stage_after": answer["stage"],
            "stage_clock": next((name for name in clocks if name not in ("handling", "inner")), ""),
            "stage_clock_due": minute(stage_clock["due_at"]) if stage_clock else "",
            "handling_clock": handling["state"] if handling else "idle",
            "handling_due": minute(handling["due_at"]) if handling and handling["state"] == "running" else "",
            "handling_used_minutes": str(handling["used_minutes"]) if handling else "",
            "handling_allowance_minutes": str(handling["allowance_minutes"]) if handling else "",
            "overlays": "; ".join(answer["overlays"]),
            "rework": str(answer["round"] - 1),
            **self._kept(step),
        }
        assert shown == {name: step[name] for name in shown}, self._where(step)
        if handling and step["limit"]:
            assert f" {step['limit']} " in handling["rule"], self._where(step)

    def _kept(self, step: Step) -> dict[str, str]:
        """What the answer does not tell, from the row the requests wrote."""
        row = self._row()
        draft = draft_of(row, clock.now())
        state = as_of(draft.rules, row.state, civil(clock.now()), draft.around)
        kept = {"returns": str(state.returns), "extensions": str(state.extensions)}
        if step is self.steps[-1]:
            kept["outcome"] = views.outcome(state)
        return kept

    def _row(self) -> CaseRow:
        row = load(self.number)
        assert row is not None
        return row

    def _last_verb(self) -> str:
        with connection.cursor() as cursor:
            row = self._row()
            cursor.execute("SELECT verb FROM cases_step WHERE case_id = %s ORDER BY seq DESC LIMIT 1", [row.id])
            return str(cursor.fetchone()[0])

    def _where(self, step: Step) -> str:
        return f"{self.name} step {step['step']} {step['verb']}"


def args_of(step: Step) -> dict[str, str]:
    """The arguments but the evidence."""
    args = dict(item.split("=", 1) for item in step["args"].split("; ") if item)
    args.pop("evidence", None)
    return args


def evidence_of(step: Step) -> list[str]:
    """The kinds of evidence."""
    args = dict(item.split("=", 1) for item in step["args"].split("; ") if item)
    return [kind for kind in args.get("evidence", "").split("+") if kind]


def minute(text: str | None) -> str:
    """An answer's moment in the walks' form."""
    return text[:16].replace("T", " ") if text else ""


@contextmanager
def held(text: str) -> Any:
    """The clock at a walk's minute."""
    with clock.held_at(moment_of(text)):
        yield


def speak(username: str, path: str, body: Any = None, *, version: int | None = None) -> Any:
    """One request as a person of the walk: GET without a body, else POST under a key of its own."""
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {username}"}
    if body is None:
        return client.get(f"/api/v1{path}", headers=headers)
    headers["Idempotency-Key"] = f"walk-{next(_keys)}"
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return client.post(f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers)
