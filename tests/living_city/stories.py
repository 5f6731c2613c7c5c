"""What happens in a living city: actions drawn from a seed, most of them sensible, and how a list of them is told.

An action names everything it needs, so that any part of a story can be lived again without the rest.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wangge.domains.cases.logic.moments import moment, text_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import SYSTEM, Actor, Holding
from wangge.standards.tables import Move

MINUTE, HOUR, DAY = 1, 60, 1440
CITIZEN = "citizen"
PLACE = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
CLASSES = ("component:0101", "component:0103", "event:0101", "event:0201", "event:0305")
STARTS = ("2024-03-13 08:10", "2024-04-30 17:20", "2024-09-29 09:00", "2024-12-30 15:30", "2024-02-08 11:50")


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that happens: a report, a move, a round of the timers or rules, someone changing posts."""

    what: str
    at: int
    who: str = ""
    case: str = ""
    verb: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    stale: bool = False

    def __str__(self) -> str:
        args = " ".join(f"{name}={value}" for name, value in self.args.items())
        pieces = f" with {' '.join(self.evidence)}" if self.evidence else ""
        stale = " on what he saw before" if self.stale else ""
        what = self.verb or self.what
        return f"{text_of(self.at)} {self.who or 'city'}: {what} {self.case} {args}{pieces}{stale}".replace("  ", " ")


def people_at_first() -> dict[str, tuple[Holding, ...]]:
    """Who holds which posts: two of most, some of one district only, and a few who hold what should check itself."""
    found: dict[str, tuple[Holding, ...]] = {}
    for number, post in enumerate(_POSTS, 1):
        for twin in (0, 1):
            found[str(number * 10 + twin)] = (Holding(post),)
    for key, unit in (("201", "dept-a"), ("202", "dept-a"), ("203", "dept-b"), ("204", "street-1")):
        found[key] = (Holding("department", unit),)
    found["205"] = (Holding("district_dispatcher", "platform-1"),)
    found["301"] = (Holding("acceptor", None, "430202"), Holding("dispatcher", None, "430203"))
    found["302"] = (Holding("acceptor"), Holding("duty_leader"), Holding("dispatcher"), Holding("archivist"))
    found["303"] = (Holding("department", "dept-a"), Holding("dispatcher"), Holding("duty_leader"))
    found["304"] = (Holding("department", "dept-a"), Holding("collector"))
    found["305"] = (Holding("department", "dept-b"), Holding("evaluator"), Holding("centre_leader"))
    found["306"] = (Holding("section_head"), Holding("centre_leader"), Holding("duty_leader"))
    found["307"] = (Holding("collector"), Holding("acceptor"))
    return found


_POSTS = (
    "collector", "acceptor", "duty_leader", "dispatcher", "archivist", "supervisor", "evaluator", "section_head",
    "centre_leader", "chief",
)  # fmt: skip


def actor_of(key: str, holdings: Sequence[Holding], case_number: str = "") -> Actor:
    """The actor of a person's key; the system and a citizen who follows a case have keys of their own."""
    if key == "system":
        return SYSTEM
    if key == CITIZEN:
        return Actor(None, CITIZEN, "市民", (Holding("reporter"),), own_case=case_number)
    return Actor(int(key), key, key, tuple(holdings))


def settings_of(chance: random.Random) -> dict[str, str]:
    """What this city decides differently."""
    choices: Mapping[str, Sequence[str]] = {
        "automation": ("plain", "plain", "lean"),
        "approval_tiers": ("default", "notice_2014"),
        "district_level": ("off", "on"),
        "rework_clock": ("resume", "restart"),
        "file_post": ("duty_leader", "acceptor"),
        "dispatch_post": ("dispatcher", "acceptor"),
        "close_post": ("duty_leader", "acceptor"),
        "not_same_closer": ("off", "on", "night"),
        "appeal_judges": ("desk", "evaluation"),
        "appeal_window": ("none", "3 work_day"),
        "max_returns": ("1", "2"),
        "max_suspensions": ("1", "2"),
        "quick_list": ("empty", "event:0201 component:0101"),
    }
    return {key: chance.choice(values) for key, values in choices.items()}


# ---- what comes next -----------------------------------------------------------------------------------------------

_MAIN = frozenset({
    "send_verification", "reply_verification", "accept", "file_case", "dispatch", "report_handled", "forward_result",
    "send_inspection", "pass_inspection", "close_case", "redispatch", "rule_department", "confirm_self_handled",
    "close_parent", "outside_answered",
})  # fmt: skip
_CLEARING = {
    "request": ("approve_", "refuse_", "endorse_request", "reopen"), "question": ("reporter_answered",),
    "suspended_until": ("resume_suspended",), "postponed_until": ("resume_postponed",),
    "appeal": ("endorse_appeal", "grant_appeal", "dismiss_appeal"),
}  # fmt: skip
_ONLY_IN_TIME = ("request_extension", "request_suspension", "request_postponement", "request_ruling", "send_back")
_ASIDE = ("supervise", "lift_supervision", "reply_supervision", "urge", "exclude", "lift_exclusion", "acknowledge")
_UNIT_GUARDS = frozenset({"is_department", "own_if_unit", "is_unit_or_desk"})


@dataclass(slots=True)
class Chooser:
    """Draws the next action of a city from its chance; ``now`` runs on."""

    rules: Rulebook
    chance: random.Random
    now: int
    people: dict[str, tuple[Holding, ...]]
    born: int = 0
    favoured: frozenset[str] = frozenset()  # what happens often in this city
    haste: float = 0.0  # how seldom time makes a leap

    def __post_init__(self) -> None:
        self.favoured = frozenset(self.chance.sample(sorted(self.rules.verbs), 12))
        self.haste = self.chance.choice((0.0, 0.08, 0.12))

    def next(self, cases: Mapping[str, CaseRow]) -> Action:
        """An action on one of the cases (by label), or a new one."""
        draw = self.chance.random()
        if not cases or (draw < 0.06 and self.born < 4):
            return self._report()
        self._go_on(list(cases.values()))
        if draw < 0.14:
            return Action("timers", self.now)
        if draw < 0.2:
            return Action("rules", self.now)
        if draw < 0.22:
            return self._change_posts()
        if draw < 0.23:
            return Action("border", self.now, args={"lon": self.chance.choice((113.02, 113.07, 113.12))})
        if draw < 0.24:
            return Action("holiday", self.now, args={"in_days": self.chance.randint(1, 6)})
        return self._move(cases)

    def _go_on(self, cases: Sequence[CaseRow]) -> None:
        """Time passes: minutes mostly, now and then to the very minute at which something ends."""
        draw, chance = self.chance.random() * (1 - self.haste), self.chance
        if draw < 0.25:
            return
        if draw < 0.75:
            self.now += chance.randint(1, 12)
        elif draw < 0.9:
            self.now += chance.randint(20, 4 * HOUR)
        elif draw < 0.94:
            self.now += chance.randint(HOUR, 6 * DAY)
        else:
            state = chance.choice(cases).state
            ends = [state.suspended_until, state.postponed_until, state.question.until if state.question else 0]
            ahead = [end + step for end in ends for step in (-1, 0, 1) if end + step > self.now]
            self.now = chance.choice(ahead) if ahead else self.now + chance.randint(1, 3 * DAY)

    def _asked_at(self) -> int:
        """The moment of the server; now and then it is one whose clock goes wrong."""
        return self.now - self.chance.randint(1, 75) if self.chance.random() < 0.03 else self.now

    def _report(self) -> Action:
        chance = self.chance
        self.born += 1
        label = f"c{self.born}"
        self.now += chance.randint(1, 60)
        category = chance.choice(CLASSES)
        place = {**PLACE, "district": chance.choice(("430202", "430203"))}
        kind = chance.random()
        if kind < 0.55:
            args: dict[str, Any] = {"source": "collector", "category": category}
            return Action("report", self.now, self._holder("collector"), label, "report",
                          {**args, "location": place}, ("photo_before",))  # fmt: skip
        if kind < 0.7:
            args = {"source": "collector", "category": category, "location": place}
            return Action("report", self.now, self._holder("collector"), label, "report_self_handled", args,
                          ("photo_before", "photo_after"))  # fmt: skip
        if kind < 0.85:
            args = {"source": chance.choice(("public", "hotline")), "external_no": f"X{self.born}", "location": place}
            return Action("report", self.now, "system", label, "receive_report", args)
        args = {"source": chance.choice(("public", "leader", "media")), "location": place}
        return Action("report", self.now, self._holder("acceptor"), label, "register_report", args)

    def _change_posts(self) -> Action:
        """Somebody leaves, or takes over another's posts."""
        who, model = (self.chance.choice(sorted(self.people)) for _each in range(2))
        return Action("posts", self.now, who, args={"as": "" if self.chance.random() < 0.4 else model})

    def _move(self, cases: Mapping[str, CaseRow]) -> Action:
        label = self.chance.choice(sorted(cases))
        case = cases[label]
        rows = [row for row in self.rules.by_stage.get(case.stage, ()) if row.posts != ("system",)]
        if not rows:
            return Action("timers", self.now)
        row = self.chance.choices(rows, [self._weight(row, case) for row in rows])[0]
        evidence = row.evidence
        if row.verb.startswith("request_") and self.chance.random() < 0.8:
            evidence = (*evidence, "sealed_application")
        if self.chance.random() < 0.03:
            evidence = ()
        args = dict(self._args(row, case, cases))
        return Action(
            "move", self._asked_at(), self._who(row, case), label, row.verb, args, evidence,
            stale=self.chance.random() < 0.04,
        )  # fmt: skip

    def _weight(self, row: Move, case: CaseRow) -> float:
        return _weight(row, case) * (4 if row.verb in self.favoured else 1)

    def _who(self, row: Move, case: CaseRow) -> str:
        state, chance = case.state, self.chance
        if chance.random() < 0.08:
            return chance.choice(sorted(self.people))
        if "reporter" in row.posts and (len(row.posts) == 1 or chance.random() < 0.5):
            return CITIZEN
        if "is_assignee" in row.guards and state.assignee:
            return state.assignee
        unit = ""
        if "is_inner" in row.guards and state.inner is not None:
            unit = state.inner.unit
        elif _UNIT_GUARDS.intersection(row.guards):
            unit = state.unit
        fitting = [
            key
            for key, holdings in sorted(self.people.items())
            for holding in holdings
            if holding.post in row.posts and (not unit or holding.department_code in (None, unit))
        ]
        return chance.choice(fitting) if fitting else chance.choice(sorted(self.people))

    def _holder(self, post: str) -> str:
        holders = [key for key, held in sorted(self.people.items()) if any(each.post == post for each in held)]
        return self.chance.choice(holders) if holders else self.chance.choice(sorted(self.people))

    def _args(self, row: Move, case: CaseRow, cases: Mapping[str, CaseRow]) -> Iterator[tuple[str, Any]]:
        category = case.state.category if case.state.category and self.chance.random() < 0.8 else ""
        category = category or self.chance.choice(CLASSES)
        for arg in row.args:
            name = arg.rstrip("?")
            if name in ("act", "rule", "recorded_at", "note") or (arg[-1] == "?" and self.chance.random() < 0.5):
                continue
            value = self._value(name, row, case, category, cases)
            if value is not None:
                yield name, value

    def _value(
        self, name: str, row: Move, case: CaseRow, category: str, cases: Mapping[str, CaseRow]
    ) -> str | list[str] | None:
        chance, state = self.chance, case.state
        units = ("dept-a", "dept-a", "dept-b", "street-1", "platform-1")
        choices: Mapping[str, Sequence[str]] = {
            "department": ("street-1", "dept-a")
            if row.verb == "district_dispatch"
            else (*units, state.unit or "dept-a"),
            "result": ("done", "done", "refused") if row.verb == "outside_answered" else ("true", "true", "false"),
            "why": ("place_unclear", "access_needed", "more_photos", "nonsense"),
            "level": ("1", "2", "3"),
            "grade": ("非常满意", "不满意", "满意"),
            "answer": ("satisfied", "unsatisfied") if row.verb == "call_back" else ("在东门", "none"),
            "child": ("child-1",),
            "handler": ("201", "202", "203", "304", "303"),
        }
        if name == "kind":
            appeals = ("late", "wrong_filing", "wrong_owner", "false_verification", "wrong_rework")
            return chance.choice(appeals if row.verb == "file_appeal" else ("engineering", "bulk", "ordinary"))
        if name in choices:
            return chance.choice(choices[name])
        if name == "category":
            return category
        if name == "condition_seq":
            known = sorted(seq for key, seq in self.rules.limits if key == category)
            return str(chance.choice(known) if known and chance.random() < 0.95 else 77)
        if name == "assignee":
            return self._holder("collector")
        if name in ("amount", "inner_limit"):
            unit = state.limit_unit or "work_hour"
            return f"{chance.randint(1, max(state.limit_value, 1) + chance.randint(0, 1))} {unit}"
        if name in ("until", "reply_by"):
            ahead = chance.choice((1, 30, HOUR, DAY, 3 * DAY, 40 * DAY, 200 * DAY))
            return text_of(self.now + ahead).replace(" ", "T") + "+08:00"
        if name == "departments":
            return chance.sample(["dept-a", "dept-b", "street-1"], chance.randint(1, 3))
        if name == "lead_case":
            return chance.choice(sorted(cases))
        return "说明"


def _weight(row: Move, case: CaseRow) -> float:
    state, verb = case.state, row.verb
    weight = 8.0 if verb in _MAIN else 0.3 if verb.startswith(_ASIDE) else 1.5
    for name, verbs in _CLEARING.items():
        if verb.startswith(verbs):
            weight = 10.0 if _is_open(state, name) else 0.1
    if verb == "report_handled" and (state.suspended_until or state.postponed_until or state.request):
        weight = 2.0
    if verb in _ONLY_IN_TIME:
        weight = 5.0 if state.handling.status == "running" else 0.2
    if verb.startswith("district_") or verb == "split":
        weight = 6.0
    return weight


def _is_open(state: Any, name: str) -> bool:
    if name == "appeal":
        return state.appeal is not None and state.appeal.status.startswith("at_")
    return bool(getattr(state, name))


def first_moment(chance: random.Random) -> int:
    return moment(chance.choice(STARTS))
