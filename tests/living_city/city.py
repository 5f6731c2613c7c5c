"""A city that lives in memory: actions carried out by the product's own writers, every case they touch audited."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.living_city import stories
from tests.living_city.auditors import World, complaints_about
from tests.living_city.memory import Memory
from tests.living_city.shrinking import shortest
from tests.living_city.stories import Action, Chooser, actor_of, people_at_first, settings_of
from tests.living_city.tables import shipped_minutes
from tests.living_city.walls import sees
from wangge.domains.cases.drafting import exact
from wangge.domains.cases.failures import CaseRefused
from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.sight import may_see
from wangge.standards.calendars import load_city_clocks
from wangge.standards.library import load_tables

LENGTH = 70
READERS = 6


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an auditor said, of which case, after which action."""

    auditor: str
    told: str
    case: str
    after: int


@dataclass(slots=True)
class Life:
    """A story lived to its end, or to the first complaint."""

    seed: int
    settings: Mapping[str, str]
    actions: list[Action] = field(default_factory=list)
    done: int = 0
    steps: int = 0
    stages: set[str] = field(default_factory=set)
    verbs: set[str] = field(default_factory=set)
    complaint: Complaint | None = None


@dataclass(slots=True)
class City:
    """People, cases by their labels, and the memory in which they are kept."""

    memory: Memory
    settings: Mapping[str, str]
    people: dict[str, Any]
    labels: dict[str, str] = field(default_factory=dict)
    now: int = 0

    def carry_out(self, action: Action) -> bool:
        """Do it; whether anything came of it. A refusal is no fault; whatever else is raised, is."""
        self.now = max(self.now, action.at)
        at = exact(action.at)
        try:
            if action.what == "report":
                return self._report(action)
            if action.what == "move":
                return self._move(action)
        except CaseRefused:
            return False
        if action.what == "timers":
            self.memory.fire_timers(at)
        elif action.what == "rules":
            self.memory.let_rules_act(at)
        elif action.what == "posts":
            self.people[action.who] = self.people.get(action.args["as"], ())
        return True

    def _report(self, action: Action) -> bool:
        args = dict(action.args)
        report = Report(
            source=args["source"], category=args.get("category", ""), description="井盖缺失",
            location=args["location"], photos={kind: ["p"] for kind in action.evidence},
            stated_entry=action.verb if action.verb in ("report_self_handled", "register_report") else "",
            external_no=args.get("external_no", ""),
        )  # fmt: skip
        if action.case in self.labels:
            return False
        by = actor_of(action.who, self.people.get(action.who, ()))
        self.labels[action.case] = report_case(report=report, by=by, at=exact(action.at)).number
        return True

    def _move(self, action: Action) -> bool:
        number = self.number_of(action.case)
        entry = self.memory.entries.get(number)
        if entry is None:
            return False
        args = dict(action.args)
        if "lead_case" in args:
            args["lead_case"] = self.number_of(args["lead_case"])
        photos = {kind: ["p"] for kind in action.evidence if kind not in ("location", "description")}
        location = stories.PLACE if "location" in action.evidence else None
        version = entry.row.version - (1 if action.stale else 0)
        order = Order(number, action.verb, args, photos, location, version=version, needs_version=True)
        by = actor_of(action.who, self.people.get(action.who, ()), number)
        move_case(order=order, by=by, at=exact(action.at))
        return True

    def number_of(self, label: str) -> str:
        """The number of a case by its label; children have their parent's with their order behind."""
        base, dash, order = label.partition("-")
        return f"{self.labels.get(base, '-')}{dash}{order}"

    def cases(self) -> dict[str, CaseRow]:
        """Every case by its label."""
        found = {}
        for base, number in self.labels.items():
            for each in self.memory.entries:
                if each == number or each.startswith(f"{number}-"):
                    row = self.memory.load(each)
                    assert row is not None
                    found[base + each[len(number) :]] = row
        return found

    def complaints(self, touched: Sequence[str]) -> list[tuple[str, str, str]]:
        """(auditor, what, case) for the cases named."""
        world = World(self.settings, shipped_minutes(), self.now)
        found = []
        for number in touched:
            told = complaints_about(self.memory.kept(number), world)
            found += [(auditor, what, number) for auditor, what in told]
        return found

    def wrong_sights(self, number: str, place: int) -> list[str]:
        """Some readers before one case: what the product shows, and what the table of sight says."""
        kept, row = self.memory.kept(number), self.memory.load(number)
        assert row is not None
        keys = sorted(self.people)
        found = []
        for key in (keys * 2)[place * READERS % len(keys) :][:READERS]:
            held = self.people[key]
            posts = [(each.post, each.department_code, each.district_code) for each in held]
            shown, allowed = may_see(actor_of(key, held), row), sees(kept, key, posts)
            if shown != allowed:
                found.append(f"{key} ({posts}) {'sees' if shown else 'does not see'} it, by the table it is otherwise")
        return found


@cache
def _tables() -> tuple[Any, Any, Mapping[str, str]]:
    tables = load_tables()
    return tables, load_city_clocks(), {row.key: row.default for row in tables.settings}


@cache
def _rules(chosen: tuple[tuple[str, str], ...]) -> Rulebook:
    tables, clocks, defaults = _tables()
    return rulebook(tables=tables, settings={**defaults, **dict(chosen)}, clock_of=clocks.clock_of)


current: list[Memory] = []


def new_city(seed: int) -> tuple[City, random.Random]:
    """A city without a case, by its seed."""
    chance = random.Random(f"living city {seed}")
    rules = _rules(tuple(settings_of(chance).items()))
    people = people_at_first()
    on_duty = chance.choice(("", "10", "304"))
    memory = Memory(rules, frozenset(people), on_duty)
    current[:] = [memory]
    return City(memory, rules.settings, people), chance


def live(seed: int, *, length: int = LENGTH, given: Sequence[Action] | None = None) -> Life:
    """Live a story of a seed, or the actions given in the city of that seed."""
    city, chance = new_city(seed)
    life = Life(seed, city.settings)
    chooser = Chooser(city.memory.rules, chance, stories.first_moment(chance), city.people)
    for place in range(length if given is None else len(given)):
        action = chooser.next(city.cases()) if given is None else given[place]
        life.actions.append(action)
        life.complaint = _lived(city, action, place, life)
        if life.complaint is not None:
            break
    life.steps = sum(len(entry.steps) for entry in city.memory.entries.values())
    for entry in city.memory.entries.values():
        life.stages |= {step.to_stage for step in entry.steps}
        life.verbs |= {step.verb for step in entry.steps}
    return life


def _lived(city: City, action: Action, place: int, life: Life) -> Complaint | None:
    before = dict(city.memory.entries)
    try:
        life.done += city.carry_out(action)
    except Exception as fault:
        return Complaint("nothing crashes", repr(fault), action.case, place)
    touched = [number for number, entry in city.memory.entries.items() if before.get(number) is not entry]
    for auditor, told, number in city.complaints(touched):
        return Complaint(auditor, told, number, place)
    for number in touched:
        for told in city.wrong_sights(number, place):
            return Complaint("nobody sees across a wall", told, number, place)
    for number in touched:
        for told in city.memory.verified(number):
            return Complaint("wangge verify", told, number, place)
    return None


def told(life: Life) -> str:
    """The seed, what went wrong and the shortest story that leads there."""
    complaint = life.complaint
    assert complaint is not None

    def fails(actions: Sequence[Action]) -> bool:
        again = live(life.seed, given=actions).complaint
        return again is not None and again.auditor == complaint.auditor

    story = shortest(life.actions[: complaint.after + 1], fails)
    last = live(life.seed, given=story).complaint
    assert last is not None
    chosen = " ".join(f"{key}={value}" for key, value in life.settings.items() if value != _tables()[2][key])
    lines = [f"seed {life.seed} ({chosen})", *(f"  {action}" for action in story), f"{last.auditor}: {last.told}"]
    return "\n".join(lines)


__all__ = ["City", "Life", "current", "live", "new_city", "told"]
