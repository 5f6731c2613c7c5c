"""Owns what happens next in a simulated case: who makes which move when, by the stage it stands in and its fate.

Pure. One function per stage; each answers the next turn, or None when nothing more will come.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.moments import text_of
from wangge.domains.cases.logic.narrowing import SYSTEM, next_endorser, tier_of_request
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.project.simulation.cast import Cast
from wangge.project.simulation.stories import CITIZENS, Story

MINUTE, DAY = 60, 86400
CIVIL_MINUTES = 480
RATING = ("满意", "非常满意", "基本满意", "满意", "不满意")
NO_ARGS: Mapping[str, str] = {}
NOTHING: tuple[str, ...] = ()


class Turn(NamedTuple):
    """A move that comes next; ``at`` in seconds since 1970 UTC, evidence as kinds."""

    verb: str
    post: str
    by: str
    at: int
    args: Mapping[str, str] = NO_ARGS
    evidence: tuple[str, ...] = NOTHING
    unit: str = ""


class Scene:
    """One case on its way: its story, its state, what was done so far. ``now`` is the moment of its last step."""

    __slots__ = ("cast", "chance", "children_end", "done", "now", "queued", "rules", "state", "story")

    def __init__(self, cast: Cast, rules: Rulebook, story: Story, state: CaseState, chance: random.Random) -> None:
        self.cast = cast
        self.rules = rules
        self.story = story
        self.state = state
        self.chance = chance
        self.now = story.at
        self.done: set[str] = set()
        self.queued: list[Turn] = []
        self.children_end: list[tuple[int, str]] = []

    def once(self, what: str) -> bool:
        """Whether this is the first time."""
        if what in self.done:
            return False
        self.done.add(what)
        return True

    def one_of(self, people: Sequence[str], *not_these: str) -> str:
        """Somebody, but none of these."""
        person = people[int(self.chance.random() * len(people))]
        if person in not_these:
            others = [each for each in people if each not in not_these]
            person = others[int(self.chance.random() * len(others))] if others else person
        return person

    def desk(self, post: str, *not_these: str) -> str:
        return self.one_of(self.cast.posts[post], *not_these)

    def soon(self) -> int:
        """A desk's time to act: within its quarter of an hour, now and then later."""
        longest = 60 if self.chance.random() < 0.02 else 13
        return self.now + MINUTE + int(self.chance.random() * longest * MINUTE)

    def unit_turn(self, verb: str, at: int, args: Mapping[str, str] = NO_ARGS, evidence: tuple[str, ...] = ()) -> Turn:
        """A turn of the responsible unit."""
        unit = self.state.unit
        post = "district_dispatcher" if self.state.inner is not None else "department"
        return Turn(verb, post, self.one_of(self.cast.units[unit]), at, args, evidence, unit)


def next_turn(scene: Scene) -> Turn | None:
    """What comes next, or None."""
    if scene.queued:
        return scene.queued.pop(0)
    after = _BY_STAGE.get(scene.state.stage)
    return None if after is None else after(scene)


def entry_turn(scene: Scene) -> Turn:
    """The report itself."""
    story = scene.story
    if story.self_handled:
        args = {"source": story.source, "category": story.category}
        evidence = ("photo_before", "photo_after", "location")
        return Turn("report_self_handled", "collector", _collector(scene), story.at, args, evidence)
    verb = scene.rules.entries[story.source].entry
    if verb == "receive_report":
        args = {"source": story.source, "external_no": f"S{story.at}{int(scene.chance.random() * 1e6):06d}"}
        return Turn(verb, SYSTEM, SYSTEM, story.at, args, ("location", "description"))
    args = {"source": story.source, "category": story.category}
    if verb == "register_report":
        return Turn(verb, "acceptor", scene.desk("acceptor"), story.at, args, ("location", "description"))
    return Turn(verb, "collector", _collector(scene), story.at, args, ("photo_before", "location"))


def _collector(scene: Scene) -> str:
    own = scene.cast.collectors.get(scene.story.place.responsibility_grid or "")
    return scene.one_of(own or scene.cast.verifiers)


def _self_handled(scene: Scene) -> Turn:
    at = scene.now + int((5 + scene.chance.random() * 700) * MINUTE)
    by = scene.desk("acceptor")
    if scene.story.fate == "reject":
        return Turn("reject_self_handled", "acceptor", by, at, {"reason": "现场未真正解决"})
    if scene.story.fate == "decline":
        return Turn("decline_self_handled", "acceptor", by, at, {"reason": "重复上报"})
    return Turn("confirm_self_handled", "acceptor", by, at)


def _reported(scene: Scene) -> Turn:
    story, state, at = scene.story, scene.state, scene.soon()
    by = scene.desk("acceptor")
    if scene.rules.entries[story.source].needs_verification and state.verification != "true":
        if state.verification == "false":
            return Turn("decline_report", "acceptor", by, at, {"reason": "核实不属实"})
        return Turn("send_verification", "acceptor", by, at, {"assignee": _collector(scene)})
    if story.fate == "decline":
        return Turn("decline_report", "acceptor", by, at, {"reason": "不属于城市管理范围"})
    if story.fate.startswith("merge:"):
        return Turn("merge", "acceptor", by, at, {"lead_case": story.fate[6:]})
    return _accept(scene, by, at)


def _accept(scene: Scene, by: str, at: int) -> Turn:
    """Accepting; where the city has the composite act for this case, filing and dispatching with it."""
    story, rules = scene.story, scene.rules
    act = rules.composites.get("desk_act")
    limit = rules.limits[story.category, story.condition]
    ordinary = story.source == "collector" and not limit.unit.startswith("urgent")
    if act is None or not ordinary or story.fate in ("outside", "split") or story.stop_at in ("accepted", "filed"):
        return Turn("accept", "acceptor", by, at, {"category": story.category})
    args = {
        "category": story.category,
        "condition_seq": str(story.condition),
        "department": scene.cast.competent_unit(story.category, story.place),
        "act": "desk_act",
    }
    first, *later = (Turn(verb, act.post, by, at, args) for verb in act.steps)
    scene.queued.extend(later)
    return first


def _verifying(scene: Scene) -> Turn:
    at = scene.now + int((8 + scene.chance.random() * 20) * MINUTE)
    result = "true" if scene.chance.random() < 0.88 or scene.story.stop_at else "false"
    return Turn("reply_verification", "verifier", scene.state.assignee, at, {"result": result}, _SITE)


def _accepted(scene: Scene) -> Turn:
    story, post = scene.story, scene.rules.settings["file_post"]
    args = {"category": story.category, "condition_seq": str(story.condition)}
    return Turn("file_case", post, scene.desk(post), scene.soon(), args)


def _filed(scene: Scene) -> Turn:
    story, state, at = scene.story, scene.state, scene.soon()
    if state.outside == "done":
        by = scene.desk("duty_leader", state.filer)
        return Turn("close_outside", "duty_leader", by, at, NO_ARGS, _SITE)
    by = scene.desk("dispatcher")
    if story.fate == "outside" and scene.once("outside"):
        return Turn("forward_outside", "dispatcher", by, at, {"body": "省公路局养护中心", "reason": "权属在外单位"})
    if story.fate == "split" and not state.parent:
        units = [scene.cast.competent_unit(story.category, story.place), _another_unit(scene)]
        return Turn("split", "dispatcher", by, at, {"departments": " ".join(units), "reason": "两家各管一段"})
    post = scene.rules.settings["dispatch_post"]
    args = {"department": scene.cast.competent_unit(story.category, story.place)}
    return Turn("dispatch", post, scene.desk(post), at, args)


def _another_unit(scene: Scene) -> str:
    """A unit that could be meant as well: a street office of the district, or another department."""
    streets = scene.cast.streets_of.get(scene.story.place.district or "", ())
    choice = [code for code in (*streets, *scene.cast.units) if code != scene.state.unit]
    own = scene.cast.competent_unit(scene.story.category, scene.story.place)
    return next(code for code in choice if code != own)


def _outside(scene: Scene) -> Turn:
    at = scene.now + int((1 + scene.chance.random() * 5) * DAY)
    return Turn("outside_answered", "dispatcher", scene.desk("dispatcher"), at, {"result": "done"}, ("answer_letter",))


def _returned(scene: Scene) -> Turn:
    args = {"department": _another_unit(scene)}
    return Turn("redispatch", "dispatcher", scene.desk("dispatcher"), scene.soon(), args)


def _awaiting_ruling(scene: Scene) -> Turn:
    at = scene.now + int((10 + scene.chance.random() * 45) * MINUTE)
    args = {"department": scene.state.unit, "reason": "会议协调明确"}
    return Turn("rule_department", "duty_leader", scene.desk("duty_leader"), at, args)


def _awaiting_children(scene: Scene) -> Turn | None:
    """The parent hears of each child's end, and closes when all have ended."""
    if scene.children_end:
        at, child = scene.children_end.pop(0)
        return Turn("child_closed", SYSTEM, SYSTEM, max(at, scene.now), {"child": child})
    if len(scene.state.children_ended) < len(scene.state.children):
        return None
    return Turn("close_parent", "duty_leader", scene.desk("duty_leader", scene.state.filer), scene.soon())


def _handling(scene: Scene) -> Turn:
    state, fate = scene.state, scene.story.fate
    if scene.once(f"acknowledge {state.unit}"):
        return scene.unit_turn("acknowledge", scene.now + int((2 + scene.chance.random() * 40) * MINUTE))
    if state.request is not None:
        return _answer_request(scene)
    if state.suspended_until or state.postponed_until:
        verb = "resume_suspended" if state.suspended_until else "resume_postponed"
        at = (max(state.suspended_until, state.postponed_until) - CIVIL_MINUTES) * MINUTE
        return Turn(verb, SYSTEM, SYSTEM, at)
    if not state.rework:
        turn = _detour(scene, fate)
        if turn is not None:
            return turn
    if state.inner is not None and state.inner.status != "reported":
        return _inside_district(scene)
    if not state.handler and scene.chance.random() < 0.9:
        people = scene.cast.units[state.unit]
        return scene.unit_turn("assign_handler", scene.soon(), {"handler": scene.one_of(people)})
    late = fate == "late" and scene.once("late")
    at = max(_finish(scene, late=late), scene.now + MINUTE)
    return scene.unit_turn("report_handled", at, {"note": "已处置到位"}, ("photo_after",))


def _detour(scene: Scene, fate: str) -> Turn | None:
    """What an unusual fate asks for before the work is done."""
    state = scene.state
    if fate == "returned" and scene.once("returned"):
        return scene.unit_turn("send_back", scene.soon(), {"reason": "非本单位管养范围"})
    if fate == "ruling" and not state.ruled:
        verb = "send_back" if state.returns < scene.rules.number("max_returns") else "request_ruling"
        return scene.unit_turn(verb, scene.soon(), {"reason": "权属不清"})
    if fate == "void" and scene.once("void"):
        return scene.unit_turn("request_void", scene.soon(), {"reason": "现场无此问题"})
    if fate == "extension" and scene.once("extension"):
        amount = f"{state.limit_value} {state.limit_unit}"
        at = max(_finish(scene, late=False), scene.now + MINUTE)
        return scene.unit_turn("request_extension", at, {"amount": amount, "reason": "等待配件"}, _papers(scene))
    if fate in ("suspension", "postponement") and scene.once(fate):
        days = 15 + int(scene.chance.random() * 45)
        until = scene.now // DAY * DAY + days * DAY + int(1.5 * 3600)
        args = {"until": text_of(until // MINUTE + CIVIL_MINUTES), "reason": "需随道路改造一并实施"}
        return scene.unit_turn(f"request_{fate}", scene.soon(), args, _papers(scene))
    return None


def _papers(scene: Scene) -> tuple[str, ...]:
    return () if scene.rules.settings["approval_tiers"] == "default" else ("sealed_application",)


def _answer_request(scene: Scene) -> Turn:
    state = scene.state
    assert state.request is not None
    taken = (state.request.by, *state.request.signers)
    post = next_endorser(scene.rules, state)
    if post is not None:
        return Turn("endorse_request", post, scene.desk(post, *taken), scene.soon())
    post = tier_of_request(scene.rules, state).deciding_post
    return Turn(f"approve_{state.request.kind}", post, scene.desk(post, *taken), scene.soon())


def _inside_district(scene: Scene) -> Turn:
    """The district's desk hands the case to a street, which reports to it."""
    inner, state = scene.state.inner, scene.state
    assert inner is not None
    if inner.status == "waiting":
        streets = scene.cast.streets_of[state.unit.partition("-")[0]]
        own = scene.story.place.street
        args = {"department": own if own in streets else streets[0]}
        return scene.unit_turn("district_dispatch", scene.soon(), args)
    at = max(_finish(scene, late=scene.story.fate == "late"), scene.now + MINUTE)
    by = scene.one_of(scene.cast.units[inner.unit])
    return Turn("district_report_handled", "department", by, at, NO_ARGS, ("photo_after",), inner.unit)


def _finish(scene: Scene, *, late: bool) -> int:
    """When the unit is done: somewhere inside what its clock has left, or beyond it."""
    handling, chance = scene.state.handling, scene.chance.random()
    clock = clocks.handling_clock(scene.rules, scene.state)
    used = handling.used + clock.counted_between(handling.since, scene.now // MINUTE + CIVIL_MINUTES)
    left = handling.allowance - used
    ahead = left + int(handling.allowance * (0.05 + 0.8 * chance)) if late else int(left * (0.06 + 0.84 * chance))
    minute = clock.due(scene.now // MINUTE + CIVIL_MINUTES, max(ahead, 1))
    return (minute - CIVIL_MINUTES) * MINUTE + int(chance * 59)


def _feedback(scene: Scene) -> Turn:
    return Turn("forward_result", "dispatcher", scene.desk("dispatcher"), scene.soon())


def _awaiting_inspection(scene: Scene) -> Turn:
    args = {"assignee": _collector(scene)}
    return Turn("send_inspection", "acceptor", scene.desk("acceptor"), scene.soon(), args)


def _inspecting(scene: Scene) -> Turn:
    longest = 60 if scene.chance.random() < 0.04 else 20
    at = scene.now + int((7 + scene.chance.random() * longest) * MINUTE)
    by = scene.state.assignee
    if scene.story.fate == "rework" and scene.once("rework"):
        return Turn("fail_inspection", "verifier", by, at, {"reason": "仍有遗留，未达结案标准"}, _SITE)
    return Turn("pass_inspection", "verifier", by, at, NO_ARGS, _SITE)


def _awaiting_close(scene: Scene) -> Turn:
    state, post = scene.state, scene.rules.settings["close_post"]
    return Turn("close_case", post, scene.desk(post, state.filer, *state.hands), scene.soon())


def _closed(scene: Scene) -> Turn:
    """The citizen is called back or rates; after a week or more the file is archived."""
    state = scene.state
    if state.source in CITIZENS and scene.once("heard"):
        at = scene.now + int((0.2 + scene.chance.random() * 2) * DAY)
        kind = scene.chance.random()
        if kind < 0.55:
            answer = "satisfied" if kind < 0.46 else "unsatisfied" if kind < 0.48 else "unreachable"
            return Turn("call_back", "acceptor", scene.desk("acceptor"), at, {"answer": answer})
        if kind < 0.75:
            grade = RATING[int(scene.chance.random() ** 3 * len(RATING))]
            return Turn("rate", "reporter", "reporter", at, {"grade": grade})
    at = scene.now + int((7 + scene.chance.random() * 14) * DAY)
    return Turn("archive_case", "archivist", scene.desk("archivist"), at)


_SITE = ("photo_site", "location")
_BY_STAGE: dict[str, Callable[[Scene], Turn | None]] = {
    "self_handled": _self_handled, "reported": _reported, "verifying": _verifying, "accepted": _accepted,
    "filed": _filed, "outside": _outside, "returned": _returned, "awaiting_ruling": _awaiting_ruling,
    "awaiting_children": _awaiting_children, "handling": _handling, "feedback": _feedback,
    "awaiting_inspection": _awaiting_inspection, "inspecting": _inspecting, "awaiting_close": _awaiting_close,
    "closed": _closed,
}  # fmt: skip

Pieces = Callable[[Scene, str], Any]
"""(scene, kind of evidence) → what the step's payload holds for it."""
