"""The same city over the real database and the API's own doors, with what goes wrong on the way there and back.

A fault belongs to its action: the process dies before or after some statement or around the commit, the answer is lost
and asked for again, the same message comes twice. Whoever asked asks again with the same key until he has an answer.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from tests.cases.photographs import jpeg
from tests.living_city import stories
from tests.living_city.auditors import Kept, World, complaints_about
from tests.living_city.deaths import Fault
from tests.living_city.kept import kept_cases
from tests.living_city.recounts import wrong_counters, wrong_deliveries
from tests.living_city.settling import LEDGER, LONG_AGO, begin_again, deliver_everything, halves
from tests.living_city.stories import Action, Chooser, people_at_first, settings_of
from tests.living_city.tables import Minutes, shipped_minutes
from tests.living_city.walls import sees
from tests.outbox.neighbours import wait_for_neighbours
from wangge.domains.cases.drafting import exact
from wangge.domains.cases.operations import timing
from wangge.domains.cases.queries.counts import forget_counts
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.cases.rules import forget_rules, rulebook_on
from wangge.domains.cases.verifying import verification
from wangge.domains.geography import queries as ground
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.operations.areas import NewBoundary, redraw_areas
from wangge.domains.organizations.logic import Holding, token_digest
from wangge.domains.organizations.models import AccessToken, Person, PostHolding
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import receive_photo
from wangge.project import subscriptions
from wangge.surfaces.jobs import delivery, rounds

LENGTH = 45
_numbers = count(1)


KINDS = ("none",) * 12 + ("killed", "killed", "killed", "lost", "doubled", "late")


@dataclass(slots=True)
class Counted:
    """What came of a life: to be compared with what the tables say."""

    done: int = 0
    refused: int = 0
    killed: int = 0
    resent: int = 0
    steps: int = 0


@dataclass(slots=True)
class DatabaseCity:
    """A life in the database: people, tokens and cases of its own beside those of earlier lives."""

    seed: int
    overlay: Path
    chance: random.Random
    life: int = field(default_factory=lambda: next(_numbers))
    people: dict[str, tuple[Holding, ...]] = field(default_factory=people_at_first)
    labels: dict[str, str] = field(default_factory=dict)
    photos: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)  # keys whose second asking found a wall where the move had led
    resend: list[tuple[Any, ...]] = field(default_factory=list)
    counted: Counted = field(default_factory=Counted)
    border_from: date = date.min
    holidays: dict[date, bool] = field(default_factory=dict)
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    now: int = 0

    def id_of(self, key: str) -> int:
        return self.life * 1000 + int(key)

    def key_of(self, person: str) -> str:
        return str(int(person) % 1000) if person.isdigit() else person

    def settle_in(self, at: datetime) -> None:
        """The people of this life with their posts and tokens."""
        keys = sorted(self.people)
        Person.objects.bulk_create(
            Person(id=self.id_of(key), username=f"p{self.id_of(key)}", display_name=key, password="!",
                   created_at=LONG_AGO)
            for key in keys
        )  # fmt: skip
        for key in keys:
            self._hold(key, self.people[key], LONG_AGO)
        AccessToken.objects.bulk_create(
            AccessToken(person_id=self.id_of(key), digest=token_digest(self._token(key)), scope="full",
                        created_at=LONG_AGO)
            for key in keys
        )  # fmt: skip
        on_duty = self.chance.choice(("", "10", "304"))
        if on_duty:
            with connection.cursor() as cursor:
                for day in range(4):
                    start = at.replace(hour=0, minute=0) + timedelta(days=day)
                    cursor.execute(
                        "INSERT INTO organizations_shift_turn (person_id, grid_code, starts_at, ends_at, shift)"
                        " VALUES (%s, 'G1', %s, %s, 'day')",
                        [self.id_of(on_duty), start, start + timedelta(hours=24)],
                    )

    def _hold(self, key: str, holdings: Sequence[Holding], since: datetime) -> None:
        PostHolding.objects.bulk_create(
            PostHolding(
                person_id=self.id_of(key), post=each.post, department_id=each.department_code,
                district_id=each.district_code, valid_from=since,
            )
            for each in holdings
        )  # fmt: skip

    def _token(self, key: str) -> str:
        return f"token-{self.life}-{key}"

    def carry_out(self, action: Action, place: int) -> None:
        """Do it with the fault that lies in its way; raise AssertionError where an answer cannot be."""
        self.now = max(self.now, action.at)
        chance = random.Random(f"{self.seed}/{action}/{place}")
        with clock.held_at(exact(action.at)):
            if action.what in ("report", "move"):
                self._ask(action, place, chance)
            else:
                self._round(action, chance)

    def _ask(self, action: Action, place: int, chance: random.Random) -> None:
        request = self._request(action, place)
        if request is None:
            return
        kind = chance.choice(KINDS)
        if kind == "killed":
            fault = Fault(chance.randrange(0, 8), chance.random() < 0.5)
            with fault.planted():
                self._send(request)
            self.counted.killed += fault.died
        elif kind == "lost":
            self._send(request)
        answer = self._send(request)
        self._note(action, request, answer)
        if kind == "doubled":
            again = self._send(request)
            # Who moved the case out of his own sight finds a wall where it went, as the contract orders refusals.
            if answer.status_code in (200, 201) and again.status_code != 404:
                assert again.content == answer.content, "the second answer is another one"
                assert "Idempotency-Replayed" in again
                self.counted.resent += 1
        if kind == "late" and answer.status_code in (200, 201):
            self.resend.append((request, answer.content))

    def resend_late(self) -> None:
        """Messages that were long on their way arrive once more."""
        for request, content in self.resend:
            with clock.held_at(exact(self.now)):
                again = self._send(request)
            # Who left his post meanwhile, or lost sight of the case, is told so: nothing is written either way.
            assert again.status_code in (401, 403, 404) or again.content == content, again.content
            self.counted.resent += 1
        self.resend.clear()

    def _request(self, action: Action, place: int) -> tuple[str, str, dict[str, str]] | None:
        key = action.who
        if key == stories.CITIZEN or (key == "system" and action.what != "report"):
            return None
        headers = {"Authorization": f"Bearer {self._token(key)}", "Idempotency-Key": f"{self.life}-{place}"}
        args = {name: self._named(name, value) for name, value in action.args.items()}
        evidence: dict[str, Any] = {
            kind: [self._photo(key)] for kind in action.evidence if kind not in ("location", "description")
        }
        if action.what == "report":
            if action.case in self.labels:
                return None
            place_of = {**args.pop("location"), "system": "wgs84"}
            place_of["lon"] = 113.05 if place_of.pop("district") == "430202" else 113.15
            if action.verb in ("report_self_handled", "register_report"):
                args["entry"] = action.verb
            if "external_no" in args:
                args["external_no"] = f"{args['external_no']}-{self.life}"
            body = {**args, "description": "井盖缺失", "location": place_of, "evidence": evidence}
            return "/api/v1/cases", json.dumps(body), headers
        number = self._number(action.case)
        row = load(number)
        if row is None:
            return None
        headers["If-Match"] = f'"{row.version - (1 if action.stale else 0)}"'
        if "location" in action.evidence:
            evidence["location"] = {**stories.PLACE, "lon": 113.05, "system": "wgs84"}
        body = {**args, "evidence": evidence}
        return f"/api/v1/cases/{number}/moves/{action.verb}", json.dumps(body), headers

    def _named(self, name: str, value: Any) -> Any:
        if name in ("assignee", "handler"):
            return f"p{self.id_of(value)}"
        return self._number(value) if name == "lead_case" else value

    def _photo(self, key: str) -> str:
        if key not in self.photos:
            with clock.held_at(exact(self.now)):
                self.photos[key] = receive_photo(data=jpeg(), by=self.id_of(key), at=clock.now()).id
        return self.photos[key]

    def _send(self, request: tuple[str, str, dict[str, str]]) -> Any:
        path, body, headers = request
        return self.client.post(path, body, content_type="application/json", headers=headers)

    def _note(self, action: Action, request: tuple[str, str, dict[str, str]], answer: Any) -> None:
        if answer.status_code not in (200, 201):
            assert 400 <= answer.status_code < 500, (answer.status_code, answer.content)
            if answer.status_code == 404:
                self.unknown.add(request[2]["Idempotency-Key"])
            self.counted.refused += 1
            return
        told = json.loads(answer.content)
        self.counted.done += 1
        self.acknowledged[request[2]["Idempotency-Key"]] = (told["number"], told["version"])
        if action.what == "report":
            self.labels[action.case] = told["number"]

    def _round(self, action: Action, chance: random.Random) -> None:
        """The jobs' part: timers, rules, deliveries; now and then the worker dies at it."""
        fault = Fault(chance.randrange(0, 12), chance.random() < 0.5)
        if action.what in ("timers", "rules") and chance.random() < 0.4:
            with fault.planted():
                self._work(action)
            self.counted.killed += fault.died
        self._work(action)

    def _work(self, action: Action) -> None:
        at = exact(action.at)
        if action.what == "timers":
            timing.fire_due_timers(at=at)
        elif action.what == "rules":
            for label in sorted(self.labels):
                timing.let_rules_act_on(number=self.labels[label], at=at)
        elif action.what == "border":
            self._move_border(action)
        elif action.what == "holiday":
            self._declare_holiday(action, at)
        elif action.what == "posts":
            self._change_posts(action, at)
        for consumer in (*subscriptions.CONSUMERS, LEDGER):
            delivery.deliver_next(consumer, most=7)

    def _change_posts(self, action: Action, at: datetime) -> None:
        key, held = action.who, self.people.get(action.args["as"], ())
        holds = PostHolding.objects.filter(person_id=self.id_of(key), valid_to=None)
        holds.filter(valid_from__lt=at).update(valid_to=at)
        holds.delete()  # what he got in this very minute he never held
        self._hold(key, held, at)
        self.people[key] = held

    def _move_border(self, action: Action) -> None:
        """From tomorrow the two districts meet elsewhere; what was reported stays where it was."""
        day = exact(action.at).date() + timedelta(days=1)
        if day <= self.border_from:
            return
        self.border_from = day
        boxes = zip(("430202", "430203"), halves(float(action.args["lon"])), strict=True)
        redraw_areas(boundaries=[NewBoundary(AreaKind.DISTRICT, code, box) for code, box in boxes], from_on=day)
        ground.forget()

    def _declare_holiday(self, action: Action, at: datetime) -> None:
        """The city closes a day that lies ahead, by a row of its own calendar; the job sees that the tables changed."""
        day = (at + timedelta(days=int(action.args["in_days"]))).date()
        if day in self.holidays or day.weekday() > 4:
            return
        self.holidays[day] = False
        lines = [
            f"{day.year},{day},{day},holiday,台风停工,市府〔{day.year}〕1号,市政府通知,A," for day in self.holidays
        ]
        file = self.overlay / "calendars" / "cn_days.csv"
        file.parent.mkdir(exist_ok=True)
        text = ["year,from,to,kind,name_zh,notice_number,source,confidence,note", *sorted(lines)]
        file.write_text("\n".join(text) + "\n", encoding="utf-8")
        forget_rules()
        rounds.refill_deadlines()

    def _number(self, label: str) -> str:
        base, dash, order = label.partition("-")
        return f"{self.labels.get(base, '-')}{dash}{order}"

    def cases(self) -> dict[str, CaseRow]:
        """Every case of this life by its label, its people by their keys."""
        found = {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM cases_case WHERE substr(number, 1, 21) = ANY(%s)", [self._roots()])
            numbers = [number for (number,) in cursor.fetchall()]
        for base, root in self.labels.items():
            for number in numbers:
                if number == root or number.startswith(f"{root}-"):
                    row = load(number)
                    assert row is not None
                    row.state.assignee = self.key_of(row.state.assignee)
                    found[base + number[len(root) :]] = row
        return found

    def _roots(self) -> list[str]:
        return [number[:21] for number in self.labels.values()]

    # ---- auditing --------------------------------------------------------------------------------------------------

    def complaints(self, settings: Mapping[str, str]) -> list[str]:
        """Everything the auditors find in this life's cases, in the counters, in what was delivered."""
        kept = kept_cases(self._roots())
        minutes = Minutes(self.holidays) if self.holidays else shipped_minutes()
        world = World(settings, minutes, self.now, bool(self.holidays))
        found = [
            f"{auditor}: {told} ({case.number})" for case in kept for auditor, told in complaints_about(case, world)
        ]
        found += self._wrong_sights(kept)
        found += self._lost_or_doubled(kept)
        found += wrong_counters()
        own = set(self._roots())  # earlier lives had other settings and days off
        with verification() as verified:
            breaks = [each for answer in verified.answers for each in answer.breaks]
        found += [f"wangge verify: {each}" for each in breaks if each.number[:21] in own or not each.case_id]
        self.counted.steps = sum(case.version for case in kept)
        return found

    def _wrong_sights(self, kept: Sequence[Kept]) -> list[str]:
        """Some readers before every case: the case itself, and whether the list holds it."""
        found = []
        for key in self.chance.sample(sorted(self.people), 3):
            posts = [(each.post, each.department_code, each.district_code) for each in self.people[key]]
            headers, person = {"Authorization": f"Bearer {self._token(key)}"}, str(self.id_of(key))
            with clock.held_at(exact(self.now)):
                for case in kept:
                    answer = self.client.get(f"/api/v1/cases/{case.number}", headers=headers)
                    if (answer.status_code == 200) != sees(case, person, posts):
                        found.append(f"walls: {key} {posts} before {case.number} ({case.stage}): {answer.status_code}")
        return found

    def _lost_or_doubled(self, kept: Sequence[Kept]) -> list[str]:
        """Each acknowledged write stands where it was said to stand, and no person's step is there besides."""
        versions = {case.number: case.version for case in kept}
        found = [
            f"acknowledged and not there: {number} version {version}"
            for number, version in self.acknowledged.values()
            if versions.get(number, 0) < version
        ]
        by_people = sum(step.by.isdigit() for case in kept for step in case.steps)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM cases_write_receipt WHERE key = ANY(%s)", [sorted(self.unknown)])
            (unheard,) = cursor.fetchone()
        if by_people != len(self.acknowledged) + unheard:
            found.append(f"{len(self.acknowledged)} writes were acknowledged, people's steps are {by_people}")
        return found


def live(
    seed: int, directory: Path, use_overlay: Callable[[Path], None], *, length: int = LENGTH,
    given: Sequence[tuple[int, Action]] | None = None,
) -> tuple[list[tuple[int, Action]], list[str], Counted]:  # fmt: skip
    """Live a story of a seed in the database: its actions, what the auditors found, what came of it."""
    chance = random.Random(f"living city {seed}")
    chosen = settings_of(chance)
    overlay = directory / f"city-{seed}"
    shutil.rmtree(overlay, ignore_errors=True)
    overlay.mkdir()
    lines = [f"{key},{value},,,city,own choice of this city,C" for key, value in chosen.items()]
    text = "\n".join(["key,value,valid_from,valid_to,scope,source,confidence", *lines])
    (overlay / "settings.csv").write_text(text + "\n", encoding="utf-8")
    use_overlay(overlay)
    forget_rules()
    forget_counts()
    begin_again()
    city = DatabaseCity(seed, overlay, chance)
    start = stories.first_moment(chance)
    city.now = start
    city.settle_in(exact(start))
    rules = rulebook_on(exact(start).date())
    chooser = Chooser(rules, chance, start, city.people)
    actions: list[tuple[int, Action]] = []
    found: list[str] = []
    for place in range(length) if given is None else [place for place, _action in given]:
        action = dict(given)[place] if given is not None else chooser.next(city.cases())
        actions.append((place, action))
        try:
            city.carry_out(action, place)
        except AssertionError as wrong:
            found.append(f"answers: {wrong}")
            break
    city.resend_late()
    with clock.held_at(exact(city.now)):
        found += city.complaints(rules.settings)
    wait_for_neighbours()
    deliver_everything(exact(city.now))
    found += wrong_deliveries()
    return actions, found, city.counted
