"""Owns what follows the closing of a simulated case: appeals, the citizen's word, reopening, exclusion, archive.

Pure.
"""

from __future__ import annotations

from wangge.domains.cases.logic import conditions
from wangge.project.simulation.scene import DAY, Scene, Turn
from wangge.project.simulation.unit_turns import answer_request

_JUDGES = {
    "at_dispatcher": "dispatcher", "at_evaluator": "evaluator", "at_acceptor": "acceptor",
    "at_centre_leader": "centre_leader",
}  # fmt: skip
_FIRST = frozenset({"at_dispatcher", "at_evaluator"})


def closed(scene: Scene) -> Turn:
    """What comes next after a closing; in the end the file is archived."""
    state = scene.state
    if state.request is not None:
        return answer_request(scene)
    turn = _appeal(scene) or _citizens_word(scene) or _exclusion(scene)
    if turn is not None:
        return turn
    at = scene.now + int((7 + scene.chance.random() * 14) * DAY)
    return Turn("archive_case", "archivist", scene.desk("archivist"), at)


def _appeal(scene: Scene) -> Turn | None:
    """A unit that was late may say why it was not its fault; two desks judge it."""
    state = scene.state
    if state.appeal is not None and state.appeal.status in _JUDGES:
        return _judge(scene)
    if not state.readings or state.inner is not None or not scene.once("appeal"):
        return None
    if conditions.on_time(state) or not scene.happens("appealed"):
        return None
    args = {"kind": "late", "reason": "等待产权单位配合，非本单位原因"}
    return scene.unit_turn("file_appeal", scene.later(60, 1400), args)


def _judge(scene: Scene) -> Turn:
    appeal = scene.state.appeal
    assert appeal is not None
    post = _JUDGES[appeal.status]
    by = scene.desk(post, *scene.state.authors, *scene.state.hands, appeal.first_judge)
    at = scene.later(240, 2400)
    if appeal.status in _FIRST:
        deserved = scene.happens("appeal_granted") and scene.once("deserved")
        if deserved or scene.chance.random() < 0.3:
            return Turn("endorse_appeal", post, by, at)
    elif "deserved" in scene.done:
        return Turn("grant_appeal", post, by, at)
    return Turn("dismiss_appeal", post, by, at, {"reason": "材料不足以证明非本单位原因"})


def _citizens_word(scene: Scene) -> Turn | None:
    """The citizen rates on the platform, or the desk calls the hotline's callers back; the unsatisfied may reopen."""
    state, source = scene.state, scene.state.source
    at = scene.now + int((0.2 + scene.chance.random() * 2) * DAY)
    if source == "public" and scene.once("rates") and scene.happens("rates"):
        return Turn("rate", "reporter", "reporter", at, {"grade": grade_of(scene)})
    if source == "hotline" and scene.once("called back") and scene.happens("called_back"):
        answer = "unreachable"
        if scene.happens("call_reached"):
            answer = "satisfied" if scene.happens("call_satisfied") else "unsatisfied"
        return Turn("call_back", "acceptor", scene.desk("acceptor"), at, {"answer": answer})
    rated_down = bool(state.grade) and state.grade not in scene.rules.rating_satisfied
    if (rated_down or state.call_back == "unsatisfied") and scene.once("reopen") and scene.happens("reopened"):
        post = "reporter" if rated_down else "acceptor"
        by = "reporter" if rated_down else scene.desk("acceptor")
        return Turn("request_reopen", post, by, at, {"reason": "问题没有解决"})
    return None


def grade_of(scene: Scene) -> str:
    """The citizen's own grade: mostly the best of those that count as satisfied."""
    satisfied = sorted(scene.rules.rating_satisfied)
    others = sorted(scene.rules.rating_grades - scene.rules.rating_satisfied)
    among = satisfied if scene.happens("rated_satisfied") or not others else others
    return among[int(scene.chance.random() ** 2 * len(among))]


def _exclusion(scene: Scene) -> Turn | None:
    """What a storm brought is left out of scoring now and then, by a signed order."""
    if not scene.story.in_storm or scene.state.excluded or not scene.once("excluded"):
        return None
    if not scene.happens("excluded_after_burst"):
        return None
    at = scene.later(1440, 7200)
    return Turn(
        "exclude_from_scoring", "evaluator", scene.desk("evaluator"), at, {"reason": "极端天气"}, ("signed_order",)
    )
