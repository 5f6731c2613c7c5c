"""Owns what the responsible unit does next with a simulated case, and those who answer or press it.

Pure.
"""

from __future__ import annotations

from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.moments import text_of
from wangge.domains.cases.logic.narrowing import next_endorser, tier_of_request
from wangge.project.simulation.scene import CIVIL_MINUTES, DAY, MINUTE, NO_ARGS, SYSTEM, Scene, Turn
from wangge.project.simulation.stories import CITIZENS

LATE_FATES = frozenset({"late", "dragging"})
_UNTIL_DAYS = {"suspension": (30, 330), "postponement": (15, 60)}
_DRAGGING_DAYS = (12, 420)


def handling(scene: Scene) -> Turn:
    """What comes next while a unit has the case."""
    state, fate = scene.state, scene.story.fate
    if scene.once(f"acknowledge {state.unit}"):
        return scene.unit_turn("acknowledge", scene.later(2, 42))
    if state.request is not None:
        return answer_request(scene)
    if state.question is not None:
        return Turn("reporter_answered", "reporter", "reporter", scene.later(20, 1200), {"answer": "位置已说明"})
    if state.suspended_until or state.postponed_until:
        verb = "resume_suspended" if state.suspended_until else "resume_postponed"
        at = (max(state.suspended_until, state.postponed_until) - CIVIL_MINUTES) * MINUTE
        return Turn(verb, SYSTEM, SYSTEM, at)
    if state.supervision is not None and not state.supervision.answered:
        return scene.unit_turn("reply_supervision", scene.later(60, 600), {"text": "已安排人员处置"})
    if not state.rework:
        turn = _detour(scene, fate)
        if turn is not None:
            return turn
    if state.inner is not None and state.inner.status != "reported":
        return _inside_district(scene)
    if state.inner is not None and scene.once("inside again") and scene.happens("district_rework"):
        return scene.unit_turn("district_order_rework", scene.soon(), {"reason": "区级查看，未处置到位"})
    if not state.handler and scene.chance.random() < 0.9:
        people = scene.cast.units[state.unit]
        return scene.unit_turn("assign_handler", scene.soon(), {"handler": scene.one_of(people)})
    return _pressed(scene) or scene.unit_turn(
        "report_handled", _done_at(scene), {"note": "已处置到位"}, ("photo_after",)
    )


def _detour(scene: Scene, fate: str) -> Turn | None:
    """What an unusual fate asks for before the work is done."""
    state, soon = scene.state, scene.soon()
    if fate == "void" and scene.once("void"):
        return scene.unit_turn("request_void", soon, {"reason": "现场无此问题"})
    if fate == "returned" and scene.once("returned") and _in_time(scene, soon):
        return scene.unit_turn("send_back", soon, {"reason": "非本单位管养范围"})
    if fate == "ruling" and not state.ruled and scene.once(f"ruling {state.returns}") and _in_time(scene, soon):
        verb = "send_back" if state.returns < scene.rules.number("max_returns") else "request_ruling"
        return scene.unit_turn(verb, soon, {"reason": "权属不清"})
    if fate == "extension" and scene.once("extension"):
        amount = f"{state.limit_value} {state.limit_unit}"
        at = max(_finish(scene, late=False), scene.now + MINUTE)
        if _in_time(scene, at):
            return scene.unit_turn("request_extension", at, {"amount": amount, "reason": "等待配件"}, _papers(scene))
    if scene.story.source in CITIZENS and scene.once("asked") and scene.happens("asked"):
        args = {"why": "place_unclear", "question": "请说明具体位置"}
        return Turn("ask_reporter", "acceptor", scene.desk("acceptor"), soon, args)
    if fate in _UNTIL_DAYS and scene.once(fate) and _in_time(scene, soon):
        least, most = _UNTIL_DAYS[fate]
        days = least + int(scene.chance.random() * (most - least))
        until = scene.now // DAY * DAY + days * DAY + int(1.5 * 3600)
        args = {"until": text_of(until // MINUTE + CIVIL_MINUTES), "reason": "需随道路改造一并实施"}
        return scene.unit_turn(f"request_{fate}", soon, args, _papers(scene))
    return None


def _in_time(scene: Scene, at: int) -> bool:
    """Whether the unit may still turn a case away or ask for time then: once late it may only handle it."""
    used = clocks.handling_used(scene.rules, scene.state, at // MINUTE + CIVIL_MINUTES)
    return used <= scene.state.handling.allowance


def _papers(scene: Scene) -> tuple[str, ...]:
    return () if scene.rules.settings["approval_tiers"] == "default" else ("sealed_application",)


def answer_request(scene: Scene) -> Turn:
    """Those who endorse and decide a request; now and then it is refused."""
    state = scene.state
    assert state.request is not None
    kind = state.request.kind
    taken = (state.request.by, *state.request.signers)
    post = next_endorser(scene.rules, state)
    if post is not None:
        return Turn("endorse_request", post, scene.desk(post, *taken), scene.soon())
    post = tier_of_request(scene.rules, state).deciding_post
    by, at = scene.desk(post, *taken), scene.soon()
    if scene.happens("request_refused"):
        return Turn(f"refuse_{kind}", post, by, at, {"reason": "理由不足"})
    if kind == "reopen":
        return Turn("reopen", post, by, at, {"reason": "诉求未解决，重新立案"})
    if kind in _UNTIL_DAYS and not _in_time(scene, at):
        return Turn(f"refuse_{kind}", post, by, at, {"reason": "申请时已临近时限，现已超期"})
    return Turn(f"approve_{kind}", post, by, at)


def _inside_district(scene: Scene) -> Turn:
    """The district's desk hands the case to a street, which reports to it."""
    inner, state = scene.state.inner, scene.state
    assert inner is not None
    if inner.status == "waiting":
        streets = scene.cast.streets_of[state.unit.partition("-")[0]]
        own = scene.story.place.street
        args = {"department": own if own in streets else streets[0]}
        return scene.unit_turn("district_dispatch", scene.soon(), args)
    by = scene.one_of(scene.cast.units[inner.unit])
    return Turn("district_report_handled", "department", by, _done_at(scene), NO_ARGS, ("photo_after",), inner.unit)


def _pressed(scene: Scene) -> Turn | None:
    """A case past its limit is urged by the dispatcher; one that drags on is supervised."""
    state, fate = scene.state, scene.story.fate
    if fate not in LATE_FATES or state.rework or state.cycle > 1 or not scene.once("pressed"):
        return None
    due = _due(scene)
    if fate == "late" and scene.happens("urged"):
        at = max(due + int((5 + scene.chance.random() * 60) * MINUTE), scene.now + MINUTE)
        return Turn("urge", "dispatcher", scene.desk("dispatcher"), at, {"text": "已超过处置时限，请尽快处置"})
    if fate == "dragging" and scene.cast.posts.get("supervisor") and scene.happens("supervised"):
        at = max(due + int((2 + scene.chance.random() * 8) * DAY), scene.now + MINUTE)
        return Turn("supervise", "supervisor", scene.desk("supervisor"), at, {"text": "长期未处置，请说明原因"})
    return None


def _done_at(scene: Scene) -> int:
    """When the work is done, by the case's fate."""
    fate, earliest = scene.story.fate, scene.now + MINUTE
    if fate == "dragging" and scene.once("dragging"):
        least, most = _DRAGGING_DAYS
        days = least + scene.chance.random() ** 0.75 * (most - least)
        return max(scene.now + int(days * DAY), earliest)
    late = fate == "late" and scene.once("late")
    return max(_finish(scene, late=late), earliest)


def _due(scene: Scene) -> int:
    clock = clocks.handling_clock(scene.rules, scene.state)
    now = scene.now // MINUTE + CIVIL_MINUTES
    left = scene.state.handling.allowance - clocks.handling_used(scene.rules, scene.state, now)
    return (clock.due(now, max(left, 1)) - CIVIL_MINUTES) * MINUTE


def _finish(scene: Scene, *, late: bool) -> int:
    """When the unit is done: somewhere inside what its clock has left, or beyond it."""
    handling, chance = scene.state.handling, scene.chance.random()
    clock = clocks.handling_clock(scene.rules, scene.state)
    now = scene.now // MINUTE + CIVIL_MINUTES
    left = handling.allowance - clocks.handling_used(scene.rules, scene.state, now)
    ahead = left + int(handling.allowance * (0.05 + 0.8 * chance)) if late else int(left * (0.06 + 0.84 * chance))
    return (clock.due(now, max(ahead, 1)) - CIVIL_MINUTES) * MINUTE + int(chance * 59)
